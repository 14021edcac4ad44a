"""Ids of what stands beside the primary comparison of the final report, each exploratory."""

from duonen_stats.results.ids.efficacy import RATIO
from duonen_stats.results.ids.family import FINAL_ONLY, Open, each, family, number, words
from duonen_stats.results.ids.patients import COUNTED, DESCRIBED
from duonen_stats.results.ids.scope import time_groups

INTERVAL_MODELS = ("weibull", "piecewise")


@family("n", "exact", "between", "censored", *RATIO, reports=FINAL_ONLY, model=words(*INTERVAL_MODELS))
def interval_model(model: str) -> str:
    """PFS with each progression known to lie between two assessments, by a parametric model."""
    return f"pfs.interval.{model}"


@family("n", "exact", "between", "censored", "classes", reports=FINAL_ONLY, group=time_groups)
def interval_curve(group: str) -> str:
    """PFS of a group with each progression known to lie between two assessments, without a model."""
    return f"pfs.interval.curve.{group}"


@family(
    "lowest", "highest", "left", "right",
    reports=FINAL_ONLY, block=each(interval_curve), month=lambda scope: scope.plan.landmark_months,
)  # fmt: skip
def interval_rate(block: str, month: float) -> str:
    """What the curve can be at a month, and the interval on which it is undetermined there."""
    return f"{block}.rate.{number(month)}"


@family("left", "right", "mass", "survival", reports=FINAL_ONLY, block=each(interval_curve), place=Open())
def interval_class(block: str, place: str) -> str:
    """An interval that holds mass: the curve falls somewhere within."""
    return f"{block}.class.{place}"


@family("n", "events", *RATIO, reports=FINAL_ONLY)
def adjusted() -> str:
    """PFS adjusted for baseline variables of the plan."""
    return "pfs.adjusted"


@family(*RATIO, reports=FINAL_ONLY, term=Open())
def adjusted_term(term: str) -> str:
    """One of the baseline variables of the adjusted model."""
    return f"pfs.adjusted.term.{term}"


@family("n", "events", "moved", *RATIO, "log_rank_p", reports=FINAL_ONLY)
def on_schedule() -> str:
    """PFS with progressions dated by the schedule of the plan."""
    return "pfs.on_schedule"


@family(*DESCRIBED, reports=FINAL_ONLY, group=time_groups)
def assessment_interval(group: str) -> str:
    """Days between evaluable assessments, each patient's mean."""
    return f"pfs.assessments.interval.{group}"


@family(*COUNTED, reports=FINAL_ONLY, group=time_groups)
def off_schedule(group: str) -> str:
    """Evaluable assessments that are on no day of the schedule, within the tolerance."""
    return f"pfs.assessments.off_schedule.{group}"
