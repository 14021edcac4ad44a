"""Percentages that do not belong to their counts, or are not rounded by one rule."""

from fractions import Fraction

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.ledger_groups import counts_with_percentages, outside_the_arms, wholes
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

# A percentage must be that of its count.


def check_percentages(ledger: Ledger) -> list[LedgerFinding]:
    """Find percentages that no rounding of count and denominator gives.

    A half may be rounded either way here: which way is a matter of ``check_rounding_rule``.
    """
    return [
        LedgerFinding(
            check="percentage of a count",
            nature="impossible",
            ids=(count.id, percentage.id),
            by=wholes(ledger, percentage),
            proof=(
                f"{count.text} of {percentage.of} is {fixed(float(share), percentage.decimals + 1)} %; "
                f"printed is {percentage.text} %."
            ),
        )
        for count, percentage, share in counts_with_percentages(ledger)
        if not percentage.low <= share <= percentage.high
    ]


# Percentages of events are not percentages of patients.


def check_percentage_base(ledger: Ledger) -> list[LedgerFinding]:
    """Find totals of events that serve as the base of percentages, where patients are of another number."""
    findings = []
    patients = {
        entry.arm: entry for entry in reversed(ledger.entries) if entry.stat == "N" and not entry.same_as
    }
    for entry in ledger:
        people = patients.get(entry.arm)
        if entry.stat != "n_events" or entry.number != entry.of or entry.same_as or people is None:
            continue
        based = [
            other
            for other in ledger
            if other.stat == "pct" and other.of == entry.of and other.where == entry.where
        ]
        if based and people.number != entry.number:
            findings.append(
                LedgerFinding(
                    check="base of the percentages",
                    nature="unstated",
                    ids=(entry.id,),
                    by=(people.id, *(other.id for other in based)),
                    proof=(
                        f"{len(based)} percentages of {entry.where} are of {entry.text} events, not of the "
                        f"{people.text} patients; how many patients had an event does not follow."
                    ),
                )
            )
    return findings


# A pooled percentage is a weighted mean of those of the arms, so it lies between them.


def check_pooled_percentages(ledger: Ledger) -> list[LedgerFinding]:
    """Find pooled percentages below or above those of all arms: no weights give them."""
    return [
        LedgerFinding(
            check="pooled percentage",
            nature="impossible",
            ids=(pooled.id, *(arm.id for arm in arms)),
            by=wholes(ledger, pooled, *arms),
            proof=(
                f"The arms' percentages lie between {lowest.text} and {highest.text} %, so every weighted mean of "
                f"them does; printed is {pooled.text} %."
            ),
        )
        for pooled, arms, lowest, highest in outside_the_arms(ledger, "pct")
    ]


# Exact halves must be rounded by one rule throughout.


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
    """Return whether no rule, neither half up, half down nor half to even, makes all of them."""
    if not up or not down:
        return False
    return not all(_ends_even(percentage) for _, percentage, _ in (*up, *down))


def _ends_even(percentage: Entry) -> bool:
    return int(percentage.number.scaleb(percentage.decimals)) % 2 == 0


def _written(half: tuple[Entry, Entry, Fraction]) -> str:
    count, percentage, share = half
    exact = fixed(float(share), percentage.decimals + 1)
    return f"{count.text}/{percentage.of} = {exact} % printed {percentage.text} %"
