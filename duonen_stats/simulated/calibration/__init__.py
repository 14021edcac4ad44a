"""Calibration: a simulated trial turned into a cohort that gives the published numbers.

A maintainer's tool, used by ``tools/calibrate_cohort.py`` and by no command. It takes the printed numbers as
an argument and knows no ledger. Patients are chosen from a large simulated trial; then values are moved by
simulated annealing, stage by stage: baseline, activities, organ doses, laboratory changes analyte by analyte.
Its fast statistics equal those of ``duonen_stats.methods``; its intervals follow the package's rounding.
"""

from duonen_stats.simulated.calibration.cohort import CalibratedCohort, build_cohort, extended, freeze
from duonen_stats.simulated.calibration.stage import SearchSettings, StageRecord
from duonen_stats.simulated.calibration.targets import Bounds, Printed, Targets, printed_interval

__all__ = [
    "Bounds",
    "CalibratedCohort",
    "Printed",
    "SearchSettings",
    "StageRecord",
    "Targets",
    "build_cohort",
    "extended",
    "freeze",
    "printed_interval",
]
