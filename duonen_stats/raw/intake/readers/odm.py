"""CDISC ODM-XML 1.3 files, as OpenClinica, LibreClinica, Castor and InForm export them: one sheet per item group."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import numpy as np

from duonen_stats.errors import OtherFormatError, UnreadableFileError
from duonen_stats.raw.findings import CheckRule, Finding
from duonen_stats.raw.intake.readers.odm_definitions import Definitions
from duonen_stats.raw.intake.readers.optional import require_cells
from duonen_stats.raw.intake.readers.safe_xml import read_xml
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.names import ITEM_UNIT, STAR, is_name
from duonen_stats.raw.intake.sheet import Sheet, UserMissing
from duonen_stats.raw.intake.texts import Texts, TextsBuilder, first_filled
from duonen_stats.raw.questions import EXPORT_AGAIN

VALUETWICE = CheckRule(
    "RD-VALUETWICE",
    "error",
    "An item has two different values under one key; the first is read.",
    question=EXPORT_AGAIN,
)

REMOVED = CheckRule(
    "RD-REMOVED",
    "warning",
    "Rows are of patients or forms that are marked as removed; they are read like others.",
    question=EXPORT_AGAIN,
)

KEYS = (
    "StudyOID",
    "SubjectKey",
    "StudySubjectID",
    "SubjectStatus",
    "SiteRef",
    "StudyEventOID",
    "StudyEventRepeatKey",
    "FormOID",
    "FormRepeatKey",
    "FormStatus",
    "ItemGroupOID",
    "ItemGroupRepeatKey",
)
"""The columns that say whose a row is: centre, patient, event, form and group, with their repeats."""

_LEVELS = {
    "ClinicalData": ("StudyOID",),
    "SubjectData": ("SubjectKey",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
_BELOW = {name: tuple(_LEVELS)[place + 1 :] for place, name in enumerate(_LEVELS)}
_BUFFER = 2_000
_MOST_COLUMNS, _MOST_GROUPS = 16_384, 5_000
_INCOMPLETE = re.compile(r"([0-9]{4}|-)-([0-9]{2}|-)-([0-9]{2}|-)(T.*)?")


Key = tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """The rows of an item group as they come: a part of them as they are, the others in columns."""

    columns: dict[str, TextsBuilder] = field(default_factory=dict)
    waiting: list[dict[str, str]] = field(default_factory=list)
    rows: int = 0
    missing: list[UserMissing] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)

    def add(self, row: dict[str, str]) -> None:
        self.waiting.append(row)
        if len(self.waiting) >= _BUFFER:
            self.settle()

    def settle(self) -> None:
        """Bring the rows that wait into columns."""
        for name in dict.fromkeys(name for row in self.waiting for name in row):
            if name not in self.columns:
                if len(self.columns) >= _MOST_COLUMNS:
                    raise UnreadableFileError(f"an item group has more than {_MOST_COLUMNS} items")
                self.columns[name] = TextsBuilder().added([""] * self.rows)
        require_cells(self.rows + len(self.waiting), len(self.columns))
        for name, builder in self.columns.items():
            builder.added([row.get(name, "") for row in self.waiting])
        self.rows += len(self.waiting)
        self.waiting = []


@dataclass(slots=True)
class _Row:
    """The values of one repeat of an item group: text, unit and why it is missing, by the OID of the item."""

    place: dict[str, str]
    values: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    twice: dict[str, str] = field(default_factory=dict)


class Odm:
    """An opened ODM file: its item groups, each a sheet."""

    def __init__(self, groups: Mapping[str, _Group], definitions: Definitions) -> None:
        self._definitions = definitions
        self._groups = groups

    @property
    def titles(self) -> list[str]:
        """OIDs of the item groups with data, in the order of their first row."""
        return [*self._groups]

    def read(self, title: str, table: str, stated: FileDescription) -> Sheet:
        """Give the sheet of an item group; an item that is ``expected`` by its OID is there by that only."""
        group = self._groups[title]
        columns = {name: builder.texts() for name, builder in group.columns.items()}
        names = self._names(columns, stated)
        cells, labels, header = {}, {}, []
        for name, oids in self._columns(columns, names).items():
            header.append(name)
            cells[column_name(name)] = first_filled([columns[oid] for oid in oids])
            meaning = {code: text for oid in oids for code, text in self._meaning(oid).items()}
            if meaning:
                labels[column_name(name)] = meaning
        return Sheet(
            cells=cells,
            numbers=np.arange(1, group.rows + 1, dtype=np.int64),
            lines=group.rows,
            findings=(
                *_removed(columns, table, stated),
                *(
                    VALUETWICE.found(
                        table, one.message, row=one.row, column=column_name(names[one.column or ""])
                    )
                    for one in group.found
                ),
            ),
            header=tuple(header),
            form={"format": "CDISC ODM-XML", "worksheet": title},
            labels=labels,
            missing=tuple(replace(one, column=column_name(names[one.column])) for one in group.missing),
        )

    def _meaning(self, oid: str) -> dict[str, str]:
        return self._definitions.unit_labels() if oid.endswith(ITEM_UNIT) else self._definitions.labels(oid)

    def _names(self, columns: Mapping[str, Texts], stated: FileDescription) -> dict[str, str]:
        """Name each item: by its name if that distinguishes it from all others, else by its OID."""
        items = [name for name in columns if name not in KEYS and not name.endswith(ITEM_UNIT)]
        wanted = [*stated.expected, *(name for name in stated.named if name.strip(STAR))]
        named: dict[str, list[str]] = {}
        for oid in items:
            item = self._definitions.items.get(oid)
            if item is not None and item.name and not any(is_name(name, oid) for name in wanted):
                named.setdefault(item.name, []).append(oid)
        taken = {column_name(name) for name in [*KEYS, *columns]}
        names = {oid: oid for oid in items}
        for name, found in named.items():
            filled = sum(columns[oid].filled().astype(np.int64) for oid in found)
            if column_name(name) not in taken and not np.any(filled > 1):
                names |= dict.fromkeys(found, name)
                taken.add(column_name(name))
        return names

    def _columns(self, columns: Mapping[str, Texts], names: Mapping[str, str]) -> dict[str, list[str]]:
        """Give the columns of the sheet, each with the columns of the file that it is made of."""
        made = {name: [name] for name in KEYS if name in columns and columns[name].filled().any()}
        for oid, name in names.items():
            made.setdefault(name, []).append(oid)
            if oid + ITEM_UNIT in columns:
                made.setdefault(name + ITEM_UNIT, []).append(oid + ITEM_UNIT)
        return made


_OUT = frozenset({"removed", "auto-removed", "deleted", "auto-deleted"})
"""What OpenClinica and LibreClinica call the status of a patient or form that somebody took out."""


def _removed(columns: Mapping[str, Texts], table: str, stated: FileDescription) -> Iterator[Finding]:
    """Report rows that are marked as removed, unless the mapping file uses the mark."""
    for name in ("SubjectStatus", "FormStatus"):
        marked = columns[name].among(_OUT) if name in columns else np.zeros(0, dtype=bool)
        if marked.any() and not any(is_name(one, name) for one in stated.named):
            message = (
                f"{int(marked.sum())} rows have a {name} of removed, and were read. State in the mapping file under "
                f"left_out that they do not count, or under rows which do."
            )
            yield REMOVED.found(table, message, row=int(np.flatnonzero(marked)[0]) + 1)


def open_odm(file: BinaryIO) -> Odm:
    """Read the clinical data of an ODM file.

    Each item group becomes a sheet named by its OID, with a row for each of its repeats. The columns are those
    of :data:`KEYS` that the file has; each item by its name, or by its OID if that is what is expected or the name
    does not distinguish it from others; and ``<item>.unit`` where an item has units. Items of one name that never have
    a value in the same row, as those of several versions of a form, are one column.
    ``StudySubjectID`` is the attribute of OpenClinica and LibreClinica, and the subject key elsewhere. Null
    flavours in items that are not text are missing values with their reason.

    A transactional file is played back. Memory is needed for the sheets, not for the file.

    Parameters
    ----------
    file
        Open for reading bytes.

    Raises
    ------
    OtherFormatError
        It is no ODM file.
    UnreadableFileError
        It is a transactional file whose state cannot be determined for certain.
    Exception
        Whatever is raised for what is no XML.
    """
    reader = _Reader()
    read_xml(file, reader.start, reader.end, reader.text)
    return reader.finished()


class _Reader:
    """Takes the elements of a file; a subject's rows are kept until all of it is known."""

    def __init__(self) -> None:
        self._definitions = Definitions()
        self._groups: dict[str, _Group] = {}
        self._place: dict[str, str] = {}
        self._tree: dict[Key, Any] = {}
        self._transactional: bool | None = None
        self._row = _Row({})
        self._clinical = False
        self._item = ""
        self._value: str | None = None
        self._null = False
        self._unit = ""
        self._action = ""
        self._typed: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._transactional is None:
            self._begin(name, attributes)
        elif name in _LEVELS:
            self._clinical = True
            self._enter(name, attributes)
        elif not self._clinical:
            self._definitions.start(name, attributes)
        elif name.startswith("ItemData"):
            self._begin_item(name, attributes)
        elif name == "MeasurementUnitRef" and self._item:
            self._unit = attributes.get("MeasurementUnitOID", "")
        elif name == "SiteRef":
            self._place["SiteRef"] = attributes.get("LocationOID", "")

    def text(self, piece: str) -> None:
        if self._typed is not None:
            self._typed.append(piece)
        elif not self._clinical:
            self._definitions.text(piece)

    def end(self, name: str) -> None:
        if not self._clinical:
            self._definitions.end(name)
        elif name.startswith("ItemData"):
            self._end_item()
        elif name == "SubjectData" and not self._transactional:
            self._settle()
        elif name == "ClinicalData":
            self._clinical = False

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "ODM":
            raise OtherFormatError(f"its first element is {name[:30]}, not ODM")
        self._transactional = attributes.get("FileType") == "Transactional"
        if self._transactional and attributes.get("PriorFileOID"):
            raise UnreadableFileError(
                f"it has the changes to another file, {attributes['PriorFileOID'][:40]}, only; export a snapshot"
            )

    def _enter(self, level: str, attributes: Mapping[str, str]) -> None:
        for below in _BELOW[level]:
            for key in _LEVELS[below]:
                self._place.pop(key, None)
        for key in _LEVELS[level]:
            self._place[key] = attributes.get(key, "")
        if level == "SubjectData":
            own = attributes.get("StudySubjectID", "") or attributes.get("SubjectKey", "")
            status = attributes.get("Status", "")
            self._place |= {"StudySubjectID": own, "SubjectStatus": status, "SiteRef": ""}
        elif level == "FormData":
            self._place["FormStatus"] = attributes.get("Status", "")
        if level != "ClinicalData":
            self._follow(level, attributes.get("TransactionType", ""))

    def _follow(self, level: str, action: str) -> None:
        """Find or make the place of an element; what a log removes goes with all below it."""
        branch = self._tree
        *above, own = self._path(level)
        for step in above:
            branch = branch.setdefault(step, {})
        if self._transactional:
            known = own in branch
            if action in {"Insert", "Update", "Remove"} and known != (action != "Insert"):
                there = "is there already" if known else "is not there"
                raise UnreadableFileError(
                    f"its log says {action} of a {level} that {there}; export a snapshot"
                )
            if action == "Remove":
                del branch[own]
                self._row = _Row({})  # what stands below it is not read
                return
        if level == "ItemGroupData":
            self._row = branch.setdefault(own, _Row(dict(self._place)))
        else:
            branch.setdefault(own, {})

    def _path(self, level: str) -> list[Key]:
        """Give the keys of the elements down to one: patient, event, form, group."""
        names = list(_LEVELS)[: len(_LEVELS) - len(_BELOW[level])]
        keys = [tuple(self._place.get(key, "") for key in _LEVELS[name]) for name in names]
        return [keys[0] + keys[1], *keys[2:]]

    def _begin_item(self, name: str, attributes: Mapping[str, str]) -> None:
        self._item = attributes.get("ItemOID", "")
        self._unit = attributes.get("MeasurementUnitOID", "")
        self._action = attributes.get("TransactionType", "")
        self._value = attributes.get("Value")
        self._null = attributes.get("IsNull") == "Yes"
        self._typed = [] if name != "ItemData" else None

    def _end_item(self) -> None:
        text = "".join(self._typed) if self._typed is not None else self._value
        self._typed = None
        row = self._row
        oid, new = self._item, self._content((text or "").strip())
        self._item = ""
        old = row.values.get(oid)
        if not self._transactional:
            if old is not None and old != new:
                row.twice[oid] = new[0]
            row.values.setdefault(oid, new)
        elif self._action == "Remove":
            row.values.pop(oid, None)
        else:
            row.values[oid] = new

    def _content(self, text: str) -> tuple[str, str, str]:
        definitions, oid = self._definitions, self._item
        if self._null:
            return "", "", "marked as known to be empty"
        reason = definitions.reason(oid, text)
        item = definitions.items.get(oid)
        if item is not None and item.is_date:
            text = _partial(text)
        return text, definitions.unit(oid, self._unit) if text else "", reason

    def _settle(self) -> None:
        """Bring the rows that are complete into their groups."""
        for row in _leaves(self._tree):
            group = self._groups.setdefault(row.place["ItemGroupOID"], _Group())
            if len(self._groups) > _MOST_GROUPS:
                raise UnreadableFileError(f"it has more than {_MOST_GROUPS} item groups")
            number = group.rows + len(group.waiting) + 1
            cells = row.place
            for oid, (text, unit, reason) in row.values.items():
                cells[oid] = "" if reason else text
                if unit:
                    cells[oid + ITEM_UNIT] = unit
                if reason:
                    code = text or "IsNull"
                    group.missing.append(UserMissing(number, oid, code, reason))
            for oid, text in row.twice.items():
                message = (
                    f"Two values under one key: {cells[oid]!r} and {text!r}; correct the one that is wrong."
                )
                group.found.append(VALUETWICE.found("", message, row=number, column=oid))
            group.add(cells)
        self._tree = {}

    def finished(self) -> Odm:
        """Give the sheets."""
        if self._transactional is None:
            raise UnreadableFileError("it has no element")
        self._settle()
        for group in self._groups.values():
            group.settle()
        return Odm(self._groups, self._definitions)


def _leaves(tree: Mapping[Key, Any]) -> Iterator[_Row]:
    for branch in tree.values():
        if isinstance(branch, _Row):
            yield branch
        else:
            yield from _leaves(branch)


def _partial(text: str) -> str:
    """Write a date whose unknown parts are hyphens as the part that is known."""
    found = _INCOMPLETE.fullmatch(text)
    if found is None or "-" not in found.groups()[:3]:
        return text
    known = []
    for part in found.groups()[:3]:
        if part == "-":
            break
        known.append(part)
    return "-".join(known)
