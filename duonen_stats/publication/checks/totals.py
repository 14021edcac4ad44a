"""Counts of the arms must add to the total."""

from duonen_stats.publication.checks.ledger_groups import pooled_with_arms, wholes
from duonen_stats.publication.entry import COUNTS
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


def check_totals(ledger: Ledger) -> list[LedgerFinding]:
    """Find totals that are not the sum of the arms. Which side is wrong cannot be told from this alone."""
    return [
        LedgerFinding(
            check="sum of the arms",
            nature="impossible",
            ids=(pooled.id, *(arm.id for arm in arms)),
            by=wholes(ledger, pooled, *arms),
            proof=(
                f"The arms add to {' + '.join(arm.text for arm in arms)} = {sum(arm.number for arm in arms)}; "
                f"printed is {pooled.text}."
            ),
        )
        for pooled, arms in pooled_with_arms(ledger, *COUNTS, "N")
        if sum(arm.number for arm in arms) != pooled.number
    ]
