"""All checks of a ledger against itself, in the order they are reported."""

from collections.abc import Callable

from duonen_stats.publication.checks.analysed_numbers import check_analysed_n, check_implied_n
from duonen_stats.publication.checks.percentages import (
    check_percentage_base,
    check_percentages,
    check_pooled_percentages,
    check_rounding_rule,
)
from duonen_stats.publication.checks.pooled_values import (
    check_pooled_medians,
    check_pooled_ranges,
    check_quartile_definition,
)
from duonen_stats.publication.checks.statements import check_claims, check_power
from duonen_stats.publication.checks.totals import (
    check_forced_totals,
    check_partitions,
    check_parts,
    check_repeats,
    check_totals,
)
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

Check = Callable[[Ledger], list[LedgerFinding]]
"""A ledger in; its contradictions of one kind out."""

CHECKS: tuple[Check, ...] = (
    check_repeats,
    check_percentages,
    check_totals,
    check_partitions,
    check_pooled_medians,
    check_pooled_ranges,
    check_pooled_percentages,
    check_forced_totals,
    check_rounding_rule,
    check_analysed_n,
    check_implied_n,
    check_quartile_definition,
    check_parts,
    check_percentage_base,
    check_power,
    check_claims,
)


def derive_findings(ledger: Ledger) -> tuple[LedgerFinding, ...]:
    """Run every check over a ledger; nothing but the ledger is asked."""
    return tuple(finding for check in CHECKS for finding in check(ledger))
