"""What a mapping file says: how the names, codes and layout of a source become those of the dictionary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from duonen_stats.raw.intake.readers.delimited import SEPARATORS
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.names import STAR, fields_of, is_name, joined_columns, parts_by
from duonen_stats.study import RawTable

MAPPING_FILE = "mapping.yaml"
"""Name under which a mapping file in the folder of a cut is found."""

DateOrder = Literal[
    "DMY", "MDY", "YMD", "DMY_20", "MDY_20", "YMD_20", "EXCEL", "EXCEL_1904", "SAS", "SAS_SECONDS", "SPSS",
]  # fmt: skip
"""Order of day, month and year, with ``_20`` if years of two digits are of 2000 to 2099; or whose numbers of days or
seconds stand for dates."""
Choice = Mapping[str, tuple[str, ...]]
"""Values, perhaps with stars, by column of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongForm:
    """Columns that become rows: each filled cell of ``columns`` is a row, and its text is in the column ``value``.

    ``names`` are the columns of the table that say what a column of the source holds; ``columns`` gives for each
    column of the source what is to stand in them. A star for all that a name is to become means the columns whose name,
    or the part of it that the star stands for, is a code; so do all columns if ``columns`` is omitted.
    """

    value: str
    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"*": ("*",)})


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRule:
    """Age in whole years, from the column with the date of birth and the one with the date that it is wanted at.

    ``birth`` is a column of the source, ``on`` one of the table or, such as the date of consent, of the source.
    """

    birth: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """How files or worksheets become rows of one raw table; a source that feeds several tables has several of these.

    Names of files, worksheets and columns are matched without regard to case, spaces and underscores; a star stands
    for any text. What it takes to read the source:

    ``source`` is a file or worksheet, with or without ending; ``sheet`` a worksheet of the file. ``file_name`` and
    ``sheet_name`` are patterns with columns of the table in braces, which are filled from the name, ``title`` one that
    is filled from a line above the column names. ``header`` are the lines of the column names, if they are not found by
    themselves, ``units_line`` that of their units and ``limits_line`` that of the normal ranges of their values.
    ``block`` finds one of several tables of a sheet by its title or the name of its first column; it may have columns
    in braces, too, and lines then count from it.
    ``decimal``, ``separator`` and ``encoding`` settle what cannot be distinguished from the file.

    Which rows (columns are those of the source): ``fill_down`` columns have empty cells below a value that stands for
    them, too; ``carry`` columns are filled once for each value of another one. ``rows``, ``filled`` and ``empty``
    choose; ``left_out`` rows are set aside, and so are those of which an ``only_codes`` column has no code.

    Which columns: ``columns`` names those of the table by those of the source; ``optional`` ones, and worksheets, need
    not be there. ``stack`` puts groups of columns below each other, ``long`` single ones. ``constants`` are the same
    everywhere; ``parts`` takes columns of the table out of a text, ``join`` writes texts of columns behind each other,
    ``first`` takes the first that is filled; ``only`` leaves a column empty elsewhere; ``limits`` is a column with
    reference ranges, ``limits_by_sex`` the words by which a cell of it says for which sex a range is.

    What stands in them (columns are those of the table): ``codes``; ``marks`` beside results, which are left out; words
    and codes for a missing value with their reasons, in every column (``missing``) or in one (``missing_in``); the
    order of ``dates``, ``units`` and ``unit_columns`` of amounts, ``factors``, ``difference`` of columns, ``numbered``
    rows of a patient, ``age``, ``visit``.
    """

    source: str
    table: str
    sheet: str | None = None
    file_name: str | None = None
    sheet_name: str | None = None
    title: str | None = None
    block: str | None = None
    header: tuple[int, ...] = ()
    units_line: int | None = None
    limits_line: int | None = None
    decimal: Literal["comma", "point"] | None = None
    separator: Literal["comma", "semicolon", "tab", "bar"] | None = None
    encoding: str | None = None
    fill_down: tuple[str, ...] = ()
    carry: Mapping[str, str] = field(default_factory=dict)
    rows: Choice = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    left_out: Choice = field(default_factory=dict)
    only_codes: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    stack: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    long: LongForm | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    join: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, Choice] = field(default_factory=dict)
    limits: str | None = None
    limits_by_sex: Mapping[str, str | None] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    codes: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    missing: Mapping[str, str | None] = field(default_factory=dict)
    missing_in: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    dates: Mapping[str, DateOrder] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit_columns: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    difference: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    age: AgeRule | None = None
    visit: Literal["windows"] | None = None

    def is_optional(self, name: str) -> bool:
        """Whether a column or worksheet of the source need not be there."""
        return any(is_name(one, name) for one in self.optional)

    def is_of(self, name: str) -> bool:
        """Whether this is about the file or worksheet with this name, in any case, with or without ending."""
        bare = name[: -len(Path(name).suffix)] if Path(name).suffix else name
        return is_name(self.source, name) or is_name(self.source, bare)

    def is_of_worksheet(self, file: str, title: str) -> bool:
        """Whether this is about a worksheet of a file: it names both, or the worksheet alone."""
        if self.sheet is None:
            return is_name(self.source, title)
        return is_name(self.sheet, title) and self.is_of(file)

    def named_constants(
        self, file: str, title: str | None, above: Sequence[str] = ()
    ) -> tuple[dict[str, str], list[str]]:
        """Take columns out of the names of the file and the worksheet, and of the lines above the column names.

        Returns
        -------
        constants : dict
            Texts by column of the table.
        unlike : list of str
            The patterns that no name or line follows.
        """
        constants: dict[str, str] = {}
        unlike = []
        bare = file[: -len(Path(file).suffix)] if Path(file).suffix else file
        places = ((self.file_name, (bare, file)), (self.sheet_name, (title or "",)), (self.title, above))
        for template, names in places:
            if template is None:
                continue
            found = next((one for one in map(parts_by(template), names) if one is not None), None)
            if found is None:
                unlike.append(template)
            else:
                constants |= found
        return constants, unlike

    def stated(self, table: RawTable) -> FileDescription:
        """Give what a reader is given before it reads."""
        signs = {name: sign for sign, name in SEPARATORS.items()}
        named = frozenset(self.source_columns())
        return FileDescription(
            encoding=self.encoding,
            separator=signs.get(self.separator or ""),
            expected=named | {*(column.name for column in table.columns), *_in_full(self.columns)},
            named=named,
            header=self.header,
            units_line=self.units_line,
            limits_line=self.limits_line,
            title=None if self.title is None else parts_by(self.title),
            filled_down=frozenset(map(column_name, self.fill_down)),
            block=self.block,
            optional=self.block is not None and self.is_optional(self.block),
        )

    def source_columns(self) -> tuple[str, ...]:
        """List the columns of the source that this names, patterns of groups of columns left out."""
        long = _in_full(self.long.columns) if self.long is not None else ()
        chosen = (*self.rows, *self.left_out, *(name for choice in self.only.values() for name in choice))
        joined = tuple(joined_columns(names) for names in self.join.values())
        lists = (*joined, *self.first.values(), *self.difference.values())
        named = (
            *(() if self.stack else (*_in_full(self.columns), *long)),
            *self.fill_down,
            *(name for pair in self.carry.items() for name in pair),
            *chosen,
            *self.filled,
            *self.empty,
            *(() if self.stack else (name for names in lists for name in names)),
            *self.parts,
            *self.unit_columns.values(),
            *([self.limits] if self.limits else []),
            *([self.age.birth] if self.age else []),
        )
        return tuple(dict.fromkeys(named))

    def filled_columns(self) -> tuple[str, ...]:
        """List the columns of the table that this fills."""
        names = (self.file_name, self.sheet_name, self.title, self.block)
        templates = (*self.parts.values(), *filter(None, names))
        return (
            *(name for names in self.columns.values() for name in names if name != STAR),
            *self.stack,
            *((self.long.value, *self.long.names) if self.long else ()),
            *self.constants,
            *(name for template in templates for name in fields_of(template)),
            *self.join,
            *self.first,
            *self.difference,
            *self.numbered,
            *(("LLN", "ULN") if self.limits else ()),
            *(("AGE",) if self.age else ()),
            *(("VISIT",) if self.visit else ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMapping:
    """A mapping file: one entry a source and table, and the path it was read from (``None``: there is no file).

    ``missing`` are words and codes for a missing value, with their reasons, in every source.
    """

    sources: tuple[SourceMapping, ...] = ()
    path: Path | None = None
    missing: Mapping[str, str | None] = field(default_factory=dict)

    def of_file(self, name: str) -> tuple[SourceMapping, ...]:
        """List the entries about a file as a whole."""
        return tuple(one for one in self.sources if one.sheet is None and one.is_of(name))

    def of_worksheet(self, file: str, title: str) -> tuple[SourceMapping, ...]:
        """List the entries about a worksheet of a file."""
        return tuple(one for one in self.sources if one.is_of_worksheet(file, title))


def _in_full(columns: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """List the names of columns, patterns left out that mean whichever have the names of the table."""
    return tuple(name for name, new in columns.items() if new != (STAR,))
