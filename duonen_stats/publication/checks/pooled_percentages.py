"""A pooled percentage is a weighted mean of those of the arms, so it lies between them."""

from duonen_stats.publication.checks.ledger_groups import outside_the_arms, wholes
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


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
