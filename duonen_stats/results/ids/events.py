"""Ids of adverse events: as reported, of interest, and the first severe one with death competing."""

from duonen_stats.results.ids.family import FINAL_ONLY, Block, Open, each, family, number, words
from duonen_stats.results.ids.patients import COUNTED, RATED
from duonen_stats.results.ids.scope import Scope, arms, experimental, groups, time_groups

SEVERITIES = ("any", "grade_ge3")


def _categories(scope: Scope) -> tuple[str, ...]:
    return ("total", *(category.code for category in scope.study.ae_categories))


@family(*COUNTED, category=_categories, severity=words(*SEVERITIES))
def events(category: str, severity: str) -> str:
    """Reported events of a category, of any grade or of grade 3 or higher."""
    return f"table5.{category.lower()}.{severity}"


@family(*RATED, category=_categories, severity=words(*SEVERITIES), group=groups)
def event_patients(category: str, severity: str, group: str) -> str:
    """Patients with an event of a category."""
    return f"table5.{category.lower()}.{severity}.patients.{group}"


@family("n", group=groups)
def safety_patients(group: str) -> str:
    """Treated patients, by the arm that harm is shown by."""
    return f"ae.patients.{group}"


@family("n", "years", group=groups)
def event_time(group: str) -> str:
    """Time patients were at risk of an adverse event that is reported."""
    return f"ae.time.{group}"


@family(
    "events", "rate", "ci_low", "ci_high", category=_categories, severity=words(*SEVERITIES), group=groups
)
def event_rate(category: str, severity: str, group: str) -> str:
    """Events of a category per patient-year."""
    return f"ae.rate.{category.lower()}.{severity}.{group}"


@family(
    "ratio", "ci_low", "ci_high", "p", category=_categories, severity=words(*SEVERITIES), arm=experimental
)
def event_rate_ratio(category: str, severity: str, arm: str) -> str:
    """Rate of an arm divided by that of the control arm."""
    return f"ae.rate.{category.lower()}.{severity}.{arm}.ratio"


@family(
    "difference", "ci_low", "ci_high", category=_categories, severity=words(*SEVERITIES), arm=experimental
)
def event_difference(category: str, severity: str, arm: str) -> str:
    """Percentage of patients of an arm with an event, less that of the control arm."""
    return f"ae.difference.{category.lower()}.{severity}.{arm}"


@family(*RATED, grade=words("0", "1", "2", "3", "4", "5", "unknown"), group=groups)
def worst_event(grade: int | str, group: str) -> str:
    """Patients by the worst grade of their events; 0 is no event, ``unknown`` is not decided by what is graded."""
    return f"ae.worst_grade.{grade}.{group}"


@family(*COUNTED, what=words("severe_discontinued", "serious"))
def event_consequence(what: str) -> str:
    """Events by what they led to, of all events or of the severe ones."""
    return f"ae.{what}"


@family(*RATED, what=words("haematological_discontinued", "patients_with_event"))
def consequence(what: str) -> str:
    """Patients by what events led to."""
    return f"ae.{what}"


@family(
    *RATED,
    name=words("mds", "renal_failure", "renal_replacement", "persistent_severe_haematological"),
)
def event_of_interest(name: str) -> str:
    """Patients with late or lasting harm."""
    return f"ae.interest.{name}"


@family(*RATED, block=each(event_of_interest), arm=arms)
def event_of_interest_arm(block: Block, arm: str) -> str:
    """Patients of an arm with late or lasting harm."""
    return f"{block}.{arm}"


@family("n", "bound_low", "bound_high", category=_categories, group=groups)
def events_ungraded(category: str, group: str) -> str:
    """Patients who may have had a severe event, because one of theirs has no grade; bounds of the percentage."""
    return f"ae.ungraded.{category.lower()}.{group}"


@family("n", "patients", what=words("grade", "date"))
def events_without(what: str) -> str:
    """Treatment-emergent events without a grade, or without a date of onset: events and their patients."""
    return f"ae.without.{what}"


@family("n", "patients", when=words("before", "after"), severity=words(*SEVERITIES))
def events_outside(when: str, severity: str) -> str:
    """Events that began before the first administration, or after the end of reporting: events and their patients."""
    return f"ae.outside.{when}.{severity}"


@family("n", "events", "competing", "steps", reports=FINAL_ONLY, group=time_groups)
def severe_incidence(group: str) -> str:
    """Cumulative incidence of the first severe event: counts and number of steps."""
    return f"ae3.cif.{group}"


@family("steps", reports=FINAL_ONLY, group=time_groups)
def severe_death(group: str) -> str:
    """Cumulative incidence of death without a severe event: number of steps."""
    return f"ae3.cif_death.{group}"


@family(
    "incidence",
    "ci_low",
    "ci_high",
    "n_risk",
    reports=FINAL_ONLY,
    block=each(severe_incidence),
    month=lambda scope: scope.plan.ae_landmark_months,
)
def severe_rate(block: str, month: float) -> str:
    """Cumulative incidence at a month."""
    return f"{block}.rate.{number(month)}"


@family(
    "n_risk",
    "n_censored",
    reports=FINAL_ONLY,
    block=each(severe_incidence),
    month=lambda scope: scope.plan.ae_grid_months,
)
def severe_grid(block: str, month: float) -> str:
    """Counts below the figure at a month."""
    return f"{block}.grid.{number(month)}"


@family("n", reports=FINAL_ONLY)
def severe_undated() -> str:
    """Severe events without a date of onset."""
    return "ae3.undated"


@family("statistic", "df", "p", reports=FINAL_ONLY, which=words("four_arm", "primary"))
def gray(which: str) -> str:
    """Gray's test of all arms, or of the experimental arms against the control."""
    return f"ae3.gray.{which}"


_NUMBER_OF_PATIENTS = Open(r"[0-9]+")


@family(*RATED, "mean", "low", "high", "exceeds", "signal_at", arm=arms)
def toxicity_watch(arm: str) -> str:
    """Severe events of an arm: rate, what is believed of it, and when the rule signalled."""
    return f"monitoring.toxicity.{arm}"


@family("patients", "events", block=each(toxicity_watch), after=_NUMBER_OF_PATIENTS)
def toxicity_path(block: str, after: str) -> str:
    """Severe events after a number of patients."""
    return f"{block}.path.{after}"


@family("patients", "events", after=_NUMBER_OF_PATIENTS)
def toxicity_boundary(after: str) -> str:
    """Fewest severe events that signal after a number of patients."""
    return f"monitoring.boundary.step.{after}"


@family("signals", "patients", rate=lambda scope: scope.plan.toxicity_rates)
def toxicity_rule(rate: float) -> str:
    """How the rule behaves at a true rate."""
    return f"monitoring.rule.{number(100 * rate)}"
