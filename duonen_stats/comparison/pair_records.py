"""Which record of a later data cut is the same record as one of an earlier cut."""

from collections import defaultdict
from collections.abc import Sequence

from duonen_stats.comparison.compare_corrections import Corrections
from duonen_stats.comparison.read_output import Sheet
from duonen_stats.datasets.metadata.keys import LINES, Tiers

_AGREEING = 0.5
"""Share of its other cells that a record without the same key must have in common with its counterpart."""

Record = dict[str, str]


def pair_records(
    old: Sheet, new: Sheet, tiers: Tiers
) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    """Pair the records of two versions of a table.

    Records of the same key (the first tier) are a pair; of several with one key those that are alike in every
    cell first, then in the order of the file. Then come records alike in all but one part of the key
    (``Corrections.exact``): a corrected visit, sequence or patient number. What is left is paired by each
    further tier, if a key of it is left once on either side and at least half of the other cells are alike: a
    record with a corrected date is one changed record, not one removed and one added. Last come records with
    a corrected key in which one more thing differs (``Corrections.near``).

    Parameters
    ----------
    old, new
        The two versions.
    tiers
        The columns that tell records apart, the strictest first; a tier with a column that one side lacks is
        passed over.

    Returns
    -------
    pairs, removed, added
        In the order of the files.
    """
    olds, news = old.records(), new.records()
    shared = [name for name in old.columns if name in new.columns and name not in LINES]
    found: dict[int, int] = {}
    usable = [tier for tier in tiers if set(tier) <= set(shared)]
    if usable:
        found = _by_key(olds, news, usable[0], shared)
        corrections = Corrections(olds, news, usable[0], shared)
        found = corrections.exact(found)
        for tier in usable[1:]:
            found |= _by_what_is_left(olds, news, tier, shared, found)
        found = corrections.near(found)
    taken = set(found.values())
    pairs = [(olds[i], news[found[i]]) for i in sorted(found)]
    removed = [record for i, record in enumerate(olds) if i not in found]
    added = [record for j, record in enumerate(news) if j not in taken]
    return pairs, removed, added


def _groups(
    records: Sequence[Record], columns: Sequence[str], places: Sequence[int]
) -> dict[tuple[str, ...], list[int]]:
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in places:
        groups[tuple(records[place][name] for name in columns)].append(place)
    return groups


def _by_key(
    olds: Sequence[Record], news: Sequence[Record], key: Sequence[str], shared: Sequence[str]
) -> dict[int, int]:
    found: dict[int, int] = {}
    of_new = _groups(news, key, range(len(news)))
    for value, places in _groups(olds, key, range(len(olds))).items():
        others = of_new.get(value, [])
        if len(places) > 1 or len(others) > 1:
            alike = _groups(news, shared, others)
            for place in places:
                same = alike.get(tuple(olds[place][name] for name in shared), [])
                if same:
                    found[place] = same.pop(0)
        taken = set(found.values())
        left = [place for place in places if place not in found]
        found |= dict(zip(left, [other for other in others if other not in taken], strict=False))
    return found


def _by_what_is_left(
    olds: Sequence[Record],
    news: Sequence[Record],
    key: Sequence[str],
    shared: Sequence[str],
    found: dict[int, int],
) -> dict[int, int]:
    taken = set(found.values())
    of_old = _groups(olds, key, [i for i in range(len(olds)) if i not in found])
    of_new = _groups(news, key, [j for j in range(len(news)) if j not in taken])
    others = [name for name in shared if name not in key]
    return {
        of_old[value][0]: of_new[value][0]
        for value in of_old
        if len(of_old[value]) == 1
        and len(of_new.get(value, [])) == 1
        and _alike(olds[of_old[value][0]], news[of_new[value][0]], others)
    }


def _alike(old: Record, new: Record, columns: Sequence[str]) -> bool:
    same = sum(old[name] == new[name] for name in columns)
    return same >= _AGREEING * len(columns)
