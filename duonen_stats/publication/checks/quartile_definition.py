"""Which definitions of a quartile can give what is printed, where values are whole numbers."""

from decimal import Decimal

from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

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
