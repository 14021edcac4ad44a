"""The second engine: from a report folder to the verdict on each of its numbers."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import pandas as pd

from duonen_stats.errors import DataError, OptionError
from duonen_stats.study import Study, load_study
from duonen_stats.verification.coverage import why_not
from duonen_stats.verification.derived.events import events_of, years_at_risk
from duonen_stats.verification.derived.exposure import activities_of, doses_of, modifications_of
from duonen_stats.verification.derived.laboratory import laboratory_of, worst_of
from duonen_stats.verification.derived.patients import delivered_cycles, patients_of, table
from duonen_stats.verification.derived.times import (
    evaluable_assessments,
    last_alive,
    other_treatment,
    support_spans,
    times_of,
)
from duonen_stats.verification.recomputed.conduct.beside_primary import recompute_beside_primary
from duonen_stats.verification.recomputed.conduct.courses import numbered, recompute_courses, with_intervals
from duonen_stats.verification.recomputed.conduct.dose_harm import recompute_dose_harm
from duonen_stats.verification.recomputed.conduct.intercurrent import (
    recompute_further_therapies,
    recompute_intercurrent,
)
from duonen_stats.verification.recomputed.conduct.protocol import (
    deviations_of,
    per_protocol,
    recompute_per_protocol,
    recompute_protocol,
)
from duonen_stats.verification.recomputed.describe import PANDAS
from duonen_stats.verification.recomputed.efficacy import (
    recompute_dose_response,
    recompute_response,
    recompute_survival,
)
from duonen_stats.verification.recomputed.events import (
    recompute_events,
    recompute_monitoring,
    recompute_rates,
)
from duonen_stats.verification.recomputed.exposure import (
    recompute_activities,
    recompute_dose_effect,
    recompute_doses,
)
from duonen_stats.verification.recomputed.harm.blood_counts import recompute_blood_counts
from duonen_stats.verification.recomputed.harm.event_terms import recompute_event_terms
from duonen_stats.verification.recomputed.harm.kidney_function import recompute_kidney_function
from duonen_stats.verification.recomputed.harm.late_harm import recompute_late_harm, recompute_undated_harm
from duonen_stats.verification.recomputed.harm.vital_signs import recompute_vital_signs
from duonen_stats.verification.recomputed.interval_curves import recompute_interval_curves
from duonen_stats.verification.recomputed.laboratory import recompute_laboratory, recompute_toxicity
from duonen_stats.verification.recomputed.patients import (
    recompute_accrual,
    recompute_baseline,
    recompute_deaths,
    recompute_disposition,
)
from duonen_stats.verification.recomputed.quality import recompute_quality
from duonen_stats.verification.recomputed.repeated import recompute_repeated
from duonen_stats.verification.report_folder import ReportFolder, read_folder, read_sources, with_results
from duonen_stats.verification.second_numbers import SecondNumber, SecondNumbers, compare_numbers
from duonen_stats.verification.verdicts import Verification


def verify_folder(
    path: Path, other_definitions: Sequence[str] = (), until_results: "Callable[[], object] | None" = None
) -> Verification:
    """Compute the numbers of a report again and compare.

    Parameters
    ----------
    path
        Folder that ``duonen report`` wrote.
    other_definitions
        Entities of the data dictionary that the report had otherwise than this package: nothing can be said then.
    until_results
        Of a report that is being made: waits until its results are there. The numbers are computed before.

    Raises
    ------
    OptionError, DataError
        It is no report, or a file of it is damaged.
    """
    folder = read_folder(path) if until_results is None else read_sources(path)
    second = {} if other_definitions else recompute(folder)
    if until_results is not None:
        until_results()
        folder = with_results(folder)
    second |= counted_lists(folder)
    if other_definitions:
        named = ", ".join(other_definitions[:5])
        why = f"the report was made with other definitions than those of this package ({named})"
        compared = compare_numbers(folder.results, {}, lambda *_: why)
    else:
        why_none = why_not(records="subjects" in folder.raw, outcomes=has_outcomes(folder))
        open_session = folder.manifest.get("session") == "open"
        compared = compare_numbers(folder.results, second, why_none, open_session=open_session)
    return Verification(compared=compared, altered=folder.altered)


def answer(asked: TextIO, said: TextIO) -> None:
    """Verify the folder named on one line of JSON, and answer by another: what the second process runs.

    Where the first line says so, a second one says that the results are there. Numbers that are none are null, as
    JSON has it.
    """
    question = json.loads(asked.readline())
    try:
        until = asked.readline if question.get("results_follow") else None
        found = verify_folder(Path(question["folder"]), question["other_definitions"], until)
    except (OptionError, DataError) as fault:
        json.dump({"kind": type(fault).__name__, "error": str(fault)}, said)
        return
    rows = found.compared.astype(object).where(found.compared.notna(), None)
    json.dump(
        {"columns": [*rows.columns], "rows": rows.to_numpy().tolist(), "altered": [*found.altered]}, said
    )


def has_outcomes(folder: ReportFolder) -> bool:
    """Say whether the folder holds follow-up and tumour assessments."""
    return {"follow_up", "tumour_assessments"} <= {*folder.raw}


def counted_lists(folder: ReportFolder) -> dict[str, SecondNumber]:
    """Count findings, records set aside and the audit from their lists."""
    out = SecondNumbers()
    recompute_quality(out, folder)
    return out.by_id


def recompute(folder: ReportFolder, study: Study | None = None) -> dict[str, SecondNumber]:
    """Compute every number that the second engine can from the records of a report.

    Parameters
    ----------
    folder
        The report; its results are not looked at.
    study
        Definitions of the trial, those shipped if omitted.

    Returns
    -------
    dict[str, SecondNumber]
        By ``analysis_id``; numbers whose records the folder does not hold are absent, and so are counts of lists.
    """
    study, plan, out = study or load_study(), folder.plan, SecondNumbers()
    if "subjects" not in folder.raw:
        return {}
    patients = patients_of(folder, study)
    activities = activities_of(folder, patients, study)
    changes = modifications_of(activities, patients, plan, study)
    patients = patients.assign(CATEGORY=changes["CATEGORY"])
    doses = doses_of(folder, activities)
    patients = patients.assign(DOSIMETRY=_complete_dosimetry(doses, patients, study))
    labs = laboratory_of(folder, patients, study)
    worst = worst_of(labs, plan, study)
    reported = events_of(folder, patients)
    recompute_baseline(out, patients, labs, plan, study)
    outcomes = has_outcomes(folder)
    recompute_disposition(out, patients, labs, plan, study, outcomes=outcomes)
    deviations = deviations_of(folder, patients)
    recompute_protocol(out, patients, deviations, plan, study)
    recompute_accrual(out, patients, folder.cut_date, study, folder.raw.get("enrolment"))
    recompute_activities(out, activities, changes, patients, plan, study)
    recompute_doses(out, doses, patients, plan, study)
    recompute_dose_effect(out, doses, worst, changes, patients, plan, study)
    given = delivered_cycles(folder, study, [*patients.index])
    recompute_courses(out, activities, doses, given, reported, patients, plan, study)
    recompute_laboratory(out, labs, worst, patients, plan, study)
    if "adlb" in folder.datasets:
        recompute_toxicity(out, folder.datasets["adlb"], patients, plan, study)
        recompute_dose_harm(out, folder.datasets["adlb"], activities, doses, patients, plan, study)
    recompute_vital_signs(out, folder, patients, study)
    recompute_events(out, reported, patients, plan, study, outcomes=outcomes)
    ended = patients["DEATH"].fillna(last_alive(folder, patients))
    ended = ended if outcomes else pd.Series(folder.cut_date, index=patients.index)
    years = years_at_risk(patients, ended)
    recompute_rates(out, reported, patients, years, plan, study)
    recompute_event_terms(out, reported, patients, ended, plan, study, outcomes=outcomes)
    recompute_undated_harm(out, reported)
    recompute_repeated(out, labs, patients, plan, study)
    _recompute_over_time(out, folder, given, reported, patients, study)
    recompute_monitoring(out, reported, patients, plan, study)
    if outcomes:
        recompute_deaths(out, patients, _causes(folder), plan, study)
        pfs = _recompute_times(out, folder, patients, reported, deviations, study)
        recompute_dose_response(out, pfs, activities, doses, plan, study)
        severe = reported["EMERGENT"] & reported["SEVERE"] & reported["STARTDT"].isna()
        out.add("ae3.undated.n", int(severe.sum()), PANDAS)
    if outcomes and "adrs" in folder.datasets:
        recompute_response(out, folder.datasets["adrs"], plan, study)
    return out.by_id


def _recompute_times(
    out: SecondNumbers,
    folder: ReportFolder,
    patients: pd.DataFrame,
    reported: pd.DataFrame,
    deviations: pd.DataFrame | None,
    study: Study,
) -> pd.DataFrame:
    """Add progression and survival, with what stands beside the primary analysis; return the times of PFS."""
    plan = folder.plan
    patients.attrs["cut"] = folder.cut_date
    times = times_of(folder, patients, reported)
    policy = times["PFS"]
    recompute_survival(out, times, patients, plan, study)
    recompute_interval_curves(out, policy, plan, study)
    recompute_beside_primary(out, policy, evaluable_assessments(folder, patients), patients, plan, study)
    if deviations is not None:
        inside = per_protocol(patients, deviations, plan)
        recompute_per_protocol(out, policy, inside, plan, study)
    recompute_intercurrent(out, times, patients, plan, study)
    recompute_further_therapies(out, folder, policy, patients, plan, study)
    return policy


def _recompute_over_time(
    out: SecondNumbers,
    folder: ReportFolder,
    given: pd.DataFrame,
    reported: pd.DataFrame,
    patients: pd.DataFrame,
    study: Study,
) -> None:
    """Add blood counts, kidney function and late harm over time; death and another treatment compete."""
    plan, outcomes = folder.plan, has_outcomes(folder)
    rivals = None
    if outcomes:
        rivals = pd.DataFrame({"DEATH": patients["DEATH"], "OTHER": other_treatment(folder, patients)})
    if "adlb" in folder.datasets:
        treated = patients.loc[patients["SAFETY"]]
        cycles = with_intervals(numbered(given, treated, study), reported, plan, study)
        adlb = folder.datasets["adlb"]
        helped = support_spans(folder, patients)
        recompute_blood_counts(out, adlb, cycles, patients, rivals, helped, plan, study)
        deaths = None if rivals is None else rivals["DEATH"]
        recompute_kidney_function(out, adlb, given, patients, deaths, plan, study)
    if outcomes and "adtte" in folder.datasets:
        recompute_late_harm(out, folder.datasets["adtte"], patients, plan, study)


def _causes(folder: ReportFolder) -> pd.Series:
    """Read the recorded cause of death of each patient."""
    contacts = table(folder, "follow_up", "DTHCAUSE").drop_duplicates("SUBJID")
    return contacts.set_index("SUBJID")["DTHCAUSE"]


def _complete_dosimetry(doses: pd.DataFrame, patients: pd.DataFrame, study: Study) -> "pd.Series[bool]":
    """Say who has the dose of every organ from every isotope of every delivered cycle."""
    complete = doses.loc[doses["COMPLETE"] & doses["CYCLE"].eq("ALL")]
    organs = complete.groupby("SUBJID")["ORGAN"].nunique().reindex(patients.index)
    return organs.eq(len(study.organs)) & patients["SAFETY"]
