"""Claims in words, and printed power, against the numbers of the same publication."""

from collections.abc import Iterable, Iterator, Mapping

from duonen_stats.design import FIXED_METHODS, METHOD_LABELS, SurvivalAssumptions, power
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.displays.model.format import rounded
from duonen_stats.publication.entry import COUNTS, Assertion, Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

# Claims in words against the numbers of the same publication.


_QUARTERS = {"q1": 1, "median": 2, "q3": 3}  # of the patients lie below it
_NAMES = {"q1": "first quartile", "median": "median", "q3": "third quartile", "max": "maximum"}


def check_claims(ledger: Ledger) -> list[LedgerFinding]:
    """Find claims that printed numbers speak against: one finding a claim, with every number against it."""
    findings = []
    for claim in ledger:
        against = [found for assertion in claim.asserts for found in _against(assertion, ledger)]
        if against:
            findings.append(
                LedgerFinding(
                    check="claim against numbers",
                    nature="words",
                    ids=(claim.id, *(entry.id for entry, _ in against)),
                    by=_limits(claim),
                    proof=f"Claimed: {claim.states}. Printed: {'; '.join(said for _, said in against)}.",
                )
            )
    return findings


def _limits(claim: Entry) -> tuple[str, ...]:
    """Name the numbers that a claim says are limits."""
    named = (assertion.at_most or assertion.at_least for assertion in claim.asserts)
    return tuple(dict.fromkeys(name for name in named if name))


def _against(assertion: Assertion, ledger: Ledger) -> Iterator[tuple[Entry, str]]:
    chosen = [
        entry
        for entry in ledger.find(assertion.row)
        if (not assertion.arms or entry.arm in assertion.arms) and entry.value is not None
    ]
    if assertion.at_most:
        yield from _exceeding(chosen, ledger.entry(assertion.at_most))
    elif assertion.at_least:
        limit = ledger.entry(assertion.at_least)
        for entry in chosen:
            if entry.high < limit.number:
                yield entry, f"{_what(entry)} = {entry.text}, below {limit.text}"
    else:
        yield from _not_all(chosen, everyone=bool(assertion.everyone))


def _exceeding(entries: list[Entry], limit: Entry) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.stat in _NAMES and entry.low > limit.number:
            said = f"{_what(entry)} is {entry.text}, above {limit.text} {limit.unit}".rstrip()
            if entry.of and entry.stat in _QUARTERS:
                said += f", so at least {_at_least(entry.stat, entry.of)} exceed it if all {entry.of} were analysed"
            yield entry, said


def _at_least(stat: str, n: int) -> int:
    """Fewest of ``n`` values above a limit that a quantile of them exceeds, whatever its definition.

    The q-th quantile is never above the value of rank ``ceil(qn) + 1``, so n − ceil(qn) values are above the limit.
    """
    below = -(-_QUARTERS[stat] * n // 4)
    return max(n - below, 1)


def _not_all(entries: list[Entry], *, everyone: bool) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.stat not in COUNTS or not entry.of:
            continue
        if entry.number != (entry.of if everyone else 0):
            yield entry, f"{_what(entry)}: {entry.text} of {entry.of}"


def _what(entry: Entry) -> str:
    where = "" if entry.arm in {"", "all"} else f" in arm {entry.arm}"
    visit = f" at {entry.visit}" if entry.visit else ""
    stat = f", {_NAMES[entry.stat]}" if entry.stat in _NAMES else ", p" if entry.stat == "p" else ""
    return f"{entry.quantity} {entry.analyte if entry.stat == 'p' else ''}".rstrip() + f"{where}{visit}{stat}"


# Printed power against what the stated assumptions give, by every formula of the design package.


_ASSUMED = ("hazard", "allocation", "accrual", "duration")


def check_power(ledger: Ledger) -> list[LedgerFinding]:
    """Find statements of power at a number of patients that no formula gives for all hazard ratios at once.

    A row has a ``power`` (%, with the number of patients as its denominator) and the ``hr`` it is for. Assumed are an
    exponential ``hazard`` a month, the ``allocation``, even ``accrual`` and the whole ``duration`` in months: the one
    entry of each of these statistics. Without them nothing is checked.
    """
    stated = [
        (claim, ratio)
        for row in ledger.rows
        for claim in ledger.find(row, stat="power")
        for ratio in ledger.find(row, stat="hr")
        if claim.of
    ]
    assumed = {stat: found[0] for stat in _ASSUMED if len(found := _of(ledger, stat)) == 1}
    if not stated or len(assumed) < len(_ASSUMED):
        return []
    given = {method: _powers(method, stated, assumed) for method in FIXED_METHODS}
    printed = tuple(int(claim.number) for claim, _ in stated)
    if printed in given.values():
        return []
    nearest = min(
        given, key=lambda method: sum(abs(a - b) for a, b in zip(given[method], printed, strict=True))
    )
    return [
        LedgerFinding(
            check="power from the stated assumptions",
            nature="unstated",
            ids=tuple(claim.id for claim, _ in stated),
            by=(*(ratio.id for _, ratio in stated), *(entry.id for entry in assumed.values())),
            proof=(
                f"Power for {_slashed(ratio.text for _, ratio in stated)} is printed as {_slashed(printed)} %. None of "
                f"{len(given)} formulas gives it with the stated assumptions: Schoenfeld "
                f"{_slashed(given['schoenfeld'])}, nearest {METHOD_LABELS[nearest]} {_slashed(given[nearest])} %."
            ),
        )
    ]


def _of(ledger: Ledger, stat: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in ledger if entry.stat == stat and not entry.same_as)


def _powers(
    method: FixedMethod, stated: list[tuple[Entry, Entry]], assumed: Mapping[str, Entry]
) -> tuple[int, ...]:
    found = []
    for claim, ratio in stated:
        assumptions = SurvivalAssumptions(
            control_hazard_per_month=float(assumed["hazard"].number),
            hazard_ratio=float(ratio.number),
            allocation_ratio=float(assumed["allocation"].number),
            accrual=float(assumed["accrual"].number),
            total_months=float(assumed["duration"].number),
        )
        result = power(assumptions, claim.of, method=method)
        found.append(int(rounded(100 * result.power, 0)))
    return tuple(found)


def _slashed(parts: Iterable[object]) -> str:
    return "/".join(str(part) for part in parts)
