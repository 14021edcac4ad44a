"""Exact halves must be rounded by one rule throughout."""

from fractions import Fraction

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.ledger_groups import counts_with_percentages, wholes
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


def check_rounding_rule(ledger: Ledger) -> list[LedgerFinding]:
    """Find percentages whose exact half is rounded the other way than most are.

    A rule may round halves up or to the even digit. A half rounded down onto an odd digit fits neither; where halves
    go up onto an odd digit elsewhere, one rounded down fits no rule that the others follow.
    """
    halves = [
        (count, percentage, share)
        for count, percentage, share in counts_with_percentages(ledger)
        if share in (Fraction(percentage.low), Fraction(percentage.high))
    ]
    up = [half for half in halves if half[2] == Fraction(half[1].low)]
    down = [half for half in halves if half[2] == Fraction(half[1].high)]
    if not _contradict(up, down):
        return []
    few, many = (down, up) if len(down) <= len(up) else (up, down)
    ways = ("down", "up") if few is down else ("up", "down")
    return [
        LedgerFinding(
            check="one rule of rounding",
            nature="rounding",
            ids=tuple(percentage.id for _, percentage, _ in few),
            by=(
                *(count.id for count, _, _ in halves),
                *(percentage.id for _, percentage, _ in many),
                *wholes(ledger, *(percentage for _, percentage, _ in halves)),
            ),
            proof=(
                f"{_written(many[0])} and {len(many) - 1} more exact halves are rounded {ways[1]}, but "
                f"{'; '.join(dict.fromkeys(map(_written, few)))} is rounded {ways[0]}, {len(few)} times."
            ),
        )
    ]


def _contradict(up: list[tuple[Entry, Entry, Fraction]], down: list[tuple[Entry, Entry, Fraction]]) -> bool:
    """Tell whether no rule, neither half up, half down nor half to even, makes all of them."""
    if not up or not down:
        return False
    return not all(_ends_even(percentage) for _, percentage, _ in (*up, *down))


def _ends_even(percentage: Entry) -> bool:
    return int(percentage.number.scaleb(percentage.decimals)) % 2 == 0


def _written(half: tuple[Entry, Entry, Fraction]) -> str:
    count, percentage, share = half
    exact = fixed(float(share), percentage.decimals + 1)
    return f"{count.text}/{percentage.of} = {exact} % printed {percentage.text} %"
