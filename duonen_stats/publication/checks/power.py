"""Printed power against what the stated assumptions give, by every formula of the design package."""

from collections.abc import Iterable, Mapping

from duonen_stats.design import FIXED_METHODS, METHOD_LABELS, SurvivalAssumptions, power
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.displays.model.format import rounded
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

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
