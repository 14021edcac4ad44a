"""The mapping file: how the names and codes of a source become those of the dictionary."""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from duonen_stats.errors import DataError
from duonen_stats.raw.intake.readers.delimited import SEPARATORS
from duonen_stats.raw.intake.sheet import FileDescription, column_name
from duonen_stats.study import RawTable, Study
from duonen_stats.study.strict_yaml import build, read_yaml

MAPPING_FILE = "mapping.yaml"
"""Name under which a mapping file in the folder of a cut is found."""

DateOrder = Literal["DMY", "MDY", "YMD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """How one file or worksheet becomes one raw table.

    ``source`` is its name, with or without ending; ``columns`` maps its column names to those of the table,
    ``codes`` the values of a column (by its name in the dictionary) to the dictionary's codes. ``dates``
    (by column), ``decimal``, ``separator`` and ``encoding`` settle what cannot be told from the file.
    """

    source: str
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[str, DateOrder] = field(default_factory=dict)
    decimal: Literal["comma", "point"] | None = None
    separator: Literal["comma", "semicolon", "tab", "bar"] | None = None
    encoding: str | None = None

    def is_of(self, name: str) -> bool:
        """Whether this is about the file or worksheet with this name, in any case, with or without ending."""
        return self.source.casefold() in {name.casefold(), Path(name).stem.casefold()}

    def stated(self, table: RawTable) -> FileDescription:
        """Give what a reader is told before it reads."""
        signs = {name: sign for sign, name in SEPARATORS.items()}
        return FileDescription(
            encoding=self.encoding,
            separator=signs.get(self.separator or ""),
            expected=frozenset({*(column.name for column in table.columns), *self.columns}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMapping:
    """A mapping file: one entry a source, and the path it was read from (``None``: there is no file)."""

    sources: tuple[SourceMapping, ...] = ()
    path: Path | None = None

    def of(self, *names: str) -> SourceMapping | None:
        """Find the entry about a file or worksheet by any of its names; ``None`` if there is none."""
        return next((one for one in self.sources for name in names if one.is_of(name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    sources: tuple[SourceMapping, ...]


def read_mapping(path: Path, study: Study) -> CutMapping:
    """Read a mapping file.

    Parameters
    ----------
    path
        A YAML file with a list ``sources``, each with the fields of :class:`SourceMapping`.
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
    content = build(_Content, _as_text(read_yaml(path), "", faults), "mapping", faults)
    sources = content.sources if content is not None else ()
    for number, source in enumerate(sources, 1):
        faults.extend(f"sources[{number}] ({source.source}): {fault}" for fault in _faults(source, study))
    names = [source.source.casefold() for source in sources]
    faults.extend(
        f"sources: {name} stands there more than once" for name in {*names} if names.count(name) > 1
    )
    if faults:
        listed = "".join(f"\n  {number}. {fault}" for number, fault in enumerate(faults, 1))
        raise DataError(f"The mapping file {path.name} has {len(faults)} fault(s):{listed}")
    return CutMapping(sources=sources, path=path)


def _as_text(data: Any, where: str, faults: list[str]) -> Any:
    """Take numbers for text, as codes are meant; a bare Yes or No, which YAML makes a truth value, is a fault."""
    if isinstance(data, dict):
        named = {_key(key, where, faults): value for key, value in data.items()}
        return {key: _as_text(value, f"{where}.{key}".strip("."), faults) for key, value in named.items()}
    if isinstance(data, list):
        return [_as_text(item, f"{where}[{place}]", faults) for place, item in enumerate(data, 1)]
    return _key(data, where, faults) if isinstance(data, bool | int) else data


def _key(value: Any, where: str, faults: list[str]) -> Any:
    if isinstance(value, bool):
        faults.append(f"{where}: YAML takes Yes, No, On and Off for truth values; put the word in quotes")
    return str(value) if isinstance(value, int) else value


def _faults(source: SourceMapping, study: Study) -> Iterator[str]:
    tables = {table.name: table for table in study.tables}
    if source.table not in tables:
        yield f"no table {source.table!r} in the data dictionary; there are {', '.join(tables)}"
        return
    columns = {column.name: column for column in tables[source.table].columns}
    targets = [*source.columns.values()]
    for name in sorted({*targets, *source.codes, *source.dates} - columns.keys()):
        yield f"no column {name!r} in the table {source.table}"
    yield from (f"two columns become {name}" for name in sorted({*targets}) if targets.count(name) > 1)
    names = [column_name(name) for name in source.columns]
    yield from (f"{name} stands in columns twice" for name in sorted({*names}) if names.count(name) > 1)
    for name, codes in source.codes.items():
        allowed = {code.code for code in columns[name].codes} if name in columns else set()
        for code in sorted({*codes.values()} - allowed if allowed else ()):
            yield f"{code!r} is no code of {name}; there are {', '.join(sorted(allowed))}"
    for name in source.dates:
        if name in columns and columns[name].type != "date":
            yield f"{name} is not a column of dates"
    if source.encoding is not None and not _is_encoding(source.encoding):
        yield f"no encoding {source.encoding!r} is known; use a name such as cp1250"


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - as str.encode asks it
    except LookupError:
        return False
