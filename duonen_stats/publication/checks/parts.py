"""Medians of parts beside the median of their sum: they need not add, so it is telling where they do."""

from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


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
