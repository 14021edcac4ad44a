"""Counts and percentages that do not add up, and numbers repeated with another value."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from duonen_stats.displays.model.format import rounded
from duonen_stats.publication.checks.ledger_groups import counts_with_percentages, pooled_with_arms, wholes
from duonen_stats.publication.entry import COUNTS, Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

# Counts of the arms must add to the total.


def check_totals(ledger: Ledger) -> list[LedgerFinding]:
    """Find totals that are not the sum of the arms. Which side is wrong cannot be known from this alone."""
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


# Categories that exclude each other and leave nobody out add to the whole.


def categories(ledger: Ledger, *stats: str) -> Iterator[tuple[Entry, ...]]:
    """Yield the entries of the categories of each partition and arm, where they share one denominator."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in ledger:
        if entry.partition and entry.stat in stats and entry.relation == "=":
            found.setdefault((entry.partition, entry.arm), []).append(entry)
    for members in found.values():
        if len(members) > 1 and members[0].of and len({member.of for member in members}) == 1:
            yield tuple(members)


def check_partitions(ledger: Ledger) -> list[LedgerFinding]:
    """Find partitions whose counts add to another number than the whole."""
    return [
        LedgerFinding(
            check="categories add to the whole",
            nature="impossible",
            ids=tuple(member.id for member in members),
            by=wholes(ledger, *members),
            proof=(
                f"The categories add to {' + '.join(member.text for member in members)} = "
                f"{sum(member.number for member in members)}, of {members[0].of} in "
                f"{'all' if members[0].arm in {'', 'all'} else 'arm ' + members[0].arm}."
            ),
        )
        for members in categories(ledger, *COUNTS)
        if sum(member.number for member in members) != members[0].of
    ]


# Percentages that were altered so that their column adds to 100.


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


# Medians of parts beside the median of their sum: they need not add, so it is informative where they do.


def check_parts(ledger: Ledger) -> list[LedgerFinding]:
    """Find sums whose parts' medians add exactly in most arms but not in all.

    Medians of parts add to the median of the sum by chance only. If nearly all do, the parts may be shares of the
    total and no medians, and the one that does not add may be a slip; neither follows.
    """
    sums = _sums(ledger)
    adding = [found for found in sums if _adds(*found)]
    apart = [found for found in sums if not _adds(*found)]
    if not apart or len(adding) <= len(apart):
        return []
    return [
        LedgerFinding(
            check="parts and their sum",
            nature="unstated",
            ids=(total.id, *(part.id for part in parts)),
            by=tuple(entry.id for other, others in adding for entry in (other, *others)),
            proof=(
                f"In arm {total.arm} the parts {' + '.join(part.text for part in parts)} = "
                f"{sum(part.number for part in parts)}, the sum is printed as {total.text}; in the other "
                f"{len(adding)} cases the parts' medians add exactly, which medians do only by chance."
            ),
        )
        for total, parts in apart
    ]


def _sums(ledger: Ledger) -> list[tuple[Entry, tuple[Entry, ...]]]:
    parts: dict[tuple[str, str], list[Entry]] = {}
    for entry in ledger:
        if entry.part_of and entry.stat == "median":
            parts.setdefault((entry.part_of, entry.arm), []).append(entry)
    return [
        (total, tuple(members))
        for (row, arm), members in parts.items()
        if len(members) > 1
        for total in ledger.find(row, arm=arm, stat="median")
    ]


def _adds(total: Entry, parts: tuple[Entry, ...]) -> bool:
    return sum(part.number for part in parts) == total.number


# A number that is printed again must be the same number.


def check_repeats(ledger: Ledger) -> list[LedgerFinding]:
    """Find repeated numbers that differ by more than their printed decimals allow."""
    findings = []
    for entry in ledger:
        first = ledger.original(entry)
        if first is entry or entry.value is None or first.value is None:
            continue
        if first.low < entry.high and entry.low < first.high:
            continue
        findings.append(
            LedgerFinding(
                check="repeated number",
                nature="impossible",
                ids=(first.id, entry.id),
                proof=f"{first.where} prints {first.text}; {entry.where} repeats it as {entry.text}.",
            )
        )
    return findings
