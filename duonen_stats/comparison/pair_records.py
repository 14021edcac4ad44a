"""Which record of a later data cut is the same record as one of an earlier cut."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from duonen_stats.comparison.read_output import OutputSheet
from duonen_stats.datasets.metadata.variables import LINES, Tiers

# Records of which a part of the key was corrected: identified by all that stayed the same.


Record = dict[str, str]
Columns = frozenset[str]
Hashes = npt.NDArray[np.int64]

PATIENT_COLUMNS = frozenset({"USUBJID", "SUBJID"})
"""Columns that name a patient."""
_SAME_THING = (
    PATIENT_COLUMNS,
    frozenset({"AVISIT", "AVISITN", "VISIT", "VISITNUM"}),
    frozenset({"PARAMCD", "PARAM", "PARAMN"}),
)
"""Columns that say one thing, and so are corrected together."""
_EVIDENCE = 2
"""Filled cells that a record and its correction share at least, one of them outside the key."""
_STRONG_EVIDENCE = 5
"""The same if more than one part of the record differs; of another patient all of them outside the key."""
_AGREEING = 0.75
"""Share of the cells outside the key that must then agree."""
_OTHER_RECORD = 2
"""Cells outside the key in which two records of one key differ at least if they may be two records."""
_KNOWN, _KNOWN_SHARE = 2, 0.5
"""Records of a patient that must have moved to another number before the rest is looked for there: how many, and as a
share of all the patient had."""


class Corrections:
    """The search for corrected keys in two versions of a table.

    Each step groups the records left by hashes of their cells, so its time grows as their number.

    Parameters
    ----------
    olds, news
        The records of the two versions.
    key
        The columns that distinguish records.
    shared
        Columns that are in both versions, those of the key among them.
    """

    def __init__(
        self, olds: Sequence[Record], news: Sequence[Record], key: Sequence[str], shared: Sequence[str]
    ) -> None:
        self._olds, self._news = olds, news
        self._key, self._shared = tuple(key), tuple(shared)
        self._units = tuple(dict.fromkeys(_unit(name, shared) for name in key))
        self._others = tuple(name for name in shared if not any(name in unit for unit in self._units))
        self._hashes = (_hashes(olds, self._shared), _hashes(news, self._shared))
        self._totals = tuple(hashes.sum(axis=1) for hashes in self._hashes)

    def exact(self, found: Mapping[int, int]) -> dict[int, int]:
        """Add to the pairs of one key those alike in all but one part of the key; undo pairs that this explains.

        Two records of one key that are not alike may be two records: in a block whose sequence numbers moved on
        by one, most keys are in both versions. Their pair is undone if it lies in a row of corrections that
        begins with a record removed and ends with one added. If the row has but one such end, the records of
        every pair it undoes must differ in several cells. A row that closes to a ring, as of two records
        swapped, is left as the key has it.
        """
        disputed = {old: new for old, new in found.items() if self._differing(old, new)}
        holder = {new: old for old, new in disputed.items()}
        settled = set(found.values()) - set(holder)
        edges = self._pairs(
            [i for i in range(len(self._olds)) if i not in found or i in disputed],
            [j for j in range(len(self._news)) if j not in settled],
            self._units,
        )
        edges = {old: new for old, new in edges.items() if self._evidence(old, new) >= _EVIDENCE}
        result = dict(found)
        for row in _rows(edges, disputed, holder):
            last = edges[row[-1]]
            undone = [old for old in row if old in disputed]
            undone += [holder[last]] if last in holder else []
            ends = (row[0] not in disputed) + (last not in holder)
            if ends == 2 or (  # noqa: PLR2004
                ends and all(self._differing(old, disputed[old]) >= _OTHER_RECORD for old in undone)
            ):
                for old in undone:
                    result.pop(old, None)
                result |= {old: edges[old] for old in row}
        return result

    def near(self, found: Mapping[int, int]) -> dict[int, int]:
        """Add pairs of what is left in which one more thing differs.

        These are an event that moved to another patient and was numbered again there, a record that has one
        other cell changed beside its key, and the rest of a patient whose number is known to have changed.
        """
        result = dict(found)
        patient = next((unit for unit in self._units if unit & PATIENT_COLUMNS), frozenset[str]())
        numbered = [unit for unit in self._units if any(name.endswith("SEQ") for name in unit)]
        self._extend(result, [patient | unit for unit in numbered if patient])
        result |= self._rest_of_patients(result, patient)
        self._extend(result, [unit | {other} for unit in self._units for other in self._others])
        return result

    def _extend(self, result: dict[int, int], apart: Sequence[Columns]) -> None:
        olds, news = self._left(result)
        result |= {old: new for old, new in self._pairs(olds, news, apart).items() if self._strong(old, new)}

    def _left(self, found: Mapping[int, int]) -> tuple[list[int], list[int]]:
        taken = set(found.values())
        return (
            [i for i in range(len(self._olds)) if i not in found],
            [j for j in range(len(self._news)) if j not in taken],
        )

    def _pairs(self, olds: list[int], news: list[int], apart: Sequence[Columns]) -> dict[int, int]:
        """Pair records alike outside one of the sets of columns, if neither has another such counterpart."""
        of_old: dict[int, set[int]] = defaultdict(set)
        of_new: dict[int, set[int]] = defaultdict(set)
        for columns in apart:
            before, after = self._outside(0, olds, columns), self._outside(1, news, columns)
            rights = _groups(news, after, np.isin(after, before))
            for value, left in _groups(olds, before, np.isin(before, after)).items():
                right = rights[value]
                # Two rivals say as much as all of them, and keep the time in proportion.
                for old in left:
                    of_old[old].update(right[:2])
                for new in right:
                    of_new[new].update(left[:2])
        return {
            old: new
            for old, those in of_old.items()
            if len(those) == 1
            for new in those
            if len(of_new[new]) == 1 and self._alike_outside(old, new, apart)
        }

    def _outside(self, side: int, places: list[int], columns: Columns) -> Hashes:
        """Hash the cells of records outside some columns, in any order of them: the sum of the cells' hashes."""
        apart = [self._shared.index(name) for name in columns]
        others: Hashes = self._totals[side][places] - self._hashes[side][np.ix_(places, apart)].sum(axis=1)
        return others

    def _alike_outside(self, old: int, new: int, apart: Sequence[Columns]) -> bool:
        """Whether two records of one hash are alike indeed."""
        differ = {name for name in self._shared if self._olds[old][name] != self._news[new][name]}
        return any(differ <= columns for columns in apart)

    def _rest_of_patients(self, found: Mapping[int, int], patient: Columns) -> dict[int, int]:
        """Pair what is left of patients whose other records went to one other number, by the rest of the key."""
        names = [name for name in self._key if name in patient]
        if not names or len(self._key) == len(names):
            return {}
        moved = Counter(
            (self._olds[old][names[0]], self._news[new][names[0]])
            for old, new in found.items()
            if self._olds[old][names[0]] != self._news[new][names[0]]
        )
        had = Counter(record[names[0]] for record in self._olds)
        from_, to = Counter(old for old, _ in moved), Counter(new for _, new in moved)
        known = {
            old: new
            for (old, new), times in moved.items()
            if times >= max(_KNOWN, _KNOWN_SHARE * had[old])
            and from_[old] == to[new] == 1
            and old not in to
            and new not in from_
        }
        olds, news = self._left(found)
        rest = [name for name in self._key if name not in names]
        lefts: dict[tuple[str, ...], list[int]] = defaultdict(list)
        rights: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for old in olds:
            record = self._olds[old]
            if record[names[0]] in known:
                lefts[(known[record[names[0]]], *(record[name] for name in rest))].append(old)
        for new in news:
            record = self._news[new]
            rights[(record[names[0]], *(record[name] for name in rest))].append(new)
        return {
            left[0]: rights[value][0]
            for value, left in lefts.items()
            if len(left) == len(rights.get(value, ())) == 1
            and 2 * self._differing(left[0], rights[value][0]) <= len(self._others)
        }

    def _differing(self, old: int, new: int) -> int:
        return sum(self._olds[old][name] != self._news[new][name] for name in self._others)

    def _agreeing(self, old: int, new: int, columns: Sequence[str]) -> int:
        before, after = self._olds[old], self._news[new]
        return sum(bool(before[name]) and before[name] == after[name] for name in columns)

    def _evidence(self, old: int, new: int) -> int:
        outside = self._agreeing(old, new, self._others)
        return outside and self._agreeing(old, new, self._key) + outside

    def _strong(self, old: int, new: int) -> bool:
        outside = self._agreeing(old, new, self._others)
        filled = outside + self._differing(old, new)
        moved = any(
            self._olds[old][name] != self._news[new][name] for name in self._key if name in PATIENT_COLUMNS
        )
        evidence = outside if moved else self._evidence(old, new)
        return evidence >= _STRONG_EVIDENCE and outside >= _AGREEING * filled


def _hashes(records: Sequence[Record], columns: Sequence[str]) -> Hashes:
    cells = [hash((name, record[name])) for record in records for name in columns]
    return np.array(cells, dtype=np.int64).reshape(len(records), len(columns))


def _groups(places: Sequence[int], values: Hashes, wanted: npt.NDArray[np.bool_]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero(wanted).tolist():
        groups[int(values[at])].append(places[at])
    return groups


def _unit(name: str, shared: Sequence[str]) -> Columns:
    """Return a column of the key with those that say the same thing."""
    same = next((group for group in _SAME_THING if name in group), frozenset[str]())
    return frozenset({name}) | (same & frozenset(shared))


def _rows(
    edges: Mapping[int, int], disputed: Mapping[int, int], holder: Mapping[int, int]
) -> Iterator[list[int]]:
    """Follow each correction to the record that holds the key it takes, and on; rings are left out."""
    targets = set(edges.values())
    for first in edges:
        if first in disputed and disputed[first] in targets:
            continue  # inside a row, or in a ring
        row = [first]
        while (following := holder.get(edges[row[-1]])) is not None and following in edges:
            row.append(following)
        yield row


_AGREEING_TO_PAIR = 0.5
"""Share of its other cells that a record without the same key must have in common with its counterpart."""


def pair_records(
    old: OutputSheet, new: OutputSheet, tiers: Tiers
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
        The columns that distinguish records, the strictest first; a tier with a column that one side lacks is
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


def _pairing_groups(
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
    of_new = _pairing_groups(news, key, range(len(news)))
    for value, places in _pairing_groups(olds, key, range(len(olds))).items():
        others = of_new.get(value, [])
        if len(places) > 1 or len(others) > 1:
            alike = _pairing_groups(news, shared, others)
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
    of_old = _pairing_groups(olds, key, [i for i in range(len(olds)) if i not in found])
    of_new = _pairing_groups(news, key, [j for j in range(len(news)) if j not in taken])
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
    return same >= _AGREEING_TO_PAIR * len(columns)
