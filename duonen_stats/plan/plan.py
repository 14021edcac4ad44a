"""The statistical analysis plan: every decision that needs an argument, with its reason and its source."""

from dataclasses import Field, dataclass, fields, replace
from typing import Any, Literal

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.convention import QuantileType
from duonen_stats.plan import comparisons, exposure, general, late_safety, progression
from duonen_stats.plan.decision import Rule, faults_in_words, nearest

ReportName = Literal["interim", "final"]
NO_EFFECT = "without effect"

_LONGEST_NAME = 60
_REPORT = Rule(kind=str, choices={"interim": "Interim report", "final": "Final report"})
_NAME = Rule(kind=str)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan:
    """Every statistical decision of an analysis.

    A sensitivity analysis is ``dataclasses.replace(INTERIM, ...)``. ``report`` says which report follows the plan;
    the report lists each field that differs from the preset of the same report. ``name`` is what the plan is
    called, and chooses nothing.

    What a field may be, why it has its value and after what stands in the module that declares it. Every value is
    checked at once for type, range and membership; what names an arm, a visit or a response is checked by
    ``check_plan`` as soon as a study is known.

    Examples
    --------
    >>> from dataclasses import replace
    >>> replace(INTERIM, alpha=0.01)
    Plan('INTERIM', report='interim', alpha=0.01)
    """

    name: str = "INTERIM"
    report: ReportName = "interim"

    # What all analyses share.
    alpha: float = general.ALPHA
    confidence: float = general.CONFIDENCE
    proportion_limits: Literal["clopper_pearson", "wilson"] = general.PROPORTION_LIMITS
    quantile_type: QuantileType = general.QUANTILE_TYPE
    difference_decimals: int = general.DIFFERENCE_DECIMALS
    baseline_visit: str = general.BASELINE_VISIT
    follow_up_visits: tuple[str, ...] = general.FOLLOW_UP_VISITS
    baseline_rule: Literal["visit_then_last", "last_before_treatment"] = general.BASELINE_RULE
    visit_record_rule: Literal["scheduled_then_closest", "closest"] = general.VISIT_RECORD_RULE
    censored_results: Literal["limit", "half", "excluded"] = general.CENSORED_RESULTS
    nadir_scope: Literal["follow_up", "on_treatment"] = general.NADIR_SCOPE
    nadir_tie: Literal["first", "last"] = general.NADIR_TIE
    modification_tolerance: float = general.MODIFICATION_TOLERANCE
    modification_counting: Literal["partition", "any_cycle"] = general.MODIFICATION_COUNTING
    convention: Literal["spss23", "r", "default"] = general.CONVENTION
    between_arm_test: Literal["kruskal_wallis", "routed", "anova", "welch_anova"] = general.BETWEEN_ARM_TEST
    assumption_alpha: float = general.ASSUMPTION_ALPHA
    posthoc_after_rank: Literal["games_howell", "dunn"] = general.POSTHOC_AFTER_RANK
    paired_test: Literal["wilcoxon", "paired_t"] = general.PAIRED_TEST
    correlation: Literal["spearman", "pearson"] = general.CORRELATION
    min_group: int = general.MIN_GROUP
    repeated_covariance: Literal["unstructured", "compound_symmetry"] = general.REPEATED_COVARIANCE
    repeated_df: Literal["kenward_roger", "satterthwaite"] = general.REPEATED_DF
    repeated_baseline: Literal["common", "by_visit"] = general.REPEATED_BASELINE
    ctcae_version: Literal["5.0", "6.0"] = general.CTCAE_VERSION
    # Exposure: delays, and what absorbed dose is worth.
    cycle_delay: Literal["over_window", "over_target"] = exposure.CYCLE_DELAY
    bed_alpha_beta: float = exposure.BED_ALPHA_BETA
    bed_repair_hours: float = exposure.BED_REPAIR_HOURS
    bed_biological_hours: float = exposure.BED_BIOLOGICAL_HOURS
    bed_alpha_beta_grid: tuple[float, ...] = exposure.BED_ALPHA_BETA_GRID
    bed_repair_grid: tuple[float, ...] = exposure.BED_REPAIR_GRID
    dose_effect_grade: int = exposure.DOSE_EFFECT_GRADE
    dose_effect_decline: float = exposure.DOSE_EFFECT_DECLINE
    # Adverse events.
    safety_arm: Literal["treated", "randomised"] = general.SAFETY_ARM
    ae_reporting: Literal["after_last_cycle", "as_collected"] = general.AE_REPORTING
    ae_reporting_days: int = general.AE_REPORTING_DAYS
    ae_landmark_months: tuple[float, ...] = general.AE_LANDMARK_MONTHS
    ae_grid_months: tuple[float, ...] = general.AE_GRID_MONTHS
    ae_term_percent: float = general.AE_TERM_PERCENT
    late_months: tuple[float, ...] = general.LATE_MONTHS
    # Monitoring of severe events by arm.
    toxicity_bound: float = general.TOXICITY_BOUND
    toxicity_threshold: float = general.TOXICITY_THRESHOLD
    toxicity_prior_events: float = general.TOXICITY_PRIOR_EVENTS
    toxicity_prior_others: float = general.TOXICITY_PRIOR_OTHERS
    toxicity_rates: tuple[float, ...] = general.TOXICITY_RATES
    # Late safety.
    lowest_value_days: int = late_safety.LOWEST_VALUE_DAYS
    grade_landmark_months: tuple[float, ...] = late_safety.GRADE_LANDMARK_MONTHS
    late_landmark_months: tuple[float, ...] = late_safety.LATE_LANDMARK_MONTHS
    recovery_support: Literal["as_observed", "unsupported", "not_recovered"] = late_safety.RECOVERY_SUPPORT
    recovery_support_days: int = late_safety.RECOVERY_SUPPORT_DAYS
    egfr_slope: Literal["total", "chronic"] = late_safety.EGFR_SLOPE
    decline_fractions: tuple[float, ...] = late_safety.DECLINE_FRACTIONS
    decline_confirmation_days: int = late_safety.DECLINE_CONFIRMATION_DAYS
    persistent_days: int = late_safety.PERSISTENT_DAYS
    persistent_grade: int = late_safety.PERSISTENT_GRADE
    # Progression, survival and tumour response.
    days_per_month: float = progression.DAYS_PER_MONTH
    new_lesion_is_progression: bool = progression.NEW_LESION_IS_PROGRESSION
    evaluable_responses: tuple[str, ...] = progression.EVALUABLE_RESPONSES
    assessment_interval_days: int = progression.ASSESSMENT_INTERVAL_DAYS
    assessment_tolerance_days: int = progression.ASSESSMENT_TOLERANCE_DAYS
    missed_assessments: int = progression.MISSED_ASSESSMENTS
    new_therapy_censoring: Literal["last_assessment", "new_therapy"] = progression.NEW_THERAPY_CENSORING
    baseline_scan: Literal["before_treatment", "before_randomisation"] = progression.BASELINE_SCAN
    baseline_scan_days: int = progression.BASELINE_SCAN_DAYS
    baseline_scan_outside: Literal["used", "not_used"] = progression.BASELINE_SCAN_OUTSIDE
    response_confirmation: Literal["none", "confirmed"] = progression.RESPONSE_CONFIRMATION
    confirmation_days: int = progression.CONFIRMATION_DAYS
    confirmation_not_evaluable: int = progression.CONFIRMATION_NOT_EVALUABLE
    disease_after_complete_response: Literal["partial_response", "progression"] = (
        progression.DISEASE_AFTER_COMPLETE_RESPONSE
    )
    stable_disease_days: int = progression.STABLE_DISEASE_DAYS
    # How times to an event are compared and shown.
    control_arm: str = comparisons.CONTROL_ARM
    stratification_factors: tuple[str, ...] = comparisons.STRATIFICATION_FACTORS
    curve_limits: Literal["log-log", "log", "plain", "logit", "arcsin"] = comparisons.CURVE_LIMITS
    landmark_months: tuple[float, ...] = comparisons.LANDMARK_MONTHS
    grid_months: tuple[float, ...] = comparisons.GRID_MONTHS
    rmst_tau: Literal["fixed", "smallest_last_time"] = comparisons.RMST_TAU
    rmst_months: float = comparisons.RMST_MONTHS
    rmst_min_at_risk: float = comparisons.RMST_MIN_AT_RISK
    permutations: int = comparisons.PERMUTATIONS
    seed: int = comparisons.SEED
    firth: Literal["fallback", "always"] = comparisons.FIRTH
    hazards_transform: Literal["km", "rank", "identity", "log"] = comparisons.HAZARDS_TRANSFORM
    subgroups: tuple[str, ...] = comparisons.SUBGROUPS
    subgroup_age: int = comparisons.SUBGROUP_AGE
    dose_landmark_months: float = comparisons.DOSE_LANDMARK_MONTHS
    tipping_deltas: tuple[float, ...] = comparisons.TIPPING_DELTAS
    imputations: int = comparisons.IMPUTATIONS
    imputation_end: Literal["cut", "horizon"] = comparisons.IMPUTATION_END
    imputation_months: float = comparisons.IMPUTATION_MONTHS
    censoring_covariates: tuple[str, ...] = comparisons.CENSORING_COVARIATES
    # The per-protocol population, and what stands beside the primary comparison.
    per_protocol: Literal["excluding", "important"] = general.PER_PROTOCOL
    interval_cutpoints: tuple[float, ...] = comparisons.INTERVAL_CUTPOINTS
    adjustment_covariates: tuple[str, ...] = comparisons.ADJUSTMENT_COVARIATES

    def __post_init__(self) -> None:
        faults = []
        for item in fields(self):
            try:
                value = rule_of(item.name).checked(item.name, getattr(self, item.name))
            except PlanError as fault:
                faults.append(str(fault))
                continue
            object.__setattr__(self, item.name, value)  # a list as tuple, 60 months as 60.0
        if faults:
            raise PlanError(faults_in_words("The plan", faults))
        if len(self.name) > _LONGEST_NAME:
            raise PlanError(f"name is {self.name!r}; it may have {_LONGEST_NAME} characters at most.")
        if self.baseline_visit in self.follow_up_visits:
            raise PlanError(
                f"baseline_visit is {self.baseline_visit!r}, which is one of follow_up_visits; it cannot be both."
            )
        if "NE" in self.evaluable_responses:
            raise PlanError(
                "evaluable_responses has NE, which says that an assessment is not evaluable; it cannot be an "
                "evaluable response."
            )

    def __repr__(self) -> str:
        changed = "".join(f", {item.field}={item.used!r}" for item in deviations(self, preset_of(self)))
        return f"Plan({self.name!r}, report={self.report!r}{changed})"

    def words(self, field: str) -> str:
        """Return the words a choice is printed with; of several, joined by commas.

        Examples
        --------
        >>> INTERIM.words("posthoc_after_rank")
        'Games–Howell'
        """
        rule, value = rule_of(field), getattr(self, field)
        return ", ".join(rule.words_of(item) for item in (value if rule.several else (value,)))

    def pairs_test(self, between: str) -> str:
        """Return the test of pairs of arms that follows a test between all of them.

        After a rank test it is ``posthoc_after_rank``; Tukey's follows ANOVA, and Games and Howell's Welch's test.
        Source: interim publication, section 2.6.

        Examples
        --------
        >>> [INTERIM.pairs_test(test) for test in ("kruskal_wallis", "anova", "welch_anova")]
        ['games_howell', 'tukey_hsd', 'games_howell']
        """
        return _PAIRS_AFTER.get(between, self.posthoc_after_rank)

    @property
    def pairs_words(self) -> str:
        """Words for the test of pairs of arms in this plan."""
        after_rank = self.words("posthoc_after_rank")
        if self.between_arm_test == "routed":
            fixed = "Tukey after ANOVA, Games–Howell after Welch"
            return f"the test that follows: {fixed}, {after_rank} after Kruskal–Wallis"
        return pairs_name(self.pairs_test(self.between_arm_test))

    @property
    def longest_gap_days(self) -> int:
        """Most days from an evaluable assessment to an event that may count; past it, too many were missed."""
        return self.missed_assessments * self.assessment_interval_days + self.assessment_tolerance_days


_PAIRS_AFTER = {"anova": "tukey_hsd", "welch_anova": "games_howell"}


def pairs_name(test: str) -> str:
    """Name a test of pairs of arms in print.

    Examples
    --------
    >>> pairs_name("tukey_hsd"), pairs_name("dunn")
    ('Tukey', 'Dunn, unadjusted')
    """
    return rule_of("posthoc_after_rank").choices.get(test, "Tukey")


_FIELDS: "dict[str, Field[Any]]" = {item.name: item for item in fields(Plan)}
_IDENTITY = {"name": _NAME, "report": _REPORT}


def rule_of(name: str) -> Rule:
    """Return what a field of the plan may be.

    Raises ``PlanError`` with the nearest name if the plan has no such field.

    Examples
    --------
    >>> from duonen_stats.plan import rule_of
    >>> rule_of("quantile_type").describe()
    '2, 6 or 7'
    """
    if name in _IDENTITY:
        return _IDENTITY[name]
    if name not in _FIELDS:
        raise PlanError(
            f"The plan has no field {name!r}.{nearest(name, _FIELDS)} `duonen plan` lists every field."
        )
    rule: Rule = _FIELDS[name].metadata["rule"]
    return rule


def decisions() -> "tuple[Field[Any], ...]":
    """Return the fields of a plan that are decisions, in the order of the plan.

    Examples
    --------
    >>> from duonen_stats.plan import decisions
    >>> "alpha" in [decision.name for decision in decisions()]
    True
    """
    return tuple(item for item in _FIELDS.values() if item.name not in _IDENTITY)


DATASET_FIELDS = tuple(item.name for item in decisions() if item.metadata["rule"].datasets)
"""Decisions that the analysis datasets already hold: another choice needs other datasets."""


def changed_plan(plan: Plan, /, **values: Any) -> Plan:
    """Return a plan with other values, as ``dataclasses.replace`` does.

    Raises ``PlanError`` with the nearest name if a field is unknown, as for a value that is not allowed.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM, changed_plan
    >>> changed_plan(INTERIM, alpha=0.01).alpha
    0.01
    """
    for name in values:
        rule_of(name)
    return replace(plan, **values)


def require_same_datasets(built: Plan, asked: Plan) -> None:
    """Raise ``PlanError`` if datasets built by one plan cannot answer for another.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM, changed_plan, require_same_datasets
    >>> require_same_datasets(INTERIM, changed_plan(INTERIM, alpha=0.01))  # α is not in the datasets
    """
    differ = [name for name in DATASET_FIELDS if getattr(built, name) != getattr(asked, name)]
    if differ:
        raise PlanError(
            f"The datasets were built with another {', '.join(differ)}. Build them again with this plan: "
            "build_datasets(cut, study, plan)."
        )


@dataclass(frozen=True, slots=True)
class Deviation:
    """A field of a plan that differs from its preset; ``idle`` is why that changes nothing, empty if it does."""

    field: str
    planned: object
    used: object
    idle: str = ""


def deviations(plan: Plan, preset: Plan) -> tuple[Deviation, ...]:
    """Fields in which ``plan`` differs from ``preset``, in the order of the plan.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM, changed_plan, deviations
    >>> [item.field for item in deviations(changed_plan(INTERIM, quantile_type=7), INTERIM)]
    ['quantile_type']
    """
    return tuple(
        Deviation(item.name, getattr(preset, item.name), getattr(plan, item.name), idle(plan, item.name))
        for item in decisions()
        if getattr(plan, item.name) != getattr(preset, item.name)
    )


def idle(plan: Plan, name: str) -> str:
    """Say why a decision changes nothing in this plan; empty if it can change something.

    Examples
    --------
    >>> idle(FINAL, "rmst_months"), idle(FINAL, "imputation_months")
    ('', 'without effect: imputation_end is not horizon')
    >>> idle(INTERIM, "rmst_months")
    'without effect: only the final report reads it'
    """
    rule = rule_of(name)
    if rule.final_only and plan.report != "final":
        return f"{NO_EFFECT}: only the final report reads it"
    unmet = [_unmet(other, getattr(plan, other), value) for other, value in rule.only_if.items()]
    return f"{NO_EFFECT}: {' and '.join(unmet)}" if unmet and all(unmet) else ""


def _unmet(name: str, value: object, wanted: object) -> str:
    """Say that a decision is not what another one asks of it, or has it not among its items; empty if it is."""
    if isinstance(value, tuple):
        return "" if wanted in value else f"{name} does not list {wanted} by itself"
    if isinstance(wanted, tuple):
        return "" if value in wanted else f"{name} is neither {' nor '.join(map(str, wanted))}"
    return "" if value == wanted else f"{name} is not {wanted}"


INTERIM = Plan()
FINAL = Plan(name="FINAL", report="final")


def preset_of(plan: Plan) -> Plan:
    """Return the preset of the same report, which deviations are counted against.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM, changed_plan, preset_of
    >>> preset_of(changed_plan(INTERIM, alpha=0.01)).alpha
    0.05
    """
    return {"interim": INTERIM, "final": FINAL}[plan.report]
