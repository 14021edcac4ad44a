"""Pooled medians and ranges against those of the arms; definitions of quartiles."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from duonen_stats.publication.checks.ledger_groups import outside_the_arms, pooled_with_arms, wholes
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

# A pooled median lies between the lowest and the highest median of the arms.


def check_pooled_medians(ledger: Ledger) -> list[LedgerFinding]:
    """Find pooled medians outside the hull of the arms' medians.

    At the pooled median half of all values lie below; were it above every arm's median, more than half of each arm
    would lie below it. That holds for any size and for missing values, as long as the arms make up the total, and
    for the midpoint of an even number as well: between the two middle values no arm has any, so that each arm's median
    would reach as high.
    """
    return [
        LedgerFinding(
            check="pooled median",
            nature="impossible",
            ids=(pooled.id, *(arm.id for arm in arms)),
            by=wholes(ledger, pooled, *arms),
            proof=(
                f"The arms' medians are {', '.join(arm.text for arm in arms)}; the pooled median must lie between "
                f"{lowest.text} and {highest.text}; printed is {pooled.text}."
            ),
        )
        for pooled, arms, lowest, highest in outside_the_arms(ledger, "median")
    ]


# The pooled minimum and maximum are those of one of the arms.


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


# Which definitions of a quartile can give what is printed, where values are whole numbers.


_QUARTERS = (Decimal("0.25"), Decimal("0.75"))
_HALF = Decimal("0.5")


def check_quartile_definition(ledger: Ledger) -> list[LedgerFinding]:
    """Find quartiles that end in a quarter while the median of the row is whole or half.

    Of whole numbers, a quarter is reached only by interpolating with weights of quarters, as definitions 6 (SPSS) and
    7 (R, numpy) do for an even n, 4 and 5 for an odd one; definition 2 (SAS) and Tukey's hinges give whole numbers and
    halves. That the values are whole shows in a median that is printed with fewer decimals than the quartile.

    Source: Hyndman & Fan (1996) Am. Stat. 50(4):361-365.
    """
    findings = []
    for row in ledger.rows:
        medians = ledger.find(row, stat="median")
        quartiles = [entry for stat in ("q1", "q3") for entry in ledger.find(row, stat=stat)]
        quarters = tuple(entry for entry in quartiles if _ends_in_quarter(entry))
        if quarters and len(medians) == 1 and _of_whole_numbers(medians[0]):
            findings.append(
                LedgerFinding(
                    check="definition of the quartiles",
                    nature="unstated",
                    ids=tuple(entry.id for entry in quarters),
                    by=(medians[0].id,),
                    proof=(
                        f"Of whole numbers with median {medians[0].text}, quartiles of "
                        f"{' and '.join(entry.text for entry in quarters)} need weights of quarters: definition 6 or 7 "
                        "of an even n, 4 or 5 of an odd one; definition 2 and Tukey's hinges cannot give them."
                    ),
                )
            )
    return findings


def _of_whole_numbers(median: Entry) -> bool:
    return median.decimals <= 1 and median.number % _HALF == 0


def _ends_in_quarter(entry: Entry) -> bool:
    return entry.value is not None and entry.decimals > 1 and abs(entry.number) % 1 in _QUARTERS
