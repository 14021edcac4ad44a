"""The ledger of a publication: all its numbers and claims, read from YAML and checked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from duonen_stats.errors import DataError
from duonen_stats.publication.entry import KINDS, Assertion, Entry, read_value
from duonen_stats.study.strict_yaml import read_yaml

_PATH = Path(__file__).parent / "ledger.yaml"
_FIELDS = {item.name for item in fields(Entry)} - {"relation", "decimals"}
_ASSERTED = {item.name for item in fields(Assertion)}
_REQUIRED = ("id", "where", "kind", "quantity")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries in the order of the publication.

    Raises ``DataError`` if two entries share an id, or one refers to an entry or a row that is not there.
    """

    entries: tuple[Entry, ...]
    _by_id: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    _by_row: Mapping[str, tuple[Entry, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_row: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_row.setdefault(entry.row, []).append(entry)
        by_row.pop("", None)
        rows = {row: tuple(found) for row, found in by_row.items()}
        object.__setattr__(self, "_by_id", MappingProxyType({entry.id: entry for entry in self.entries}))
        object.__setattr__(self, "_by_row", MappingProxyType(rows))
        faults = [*_repeated(self.entries), *_dangling(self)]
        if faults:
            raise DataError("The ledger is faulty. " + " ".join(faults))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._by_id

    def entry(self, entry_id: str) -> Entry:
        """Return the entry with this id; raise ``DataError`` if there is none."""
        try:
            return self._by_id[entry_id]
        except KeyError:
            raise DataError(f"The ledger has no entry {entry_id!r}.") from None

    @property
    def rows(self) -> Mapping[str, tuple[Entry, ...]]:
        """Entries by the row they share."""
        return self._by_row

    def find(self, row: str, *, arm: str | None = None, stat: str | None = None) -> tuple[Entry, ...]:
        """Return the entries of a row, of one arm and one statistic if asked."""
        return tuple(
            entry
            for entry in self._by_row.get(row, ())
            if (arm is None or entry.arm == arm) and (stat is None or entry.stat == stat)
        )

    def original(self, entry: Entry) -> Entry:
        """Follow ``same_as`` to the entry that is repeated; an entry that repeats none is its own original."""
        while entry.same_as:
            entry = self.entry(entry.same_as)
        return entry


@cache
def load_ledger() -> Ledger:
    """Load the ledger of the interim publication, shipped with the package."""
    return _ledger(read_yaml(_PATH, shipped=True), _PATH.name)


def read_ledger(path: Path) -> Ledger:
    """Read a ledger: a list of blocks, each with what its ``entries`` share.

    Raises ``DataError``, naming the entry and what is wrong, if the file is not of that form, and ``DictionaryError``
    if it is not YAML.
    """
    return _ledger(read_yaml(path), path.name)


def _ledger(blocks: Any, name: str) -> Ledger:
    if not isinstance(blocks, list):
        raise DataError(f"{name} is not a list of blocks.")
    return Ledger(tuple(entry for number, block in enumerate(blocks, 1) for entry in _entries(block, number)))


def _entries(block: Any, number: int) -> Iterator[Entry]:
    if not isinstance(block, dict) or not isinstance(block.get("entries"), list):
        raise DataError(f"Block {number} of the ledger has no list of entries.")
    shared = {name: value for name, value in block.items() if name != "entries"}
    for own in block["entries"]:
        if not isinstance(own, dict):
            raise DataError(
                f"Block {number} of the ledger has an entry that is not a list of fields: {own!r}."
            )
        yield make_entry({**shared, **own})


def make_entry(facts: Mapping[str, Any]) -> Entry:
    """Make an entry of its fields as written; ``value`` is text, with the relation before it.

    Raises ``DataError`` if a field is missing, unknown or not of its form.
    """
    name = facts.get("id", "an entry without id")
    unknown = sorted(set(facts) - _FIELDS)
    missing = [key for key in _REQUIRED if not facts.get(key)]
    if unknown or missing:
        raise DataError(f"{name}: {_said('unknown', unknown)}{_said('missing', missing)}.")
    if facts["kind"] not in KINDS:
        raise DataError(f"{name}: kind is {facts['kind']!r}; it may be {', '.join(KINDS)}.")
    claim = facts["kind"] == "claim"
    if claim == ("value" in facts) or claim != ("states" in facts):
        raise DataError(
            f"{name}: a claim has states and no value; everything else has a value and no states."
        )
    given = dict(facts)
    given["asserts"] = tuple(_assertion(name, item) for item in facts.get("asserts", ()))
    if not claim:
        try:
            given["relation"], given["value"], given["decimals"] = read_value(str(facts["value"]))
        except ValueError as fault:
            raise DataError(f"{name}: {fault}.") from None
    return Entry(**given)


def _assertion(name: str, given: Any) -> Assertion:
    if not isinstance(given, dict) or "row" not in given or set(given) - _ASSERTED:
        raise DataError(
            f"{name}: an assertion has a row and of {', '.join(sorted(_ASSERTED))}; not {given!r}."
        )
    made = Assertion(**{**given, "arms": tuple(given.get("arms", ()))})
    if (bool(made.at_most), bool(made.at_least), made.everyone is not None).count(True) != 1:
        raise DataError(f"{name}: an assertion says one of at_most, at_least, everyone.")
    return made


def _said(what: str, names: list[str]) -> str:
    return f"{what} {', '.join(names)}; " if names else ""


def _repeated(entries: Iterable[Entry]) -> list[str]:
    times = Counter(entry.id for entry in entries)
    return [f"{entry_id} stands {number} times." for entry_id, number in times.items() if number > 1]


def _dangling(ledger: Ledger) -> Iterator[str]:
    for entry in ledger:
        for other in (entry.same_as, *(a.at_most or a.at_least for a in entry.asserts)):
            if other and other not in ledger:
                yield f"{entry.id} names the entry {other}, which is not there."
        for row in (entry.n_of, entry.part_of, *(assertion.row for assertion in entry.asserts)):
            if row and row not in ledger.rows:
                yield f"{entry.id} names the row {row}, which is not there."
    yield from _circular(ledger)


def _circular(ledger: Ledger) -> Iterator[str]:
    for entry in ledger:
        seen, at = {entry.id}, entry
        while at.same_as and at.same_as in ledger:
            at = ledger.entry(at.same_as)
            if at.id in seen:
                yield f"{entry.id} repeats itself by way of others."
                break
            seen.add(at.id)
