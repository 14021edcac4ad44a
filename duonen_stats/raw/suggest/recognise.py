"""What a column or value of a source probably is: names and words compared with those of the dictionary."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache

from duonen_stats.raw.intake.reshape.names import name_and_units
from duonen_stats.raw.intake.whole_dates import has_short_year
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.column_words import COLUMNS, UNSURE
from duonen_stats.study import RawColumn, RawTable, Study
from duonen_stats.study.unit_spelling import unit_readings

_CUTOFF = 0.85
"""Names at least so alike (``difflib``) are taken for one another, to be confirmed."""
_BARRED = str.maketrans("łŁ", "lL")


def bare(text: str) -> str:
    """Write a text in small letters and digits alone, words apart: without accents, signs and underscores.

    Examples
    --------
    >>> bare("Nr_pacjenta"), bare("Kość, Płeć [%]")
    ('nr pacjenta', 'kosc plec')
    """
    plain = (
        unicodedata.normalize("NFKD", text.translate(_BARRED)).encode("ascii", "ignore").decode().casefold()
    )
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


def column_of(header: str, table: RawTable) -> tuple[str, bool] | None:
    """Find the column of a table that a column of a source is.

    Parameters
    ----------
    header
        Its name in the source, with or without a unit.
    table
        The table as the dictionary has it.

    Returns
    -------
    tuple or None
        The name of the column, and whether that is certain: it has that name or label in the dictionary, or one that
        sources use. A name that is only much like one is not certain.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> labs = load_study().table("labs")
    >>> column_of("Data pobrania", labs), column_of("Dat pobrania", labs), column_of("Uwagi", labs)
    (('LBDT', True), ('LBDT', False), None)
    """
    known = {bare(name): column.name for column in reversed(table.columns) for name in _names(column, table)}
    for name in _spellings(header):
        if name in known:
            return known[name], name not in UNSURE
    for name in _spellings(header):
        if near := get_close_matches(name, known, n=1, cutoff=_CUTOFF):
            return known[near[0]], False
    return None


def name_finder(study: Study) -> Callable[[str], bool]:
    """Make the function that says whether a text certainly is the name of a column of some table, or of an analyte.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> is_name = name_finder(load_study())
    >>> is_name("Data pobrania"), is_name("Hb [g/dl]"), is_name("177Lu [GBq]"), is_name("P-1")
    (True, True, True, False)
    """
    known = {
        bare(name) for table in study.tables for column in table.columns for name in _names(column, table)
    }

    @cache
    def found(text: str) -> bool:
        return (
            any(name in known for name in _spellings(text))
            or analyte_of(text, study) is not None
            or activity_of(text) is not None
            or dose_of(text) is not None
        )

    return found


def _names(column: RawColumn, table: RawTable) -> Iterable[str]:
    used = COLUMNS.get(f"{table.name}.{column.name}", COLUMNS.get(column.name, ()))
    return (column.name, column.label, *used)


def _spellings(header: str) -> Iterable[str]:
    return dict.fromkeys([bare(header), *(bare(name) for name, _ in name_and_units(header))])


def analyte_of(header: str, study: Study) -> tuple[str, str] | None:
    """Find the analyte that a column or a value names, and the name without its unit.

    A unit that is not one of the analyte, such as % of neutrophils, says that it is something else; blasts are in %.
    """
    share = "%" in header.replace("mg%", "").replace("g%", "")
    for name, unit in ((header, ""), *name_and_units(header)):
        found = next((code for code, used in words.ANALYTES.items() if bare(name) in used), None)
        if found is None or found not in {one.code for one in study.all_analytes}:
            continue
        analyte = study.analyte(found)
        if share and analyte.known_factor("%") is None:
            return None
        known = analyte.known_factor(unit) is not None
        if unit and not known and unit_readings(unit) and not lacks_surface(unit, analyte.unit):
            return None  # a unit of something else
        return found, name if known else header
    return None


def lacks_surface(unit: str, usual: str) -> bool:
    """Whether a unit is the usual one without the body surface, as laboratories write that of an estimated GFR.

    Examples
    --------
    >>> lacks_surface("ml/min", "mL/min/1.73m2"), lacks_surface("ml/min", "mg/dL"), lacks_surface("ml/h", "mL/min")
    (True, False, False)
    """
    whole = unit_readings(usual)
    return bool(whole) and unit_readings(f"{unit}/1.73m2") == whole and unit_readings(unit) != whole


def activity_of(header: str) -> str | None:
    """Find the isotope whose activity, given to the patient, a column holds."""
    parts = {*bare(header).split()}
    if (
        parts & words.NOT_GIVEN
        or not parts & {"mbq", "gbq", "mci", "act", "activity", "aktywnosc", "podana"}
        or "gy" in parts
    ):
        return None
    return _one(words.ISOTOPES, parts)


def dose_of(header: str) -> tuple[str, str] | None:
    """Find the organ and the isotope whose absorbed dose a column holds; not of one kidney, and not per activity."""
    parts = {*bare(header).split()}
    if parts & words.NOT_THE_DOSE or {"gbq", "mbq"} & parts:
        return None
    organ, isotope = _one(words.ORGANS, parts), _one(words.ISOTOPES, parts)
    return None if organ is None or isotope is None else (organ, isotope)


def organ_of(header: str) -> str | None:
    """Find the organ that the name of a column is, besides its unit."""
    parts = {*bare(header).split()}
    return None if parts & words.NOT_THE_DOSE else _one(words.ORGANS, parts)


def _one(known: Mapping[str, tuple[str, ...]], parts: set[str]) -> str | None:
    found = [code for code, names in known.items() if parts & {*names}]
    return found[0] if len(found) == 1 else None


def code_finder(column: RawColumn, table: RawTable, study: Study) -> Callable[[str], tuple[bool, str | None]]:
    """Make the function that finds the code a value means.

    It gives whether the value was recognised, and its code, ``None`` for an empty cell. A value that is a code already
    is recognised as itself.
    """
    codes = [one.code for one in column.codes]
    known = {bare(one.label): one.code for one in column.codes} | {bare(code): code for code in codes}
    own = words.CODES.get(f"{table.name}.{column.name}", words.CODES.get(column.name, {}))
    if {"Y", "N"} == {*codes} and not own:
        own = words.CODES["YES_NO"]
    known |= {word: code for code, used in own.items() for word in used}

    def found(value: str) -> tuple[bool, str | None]:
        text = bare(value)
        if text in known:
            return True, known[text]
        if column.name == "ANALYTE":
            named = analyte_of(value, study)
            return named is not None, None if named is None else named[0]
        if column.name in {"VISIT", "CYCLE"} and (timed := _visit(text, column)) in column.code_names(
            [timed]
        ):
            return True, timed
        if column.name == "GRADE" and f"G{text}" in codes:
            return True, f"G{text}"
        return text in words.EMPTY, None

    return found


def _visit(text: str, column: RawColumn) -> str | None:
    parts = {*text.split()}
    if (late := late_visit(text)) is not None:
        return None if column.series is None else f"{column.series.prefix}{late}"
    number = re.fullmatch(r"\D*([1-9])(?: arm 1| \D*)?", text)
    if parts & words.UNSCHEDULED:
        return "UNS"
    if number is None:
        return None
    if column.name == "CYCLE":
        return f"T{number[1]}"
    if parts & words.BEFORE:
        return f"T{number[1]}"
    return f"V{number[1]}" if parts & words.AFTER else None


def late_visit(text: str) -> int | None:
    """Say which visit of late follow-up a text, written bare, says.

    Examples
    --------
    >>> late_visit("f3"), late_visit("kontrola 12"), late_visit("follow up 2"), late_visit("kontrola")
    (3, 12, 2, None)
    """
    named = re.fullmatch(r"(.+?) ?([1-9][0-9]{0,2})", text)
    return int(named[2]) if named is not None and named[1] in words.FOLLOW_UP else None


def needs_form(text: str) -> bool:
    """Whether the mapping file has to say how a date is written: with two digits for the year, or as a number."""
    return has_short_year(text) or may_be_excel(text)


def may_be_excel(text: str) -> bool:
    """Whether a number may count the days to a date from 2000 to 2049."""
    return _DAYS.fullmatch(text) is not None and _FIRST_DAY <= int(text[:5]) < _LAST_DAY


_DAYS = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_FIRST_DAY, _LAST_DAY = 36_526, 54_789
