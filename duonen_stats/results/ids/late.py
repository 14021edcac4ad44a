"""Ids of the course of grades and of kidney function, of late visits, and of late harm with death competing."""

from collections.abc import Callable
from decimal import Decimal

from duonen_stats.results.ids.family import FINAL_ONLY, Block, each, family, number, words
from duonen_stats.results.ids.patients import DESCRIBED, RATED
from duonen_stats.results.ids.scope import Scope, analytes, arms, experimental, groups, time_groups

LATE_VISITS = ("F4", "F8", "F12", "F16", "F20")
"""Visits of late follow-up that tables have a column for: about one a year."""

TIMED_GRADES = ("2", "3")
KDIGO = ("G1", "G2", "G3a", "G3b", "G4", "G5")
SLOPES = ("total", "chronic")
RateOf = Callable[[str, float], Block]
"""Names the incidence of an event at a month."""

_INCIDENCE = ("incidence", "ci_low", "ci_high", "n_risk")
_SUPPORT = ("supported", "changed")


def blood_counts(scope: Scope) -> tuple[str, ...]:
    """Every analyte of the blood count."""
    return tuple(one.code for one in scope.study.analytes if one.category == "HEMATOLOGY")


def _fractions(scope: Scope) -> tuple[str, ...]:
    return tuple(decline_name(one) for one in scope.plan.decline_fractions)


def decline_name(fraction: float) -> str:
    """Name a fall of eGFR in ids: its percentage.

    Examples
    --------
    >>> decline_name(0.3)
    '30'
    """
    return number(float(100 * Decimal(repr(fraction)))).replace(".", "_")


@family("n", "n_without", "n_open", "events", "competing", reports=FINAL_ONLY,
        analyte=blood_counts, grade=words(*TIMED_GRADES), group=groups)  # fmt: skip
def grade_time(analyte: str, grade: str, group: str) -> str:
    """Time to the first value of a grade or higher: patients, events, competing events."""
    return f"course.{analyte}.grade_ge{grade}.{group}"


@family("n", "n_without", "n_open", "events", "competing", *_SUPPORT, reports=FINAL_ONLY,
        analyte=blood_counts, group=groups)  # fmt: skip
def grade_recovery(analyte: str, group: str) -> str:
    """Time from the first value of grade 2 or higher to recovery."""
    return f"course.{analyte}.recovery.{group}"


@family(*_INCIDENCE, reports=FINAL_ONLY, block=each(grade_time, grade_recovery),
        month=lambda scope: scope.plan.grade_landmark_months)  # fmt: skip
def course_rate(block: str, month: float) -> str:
    """Cumulative incidence of a low value, or of recovery from it, at a month."""
    return f"{block}.rate.{number(month)}"


@family(*DESCRIBED, analyte=blood_counts, group=groups)
def lowest_value(analyte: str, group: str) -> str:
    """Weeks from the first administration to the lowest observed value of the treatment."""
    return f"course.{analyte}.lowest.{group}"


@family("cycles", "low", "recovered", "patients", *_SUPPORT, analyte=blood_counts, group=groups)
def next_cycle(analyte: str, group: str) -> str:
    """Cycles that another followed: those with a value of grade 2 or higher, and recovered before the next."""
    return f"course.{analyte}.next_cycle.{group}"


@family("cycles", "delayed", "delayed_low", "reduced", group=groups)
def changed_cycles(group: str) -> str:
    """Cycles after the first: given late, late with a low value before, and reduced for toxicity."""
    return f"course.changed_cycles.{group}"


def kdigo_times(scope: Scope) -> tuple[str, ...]:
    """Baseline, the plan's follow-up visits, those of late follow-up, the worst and the last value."""
    return (scope.plan.baseline_visit, *scope.plan.follow_up_visits, *LATE_VISITS, "worst", "last")


@family("n", "pct", visit=kdigo_times, category=words(*KDIGO), group=groups)
def kdigo(visit: str, category: str, group: str) -> str:
    """Patients by KDIGO category of eGFR at a visit."""
    return f"kidney.kdigo.{visit}.{category}.{group}"


@family(*RATED, group=groups)
def kidney_progressed(group: str) -> str:
    """Patients whose eGFR fell by a category and by a quarter at least."""
    return f"kidney.progressed.{group}"


@family(*RATED, group=groups)
def kidney_rapid(group: str) -> str:
    """Patients who lost more than 5 mL/min/1.73 m² a year, of those with three values over a year."""
    return f"kidney.rapid.{group}"


@family("n", "values", kind=words(*SLOPES))
def egfr_slopes(kind: str) -> str:
    """Model of the yearly change of eGFR: patients and values."""
    return f"kidney.slope.{kind}"


@family("n", "values", "span", "slope", "se", "df", "ci_low", "ci_high", kind=words(*SLOPES), arm=arms)
def egfr_slope(kind: str, arm: str) -> str:
    """Yearly change of eGFR in an arm."""
    return f"kidney.slope.{kind}.{arm}"


@family("difference", "se", "df", "ci_low", "ci_high", "p", kind=words(*SLOPES), arm=experimental)
def egfr_slope_difference(kind: str, arm: str) -> str:
    """Difference of an arm's yearly change to that of the control arm."""
    return f"kidney.slope.{kind}.{arm}.difference"


@family("n", "n_without", "events", "unconfirmed", "competing", reports=FINAL_ONLY,
        fall=_fractions, group=groups)  # fmt: skip
def egfr_decline(fall: str, group: str) -> str:
    """Fall of eGFR from baseline by a percentage: patients, events, of these not yet confirmed, deaths before."""
    return f"kidney.decline.{fall}.{group}"


@family(*_INCIDENCE, reports=FINAL_ONLY, block=each(egfr_decline),
        month=lambda scope: scope.plan.late_landmark_months)  # fmt: skip
def decline_rate(block: str, month: float) -> str:
    """Cumulative incidence of a fall of eGFR at a month."""
    return f"{block}.rate.{number(month)}"


def late_visits(scope: Scope) -> tuple[str, ...]:
    """Visits of the late model: the plan's last follow-up visit, and those of late follow-up."""
    return (scope.plan.follow_up_visits[-1], *LATE_VISITS)


@family("n", "values", "base_at", analyte=analytes)
def late_model(analyte: str) -> str:
    """Model of the change over late follow-up: patients, values, mean baseline."""
    return f"labs.{analyte}.late"


@family("n", "mean", "se", "df", "ci_low", "ci_high", analyte=analytes, visit=late_visits, arm=arms)
def late_mean(analyte: str, visit: str, arm: str) -> str:
    """Mean change of an arm at a visit of late follow-up, of the model."""
    return f"labs.{analyte}.late.{visit}.{arm}"


@family(
    "difference", "se", "df", "ci_low", "ci_high", "p", analyte=analytes, visit=late_visits, arm=experimental
)
def late_difference(analyte: str, visit: str, arm: str) -> str:
    """Difference of an arm's mean change in late follow-up to that of the control arm."""
    return f"labs.{analyte}.late.{visit}.{arm}.difference"


@family("patients", "spells", group=groups)
def persistent(group: str) -> str:
    """Candidates for persistent haematological dysfunction: patients, and spells of cytopenia."""
    return f"course.persistent.{group}"


LATE_HARM = ("neoplasm", "dysfunction", "severe_cytopenia", "cytopenia", "renal")
"""Late harm, each definition under its own name."""


@family("n", "events", "competing", "steps", reports=FINAL_ONLY, harm=words(*LATE_HARM), group=time_groups)
def late_incidence(harm: str, group: str) -> str:
    """Cumulative incidence of a late harm: counts and number of steps."""
    return f"late.cif.{harm}.{group}"


@family(
    "incidence", "ci_low", "ci_high", "n_risk", reports=FINAL_ONLY, block=each(late_incidence),
    month=lambda scope: scope.plan.late_months,
)  # fmt: skip
def late_rate(block: Block | str, month: float) -> str:
    """Cumulative incidence of a late harm at a month."""
    return f"{block}.rate.{number(month)}"


def late_grid_months(scope: Scope) -> tuple[float, ...]:
    """Months of the counts below a figure: the start, and those of the plan."""
    return tuple(dict.fromkeys((0.0, *scope.plan.late_months)))


@family(
    "n_risk", "n_censored", reports=FINAL_ONLY, block=each(late_incidence),
    month=late_grid_months,
)  # fmt: skip
def late_grid(block: Block | str, month: float) -> str:
    """Counts below the figure at a month."""
    return f"{block}.grid.{number(month)}"


@family("n", reports=FINAL_ONLY, harm=words("neoplasm", "dysfunction", "renal"))
def late_undated(harm: str) -> str:
    """Reported events of a late harm without a date of onset."""
    return f"late.undated.{harm}"
