"""A later snapshot reduced to what was known at a date, by one rule a table, with a read-out of every change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, fields, replace
from datetime import date
from typing import Any

import pandas as pd

from duonen_stats.errors import OptionError
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.raw.left_out import Action, CutChange, SetAside
from duonen_stats.study import Study

GOVERNING: Mapping[str, str] = {
    "subjects": "RANDDT",
    "administrations": "EXDT",
    "labs": "LBDT",
    "adverse_events": "STARTDT",
    "tumour_assessments": "ASSESSDT",
    "vital_signs": "VSDT",
    "concomitant_therapies": "STARTDT",
    "protocol_deviations": "DVDT",
    "enrolment": "ENROLDT",
}
"""Table and the date of its records: later than the cut, and the record was not there."""

CUT_RULES: Mapping[str, str] = {
    "data_cut": "CUTDT becomes the date of the cut.",
    "subjects": "A patient randomised after the cut is left out, with all records.",
    "administrations": "A cycle given after the cut (EXDT) is left out.",
    "dosimetry": "A dose goes with the administration of its cycle.",
    "labs": "A value sampled after the cut (LBDT) is left out.",
    "adverse_events": "An event that started after the cut (STARTDT) is left out; one that ended after it is ongoing "
    "(ENDDT empty, OUTCOME not recovered), and ended treatment only if that had ended by then.",
    "vital_signs": "A measurement after the cut (VSDT) is left out.",
    "concomitant_therapies": "A therapy that started after the cut (STARTDT) is left out; one that ended after it is "
    "ongoing (ENDDT empty).",
    "protocol_deviations": "A deviation after the cut (DVDT) is left out.",
    "disposition": "A status dated after the cut (DSDT) is ongoing, as of the cut, without reason.",
    "tumour_assessments": "An assessment after the cut (ASSESSDT) is left out.",
    "follow_up": "A patient who died or was seen after the cut is alive, last seen on the day of the cut; another "
    "treatment that began after it is left out, and so is the cause of a later death.",
    "reference_ranges": "Kept: they describe laboratories.",
    "enrolment": "A patient who entered after the cut (ENROLDT) is left out.",
}
"""What happens to each table, as the data dictionary prints it. Undated records are kept, and listed."""


def apply_cut(cut: Cut, study: Study, day: date | str) -> Cut:
    """Reduce a snapshot to what was known on a day, that day included.

    Parameters
    ----------
    cut
        The snapshot. It is not changed.
    study
        The study it belongs to.
    day
        Date of the cut, a date or ``"YYYY-MM-DD"``.

    Returns
    -------
    Cut
        The reduced snapshot, its ``cut_date`` the day, its former one in ``snapshot_date``. ``readout`` lists every
        record removed, every cell changed and every record kept because it has no date; ``set_aside`` counts those
        removed, and findings of reading them are left out with them. The rules are ``CUT_RULES``.

    Raises
    ------
    OptionError
        The day is no date, the snapshot has none, or the day lies after it: nothing is known of that time. Or it
        lies before the first randomisation: there was no patient yet.

    Examples
    --------
    >>> from duonen_stats import apply_cut, load_study, read_cut
    >>> study = load_study()
    >>> cut = read_cut(study)
    >>> earlier = apply_cut(cut, study, "2023-01-31")
    >>> len(cut.tables["subjects"]), len(earlier.tables["subjects"])
    (56, 18)
    """
    end = _day(day)
    if cut.cut_date is None:
        raise OptionError(
            "cut", f"{cut.name} has no date of data cut (CUTDT), so no earlier cut can be made of it."
        )
    if end > cut.cut_date:
        raise OptionError(
            "cut",
            f"The cut of {end:%Y-%m-%d} lies after the snapshot's own, {cut.cut_date:%Y-%m-%d}: what happened between "
            "them is not known. Give a date up to the snapshot's, or a later snapshot.",
        )
    randomised = cut.tables["subjects"]["RANDDT"]
    if len(randomised) and randomised.min(skipna=False) > end:
        raise OptionError(
            "cut",
            f"The cut of {end:%Y-%m-%d} lies before the first randomisation, on {randomised.min():%Y-%m-%d}: no "
            "patient was in the trial yet. Give a later date.",
        )
    work = _Reduction(cut, study, end)
    work.run()
    gone = {(one.table, one.row) for one in work.changes if one.action == "removed"}
    return replace(
        cut,
        tables=work.tables,
        findings=tuple(one for one in cut.findings if (one.table, one.row) not in gone),
        cut_date=end,
        snapshot_date=cut.snapshot_date or cut.cut_date,
        snapshot=cut.snapshot or cut,
        label=f"{cut.label}, reduced to {end:%Y-%m-%d}",
        set_aside=(*cut.set_aside, *_set_aside(work.changes, end)),
        readout=tuple(work.changes),
    )


def _day(day: date | str) -> pd.Timestamp:
    try:
        found = date.fromisoformat(day) if isinstance(day, str) else day
        return pd.Timestamp(found.year, found.month, found.day)
    except (ValueError, AttributeError) as error:
        raise OptionError("cut", f"The cut {day!r} is not a date; give it as YYYY-MM-DD.") from error


def _set_aside(changes: Iterable[CutChange], end: pd.Timestamp) -> Iterator[SetAside]:
    for one in changes:
        if one.action == "removed":
            yield SetAside(one.table, one.row, one.subject, f"not known at the cut of {end:%Y-%m-%d}")


class _Reduction:
    """The tables on their way back to the day ``end``, and what was done to them."""

    def __init__(self, cut: Cut, study: Study, end: pd.Timestamp) -> None:
        self.tables = dict(cut.tables)
        self.study = study
        self.end = end
        self.changes: list[CutChange] = []

    def run(self) -> None:
        about = self.tables["data_cut"]
        self._set("data_cut", pd.Series(data=True, index=about.index, dtype=bool), "CUTDT", self.end)
        self._patients(self._dated("subjects"))
        self._dosimetry(self._dated("administrations"))
        dated = ("labs", "adverse_events", "tumour_assessments", "vital_signs", "concomitant_therapies")
        for table in (*dated, "protocol_deviations", "enrolment"):
            self._dated(table)
        self._therapies()
        self._disposition()
        self._events()
        self._follow_up()
        place = {table.name: number for number, table in enumerate(self.study.tables)}
        self.changes.sort(key=lambda one: (place[one.table], one.row, one.action))

    def _dated(self, table: str) -> pd.DataFrame:
        """Remove the records dated after the day, keep the undated ones; return those removed."""
        column = GOVERNING[table]
        removed = self._remove(table, self.tables[table][column] > self.end, column)
        self._keep(table, self.tables[table][column].isna(), column)
        return removed

    def _patients(self, removed: pd.DataFrame) -> None:
        # An identifier given twice, once before the cut, was known at the cut.
        left = {*removed["SUBJID"].dropna()} - {*self.tables["subjects"]["SUBJID"]}
        for table, frame in self.tables.items():
            if "SUBJID" in frame.columns and table != "subjects":
                self._remove(table, frame["SUBJID"].isin(left), "SUBJID")

    def _dosimetry(self, removed: pd.DataFrame) -> None:
        cycle = ["SUBJID", "CYCLE"]
        given = pd.MultiIndex.from_frame(self.tables["administrations"][cycle])
        late = pd.MultiIndex.from_frame(removed[cycle])
        keys = pd.MultiIndex.from_frame(self.tables["dosimetry"][cycle])
        gone = keys.isin(late) & ~keys.isin(given)
        self._remove("dosimetry", gone, "CYCLE")
        self._keep("dosimetry", ~keys[~gone].isin(given), "CYCLE")

    def _disposition(self) -> None:
        late = self.tables["disposition"]["DSDT"] > self.end
        self._keep("disposition", self.tables["disposition"]["DSDT"].isna(), "DSDT")
        emptied = (("REASON", None), ("DETAIL", None), ("DSDTC", None))
        for column, value in (("STATUS", "ONGOING"), *emptied, ("DSDT", self.end)):
            self._set("disposition", late, column, value)

    def _events(self) -> None:
        events = self.tables["adverse_events"]
        later = events["ENDDT"] > self.end
        died = self.tables["follow_up"].set_index("SUBJID")["DEATHDT"]
        alive = events["SUBJID"].isin(died.index[died > self.end])
        undone = later | ((events["OUTCOME"] == "FATAL") & alive)
        self._set("adverse_events", later, "ENDDT", pd.NaT)
        self._set("adverse_events", later, "ENDDTC", None)
        over = events["OUTCOME"].isin(["RECOVERED", "SEQUELAE", "RECOVERING", "FATAL"])
        self._set("adverse_events", undone & over, "OUTCOME", "NOT_RECOVERED")
        ongoing = {
            one.subject for one in self.changes if one.table == "disposition" and one.action == "changed"
        }
        ended = (events["ACTION"] == "DISCONTINUED") & events["SUBJID"].isin(ongoing - {None})
        self._set("adverse_events", ended, "ACTION", "NONE")
        # A grade is the worst of the whole event and has no date of its own.
        self._keep("adverse_events", undone, "GRADE")

    def _therapies(self) -> None:
        later = self.tables["concomitant_therapies"]["ENDDT"] > self.end
        self._set("concomitant_therapies", later, "ENDDT", pd.NaT)
        self._set("concomitant_therapies", later, "ENDDTC", None)

    def _follow_up(self) -> None:
        after = self.tables["follow_up"]
        late = (after["LASTDT"] > self.end) | (after["DEATHDT"] > self.end)
        self._keep("follow_up", after["LASTDT"].isna(), "LASTDT")
        self._keep("follow_up", (after["STATUS"] == "DEAD") & after["DEATHDT"].isna(), "DEATHDT")
        self._set("follow_up", late, "STATUS", "ALIVE")
        died = after["DEATHDT"] > self.end
        self._set("follow_up", died, "DEATHDT", pd.NaT)
        self._set("follow_up", died, "DEATHDTC", None)
        self._set("follow_up", died, "DTHCAUSE", None)
        self._set("follow_up", died, "DTHTEXT", None)
        self._set("follow_up", late, "LASTDT", self.end)
        self._set("follow_up", late, "LASTDTC", None)
        started = after["NEWTRTDT"] > self.end
        self._set("follow_up", started, "NEWTRT", None)
        self._set("follow_up", started, "NEWTRTDT", pd.NaT)
        self._set("follow_up", started, "NEWTRTDTC", None)

    def _remove(self, table: str, which: Any, column: str) -> pd.DataFrame:
        frame = self.tables[table]
        removed: pd.DataFrame = frame[which]
        for record in removed.to_dict("records"):
            self._note(table, record, column, "removed", _text(record[column]), "")
        self.tables[table] = frame[~which].reset_index(drop=True)
        return removed

    def _keep(self, table: str, which: Any, column: str) -> None:
        for record in self.tables[table][which].to_dict("records"):
            value = _text(record[column])
            self._note(table, record, column, "kept", value, value)

    def _set(self, table: str, which: Any, column: str, value: Any) -> None:
        frame = self.tables[table]
        values = frame[column]
        unlike = which & ~(values.isna() if pd.isna(value) else values.eq(value))
        for record in frame[unlike].to_dict("records"):
            self._note(table, record, column, "changed", _text(record[column]), _text(value))
        self.tables[table] = frame.assign(**{column: values.mask(unlike, value)})

    def _note(
        self, table: str, record: Mapping[Any, Any], column: str, action: Action, old: str, new: str
    ) -> None:
        subject = record.get("SUBJID")
        self.changes.append(
            CutChange(
                table=table,
                row=int(record[ROW]),
                subject=None if subject is None or pd.isna(subject) else str(subject),
                column=column,
                action=action,
                old=old,
                new=new,
                rule=f"CR-{table.upper()}",
            )
        )


def _text(value: Any) -> str:
    """Write a cell as it stands in the file."""
    if value is None or pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def readout_frame(changes: Iterable[CutChange]) -> pd.DataFrame:
    """Tabulate a read-out, one row a change: table, row, subject, column, action, old, new, rule."""
    columns = [item.name for item in fields(CutChange)]
    return pd.DataFrame([astuple(change) for change in changes], columns=columns, dtype=object)
