"""A simulated trial as the raw tables of the dictionary, as they are on the day of the cut."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.raw.intake.convert import DTYPES, ROW
from duonen_stats.simulated.cut.late_tables import with_late_follow_up
from duonen_stats.simulated.model.adverse_events import blood_events, grades
from duonen_stats.simulated.model.course import (
    COMPLETED,
    CRITERION,
    DEATH,
    LOST,
    OTHER,
    PROGRESSION,
    WITHDRAWAL,
    Course,
)
from duonen_stats.simulated.model.dates import NEVER, Days, as_dates
from duonen_stats.simulated.model.trial import Trial
from duonen_stats.study import Study

Columns = dict[str, Any]

_DOSE_DECIMALS = {"KIDNEY": 3, "MARROW": 4}
_SEVERE = 3


def raw_tables(
    trial: Trial, study: Study, label: str, only: Mapping[str, Collection[str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Write a trial into the raw tables, typed as if they had been read, late follow-up included.

    Parameters
    ----------
    trial, study, label, only
        As in :func:`tables_around_cycles`. All is made, whatever ``only`` says, if it names something that follows
        from the visits of late follow-up.
    """
    if only is not None and not any(
        (_ADDED_LATE[table] or set(columns)) & set(columns)
        for table, columns in only.items()
        if table in _ADDED_LATE
    ):
        return tables_around_cycles(trial, study, label, only)
    return with_late_follow_up(tables_around_cycles(trial, study, label), study, trial.late, trial.seed)


_NO_COLUMNS: frozenset[str] = frozenset()
_ADDED_LATE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "follow_up": frozenset({"DTHCAUSE", "DTHTEXT"}),
        "labs": _NO_COLUMNS,
        "adverse_events": _NO_COLUMNS,
        "vital_signs": _NO_COLUMNS,
        "concomitant_therapies": _NO_COLUMNS,
        "protocol_deviations": _NO_COLUMNS,
    }
)
"""Tables that late follow-up adds to, and the columns it fills in; none are named where it adds records."""


def tables_around_cycles(
    trial: Trial, study: Study, label: str, only: Mapping[str, Collection[str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Write a trial into the raw tables without what follows the last cycle.

    Parameters
    ----------
    trial
        The trial; whatever is dated after its cut is left out.
    study
        The dictionary.
    label
        Name of the cut.
    only
        Columns to make, by table; tables and columns not named are left out. None makes all.
    """
    names = subject_names(trial)
    made: dict[str, Callable[[], Columns]] = {
        "data_cut": lambda: {
            "STUDYID": [study.study_id], "CUTDT": as_dates(np.array([trial.cut])), "ORIGIN": ["SIMULATED"],
            "STAGE": [trial.stage], "LABEL": [label],
        },
        "subjects": lambda: _subjects(trial, study, names),
        "administrations": lambda: _administrations(trial, study, names),
        "dosimetry": lambda: _dosimetry(trial, study, names),
        "labs": lambda: _labs(trial, study, names),
        "adverse_events": lambda: _adverse_events(trial, names),
        "disposition": lambda: _disposition(trial, study, names),
        "tumour_assessments": lambda: _tumour_assessments(trial, names),
        "follow_up": lambda: _follow_up(trial, names),
        "enrolment": lambda: _enrolment(trial, names),
    }  # fmt: skip
    return {
        table.name: _frame(
            made.get(table.name, dict)(), study, table.name, None if only is None else only[table.name]
        )
        for table in study.tables
        if only is None or table.name in only
    }


def subject_names(trial: Trial) -> NDArray[np.object_]:
    """Give patients their numbers, such as ``01-001``: the centre, then the number within it."""
    return _names(trial.recruits.centre, trial.recruits.number)


def _names(centre: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.object_]:
    centres = pd.Series(centre + 1).astype(str).str.zfill(2)
    numbers = pd.Series(number).astype(str).str.zfill(3)
    return np.asarray((centres + "-" + numbers).to_numpy(dtype=object))


def _frame(
    columns: Mapping[str, Any], study: Study, name: str, wanted: Collection[str] | None = None
) -> pd.DataFrame:
    """Type and order the columns; number the lines as in a file with a header."""
    table = study.table(name)
    rows = len(next(iter(columns.values()), ()))
    typed = {
        column.name: pd.Series(columns.get(column.name, [None] * rows), dtype=DTYPES[column.type])
        for column in table.columns
        if wanted is None or column.name in wanted
    }
    return pd.DataFrame({**typed, ROW: pd.Series(np.arange(2, rows + 2), dtype="int64")})


def _coded(yes: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(yes, "Y", "N").astype(object)


def _codes(items: tuple[Any, ...]) -> NDArray[np.object_]:
    return np.array([item.code for item in items], dtype=object)


def _subjects(trial: Trial, study: Study, names: NDArray[np.object_]) -> Columns:
    who, recruits = trial.characteristics, trial.recruits
    metastases = zip(("METLIV", "METLN", "METBON", "METOTH"), who.metastases.T, strict=True)
    return {
        "SUBJID": names,
        "SITEID": pd.Series(recruits.centre + 1).astype(str).str.zfill(2).to_numpy(dtype=object),
        "RANDDT": as_dates(recruits.randomised),
        "ARM": _codes(study.arms)[recruits.arm],
        "AGE": who.age, "SEX": np.where(who.female, "F", "M").astype(object), "RACE": who.race, "BMI": who.bmi,
        "PRIMSITE": who.primary_site, "GRADE": np.where(who.grade_1, "G1", "G2").astype(object), "KI67": who.ki67,
        **{name: _coded(yes) for name, yes in metastases},
        "KPS": who.kps, "DXDUR": who.months_since_diagnosis.astype(np.float64),
    }  # fmt: skip


def _administrations(trial: Trial, study: Study, names: NDArray[np.object_]) -> Columns:
    course = trial.course
    patient, cycle = np.nonzero(course.day <= trial.cut)
    activities = {
        f"{isotope.code}{kind}_MBQ": values[patient, cycle, place]
        for kind, values in (("", course.activity), ("_SET", course.ordered))
        for place, isotope in enumerate(study.isotopes)
    }
    return {
        "SUBJID": names[patient], "CYCLE": _codes(study.cycles)[cycle],
        "EXDT": as_dates(course.day[patient, cycle]), **activities, "REASON": _reasons(course)[patient, cycle],
    }  # fmt: skip


def _reasons(course: Course) -> NDArray[np.object_]:
    """Why each activity is what it is: against the order of cycle 1, of any isotope."""
    change = np.nan_to_num(course.ordered - course.ordered[:, :1])
    up, down = (change > 0).any(axis=2), (change < 0).any(axis=2)
    return np.select([up, down], ["DOSIMETRY_INCREASE", "DOSIMETRY_REDUCTION"], "PLANNED").astype(object)


def _dosimetry(trial: Trial, study: Study, names: NDArray[np.object_]) -> Columns:
    course = trial.course
    measured = trial.patients.measured & (course.day <= trial.cut)
    given = measured[:, :, None, None] & ~np.isnan(course.activity)[:, :, None, :]
    given = np.broadcast_to(given, course.dose.shape)
    patient, cycle, organ, isotope = np.nonzero(given)
    scale = 10.0 ** np.array([_DOSE_DECIMALS.get(one.code, 3) for one in study.organs])[organ]
    return {
        "SUBJID": names[patient], "CYCLE": _codes(study.cycles)[cycle], "ORGAN": _codes(study.organs)[organ],
        "ISOTOPE": _codes(study.isotopes)[isotope],
        "DOSE_GY": np.rint(course.dose[patient, cycle, organ, isotope] * scale) / scale,
    }  # fmt: skip


def _labs(trial: Trial, study: Study, names: NDArray[np.object_]) -> Columns:
    course, bench, again = trial.course, trial.bench, trial.rechecks
    here = ~np.isnan(course.values) & (course.visit_day <= trial.cut)[:, :, None]
    patient, visit, analyte = np.nonzero(here)
    visits = _codes(tuple(sorted(study.visits, key=lambda one: one.number)))
    late = again.day <= trial.cut
    who = np.concatenate([patient, again.patient[late]])
    what = np.concatenate([analyte, again.analyte[late]])
    days = np.concatenate([course.visit_day[patient, visit], again.day[late]])
    order = np.lexsort((what, days, who))
    visit_codes = np.concatenate([visits[visit], np.full(int(late.sum()), "UNS", dtype=object)])
    values = np.concatenate([course.values[patient, visit, analyte], again.value[late]])  # noqa: PD011 - no pandas
    who, what = who[order], what[order]
    laboratory = np.array([one.name for one in trial.patients.bloods.assumptions.laboratories], dtype=object)
    return {
        "SUBJID": names[who], "VISIT": visit_codes[order], "LBDT": as_dates(days[order]),
        "ANALYTE": np.array(bench.analytes, dtype=object)[what], "VALUE": values[order],
        "UNIT": bench.unit[who, what], "LLN": bench.low[who, what], "ULN": bench.high[who, what],
        "LABORATORY": laboratory[trial.recruits.centre[who] % len(laboratory)],
    }  # fmt: skip


def _adverse_events(trial: Trial, names: NDArray[np.object_]) -> Columns:
    events = trial.events.take(trial.events.start <= trial.cut)
    gone = np.minimum(trial.fates.death, trial.fates.lost)[events.patient]
    over = (events.end <= trial.cut) & (events.end < gone)
    dead = (trial.fates.death <= trial.cut)[events.patient]
    first = np.searchsorted(events.patient, events.patient)
    return {
        "SUBJID": names[events.patient], "AESEQ": np.arange(len(first)) - first + 1, "TERM": events.term,
        "CATEGORY": events.category, "GRADE": events.grade, "STARTDT": as_dates(events.start),
        "ENDDT": as_dates(np.where(over, events.end, NEVER)), "RELATED": _coded(events.related),
        "SERIOUS": _coded(events.serious),
        "ACTION": np.where(events.ended_treatment, "DISCONTINUED", "NONE").astype(object),
        "OUTCOME": np.select([over, dead], ["RECOVERED", "NOT_RECOVERED"], "RECOVERING").astype(object),
    }  # fmt: skip


def _disposition(trial: Trial, study: Study, names: NDArray[np.object_]) -> Columns:
    course = trial.course
    ongoing = course.ended > trial.cut
    completed = course.ending == COMPLETED
    severe, what = _criterion(trial, study)
    by_rule = course.ending == CRITERION
    kinds = [
        (completed | ongoing, None, None),
        (by_rule & severe, "ADVERSE_EVENT", what),
        (by_rule, "STOPPING_RULE", what),
        (course.ending == PROGRESSION, "PROGRESSION", "Progression during treatment"),
        (course.ending == DEATH, "DEATH", None),
        (course.ending == WITHDRAWAL, "WITHDRAWAL", "Consent to treatment withdrawn"),
        (course.ending == LOST, "OTHER", "Lost to follow-up"),
        (course.ending == OTHER, "OTHER", "Intercurrent illness not related to treatment"),
    ]
    reason, detail = (np.full(len(names), None, dtype=object) for _ in range(2))
    for mask, code, text in reversed(kinds):
        reason[mask] = code
        detail[mask] = text[mask] if isinstance(text, np.ndarray) else text
    return {
        "SUBJID": names,
        "STATUS": np.select([ongoing, completed], ["ONGOING", "COMPLETED"], "DISCONTINUED").astype(object),
        "DSDT": as_dates(np.minimum(course.ended, trial.cut)), "REASON": reason, "DETAIL": detail,
    }  # fmt: skip


def _criterion(trial: Trial, study: Study) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Whether the value that ended treatment was of grade 3 or more, and what it was in words."""
    course = trial.course
    labels = [rule.label.replace("×10⁹/L", rule.unit) for rule in study.stopping_rules]  # as sites type it
    words = np.array(labels, dtype=object)[course.criterion]
    severe = np.zeros(len(words), dtype=np.bool_)
    rows = np.arange(len(words))
    for event in blood_events(study):
        by_analyte = grades(event, course.values, trial.bench)[rows, course.at_visit]
        mine = [k for k, rule in enumerate(study.stopping_rules) if rule.variable in event.analytes]
        worst = by_analyte.max(axis=1)
        bad = np.isin(course.criterion, mine) & (worst >= _SEVERE)
        terms = np.array(event.terms, dtype=object)[by_analyte.argmax(axis=1)]
        words[bad] = (terms + " grade " + worst.astype(str).astype(object))[bad]
        severe |= bad
    return severe, words


def _tumour_assessments(trial: Trial, names: NDArray[np.object_]) -> Columns:
    scans = trial.assessments
    patient, scan = np.nonzero(scans.day <= trial.cut)
    return {
        "SUBJID": names[patient], "ASSESSDT": as_dates(scans.day[patient, scan]),
        "METHOD": np.where(scans.mri[patient], "MRI", "CT").astype(object), "SUMDIAM": scans.mm[patient, scan],
        "NEWLESION": _coded(scans.new_lesion[patient, scan]), "RESPONSE": scans.response[patient, scan],
    }  # fmt: skip


def _follow_up(trial: Trial, names: NDArray[np.object_]) -> Columns:
    fates, cut = trial.fates, trial.cut
    dead = (fates.death <= cut) & (fates.death < fates.lost)
    lost = ~dead & (fates.lost <= cut)
    seen = np.maximum(trial.contact, _latest_record(trial))
    treated = trial.therapies.day <= cut
    return {
        "SUBJID": names,
        "LASTDT": as_dates(np.select([dead, lost], [fates.death, fates.lost], seen)),
        "STATUS": np.select([dead, lost], ["DEAD", "LOST"], "ALIVE").astype(object),
        "DEATHDT": as_dates(np.where(dead, fates.death, NEVER)),
        "NEWTRTDT": as_dates(np.where(treated, trial.therapies.day, NEVER)),
        "NEWTRT": pd.Series(trial.therapies.name).where(pd.Series(treated), None),
    }  # fmt: skip


def _enrolment(trial: Trial, names: NDArray[np.object_]) -> Columns:
    """List everybody who has entered by the cut, in the order of the centres and within them of entry."""
    recruits = trial.recruits
    entered = recruits.later <= trial.cut
    centre, later = trial.later_centre[entered], recruits.later[entered]
    # Patients of a centre who are not in the cut go on with its numbers.
    taken = np.zeros(int(max(recruits.centre.max(), centre.max(initial=0))) + 1, dtype=np.int64)
    np.maximum.at(taken, recruits.centre, recruits.number)
    order = np.argsort(centre, kind="stable")
    place = np.empty_like(centre)
    place[order] = np.arange(len(centre)) - np.searchsorted(centre[order], centre[order])
    number = taken[centre] + place + 1
    everybody = np.concatenate([names, _names(centre, number)])
    centres = np.concatenate([recruits.centre, centre])
    by_name = np.lexsort((np.concatenate([recruits.number, number]), centres))
    return {
        "SUBJID": everybody[by_name],
        "SITEID": pd.Series(centres + 1).astype(str).str.zfill(2).to_numpy(dtype=object)[by_name],
        "ENROLDT": as_dates(np.concatenate([recruits.randomised, later]))[by_name],
    }


def _latest_record(trial: Trial) -> Days:
    """Last day up to the cut on which each patient was certainly seen."""
    latest = trial.recruits.randomised.copy()
    for days in (trial.course.day, trial.course.visit_day, trial.assessments.day):
        latest = np.maximum(latest, np.where(days <= trial.cut, days, 0).max(axis=1))
    latest = np.maximum(latest, np.where(trial.therapies.day <= trial.cut, trial.therapies.day, 0))
    for patient, days in (
        (trial.events.patient, trial.events.start),
        (trial.rechecks.patient, trial.rechecks.day),
    ):
        np.maximum.at(latest, patient, np.where(days <= trial.cut, days, 0))
    return latest
