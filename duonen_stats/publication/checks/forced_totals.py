"""Percentages that were altered so that their column adds to 100."""

from decimal import Decimal
from fractions import Fraction

from duonen_stats.displays.model.format import rounded
from duonen_stats.publication.checks.ledger_groups import counts_with_percentages, wholes
from duonen_stats.publication.checks.partitions import categories
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

_WHOLE = Decimal(100)


def check_forced_totals(ledger: Ledger) -> list[LedgerFinding]:
    """Find partitions whose printed percentages add to 100 where the rounded ones would not.

    At issue are the percentages that are printed less than one unit of the last digit away from what their counts
    give. A larger distance is a slip, not an adjustment.
    """
    exact = {percentage.id: share for _, percentage, share in counts_with_percentages(ledger)}
    counts = {percentage.id: count.id for count, percentage, _ in counts_with_percentages(ledger)}
    findings = []
    for members in categories(ledger, "pct"):
        if any(member.id not in exact for member in members):
            continue
        right = {member.id: rounded(float(exact[member.id]), member.decimals) for member in members}
        altered = [
            member
            for member in members
            if right[member.id] != member.number
            and abs(exact[member.id] - Fraction(member.number)) < 2 * member.half_unit
        ]
        printed = sum(member.number for member in members)
        if not altered or printed != _WHOLE or sum(right.values()) == _WHOLE:
            continue
        changes = ", ".join(f"{member.text} instead of {right[member.id]}" for member in altered)
        findings.append(
            LedgerFinding(
                check="percentages made to add to 100",
                nature="rounding",
                ids=tuple(member.id for member in altered),
                by=(
                    *(counts[member.id] for member in members),
                    *(member.id for member in members if member not in altered),
                    *wholes(ledger, *members),
                ),
                proof=(
                    f"The printed percentages add to {printed}; rounded from the counts they add to "
                    f"{sum(right.values())}. Altered: {changes}."
                ),
            )
        )
    return findings
