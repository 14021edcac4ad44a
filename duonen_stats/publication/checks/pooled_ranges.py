"""The pooled minimum and maximum are those of one of the arms."""

from collections.abc import Callable, Iterable

from duonen_stats.publication.checks.ledger_groups import pooled_with_arms, wholes
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

_EXTREMES: dict[str, tuple[str, Callable[[Iterable[Entry]], Entry]]] = {
    "min": ("minimum", lambda arms: min(arms, key=lambda arm: arm.number)),
    "max": ("maximum", lambda arms: max(arms, key=lambda arm: arm.number)),
}


def check_pooled_ranges(ledger: Ledger) -> list[LedgerFinding]:
    """Find pooled minima and maxima that are not the lowest minimum or highest maximum of the arms."""
    findings = []
    for stat, (name, outermost) in _EXTREMES.items():
        for pooled, arms in pooled_with_arms(ledger, stat):
            extreme = outermost(arms)
            if extreme.low < pooled.high and pooled.low < extreme.high:
                continue
            findings.append(
                LedgerFinding(
                    check="pooled range",
                    nature="impossible",
                    ids=(pooled.id, extreme.id),
                    by=(*(arm.id for arm in arms if arm.id != extreme.id), *wholes(ledger, pooled, *arms)),
                    proof=(
                        f"The arms' {name} values are {', '.join(arm.text for arm in arms)}, so the pooled {name} is "
                        f"{extreme.text} (arm {extreme.arm}); printed is {pooled.text}."
                    ),
                )
            )
    return findings
