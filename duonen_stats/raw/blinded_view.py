"""A data cut as a blinded report reads it: the one place that decides what such a report may know.

Blinded means that nothing written or printed depends on a patient's record of treatment: the arm, activities and their
reasons, absorbed doses, the action taken for an event. So these are emptied right after reading, together with texts in
which anything may stand, and everything downstream gets the view. It has no lines of files either: a table that was
sorted by arm has all arms in them. What a cut blinded at its source never held is not missed.

Source: ICH E9, section 5.1; non-interference, Goguen and Meseguer (1982) IEEE Symposium on Security and Privacy 11-20.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw.checks.check import CROSS_RULES, check_cut
from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.raw.derived.record_order import in_record_order, record_numbers
from duonen_stats.raw.findings import Finding, in_order
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.raw.intake.sheet import Converted
from duonen_stats.raw.planning_cut import UNTOLD, source_names, strange_cells, without_places
from duonen_stats.raw.source_file import SourceFile
from duonen_stats.raw.withheld import WITHHELD_TABLE, withheld_columns
from duonen_stats.study import Study

TREATMENT_TABLES = ("administrations", "dosimetry")
"""Raw tables of whose records a blinded report says nothing, whatever it reads of them: their number reveals it too."""

_NO_FREE_TEXT = frozenset({"STUDYID", "LABEL", "SUBJID", "SITEID"})
"""Texts that name the cut, a patient or a centre. Every other one without codes is read, unless it names treatment."""

_UNANSWERABLE = frozenset(
    {"TRT-NOTHING", "TRT-NODATE", "DSP-NOEVENT", "PAT-NODOSE", "AE-ISOTOPE", "AE-RELATION"}
)
"""Rules that would find fault with what is withheld: an activity, an action taken, dosimetry."""

NAMES_TREATMENT = "Withheld: names treatment"


def readable(study: Study) -> Mapping[str, tuple[str, ...]]:
    """Return the columns that a blinded report may read, by raw table.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> columns = readable(load_study())
    >>> columns["administrations"], "ARM" in columns["subjects"], "dosimetry" in columns
    (('SUBJID', 'CYCLE', 'EXDT'), False, False)
    """
    return {
        table.name: tuple(
            column.name for column in table.columns if column.name not in withheld_columns(study, table.name)
        )
        for table in study.tables
        if table.name != WITHHELD_TABLE
    }


def read_blinded_cut(
    study: Study, folder: Path | str | None = None, *, mapping: Path | str | None = None
) -> Cut:
    """Read what a blinded report may know of a data cut.

    Parameters
    ----------
    study, folder, mapping
        As in ``read_cut``. Tables and columns that are not ``readable`` may be absent, or may hold anything.

    Returns
    -------
    Cut
        As :func:`blinded_view` gives it.

    Raises
    ------
    DataError, DictionaryError, MissingLibraryError
        As ``read_cut``.
    """
    return blinded_view(read_cut(study, folder, mapping=mapping, only=readable(study)), study)


def blinded_view(cut: Cut, study: Study) -> Cut:
    """Return a data cut without records of treatment, in the order of its records.

    Parameters
    ----------
    cut
        A data cut; one that was blinded at its source, or that is such a view, stays as it is. It is not changed.
    study
        The study it belongs to.

    Returns
    -------
    Cut
        Withheld columns are empty, the table of dosimetry has no rows, and a free text that names treatment says that
        it is withheld. ``_ROW`` is the number of the record (``record_numbers``), in tables and findings alike.
        Records set aside while reading have no line.
    """
    columns = readable(study)
    emptied = replace(
        cut,
        tables={
            table.name: _emptied(cut.tables[table.name], columns.get(table.name, ()), study, table.name)
            for table in study.tables
            if table.name in cut.tables
        },
    )
    numbers = {
        table.name: dict(zip(frame[ROW], record_numbers(frame, table), strict=True))
        for table in study.tables
        if (frame := emptied.tables.get(table.name)) is not None
    }
    aside = sorted((replace(one, row=None) for one in cut.set_aside if one.table in columns), key=str)
    names = _of_several(cut)
    found = [
        _unnamed(_renumbered(one, numbers.get(one.table, {})), names)
        for one in cut.findings
        if one.rule not in UNTOLD
        and (one.column is None or one.table not in columns or one.column in columns[one.table])
    ]
    return replace(
        in_record_order(emptied, study),
        files=_joined(_described(file, columns) for file in cut.files if file.table != WITHHELD_TABLE),
        findings=tuple(one for one in found if one.table != WITHHELD_TABLE),
        set_aside=tuple(aside),
        places={},
        readout=tuple(
            one
            for one in cut.readout
            if one.table not in TREATMENT_TABLES and one.column in columns.get(one.table, ())
        ),
        snapshot=None if cut.snapshot is None else blinded_view(cut.snapshot, study),
    )


def _described(file: SourceFile, columns: Mapping[str, tuple[str, ...]]) -> SourceFile:
    """Leave out how many cells of withheld columns were converted: so many there are."""
    kept = {name for table in file.table.split(", ") for name in columns.get(table, ())}
    return replace(file, converted=tuple(one for one in file.converted if one.column in kept))


def _of_several(cut: Cut) -> tuple[str, ...]:
    """List how findings name the files and worksheets of tables that have several, the longest first."""
    tables = Counter(file.table for file in cut.files)
    return source_names(replace(cut, files=tuple(file for file in cut.files if tables[file.table] > 1)))


def _unnamed(finding: Finding, names: tuple[str, ...]) -> Finding:
    message = finding.message
    for name in names:
        message = message.removeprefix(f"{name}: ").replace(name, "a file of the table")
    return finding if message == finding.message else replace(finding, message=message)


def _joined(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """List the files of a table as one: there may be a file for each arm, and its name reveals it."""
    by_table: dict[str, list[SourceFile]] = {}
    for file in files:
        by_table.setdefault(file.table or file.name, []).append(file)
    return tuple(own[0] if len(own) == 1 else _one_of(table, own) for table, own in by_table.items())


def _one_of(table: str, files: Sequence[SourceFile]) -> SourceFile:
    cells: dict[tuple[str, str], int] = {}
    for one in (one for file in files for one in file.converted):
        cells[one.what, one.column] = cells.get((one.what, one.column), 0) + one.cells
    digests = "".join(sorted(file.sha256 for file in files))
    forms = [{key: value for key, value in file.form.items() if key != "worksheet"} for file in files]
    return SourceFile(
        name=f"{table} ({len(files)} files or worksheets)",
        sha256=hashlib.sha256(digests.encode()).hexdigest(),
        rows=sum(file.rows for file in files),
        columns=max(file.columns for file in files),
        table=table,
        form=forms[0] if all(form == forms[0] for form in forms) else {"format": "several"},
        converted=tuple(Converted(what, column, number) for (what, column), number in sorted(cells.items())),
        used=sum(file.used for file in files),
    )


def _renumbered(finding: Finding, numbers: Mapping[int, int]) -> Finding:
    """Give a finding the numbers of its records in place of their lines."""
    lines = tuple(sorted(numbers[line] for line in finding.lines if line in numbers))
    return replace(finding, row=None if finding.row is None else numbers.get(finding.row), lines=lines)


def _emptied(frame: pd.DataFrame, columns: tuple[str, ...], study: Study, table: str) -> pd.DataFrame:
    if table == WITHHELD_TABLE:
        return frame.iloc[:0]
    empty = {
        name: pd.Series([None] * len(frame), index=frame.index, dtype=frame[name].dtype)
        for name in frame.columns
        if name not in {*columns, ROW}
    }
    names = _names_treatment(study)
    kept = {
        column.name: _without_treatment(frame[column.name], names)
        for column in study.table(table).columns
        if column.type == "text" and not column.codes and column.name in {*columns} - _NO_FREE_TEXT
        if column.name in frame
    }
    return frame.assign(**empty, **kept)


def _without_treatment(texts: pd.Series, names: re.Pattern[str]) -> pd.Series:
    """Replace texts that name treatment; raised digits (⁹⁰Y) and wide letters count as usual ones."""
    named = {
        text
        for text in texts.dropna().unique()
        if isinstance(text, str) and names.search(unicodedata.normalize("NFKC", text))
    }
    return texts.mask(texts.isin(named), NAMES_TREATMENT) if named else texts


def _names_treatment(study: Study) -> re.Pattern[str]:
    """Isotopes in any spelling, arms, doses and activities; also in Polish, the language of the centres."""
    arms = "|".join(re.escape(arm.code) for arm in study.arms)
    isotopes = [re.fullmatch(r"(\d+)([A-Za-z]+)", isotope.plain) for isotope in study.isotopes]
    spelt = "|".join(
        rf"{number}[-_ ]?{symbol}(?![A-Za-z])|(?<![A-Za-z]){symbol}[-_ ]?{number}"
        for number, symbol in (found.groups() for found in isotopes if found)
    )
    words = (
        r"lute[ct]\w*|yttri\w*|itr(?!\w)|dos(e|es|ed|ing|age|ages)(?!\w)|do[sz][iy]metr\w*|daw(k|ce|ek)\w*"
        r"|activit(y|ies)|aktywnoś\w*|tandem"
    )
    groups = "arm|group|cohort|ramię|ramieniu|ramienia|grupa|grupie|grupy"
    return re.compile(
        rf"(?<![0-9])({spelt})(?![0-9])|\b({words})|(?<![A-Za-z])([MG]Bq|mCi|m?Gy)(?![A-Za-z])"
        rf"|\b({groups})[-_:= ]{{1,2}}({arms})\b|\b({arms})[- ]({groups})\b",
        re.IGNORECASE,
    )


def check_blinded_cut(cut: Cut, study: Study, plan: Plan = INTERIM) -> tuple[Finding, ...]:
    """Check what a blinded report reads.

    Parameters
    ----------
    cut
        As :func:`blinded_view` gives it.
    study, plan
        As in ``check_cut``.

    Returns
    -------
    tuple of Finding
        Without lines of files. Of records of treatment only errors of their cycles and dates are found, which no
        dataset could be built with. Whether they are sound is for ``check_cut``, and for somebody who may see the arms.
    """
    narrow = study.narrowed(readable(study))
    rules = (
        one for one in CROSS_RULES if one.rule.id not in _UNANSWERABLE and WITHHELD_TABLE not in one.tables
    )
    strange, sources = strange_cells(cut, narrow), source_names(cut)
    found = check_cut(cut, narrow, plan, among=rules)
    kept = (
        without_places(one, strange, sources)
        for one in found
        if one.severity == "error" or one.table not in TREATMENT_TABLES
    )
    return in_order(kept, cut.tables)


def with_drawn_arms(cut: Cut, study: Study, seed: int) -> Cut:
    """Give every randomised patient of a blinded view an arm drawn by chance.

    Parameters
    ----------
    cut
        As :func:`blinded_view` gives it.
    study
        Arms in order, with the patients planned in each.
    seed
        Of the random order, 0 or more. The arms drawn depend on the seed, on which patients there are, and on the
        planned allocation: true arms are never read, so that knowing the seed undoes nothing.

    Returns
    -------
    Cut
        With arms as large as the allocation makes them, and without the table of dosimetry.

    Raises
    ------
    DataError
        The seed is negative.
    """
    if seed < 0:
        raise DataError(f"The seed of a blinded dry run is {seed}; give 0 or more.")
    subjects = cut.tables["subjects"]
    arms = draw_arms(
        subjects.loc[subjects["RANDDT"].notna(), "SUBJID"].dropna().unique().tolist(), study, seed
    )
    drawn = subjects["SUBJID"].map(arms).astype(object)
    tables = {name: frame for name, frame in cut.tables.items() if name != WITHHELD_TABLE}
    tables["subjects"] = subjects.assign(ARM=drawn.where(drawn.notna(), None))
    return replace(cut, tables=tables)


def draw_arms(patients: list[str], study: Study, seed: int) -> dict[str, str]:
    """Draw an arm for each patient, the arms as large as the planned allocation makes them.

    Parameters
    ----------
    patients
        Their identifiers, in any order.
    study, seed
        As in :func:`with_drawn_arms`.

    Returns
    -------
    dict
        Code of the arm by identifier. Patients left over by the allocation go to arms drawn by chance as well.

    Examples
    --------
    >>> from collections import Counter
    >>> from duonen_stats import load_study
    >>> drawn = draw_arms([f"{number:03}" for number in range(92)], load_study(), 7)
    >>> sorted(Counter(drawn.values()).items())
    [('A', 23), ('B', 23), ('C', 23), ('D', 23)]
    """
    generator = np.random.default_rng(seed)
    planned = np.array([arm.planned for arm in study.arms])
    sizes = len(patients) * planned // planned.sum()
    left = generator.choice(len(planned), len(patients) - int(sizes.sum()), replace=False)
    sizes[left] += 1
    labels = np.repeat([arm.code for arm in study.arms], sizes)
    return dict(zip(sorted(patients), generator.permutation(labels).tolist(), strict=True))
