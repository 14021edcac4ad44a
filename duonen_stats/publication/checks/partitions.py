"""Categories that exclude each other and leave nobody out add to the whole."""

from collections.abc import Iterator

from duonen_stats.publication.checks.ledger_groups import wholes
from duonen_stats.publication.entry import COUNTS, Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


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
