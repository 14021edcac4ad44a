"""The mapping file as it is written: read, brought into one entry for each source and table, and checked as a whole."""

import codecs
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from duonen_stats.errors import DataError
from duonen_stats.raw.intake.companions.stated_missing import with_reasons
from duonen_stats.raw.intake.mapping import CutMapping, SourceMapping
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.names import STAR, fields_of, joined_columns
from duonen_stats.study import RawColumn, RawTable, Study
from duonen_stats.study.strict_yaml import build, read_yaml
from duonen_stats.study.unit_spelling import unit_readings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    sources: tuple[SourceMapping, ...]
    missing: Mapping[str, str | None] = field(default_factory=dict)


def read_mapping(path: Path, study: Study) -> CutMapping:
    """Read a mapping file.

    Parameters
    ----------
    path
        A YAML file with a list ``sources``, each with the fields of :class:`SourceMapping`; one that feeds several
        tables has a list ``tables`` instead of ``table``, each with fields that hold for that table.
    study
        Whose tables, columns and codes the mapping must name.

    Raises
    ------
    DictionaryError
        The file cannot be read or is not YAML.
    DataError
        It has faults; the message lists every one.
    """
    faults: list[str] = []
    data = _one_by_one(_as_text(with_reasons(read_yaml(path)), "", faults), faults)
    content = build(_Content, data, "mapping", faults)
    sources = content.sources if content is not None else ()
    for number, source in enumerate(_as_far_as_built(data), 1):
        where = f"sources[{number}] ({source.source}, {source.table})"
        faults.extend(f"{where}: {fault}" for fault in faults_of(source, study))
    faults.extend(_twice(sources))
    faults.extend(_not_of_blocks(sources))
    if faults:
        listed = "".join(f"\n  {number}. {fault}" for number, fault in enumerate(dict.fromkeys(faults), 1))
        raise DataError(f"The mapping file {path.name} has {len({*faults})} fault(s):{listed}")
    return CutMapping(sources=sources, path=path, missing=content.missing if content is not None else {})


def _as_far_as_built(data: Any) -> Iterator[SourceMapping]:
    """Build each entry of the fields that can be built, so that whatever else is wrong with it is named at once."""
    entries = data.get("sources") if isinstance(data, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        own = entry if isinstance(entry, dict) else {}
        least = {"source": "?", "table": "?"} | {key: own[key] for key in ("source", "table") if key in own}
        good = {
            key: value for key, value in own.items() if build(SourceMapping, {**least, key: value}, "", [])
        }
        built = build(SourceMapping, {**least, **good}, "", [])
        if built is not None and built.table != "?":
            yield built


def _twice(sources: Sequence[SourceMapping]) -> Iterator[str]:
    """Name entries that are about the same rows of one source and table, which would double its records."""
    taken: list[Any] = []
    for one in sources:
        what = (
            one.source.casefold(),
            one.sheet,
            one.table,
            one.rows,
            one.filled,
            one.empty,
            one.long,
            one.stack,
            one.block,
        )
        if what in taken:
            yield f"sources: {one.source} is given more than once for the table {one.table}"
        taken.append(what)


def _not_of_blocks(sources: Sequence[SourceMapping]) -> Iterator[str]:
    """Name sheets of which some entries read one of several tables, and others all of it."""
    for one in sources:
        same = [other for other in sources if (other.source, other.sheet) == (one.source, one.sheet)]
        if one.block is None and any(other.block for other in same):
            yield f"sources: {one.source} has a block for one table, and needs one for {one.table}"


_NUMBERS = frozenset({"header", "units_line", "limits_line", "factors"})
"""Fields whose numbers are numbers; elsewhere a number is a code or a name."""


def _as_text(data: Any, where: str, faults: list[str]) -> Any:
    """Take numbers and dates for text, as codes are meant; a bare Yes or No, a truth value in YAML, is a fault."""
    if isinstance(data, dict):
        of_age = where.rpartition(".")[2] == "age"  # the field ``on``, which YAML takes for a truth value
        named = {
            "on" if of_age and key is True else _key(key, where, faults): value for key, value in data.items()
        }
        return {
            key: value if key in _NUMBERS else _as_text(value, f"{where}.{key}".strip("."), faults)
            for key, value in named.items()
        }
    if isinstance(data, list):
        return [_as_text(item, f"{where}[{place}]", faults) for place, item in enumerate(data, 1)]
    return _key(data, where, faults)


def _key(value: Any, where: str, faults: list[str]) -> Any:
    if isinstance(value, bool):
        faults.append(
            f"{where}: YAML takes Yes, No, On, Off, True and False for truth values; put the word in quotes"
        )
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


# One entry a table, with lists where a single value may be written.


_LISTS = frozenset({"optional", "fill_down", "filled", "empty", "header", "only_codes", "marks"})
_NAMED_LISTS = frozenset({"rows", "left_out", "columns", "join", "first", "difference", "numbered"})


def _one_by_one(data: Any, faults: list[str]) -> Any:
    """Write an entry with ``tables`` as one entry each, which has the fields of both."""
    if not isinstance(data, dict) or not isinstance(data.get("sources"), list):
        return data
    entries: list[Any] = []
    for number, entry in enumerate(data["sources"], 1):
        tables = entry.get("tables") if isinstance(entry, dict) else None
        if tables is None:
            entries.append(_with_lists(entry))
            continue
        common = {key: value for key, value in entry.items() if key != "tables"}
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            faults.append(f"sources[{number}]: tables is a list of tables, each with its fields")
            continue
        if "table" in common:
            faults.append(f"sources[{number}]: give table or tables, not both")
        entries += [_with_lists(_merged(common, one)) for one in tables]
    return {**data, "sources": entries}


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Join the fields of a source and of one of its tables; named values of both hold, those of the table first."""
    merged = {**common, **own}
    for key in common.keys() & own.keys():
        if isinstance(common[key], dict) and isinstance(own[key], dict):
            merged[key] = {**common[key], **own[key]}
    return merged


def _with_lists(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    full = dict(entry)
    for key in _LISTS & full.keys():
        full[key] = _listed(full[key])
    for key in _NAMED_LISTS & full.keys():
        full[key] = _values_listed(full[key])
    if isinstance(full.get("only"), dict):
        full["only"] = {key: _values_listed(value) for key, value in full["only"].items()}
    long = full.get("long")
    if isinstance(long, dict):
        full["long"] = {
            **long,
            **({"names": _listed(long["names"])} if "names" in long else {}),
            **({"columns": _values_listed(long["columns"])} if "columns" in long else {}),
        }
    return full


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | int | float) and not isinstance(value, bool) else value


def _values_listed(value: Any) -> Any:
    return {key: _listed(one) for key, one in value.items()} if isinstance(value, dict) else value


# What may be wrong with an entry: all of it, with what is allowed.


def faults_of(source: SourceMapping, study: Study) -> Iterator[str]:
    """List what is wrong with one entry of a mapping file."""
    tables = {table.name: table for table in study.tables}
    if source.table not in tables:
        yield f"no table {source.table!r} in the data dictionary; there are {', '.join(tables)}"
        return
    columns = {column.name: column for column in tables[source.table].columns}
    yield from _unknown_columns(source, columns)
    filled = source.filled_columns()
    yield from (f"two columns become {name}" for name in sorted({*filled}) if filled.count(name) > 1)
    names = [column_name(name) for name in source.columns]
    yield from (f"{name} is in columns twice" for name in sorted({*names}) if names.count(name) > 1)
    yield from _code_faults(source, columns)
    yield from _sex_faults(source, columns, tables)
    yield from _layout_faults(source)
    if source.limits_line is not None and "VALUE" in columns:
        # For another table the line is none of its rows, and nothing else.
        yield from (
            f"limits_line: two columns become {name}"
            for name in ("LLN", "ULN")
            if name in source.filled_columns()
        )
    yield from _type_faults(source, columns)
    yield from _mark_faults(source, columns)
    if source.numbered and "SUBJID" not in columns:
        yield f"numbered: the records of a patient are numbered, and {source.table} has no SUBJID"
    if source.encoding is not None and not _is_encoding(source.encoding):
        yield f"no encoding {source.encoding!r} is known; use a name such as cp1250"


def _sex_faults(
    source: SourceMapping, columns: Mapping[str, RawColumn], tables: Mapping[str, RawTable]
) -> Iterator[str]:
    if not source.limits_by_sex:
        return
    allowed = sorted(tables["subjects"].column("SEX").code_names(()))
    for word, code in source.limits_by_sex.items():
        if code is not None and code not in allowed:
            yield f"limits_by_sex: {word} is {code!r}; there are {', '.join(allowed)}, and nothing for both"
    if source.limits is None and source.limits_line is None:
        yield "limits_by_sex: needs limits or limits_line, the column or the line with the ranges"
    if "SEX" in columns and "SEX" in source.filled_columns():
        yield "limits_by_sex: SEX comes from the ranges, and is filled otherwise too"
    elif "SEX" not in columns and "SUBJID" not in columns:
        yield f"limits_by_sex: {source.table} has neither SEX nor SUBJID"


def _mark_faults(source: SourceMapping, columns: Mapping[str, RawColumn]) -> Iterator[str]:
    if source.marks and not any(column.bound for column in columns.values()):
        yield f"marks: {source.table} has no laboratory results"
    for mark in source.marks:
        unit = any(sign.isalpha() for sign in mark) and unit_readings(mark)  # "#" is a number of cells, too
        if unit or mark != mark.strip() or re.fullmatch(r"[^0-9<>=≤≥.,+%/()\[\]-]+", mark) is None:
            yield f"marks: {mark!r} may be part of a number, a bound, a range or a unit, and is not left out"


def _type_faults(source: SourceMapping, columns: Mapping[str, RawColumn]) -> Iterator[str]:
    for name in source.only_codes:
        if name in columns and not columns[name].codes:
            yield f"only_codes: {name} is not a column of codes"
    for name in source.dates:
        of_birth = name == "AGE" and source.age is not None
        if name in columns and columns[name].type != "date" and not of_birth:
            yield f"{name} is not a column of dates"
    for what, mapped in (("factors", source.factors), ("difference", source.difference)):
        for name in mapped:
            if name in columns and columns[name].type not in {"number", "integer"}:
                yield f"{what}: {name} is not a column of numbers"
    for name in source.numbered:
        if name in columns and columns[name].type != "integer":
            yield f"numbered: {name} is not a column of whole numbers"


def _unknown_columns(source: SourceMapping, columns: Mapping[str, RawColumn]) -> Iterator[str]:
    ours = {
        *source.filled_columns(),
        *source.codes,
        *source.missing_in,
        *source.dates,
        *source.factors,
        *source.only,
        *source.only_codes,
        *(name for names in source.numbered.values() for name in names),
    }
    if source.visit is not None:
        ours |= {"LBDT", "SUBJID"}
    named = (source.file_name, source.sheet_name, source.title, source.block)
    templates = tuple(filter(None, named))
    joined = {name for names in source.join.values() for name in joined_columns(names)}
    helpers = joined & {name for template in templates for name in fields_of(template)}
    for name in sorted(ours - columns.keys() - helpers):
        yield f"no column {name!r} in the table {source.table}; there are {', '.join(columns)}"


def _code_faults(source: SourceMapping, columns: Mapping[str, RawColumn]) -> Iterator[str]:
    given: list[tuple[str, str]] = [
        (name, new) for name, codes in source.codes.items() for new in codes.values() if new is not None
    ]
    stated = [*source.constants.items()]
    stated += [(name, new) for name, groups in source.stack.items() for new in groups.values()]
    if source.long is not None:
        stated += [
            pair for new in source.long.columns.values() for pair in zip(source.long.names, new, strict=False)
        ]
    given += [(name, new) for name, new in stated if name not in source.codes]
    for name, new in dict.fromkeys(given):
        if name not in columns or not columns[name].codes:
            continue
        allowed = sorted(columns[name].code_names(()))
        series = columns[name].series
        first = f"{series.prefix}1" if series is not None else ""  # "F*" stands for F1, F2, …
        fits = new in columns[name].code_names([new])
        if STAR in new:
            fits = any(fnmatchcase(code, new) for code in (*allowed, first))
        if not fits:
            further = f", {first} and so on" if first else ""
            yield f"{new!r} is no code of {name}; there are {', '.join(allowed)}{further}"


def _layout_faults(source: SourceMapping) -> Iterator[str]:
    yield from _block_faults(source)
    yield from _pattern_faults(source)
    for name, others in source.difference.items():
        if len(others) < 2:  # noqa: PLR2004 - a number and what is subtracted
            yield f"difference: {name} needs two columns or more"
    for what, lists in (("join", source.join), ("first", source.first)):
        yield from (
            f"{what}: {name} needs a column of the source" for name, names in lists.items() if not names
        )
    first = 1 if source.block is None else 0
    below = [line for line in (source.units_line, source.limits_line) if line is not None]
    for number in (*source.header, *below):
        if number < first:
            yield f"{number} is not the number of a line; the first is {first}"
    for number, times in Counter([*source.header, *below]).items():
        if times > 1:
            yield f"header, units_line, limits_line: {number} is the line of more than one of them"
    if source.block is not None and source.title is not None:
        yield "block: a table that is found by its title has no title besides; put the columns in braces into block"
    if source.block is not None and not re.search(r"\w", re.sub(r"\{\w*\}", "", source.block)):
        yield f"block: {source.block!r} is any cell; give words of the title, or the name of the first column"
    yield from (
        f"factors: {name} is {factor:g}; it has to be above 0"
        for name, factor in source.factors.items()
        if not 0 < factor < math.inf
    )


def _block_faults(source: SourceMapping) -> Iterator[str]:
    if len(source.stack) > 1:
        yield f"stack: one column names the groups, not {len(source.stack)}"
    for pattern in (pattern for groups in source.stack.values() for pattern in groups):
        if pattern.count(STAR) != 1:
            yield f"stack: {pattern!r} needs one star, for the name that the columns of all groups share"
    for name, new in source.columns.items():
        if STAR in new and (name.count(STAR) != 1 or len(new) != 1):
            yield f"columns: {name!r} needs one star, for the names of the columns of the table, and nothing else"
    for name, new in source.long.columns.items() if source.long is not None else ():
        if source.long is not None and len(new) != len(source.long.names):
            yield f"long: {name} has {len(new)} values for {', '.join(source.long.names)}"


def _pattern_faults(source: SourceMapping) -> Iterator[str]:
    named = [("file_name", source.file_name), ("sheet_name", source.sheet_name), ("title", source.title)]
    for what, template in (*named, *(("parts", one) for one in source.parts.values())):
        if template is not None and not fields_of(template):
            yield f"{what}: {template!r} has no column of the table in braces, such as {{SITEID}}"


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - as str.encode asks it
    except LookupError:
        return False
