"""Which entries of a ledger belong together: a count with its percentage, the arms with their total."""

from collections.abc import Iterator
from fractions import Fraction

from duonen_stats.publication.entry import COUNTS, POOLED, Entry
from duonen_stats.publication.ledger import Ledger


def pooled_with_arms(ledger: Ledger, *stats: str) -> Iterator[tuple[Entry, tuple[Entry, ...]]]:
    """Yield a pooled number with the numbers of the arms, where the arms make up the total.

    Of each row that has one exact number of a statistic for all arms pooled and one for each of two or more arms. Arms
    make up the total if their denominators add to its own, or if no denominators are given.
    """
    for row in ledger.rows:
        for stat in stats:
            found = [entry for entry in ledger.find(row, stat=stat) if entry.relation == "="]
            pooled = [entry for entry in found if entry.arm == POOLED]
            arms = tuple(entry for entry in found if entry.arm and entry.arm != POOLED)
            alone = len({(entry.arm, entry.visit) for entry in found}) == len(found)
            if len(pooled) == 1 and len(arms) > 1 and alone and _make_up(pooled[0], arms):
                yield pooled[0], arms


def outside_the_arms(ledger: Ledger, stat: str) -> Iterator[tuple[Entry, tuple[Entry, ...], Entry, Entry]]:
    """Yield a pooled number beyond those of all arms, however rounded: it, the arms, the lowest, the highest."""
    for pooled, arms in pooled_with_arms(ledger, stat):
        lowest, highest = min(arms, key=lambda arm: arm.number), max(arms, key=lambda arm: arm.number)
        if pooled.high <= lowest.low or highest.high <= pooled.low:
            yield pooled, arms, lowest, highest


def _make_up(pooled: Entry, arms: tuple[Entry, ...]) -> bool:
    sizes = [arm.of for arm in arms]
    if pooled.of is None:
        return all(size is None for size in sizes)
    return all(size is not None for size in sizes) and sum(size or 0 for size in sizes) == pooled.of


def wholes(ledger: Ledger, *entries: Entry) -> tuple[str, ...]:
    """Name the printed numbers that are the denominators of some entries, each once.

    The number of patients of the same arm in the same place; in a table of events, the number of all events; else the
    number of patients where it is first printed. A denominator that is printed nowhere has no entry.
    """
    return tuple(dict.fromkeys(found.id for entry in entries if (found := _whole(ledger, entry)) is not None))


def _whole(ledger: Ledger, entry: Entry) -> Entry | None:
    same = [
        other
        for other in ledger
        if other.id != entry.id
        and other.kind == "result"
        and other.relation == "="
        and other.arm == entry.arm
        and entry.of is not None
        and other.value == entry.of
    ]
    sizes = [other for other in same if other.stat == "N"]
    totals = [other for other in same if other.stat == "n_events" and other.of == other.value]
    here = [other for other in (*sizes, *totals) if other.where == entry.where]
    return next(iter((*here, *sizes)), None)


def counts_with_percentages(ledger: Ledger) -> Iterator[tuple[Entry, Entry, Fraction]]:
    """Yield a count, its printed percentage, and the exact percentage that the count is of its denominator."""
    for row in ledger.rows:
        for percentage in ledger.find(row, stat="pct"):
            counts = [
                entry
                for entry in ledger.find(row, arm=percentage.arm)
                if entry.stat in COUNTS and entry.of == percentage.of and entry.relation == "="
            ]
            if percentage.of and percentage.relation == "=" and len(counts) == 1:
                yield counts[0], percentage, Fraction(100 * int(counts[0].number), percentage.of)
