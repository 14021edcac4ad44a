"""Sessions of an interim report: what everybody may read of it, and what is for the monitoring committee alone.

Until the final analysis nobody who plans, treats or reports may know efficacy by arm. The open session has exposure,
organ doses, laboratory values and adverse events by arm, as published; of progression, response, death and survival it
has what is pooled over the arms. A record that names a patient can be joined with that patient's arm, so that no file
of it holds such a record.

Source: FDA (2006) Establishment and operation of clinical trial data monitoring committees, section 4.3; EMA (2005)
CHMP/EWP/5872/03; ICH E9, section 4.5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.shape import missing
from duonen_stats.datasets.metadata.stamp import CLOSED_SESSION, POOLED_ONLY
from duonen_stats.datasets.patients.further_records import VITAL_SIGNS
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.checks.check import CROSS_RULES
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.results import ResultRow, Results, ids, run_analysis
from duonen_stats.results.analyses.events.term_rates import TO_DATA_CUT, analyse_term_rates
from duonen_stats.results.analyses.safety.event_rates import TO_END_OF_REPORTING, analyse_event_rates
from duonen_stats.results.rows.groups import ALL, ARM
from duonen_stats.study import Study

Session = Literal["open", "closed"]

OUTCOME_TABLES = ("tumour_assessments", "follow_up", "concomitant_therapies", "protocol_deviations")
"""Raw tables of progression, response and survival; another antitumour therapy reveals progression, and a deviation
may be one. The gap that a deviation left out leaves in the numbers of the others reveals it, so that none stays."""

_OUTCOME_COLUMNS = {"disposition": ("REASON", "DETAIL"), "adverse_events": ("OUTCOME",)}
"""Raw columns of other tables that reveal progression and death: why treatment ended, how an event did."""
_FATAL_GRADE, _SHOWN_GRADE = 5, 4
"""An event of grade 5 is a death: an open session does not distinguish it from one of grade 4."""
_DEAD, _SHOWN_STATUS = 0, 10
"""A Karnofsky performance status of 0 is a death: an open session does not distinguish it from one of 10."""
_OUTCOMES_OF_EVENTS = ("recovered", "sequelae", "recovering", "not_recovered", "fatal", "unknown", "worsened")
_LASTING = ("renal_failure", "persistent_severe_haematological")
"""Events of interest that count by how they ended."""
_PROHIBITED = "PROHIBITED_THERAPY"
_NO_THERAPIES = "an open session holds no record of concomitant therapies"
_FATAL_RULES = frozenset({"AE-FATAL", "AE-OUTCOME", "AE-SERIOUS"})
"""Rules that reveal fatal events."""

_OUTCOME_DATASETS = ("adrs", "adtte")
# That a date was imputed says that there is one.
_OUTCOME_VARIABLES = (
    "DTHDT", "DTHDTF", "DTHCAUS", "DTHCAUSP", "LSTALVDT", "LSTALVDF", "NTRTSDT", "DCSREAS", "PPROTFL",
)  # fmt: skip
_OUTCOME_RULES = frozenset(one.rule.id for one in CROSS_RULES if not {*OUTCOME_TABLES}.isdisjoint(one.tables))


def open_findings(findings: Iterable[Finding], cut: Cut | None = None) -> tuple[Finding, ...]:
    """Leave out findings that reveal a patient's progression, response or survival.

    ``cut`` is the data cut before :func:`with_open_status`: what was found in its records of a death is left out too.
    """
    dead: set[int] = set()
    if cut is not None and VITAL_SIGNS in cut.tables:
        dead = {*cut.tables[VITAL_SIGNS].loc[_of_dead(cut), ROW].astype(int)}
    return tuple(
        one
        for one in findings
        if one.rule not in _OUTCOME_RULES | _FATAL_RULES
        and one.table not in OUTCOME_TABLES
        and one.column not in _OUTCOME_COLUMNS.get(one.table, ())
        and not (one.table == VITAL_SIGNS and dead.intersection(one.places))
    )


def open_cut(cut: Cut) -> Cut:
    """Take the records of progression, response and survival out of a data cut, and why treatment ended.

    Parameters
    ----------
    cut
        The data cut as analysed. It is not changed.

    Returns
    -------
    Cut
        What an open session writes of it: neither tables nor read-out nor records set aside hold an outcome.
    """
    tables = {name: frame for name, frame in cut.tables.items() if name not in OUTCOME_TABLES}
    for name, columns in _OUTCOME_COLUMNS.items():
        if name in tables:
            frame = tables[name]
            tables[name] = frame.assign(**{column: missing("text", frame.index) for column in columns})
    if "adverse_events" in tables:
        events = tables["adverse_events"]
        tables["adverse_events"] = events.assign(GRADE=_open_grades(events["GRADE"]))
    return replace(
        cut,
        tables=tables,
        readout=tuple(
            one
            for one in cut.readout
            if one.table not in OUTCOME_TABLES and one.column not in _OUTCOME_COLUMNS.get(one.table, ())
        ),
        set_aside=tuple(one for one in cut.set_aside if one.table not in OUTCOME_TABLES),
    )


def _of_dead(cut: Cut) -> "pd.Series[bool]":
    """Find the records of vital signs that say that the patient has died."""
    signs = cut.tables[VITAL_SIGNS]
    dead = signs["TEST"].eq(ids.KARNOFSKY) & signs["VALUE"].eq(_DEAD)
    return dead.fillna(value=False).astype(bool)


def with_open_status(cut: Cut) -> Cut:
    """Give a Karnofsky performance status of 0, which is a death, as 10.

    Parameters
    ----------
    cut
        The data cut that an open session is to analyse. It is not changed.

    Returns
    -------
    Cut
        As grade 5 is given as 4: no number, dataset or record of the open session has the death, and no record is
        missing, whose place would name the patient.
    """
    if VITAL_SIGNS not in cut.tables:
        return cut
    signs = cut.tables[VITAL_SIGNS]
    shown = signs.assign(VALUE=signs["VALUE"].mask(_of_dead(cut), _SHOWN_STATUS))
    return replace(cut, tables={**cut.tables, VITAL_SIGNS: shown})


def open_datasets(data: Datasets) -> Datasets:
    """Take progression, response and survival out of the datasets.

    Parameters
    ----------
    data
        The datasets as analysed. They are not changed.

    Returns
    -------
    Datasets
        ADRS and ADTTE have no rows; ADSL says neither who died, nor when a patient was last known alive, nor why
        treatment ended, nor who is in the per-protocol population. ADAE has no outcomes, and grade 5 is 4 there.
        There are no records of further therapies and of deviations.
    """
    known = {
        name: missing("date" if name.endswith("DT") else "text", data.adsl.index)
        for name in _OUTCOME_VARIABLES
    }
    aside = data.set_aside.loc[~data.set_aside["table"].isin(OUTCOME_TABLES)].reset_index(drop=True)
    empty = {name: getattr(data, name).iloc[:0] for name in _OUTCOME_DATASETS}
    adae = data.adae.assign(
        AEOUT=missing("text", data.adae.index), AETOXGR=_open_grades(data.adae["AETOXGR"])
    )
    beside = {name: frame for name, frame in data.beside.items() if name not in OUTCOME_TABLES}
    return replace(
        data,
        adsl=data.adsl.assign(**known),
        adae=adae,
        set_aside=aside,
        adcm=None,
        addv=None,
        beside=beside,
        **empty,
    )


def is_left_out(dataset: str, variable: str) -> bool:
    """Return whether a variable that numbers are selected by is an outcome: an open session has no records of it.

    Example
    -------
    >>> is_left_out("ADSL", "DTHDT"), is_left_out("ADSL", "SEX")
    (True, False)
    """
    return dataset == "ADSL" and variable in _OUTCOME_VARIABLES


def without_therapies(data: Datasets) -> Datasets:
    """Take other therapies, and when one against the tumour began, out of datasets that an open session is to analyse.

    Numbers by arm would rest on them, and on records that the report does not hold: whether a blood count recovered
    without a growth factor or a transfusion, and how long its lowest value is looked for. Values count as observed
    then, and the rows say why.
    """
    unknown = missing("date", data.adsl.index)
    return replace(data, adcm=None, why_no_adcm=_NO_THERAPIES, adsl=data.adsl.assign(NTRTSDT=unknown))


def _open_grades(grades: "pd.Series[Any]") -> "pd.Series[Any]":
    return grades.mask(grades.eq(_FATAL_GRADE).fillna(value=False).astype(bool), _SHOWN_GRADE)


def open_rates(found: Results, data: Datasets, cut: Cut, study: Study, plan: Plan) -> Results:
    """Relate events, of categories and of terms, to a time at risk that no death ends.

    Patient-years of an arm that end with death say, beside dates of treatment, who of the arm died.

    Parameters
    ----------
    found
        All results.
    data, cut
        Datasets and data cut as analysed.
    study, plan
        As in ``run_analysis``.

    Returns
    -------
    Results
        With rates to the end of reporting or the data cut, whichever is earlier, in place of those that end with the
        last day known alive.
    """
    survival = data.adtte["PARAMCD"].eq("OS")
    if cut.cut_date is None or ids.event_time(ALL).stat("years") not in found:
        return found
    alive = replace(data, adtte=data.adtte.assign(ADT=data.adtte["ADT"].mask(survival, cut.cut_date)))
    analyses = (analyse_event_rates, analyse_term_rates)
    rows = {row.analysis_id: row for row in run_analysis(alive, study, plan, analyses=analyses)}
    ends: dict[str, str] = {}
    for arm in (ALL, *(one.code for one in study.arms)):
        ends |= {ids.event_time(arm).stat("years"): TO_END_OF_REPORTING}
        ends |= {ids.kind_rate("any", arm).stat("years"): TO_END_OF_REPORTING}
        ends |= {ids.kind_rate("follow_up", arm).stat("years"): TO_DATA_CUT}
    return Results(
        replace(rows[row.analysis_id], method=ends[row.analysis_id])
        if row.analysis_id in ends
        else rows.get(row.analysis_id, row)
        for row in found
    )


def closed_datasets(data: Datasets) -> Datasets:
    """Say in the datasets, and in all that is made of them, that they are for the closed session.

    Parameters
    ----------
    data
        The datasets as analysed. They are not changed.

    Returns
    -------
    Datasets
        Marked in the study's identifier, in the line of the data cut, and in what is drawn and set.
    """
    frames: dict[str, Any] = {
        name.lower(): frame.assign(STUDYID=frame["STUDYID"].astype(object) + f" ({CLOSED_SESSION})")
        for name, frame in data
    }
    return replace(
        data,
        stamp=replace(data.stamp, closed=True),
        cut_line=f"{CLOSED_SESSION}. {data.cut_line}",
        **frames,
    )


def open_results(rows: Sequence[ResultRow], study: Study) -> list[ResultRow]:
    """Leave what rests on records of outcomes to all arms together.

    That is deaths, vital status, reasons for discontinuation, the per-protocol population; further therapies among the
    deviations, and their sums; and of adverse events the outcomes, and grade 4 and 5, which are one in the records.
    """
    ids_of_arms, ends = _ids_of_outcomes(study), _ends_of_outcomes(study)
    found = []
    for row in rows:
        if (
            row.analysis_id in ids_of_arms
            or row.analysis_id.endswith(ends)
            or (row.variable in _OUTCOME_VARIABLES and row.group1 == ARM and row.group1_level != ALL)
        ):
            found.append(row.because(POOLED_ONLY, "withheld", stat=None, n=None))
        else:
            found.append(row)
    return found


def _ids_of_outcomes(study: Study) -> frozenset[str]:
    """Name the numbers of single arms that rest on how an event ended, or on a further therapy."""
    found: set[str] = set()
    for arm in (one.code for one in study.arms):
        blocks = (
            *(ids.deviation(which, arm) for which in ("any", "important", "excluding")),
            ids.important_deviation(_PROHIBITED, arm),
            *(ids.event_overview("fatal", phase, arm) for phase in ids.OVERVIEW_PHASES),
            *(ids.worst_event(grade, arm) for grade in (_SHOWN_GRADE, _FATAL_GRADE)),
            *(ids.event_of_interest_arm(ids.event_of_interest(name), arm) for name in _LASTING),
        )
        found |= {block.stat(name) for block in blocks for name in block.stats}
        found |= {ids.event_outcome(arm).stat(name) for name in _OUTCOMES_OF_EVENTS}
    return frozenset(found)


def _ends_of_outcomes(study: Study) -> tuple[str, ...]:
    """End the ids of single arms that count a class or term of events by its worst grade."""
    return tuple(
        ids.line_worst(ids.Block(""), grade, arm.code).stat("n")
        for arm in study.arms
        for grade in (_SHOWN_GRADE, _FATAL_GRADE)
    )
