"""Ids of efficacy: curves, comparisons, subgroups, sensitivity, dose and response."""

from duonen_stats.datasets.efficacy.survival_records import SURVIVAL_REASONS
from duonen_stats.datasets.exposure.dose_intervals import ORGANS, activity_measure
from duonen_stats.plan.subgroups import subgroup_factor, subgroup_factors
from duonen_stats.results.ids.events import severe_death, severe_incidence
from duonen_stats.results.ids.family import FINAL_ONLY, Open, each, family, number, words
from duonen_stats.results.ids.late import late_incidence
from duonen_stats.results.ids.patients import DESCRIBED, RATED
from duonen_stats.results.ids.scope import Scope, experimental, time_groups
from duonen_stats.study import Study

RATIO = ("hr", "ci_low", "ci_high", "p")
COMPARED_ENDPOINTS = ("pfs", "pfshyp", "os")

_CURVES = (*COMPARED_ENDPOINTS, "dor")
_endpoint = words(*COMPARED_ENDPOINTS)
_curve = words(*_CURVES)


@family(
    "n", "events", "censored", "median", "median_ci_low", "median_ci_high", "steps", "marks", "log_logs",
    reports=FINAL_ONLY, endpoint=_curve, group=time_groups,
)  # fmt: skip
def km(endpoint: str, group: str) -> str:
    """Kaplan–Meier curve of a group: counts, median, numbers of points."""
    return f"{endpoint}.km.{group}"


@family(
    "survival", "ci_low", "ci_high", "n_risk",
    reports=FINAL_ONLY, block=each(km), month=lambda scope: scope.plan.landmark_months,
)  # fmt: skip
def km_rate(block: str, month: float) -> str:
    """Survival at a month."""
    return f"{block}.rate.{number(month)}"


@family(
    "n_risk", "n_events", "n_censored",
    reports=FINAL_ONLY, block=each(km), month=lambda scope: scope.plan.grid_months,
)  # fmt: skip
def km_grid(block: str, month: float) -> str:
    """Counts below the figure at a month."""
    return f"{block}.grid.{number(month)}"


_PLACE = Open(r"[^.]+")


@family("time", "survival", "ci_low", "ci_high", reports=FINAL_ONLY, block=each(km), place=_PLACE)
def km_step(block: str, place: str) -> str:
    """A corner of a curve."""
    return f"{block}.step.{place}"


@family("time", "survival", reports=FINAL_ONLY, block=each(km), place=_PLACE)
def km_mark(block: str, place: str) -> str:
    """A time of censoring on a curve."""
    return f"{block}.mark.{place}"


@family("time", "value", reports=FINAL_ONLY, block=each(km), place=_PLACE)
def km_log_log(block: str, place: str) -> str:
    """A point of log(−log S)."""
    return f"{block}.log_log.{place}"


@family(
    "time",
    "incidence",
    reports=FINAL_ONLY,
    block=each(severe_incidence, severe_death, late_incidence),
    place=_PLACE,
)
def incidence_step(block: str, place: str) -> str:
    """A corner of a curve of cumulative incidence."""
    return f"{block}.step.{place}"


@family("median", "ci_low", "ci_high", reports=FINAL_ONLY, endpoint=_endpoint, group=time_groups)
def follow_up(endpoint: str, group: str) -> str:
    """Median follow-up by reverse Kaplan–Meier."""
    return f"{endpoint}.followup.{group}"


@family(
    "n",
    reports=FINAL_ONLY,
    endpoint=_endpoint,
    reason=lambda scope: SURVIVAL_REASONS,
    group=time_groups,
)
def censored(endpoint: str, reason: int, group: str) -> str:
    """Patients censored for a reason (a code of ``CNSR``)."""
    return f"{endpoint}.censored.{reason}.{group}"


@family(makes="base", reports=FINAL_ONLY, endpoint=_endpoint)
def primary(endpoint: str) -> str:
    """The experimental arms together against the control arm."""
    return f"{endpoint}.primary"


@family(
    makes="base", reports=FINAL_ONLY, endpoint=_endpoint, arm=experimental,
    control=lambda scope: (scope.plan.control_arm,),
)  # fmt: skip
def single_arm(endpoint: str, arm: str, control: str) -> str:
    """One experimental arm against the control arm."""
    return f"{endpoint}.{arm}_vs_{control}"


_COMPARED = each(primary, single_arm)


@family("statistic", "df", "p", "z", reports=FINAL_ONLY, block=_COMPARED)
def log_rank(block: str) -> str:
    """Log-rank test of a comparison."""
    return f"{block}.log_rank"


@family("statistic", "df", "p", reports=FINAL_ONLY, endpoint=_endpoint)
def four_arm_log_rank(endpoint: str) -> str:
    """Log-rank test of all arms."""
    return f"{endpoint}.four_arm.log_rank"


@family(*RATIO, "coef", "se", reports=FINAL_ONLY, block=_COMPARED)
def cox(block: str) -> str:
    """Cox model of a comparison."""
    return f"{block}.cox"


@family(*RATIO, "coef", reports=FINAL_ONLY, block=_COMPARED)
def firth(block: str) -> str:
    """Penalised Cox model of a comparison."""
    return f"{block}.firth"


@family(*RATIO, reports=FINAL_ONLY, block=_COMPARED)
def hazard_ratio(block: str) -> str:
    """The hazard ratio of a comparison that is shown."""
    return f"{block}.hr"


@family(
    "tau", "at_risk_experimental", "at_risk_control", "experimental", "control", "difference", "ci_low", "ci_high", "p",
    reports=FINAL_ONLY, block=_COMPARED,
)  # fmt: skip
def rmst(block: str) -> str:
    """Restricted means of a comparison."""
    return f"{block}.rmst"


@family(
    "events", "planned", "fraction", "z", "conditional_trend", "conditional_design", "conditional_null", "predictive",
    reports=("closed",),
)  # fmt: skip
def interim_power() -> str:
    """What an interim look says of the primary test at the planned events."""
    return "closed.power"


@family("statistic", "df", "p", reports=FINAL_ONLY, block=each(primary))
def stratified_log_rank(block: str) -> str:
    """Stratified log-rank test."""
    return f"{block}.stratified_log_rank"


@family(*RATIO, reports=FINAL_ONLY, block=each(primary))
def stratified_cox(block: str) -> str:
    """Stratified Cox model."""
    return f"{block}.stratified_cox"


@family("p", "mc_error", "permutations", "p_lower", reports=FINAL_ONLY, block=each(primary))
def permutation(block: str) -> str:
    """Permutation test of the log-rank score."""
    return f"{block}.permutation"


@family("statistic", "df", "p", "residuals", "smooths", reports=FINAL_ONLY, block=each(primary))
def hazards(block: str) -> str:
    """Test of proportional hazards, and numbers of residuals and of points of their smooth."""
    return f"{block}.ph"


@family("time", "value", reports=FINAL_ONLY, block=each(hazards), place=_PLACE)
def residual(block: str, place: str) -> str:
    """A scaled Schoenfeld residual."""
    return f"{block}.residual.{place}"


@family("time", "value", "ci_low", "ci_high", reports=FINAL_ONLY, block=each(hazards), place=_PLACE)
def smooth(block: str, place: str) -> str:
    """A point of the smooth through the residuals."""
    return f"{block}.smooth.{place}"


@family(
    "left",
    *RATIO,
    "smallest_weight",
    "mean_weight",
    "largest_weight",
    reports=FINAL_ONLY,
    endpoint=words("pfshyp"),
)
def weighted(endpoint: str) -> str:
    """Cox model weighted for those who were censored by other treatment or missed assessments."""
    return f"{endpoint}.weighted"


_factor_endpoint = words("pfs", "os")

ArmFactors = dict[str, tuple[str, tuple[str, ...]]]
"""Factor in ids: its words, and the arms that have it."""


def arm_factors(study: Study) -> ArmFactors:
    """Return what the arms of a study differ in: guidance by dosimetry, and every isotope that only some arms give."""
    factors: ArmFactors = {
        "guidance": (
            "dosimetry guidance",
            tuple(arm.code for arm in study.arms if arm.modified_isotope is not None),
        )
    }
    for isotope in study.isotopes:
        members = tuple(arm.code for arm in study.arms if isotope.code in arm.isotopes)
        if 0 < len(members) < len(study.arms):
            factors[isotope.code.lower()] = (isotope.label, members)
    return factors


def isolating_pairs(study: Study) -> tuple[tuple[str, str], ...]:
    """Return the pairs of arms (guided, fixed) that start with the same activities and differ in guidance alone."""
    return tuple(
        (guided.code, fixed.code)
        for guided in study.arms
        for fixed in study.arms
        if guided.modified_isotope is not None
        and fixed.modified_isotope is None
        and dict(guided.initial_activity) == dict(fixed.initial_activity)
    )


@family("statistic", "df", "p", reports=FINAL_ONLY, endpoint=_factor_endpoint)
def heterogeneity(endpoint: str) -> str:
    """Log-rank test among the experimental arms."""
    return f"{endpoint}.heterogeneity"


@family(
    "with", "without", *RATIO,
    reports=FINAL_ONLY, endpoint=_factor_endpoint, factor=lambda scope: tuple(arm_factors(scope.study)),
)  # fmt: skip
def arm_factor(endpoint: str, factor: str) -> str:
    """One of the factors in which the arms differ, in a model of all of them."""
    return f"{endpoint}.factor.{factor}"


@family(
    "with", "without", reports=FINAL_ONLY, endpoint=_factor_endpoint, pair=lambda scope: isolating_pairs(scope.study)
)  # fmt: skip
def isolated(endpoint: str, pair: tuple[str, str]) -> str:
    """Two arms that differ in dosimetry guidance alone: patients with it and without."""
    return f"{endpoint}.isolated.{pair[0]}_vs_{pair[1]}"


@family(*RATIO, reports=FINAL_ONLY, block=each(isolated))
def isolated_ratio(block: str) -> str:
    """Hazard ratio of two arms that differ in guidance alone."""
    return f"{block}.hr"


@family("statistic", "df", "p", "z", reports=FINAL_ONLY, block=each(isolated))
def isolated_log_rank(block: str) -> str:
    """Log-rank test of two arms that differ in guidance alone."""
    return f"{block}.log_rank"


_subgroup_endpoint = words("pfs", "os")


def _factors(scope: Scope) -> tuple[str, ...]:
    return tuple(factor.key for factor in subgroup_factors(scope.plan))


def _levels(scope: Scope) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(level for factor in _factors(scope) for level in subgroup_levels(scope, factor))
    )


def subgroup_levels(scope: Scope, factor: str) -> tuple[str, ...]:
    """Levels of a factor of subgroups under a study and a plan."""
    return tuple(subgroup_factor(scope.plan, factor).levels(scope.study))


@family("factors", reports=FINAL_ONLY, endpoint=_subgroup_endpoint)
def subgroups(endpoint: str) -> str:
    """Number of factors of subgroups."""
    return f"{endpoint}.subgroup"


@family(
    "n_experimental", "n_control", "events_experimental", "events_control",
    reports=FINAL_ONLY, endpoint=_subgroup_endpoint, factor=_factors, level=_levels,
    only=lambda scope, endpoint, factor, level: level in subgroup_levels(scope, factor),
)  # fmt: skip
def subgroup(endpoint: str, factor: str, level: str) -> str:
    """Patients and events of a subgroup."""
    return f"{endpoint}.subgroup.{factor}.{level}"


@family(
    "n_experimental", "n_control", "events_experimental", "events_control",
    reports=FINAL_ONLY, endpoint=_subgroup_endpoint, factor=_factors,
)  # fmt: skip
def subgroup_unknown(endpoint: str, factor: str) -> str:
    """Patients and events of whom the factor is not recorded, so that they are in none of its subgroups."""
    return f"{endpoint}.subgroup.{factor}.unknown"


@family(*RATIO, reports=FINAL_ONLY, block=each(subgroup))
def subgroup_ratio(block: str) -> str:
    """Hazard ratio in a subgroup."""
    return f"{block}.hr"


@family("statistic", "df", "p", reports=FINAL_ONLY, endpoint=_subgroup_endpoint, factor=_factors)
def interaction(endpoint: str, factor: str) -> str:
    """Test whether the hazard ratio differs between the levels of a factor."""
    return f"{endpoint}.subgroup.{factor}.interaction"


def dose_measures(scope: Scope) -> tuple[str, ...]:
    """Measures of dose: the activity of each isotope, and the dose of each organ."""
    return (*(activity_measure(isotope.code) for isotope in scope.study.isotopes), *ORGANS)


@family("landmark_months", reports=FINAL_ONLY)
def dose_response() -> str:
    """Landmark of the analyses of dose and PFS."""
    return "pfs.dose"


@family("n", "events", "unknown", *RATIO, reports=FINAL_ONLY, measure=dose_measures)
def dose_given(measure: str) -> str:
    """PFS against the dose given so far."""
    return f"pfs.dose.{measure}.time_dependent"


@family("n", "events", "excluded", *RATIO, reports=FINAL_ONLY, measure=dose_measures)
def dose_landmark(measure: str) -> str:
    """PFS after the landmark against the dose up to it."""
    return f"pfs.dose.{measure}.landmark"


@family("changed", "months", *RATIO, reports=FINAL_ONLY, which=words("worst_case", "best_case"))
def extreme_case(which: str) -> str:
    """PFS if patients of one group who left early had the event then."""
    return f"pfs.sensitivity.{which}"


@family("changed", "months", reports=FINAL_ONLY, side=words("experimental", "control"))
def imputed(side: str) -> str:
    """Censored patients of a group with time to impute, and how much."""
    return f"pfs.sensitivity.imputed.{side}"


@family("changed", "months", *RATIO, reports=FINAL_ONLY, delta=lambda scope: scope.plan.tipping_deltas)
def tipping_factor(delta: float) -> str:
    """PFS with a raised hazard after censoring."""
    return f"pfs.sensitivity.delta.{number(delta)}"


@family("delta", reports=FINAL_ONLY)
def tipping_point() -> str:
    """The smallest factor that tips the result."""
    return "pfs.sensitivity.tipping_delta"


_rate = words("orr", "dcr")


@family(*RATED, reports=FINAL_ONLY, rate=_rate, group=time_groups)
def response_rate(rate: str, group: str) -> str:
    """Objective response (``orr``) or disease control (``dcr``)."""
    return f"response.{rate}.{group}"


@family(
    *RATED,
    reports=FINAL_ONLY,
    response=words("CR", "PR", "SD", "NON_CR_NON_PD", "PD", "NE"),
    group=time_groups,
)
def best_response(response: str, group: str) -> str:
    """Patients by best overall response."""
    return f"response.bor.{response}.{group}"


@family(*DESCRIBED, reports=FINAL_ONLY, group=time_groups)
def best_change(group: str) -> str:
    """Best change of the sum of diameters, in percent."""
    return f"response.best_change.{group}"


@family("estimate", "ci_low", "ci_high", reports=FINAL_ONLY, rate=_rate)
def response_difference(rate: str) -> str:
    """Difference of a rate, experimental arms less control."""
    return f"response.{rate}.difference"
