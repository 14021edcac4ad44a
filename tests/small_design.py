"""A design report of few simulated trials, computed once for all tests that look at it."""

from functools import cache

from duonen_stats.design import study_assumptions
from duonen_stats.design_report.planning_findings import DesignFindings, compute_design
from duonen_stats.study import load_study


@cache
def small_findings() -> DesignFindings:
    return compute_design(
        study_assumptions(load_study()), patients=92, trials=500, calibration_trials=1000, seed=3
    )
