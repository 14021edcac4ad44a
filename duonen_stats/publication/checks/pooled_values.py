"""A pooled median lies between the lowest and the highest median of the arms."""

from duonen_stats.publication.checks.ledger_groups import outside_the_arms, wholes
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


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
