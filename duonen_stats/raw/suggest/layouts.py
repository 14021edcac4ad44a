"""Layouts in which a sheet is not one table: visits side by side, forms of an EDC system one below the other."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.layout import SourceRows, carried, layout_of, stacked
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.identifiers import TELLING
from duonen_stats.raw.suggest.recognise import (
    activity_of,
    analyte_of,
    bare,
    column_of,
    dose_of,
    late_visit,
)
from duonen_stats.study import Study

_EVENT = ("redcap event name", "event name", "studyeventoid")
_INSTRUMENT = ("redcap repeat instrument", "repeat instrument")
_INSTANCE = ("redcap repeat instance", "repeat instance", "itemgrouprepeatkey")
_TICK = re.compile(r"___\w+$")
_LONGEST_MOMENT = 3
"""Words in the name of a visit: "przed C 1"."""
_CYCLE_WORDS = r"(?:c|t|cykl\w*|cycle|course|kurs|podanie|wizyta|visit)"


BY_VALUES = "subject id"
"""What a part calls the column whose values are the identifiers of patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a sheet as a sheet of its own, and the fields of the mapping file that make it one.

    ``called`` are columns that the part calls by their labels, with their names in the file.
    ``members`` are the columns of the file that a column of the part stands for; ``cycle`` is the column with the event
    of a cycle, and the name of such events with a star; ``of_project`` is whether the sheet holds a whole project.
    """

    sheet: Sheet
    fields: Mapping[str, object] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    cycle: tuple[str, str] | None = None
    of_project: bool = False


def parts_of(sheet: Sheet, study: Study, patients: Collection[str] = ()) -> list[Part]:
    """Split a sheet into the parts that may each be a table.

    Parameters
    ----------
    sheet
        As its reader gave it.
    study
        Whose tables are looked for.
    patients
        Known identifiers: a column that has them is that of the patients, whatever its name.

    Returns
    -------
    list of Part
        The sheet itself if it is neither an export of a whole project nor has visits side by side.
    """
    forms = [*_forms(sheet, study)]
    if forms:
        return forms
    beside = [part for target in ("VISIT", "CYCLE") if (part := _side_by_side(sheet, target)) is not None]
    return beside or [_by_captions(sheet, study, patients)]


def _by_captions(sheet: Sheet, study: Study, patients: Collection[str]) -> Part:
    """Call columns by their labels where those are known and their names are not: ``v12`` is "Date of birth".

    The column with the identifiers of patients is called so, unless another one is by its name.
    """
    known = {name for name in sheet.header if name and _is_known(name, study)}
    taken = {bare(name) for name in sheet.header}
    instead = {}
    for name in sheet.header:
        caption = sheet.captions.get(name, "")
        if (
            name
            and name not in known
            and caption
            and bare(caption) not in taken
            and _is_known(caption, study)
        ):
            instead[name] = caption
            taken.add(bare(caption))
    if not any(_is_patient(instead.get(name, name), study) for name in sheet.header if name):
        having = (name for name in sheet.header if name and _has_patients(sheet, name, patients))
        instead |= dict.fromkeys(islice(having, 1), BY_VALUES)
    if not instead:
        return Part(sheet=sheet)
    inner = {column_name(name): column_name(caption) for name, caption in instead.items()}
    return Part(
        sheet=replace(
            sheet,
            header=tuple(instead.get(name, name) for name in sheet.header),
            cells={inner.get(name, name): texts for name, texts in sheet.cells.items()},
            labels={inner.get(name, name): found for name, found in sheet.labels.items()},
        ),
        members={caption: (name,) for name, caption in instead.items()},
        called={caption: name for name, caption in instead.items()},
    )


def _has_patients(sheet: Sheet, name: str, patients: Collection[str]) -> bool:
    """Whether most values of a column are identifiers, not so short that they may be the numbers of anything."""
    texts = {*sheet.cells[column_name(name)].used()} - {""}
    known = texts & {text for text in patients if len(text) >= TELLING}
    return 2 * len(known) > len(texts)


def _is_known(name: str, study: Study) -> bool:
    return (
        any((found := column_of(name, table)) is not None and found[1] for table in study.tables)
        or analyte_of(name, study) is not None
        or activity_of(name) is not None
        or dose_of(name) is not None
    )


# Visits or cycles in the names of columns.


def moment(text: str) -> str | None:
    """Say which visit or cycle a part of a column's name says: T1 before, V1 after a cycle, F1 of late follow-up, UNS.

    Examples
    --------
    >>> moment("T1"), moment("po C2"), moment("cykl 3"), moment("kontrola 12"), moment("Ki67"), moment("wynik")
    ('T1', 'V2', 'T3', 'F12', None, None)
    """
    said = bare(text)
    if said in words.UNSCHEDULED:
        return "UNS"
    if re.fullmatch(r"[tv][1-9]", said):
        return said.upper()
    if (late := late_visit(said)) is not None:
        return f"F{late}"
    parts = {*said.split()}
    number = re.fullmatch(
        rf"(?:(?:przed|po|before|after|pre|post) )?{_CYCLE_WORDS} ?([1-9])(?: (?:przed|po))?", said
    )
    if number is None:
        number = re.fullmatch(r"(?:przed|po|before|after|pre|post) ([1-9])", said)
    if number is None:
        return None
    return f"V{number[1]}" if parts & words.AFTER else f"T{number[1]}"


def _moments(header: str) -> tuple[str, str, str] | None:
    """Split the name of a column: its name in each group, the pattern of the group, and the visit."""
    pieces = re.split(r"([\s_]+)", header.strip())
    for number in range(min(_LONGEST_MOMENT, len(pieces) // 2), 0, -1):
        wide = 2 * number - 1
        first, last = "".join(pieces[:wide]), "".join(pieces[-wide:])
        if _is_word(pieces[-wide]) and (code := moment(last)) is not None:
            return "".join(pieces[: -wide - 1]), f"*{pieces[-wide - 1]}{last}", code
        if (code := moment(first)) is not None:
            return "".join(pieces[wide + 1 :]), f"{first}{pieces[wide]}*", code
    return None


def _is_word(piece: str) -> bool:
    """Whether a piece of a name has letters or digits: of "Blasty [%] F1", [%] belongs to the name."""
    return bool(bare(piece))


def _side_by_side(sheet: Sheet, target: str) -> Part | None:
    """Put the groups of columns of a visit below each other, if there are such groups."""
    found = {name: parts for name in sheet.header if name and (parts := _moments(name)) is not None}
    groups = {pattern: code for _, pattern, code in found.values()}
    codes = {*groups.values()}
    rests: dict[str, list[str]] = {}
    for name, (rest, _, _) in found.items():
        rests.setdefault(bare(rest), []).append(name)
    shared = [names for names in rests.values() if len(names) > 1]
    if (
        len(codes) <= 1
        or not shared
        or (target == "CYCLE" and any(not code.startswith("T") for code in codes))
    ):
        return None
    entry = SourceMapping(source="x", table="x", stack={target: groups})
    rows, _ = stacked(layout_of(sheet), entry)
    members = {
        rest: [name for name, parts in found.items() if bare(parts[0]) == bare(rest)] for rest in rows.cells
    }
    return Part(
        sheet=replace(_as_sheet(rows, sheet), labels={}),
        fields={"stack": {target: groups}},
        notes={("stack", target): "visits or cycles in the names of columns; confirm"},
        members={name: own for name, own in members.items() if own},
    )


def _as_sheet(rows: SourceRows, like: Sheet) -> Sheet:
    return Sheet(
        cells={column_name(name): texts for name, texts in rows.cells.items()},
        numbers=rows.numbers,
        lines=len(rows),
        header=tuple(rows.cells),
        form=like.form,
        typed=like.typed,
        labels={column_name(name): found for name, found in rows.labels.items()},
    )


# Forms of a project in one table, as REDCap exports them.


def _forms(sheet: Sheet, study: Study) -> Iterator[Part]:
    headers = [name for name in sheet.header if name]
    event = _named(headers, _EVENT)
    instrument = _named(headers, _INSTRUMENT)
    if instrument is None or len(headers) < 2:  # noqa: PLR2004
        return
    record = headers[0]
    patient = next((name for name in headers[1:] if _is_patient(name, study)), None)
    rows = layout_of(sheet)
    shared: dict[str, object] = {}
    if patient is not None and not rows.cells[patient].filled().all():
        shared["carry"] = {patient: record}
        rows, _ = carried(rows, {patient: record})
    kinds = [*rows.cells[instrument]]
    events = [_stem(text) for text in rows.cells[event]] if event is not None else [""] * len(rows)
    known = {record, event, instrument, _named(headers, _INSTANCE), patient}
    keep = [name for name in (patient or record, _named(headers, _INSTANCE)) if name is not None]
    for kind in dict.fromkeys(kinds):
        for stem in dict.fromkeys(events) if not kind else [""]:
            chosen = [
                mine == kind and (bool(kind) or theirs == stem)
                for mine, theirs in zip(kinds, events, strict=True)
            ]
            part = rows.take(np.array(chosen, dtype=bool))
            filled = [name for name in headers if name not in known and _has_values(part, name)]
            if not len(part) or not filled:
                continue
            own = dict(shared)
            own["rows"] = {instrument: [kind]} if kind else {event: [stem]} if event is not None else {}
            cells = {name: part.cells[name] for name in [*keep, *filled]}
            of_cycle = "*" in stem and moment_of_event(stem.replace("*", "1")) != "F1"
            if event is not None and of_cycle:
                cells["CYCLE"] = part.cells[event].changed(_cycle_of)
            yield Part(
                sheet=_as_sheet(replace(part, cells=cells), sheet),
                fields=own,
                cycle=(event, stem) if event is not None and "CYCLE" in cells else None,
                notes={
                    ("rows", instrument if kind else event or ""): "rows of a form of the project; confirm"
                },
                of_project=True,
            )


def _named(headers: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in headers if bare(name) in names), None)


def _is_patient(header: str, study: Study) -> bool:
    found = column_of(header, study.table("subjects"))
    return found is not None and found[0] == "SUBJID"


def _stem(event: str) -> str:
    """Write the name of an event with a star for the number of its cycle: ``cycle_2_arm_1`` is ``cycle_*_arm_1``."""
    if moment_of_event(event) is None:
        return event
    return re.sub(r"(?<![0-9])[1-9][0-9]{0,2}(?![0-9])", "*", event, count=1)


def moment_of_event(event: str) -> str | None:
    """Give the cycle that the name of an event says.

    Examples
    --------
    >>> moment_of_event("cycle_2_arm_1"), moment_of_event("baseline_arm_1"), moment_of_event("fu_12_arm_1")
    ('T2', None, 'F12')
    """
    said = re.sub(r" arm [0-9]+$", "", bare(event))
    return moment(said)


def _cycle_of(event: str) -> str:
    return moment_of_event(event) or event


def _has_values(rows: SourceRows, name: str) -> bool:
    """Whether a field was filled: a box that is not ticked is 0 in every row that there is."""
    nothing = {"", "0", "Unchecked"} if _TICK.search(name) else {""}
    return any(text not in nothing for text in rows.cells[name].used())
