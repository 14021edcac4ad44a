"""All checks of a ledger against itself, in the order they are told."""

from collections.abc import Callable

from duonen_stats.publication.checks.analysed_numbers import check_analysed_n
from duonen_stats.publication.checks.forced_totals import check_forced_totals
from duonen_stats.publication.checks.implied_n import check_implied_n
from duonen_stats.publication.checks.partitions import check_partitions
from duonen_stats.publication.checks.parts import check_parts
from duonen_stats.publication.checks.percentage_base import check_percentage_base
from duonen_stats.publication.checks.percentages import check_percentages
from duonen_stats.publication.checks.pooled_percentages import check_pooled_percentages
from duonen_stats.publication.checks.pooled_ranges import check_pooled_ranges
from duonen_stats.publication.checks.pooled_values import check_pooled_medians
from duonen_stats.publication.checks.power import check_power
from duonen_stats.publication.checks.quartile_definition import check_quartile_definition
from duonen_stats.publication.checks.repeats import check_repeats
from duonen_stats.publication.checks.rounding_rule import check_rounding_rule
from duonen_stats.publication.checks.statements import check_claims
from duonen_stats.publication.checks.totals import check_totals
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
