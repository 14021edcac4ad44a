"""A whole calibration: a simulated trial, patients chosen from it, calibrated values, raw tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from duonen_stats.raw.intake.convert import written_columns
from duonen_stats.simulated.calibration.assembly import assemble, start_values
from duonen_stats.simulated.calibration.calibrate_course import with_activities_set
from duonen_stats.simulated.calibration.calibrate_events import draw_events
from duonen_stats.simulated.calibration.pool import candidates, choose_patients
from duonen_stats.simulated.calibration.roster import build_roster
from duonen_stats.simulated.calibration.stage import SearchSettings, StageRecord, run_stage
from duonen_stats.simulated.calibration.stages import calibrate_cohort
from duonen_stats.simulated.calibration.targets import Targets
from duonen_stats.simulated.cut.late_tables import with_late_follow_up
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.cut.tables import tables_around_cycles
from duonen_stats.simulated.model.trial import simulate_trial
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedCohort:
    """Raw tables of a calibrated cohort, and what each stage reached."""

    tables: Mapping[str, pd.DataFrame]
    records: tuple[StageRecord, ...]


def build_cohort(targets: Targets, study: Study, settings: SearchSettings, *, pool: int) -> CalibratedCohort:
    """Simulate ``pool`` patients, choose a cohort from them and calibrate it.

    Raises
    ------
    DataError
        A target is absent or contradicts the size of an arm.
    NotEstimable
        The pool is too small, or a stage missed its targets at every start: no cohort is given.
    """
    records: list[StageRecord] = []

    def note(record: StageRecord) -> None:
        records.append(record)
        settings.report(record)

    search = SearchSettings(
        seed=settings.seed, candidates=settings.candidates, starts=settings.starts, report=note
    )
    roster = build_roster(targets)
    trial = simulate_trial(settings.seed, pool, "INTERIM", study, USUAL)
    simulated = tables_around_cycles(trial, study, "the trial that patients are chosen from")
    suitable = candidates(simulated)
    chosen = run_stage("patients", lambda rng: choose_patients(suitable, roster, targets, rng), search)
    patients = [str(one) for one in chosen.patients]
    cohort = calibrate_cohort(start_values(simulated, patients, study), targets, study, search)
    events = draw_events(roster, cohort.measured, targets, study, search.generator("adverse events"))
    tables = assemble(simulated, patients, cohort, events, study, search.generator("assembly"))
    return CalibratedCohort(tables=tables, records=tuple(records))


# What follows the last cycle, beside the calibrated values.


_LATE_TABLES = ("vital_signs", "concomitant_therapies", "protocol_deviations")


def extended(tables: Mapping[str, pd.DataFrame], study: Study, seed: int) -> dict[str, pd.DataFrame]:
    """Add the activities set and late follow-up to a calibrated cohort, leaving every printed number as it is.

    Parameters
    ----------
    tables
        Raw tables of the cohort. What an earlier extension added is taken out first, so that twice is once.
    study
        The dictionary.
    seed
        Of the streams of both, which nothing of the calibration draws from.

    Returns
    -------
    dict of pandas.DataFrame
        The tables as :func:`with_late_follow_up` gives them, and the activities as :func:`with_activities_set` does. No
        calibrated value is replaced. No myeloid neoplasm occurs: the events are those of Table 5.
    """
    series = study.follow_up_visits
    plain = {name: frame for name, frame in tables.items() if name not in _LATE_TABLES}
    late = plain["labs"]["VISIT"].map(lambda visit: series.place(visit) is not None).astype(bool)
    plain["labs"] = plain["labs"][~late].reset_index(drop=True)
    plain["administrations"] = with_activities_set(
        plain["administrations"], plain["subjects"], study, USUAL.adaptation, seed
    )
    return with_late_follow_up(plain, study, USUAL.late, seed, neoplasms=False)


# Raw tables as frozen CSV files with their checksums.


_DECIMALS = {"DOSE_GY": {"KIDNEY": 3, "MARROW": 4}}
CHECKSUMS = "CHECKSUMS"


def freeze(tables: Mapping[str, pd.DataFrame], folder: Path, study: Study) -> None:
    """Write one CSV file a table and ``CHECKSUMS`` (SHA-256, in the order of the dictionary).

    Numbers are written as sites record them: laboratory values with the analyte's decimals, doses with three
    (kidney) or four (marrow), everything else as short as it is. A file of the same name is replaced.
    """
    lines = []
    for table in (one for one in study.tables if one.name in tables):
        columns = [column.name for column in written_columns(tables[table.name], table)]
        text = _text(tables[table.name][columns], study).to_csv(index=False, lineterminator="\n")
        content = text.encode("utf-8")
        (folder / f"{table.name}.csv").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {table.name}.csv\n")
    (folder / CHECKSUMS).write_text("".join(lines), "utf-8")


def _text(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    out = frame.copy()
    decimals = {one.code: one.decimals for one in study.all_analytes} | {"EGFR": 1}
    decimals |= {one.code: one.decimals for one in study.vital_signs}
    what = "TEST" if "TEST" in frame else "ANALYTE"
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            out[column] = frame[column].dt.strftime("%Y-%m-%d")
        elif column == "VALUE":
            out[column] = _written(frame[column], frame[what].map(decimals))
        elif column in _DECIMALS:
            out[column] = _written(frame[column], frame["ORGAN"].map(_DECIMALS[column]))
        elif pd.api.types.is_numeric_dtype(frame[column]):
            out[column] = [None if pd.isna(one) else f"{float(one):.10g}" for one in frame[column]]
    return out


def _written(values: pd.Series, decimals: pd.Series) -> list[str]:
    return [f"{value:.{int(places)}f}" for value, places in zip(values, decimals, strict=True)]
