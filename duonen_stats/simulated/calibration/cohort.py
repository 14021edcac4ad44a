"""A whole calibration: a simulated trial, patients chosen from it, calibrated values, raw tables."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from duonen_stats.raw.intake.convert import written_columns
from duonen_stats.simulated.calibration.assembly import assemble, start_values
from duonen_stats.simulated.calibration.calibrate_events import draw_events
from duonen_stats.simulated.calibration.pool import candidates, choose_patients
from duonen_stats.simulated.calibration.roster import build_roster
from duonen_stats.simulated.calibration.stage import SearchSettings, StageRecord, run_stage
from duonen_stats.simulated.calibration.stages import calibrate_cohort
from duonen_stats.simulated.calibration.targets import Targets
from duonen_stats.simulated.cut.simulation import simulate_cut
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
    simulated = simulate_cut(settings.seed, pool, "INTERIM", study=study).tables
    suitable = candidates(simulated)
    chosen = run_stage("patients", lambda rng: choose_patients(suitable, roster, targets, rng), search)
    patients = [str(one) for one in chosen.patients]
    cohort = calibrate_cohort(start_values(simulated, patients, study), targets, study, search)
    events = draw_events(roster, cohort.measured, targets, study, search.generator("adverse events"))
    tables = assemble(simulated, patients, cohort, events, study, search.generator("assembly"))
    return CalibratedCohort(tables=tables, records=tuple(records))


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
    decimals = {one.code: one.decimals for one in study.analytes} | {"EGFR": 1}
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            out[column] = frame[column].dt.strftime("%Y-%m-%d")
        elif column == "VALUE":
            out[column] = _written(frame[column], frame["ANALYTE"].map(decimals))
        elif column in _DECIMALS:
            out[column] = _written(frame[column], frame["ORGAN"].map(_DECIMALS[column]))
        elif pd.api.types.is_numeric_dtype(frame[column]):
            out[column] = [None if pd.isna(one) else f"{float(one):.10g}" for one in frame[column]]
    return out


def _written(values: pd.Series, decimals: pd.Series) -> list[str]:
    return [f"{value:.{int(places)}f}" for value, places in zip(values, decimals, strict=True)]
