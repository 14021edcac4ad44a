"""A percentage must be that of its count."""

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.ledger_groups import counts_with_percentages, wholes
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


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
