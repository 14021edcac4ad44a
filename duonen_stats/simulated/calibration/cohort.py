"""A whole calibration: a simulated trial, patients chosen from it, calibrated values, raw tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from duonen_stats.simulated.calibration.assembly import assemble, start_values
from duonen_stats.simulated.calibration.calibrate_events import draw_events
from duonen_stats.simulated.calibration.pool import candidates, choose_patients
from duonen_stats.simulated.calibration.roster import build_roster
from duonen_stats.simulated.calibration.stage import Settings, StageRecord, run_stage
from duonen_stats.simulated.calibration.stages import calibrate_cohort
from duonen_stats.simulated.calibration.targets import Targets
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedCohort:
    """Raw tables of a calibrated cohort, and what each stage reached."""

    tables: Mapping[str, pd.DataFrame]
    records: tuple[StageRecord, ...]


def build_cohort(targets: Targets, study: Study, settings: Settings, *, pool: int) -> CalibratedCohort:
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

    told = Settings(seed=settings.seed, candidates=settings.candidates, starts=settings.starts, report=note)
    roster = build_roster(targets)
    simulated = simulate_cut(settings.seed, pool, "INTERIM", study=study).tables
    suitable = candidates(simulated)
    chosen = run_stage("patients", lambda rng: choose_patients(suitable, roster, targets, rng), told)
    patients = [str(one) for one in chosen.patients]
    cohort = calibrate_cohort(start_values(simulated, patients, study), targets, study, told)
    events = draw_events(roster, cohort.measured, targets, told.generator("adverse events"))
    tables = assemble(simulated, patients, cohort, events, study, told.generator("assembly"))
    return CalibratedCohort(tables=tables, records=tuple(records))
