"""The statistical analysis plan: every decision that needs an argument, with its reason and its source."""

from dataclasses import Field, dataclass, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from duonen_stats.decision import decision
from duonen_stats.errors import PlanError
from duonen_stats.sap_efficacy import EfficacyDecisions
from duonen_stats.sap_survival import SurvivalRules

BetweenArmTest = Literal["kruskal_wallis", "routed", "anova", "welch_anova"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(EfficacyDecisions):
    """Every statistical decision of an analysis; those of efficacy stand in the class it extends.

    A sensitivity analysis is ``dataclasses.replace(INTERIM, ...)``; the report lists each field that differs
    from the preset of the same ``name``.
    """

    name: str = "INTERIM"
    alpha: float = decision(0.05, "Two-sided level at which a p-value is marked; exploratory.", "§2.6")
    confidence: float = decision(0.95, "Level of every interval.", "§4.4")
    quantile_type: Literal[2, 6, 7] = decision(
        6,
        "Definition 6 (SPSS HAVERAGE) is the only common one that gives arm D's printed activity quartile.",
        "§4.1; §2.6 names SPSS 23",
    )
    difference_decimals: int = decision(
        6,
        "Values are ranked, and compared with a fence or a tolerance, at this precision, so that binary noise "
        "breaks no tie. Nothing else is rounded.",
        "§3.5",
    )
    baseline_visit: str = decision("T1", "The last value before the first cycle.", "Table 4")
    follow_up_visits: tuple[str, ...] = decision(
        ("V1", "V2", "V3", "V4"), "The visit about two weeks after each cycle.", "§2.4, §3"
    )
    baseline_rule: Literal["visit_then_last", "last_before_treatment"] = decision(
        "visit_then_last",
        "The record of visit T1; if there is none, the last value on or before the first administration.",
        "Table 4, §2.4",
    )
    visit_record_rule: Literal["scheduled_then_closest", "closest"] = decision(
        "scheduled_then_closest",
        "One record a visit: the scheduled one; of several, the closest to the target day, then the later.",
        "§2.4",
    )
    nadir_scope: Literal["follow_up", "on_treatment"] = decision(
        "follow_up", "Worst change over the follow-up visits V1-V4 that are available.", "§3.5, §3.6"
    )
    nadir_tie: Literal["first", "last"] = decision(
        "first", "A nadir reached twice is dated at the first visit.", "not stated; affects dates only"
    )
    modification_tolerance: float = decision(
        0.10,
        "Mean change within 10 % of the nominal first activity counts as unchanged.",
        "not stated; Table 2",
    )
    modification_counting: Literal["partition", "any_cycle"] = decision(
        "partition",
        "One category a patient. The other counting, which may count a patient twice, stands beside it.",
        "Table 2: 2 + 9 + 6 = 17 of 16",
    )
    convention: Literal["spss23", "r", "default"] = decision(
        "spss23", "Ties, zeros, continuity and centring as the publication's software has them.", "§2.6"
    )
    between_arm_test: BetweenArmTest = decision(  # noqa: RUF009 - makes a field, as field() does
        "kruskal_wallis",
        "The publication names Kruskal-Wallis for every dose and laboratory comparison; what the routing of "
        "§2.6 would have chosen, and its p, stand beside each.",
        "§2.6, §3.4, §3.5",
    )
    assumption_alpha: float = decision(
        0.05,
        "Level of Shapiro-Wilk and Levene in the routing; apart from alpha, so that it moves no test.",
        "§2.6",
    )
    posthoc_after_rank: Literal["games_howell", "dunn"] = decision(
        "games_howell",
        "§2.6 names Tukey and Games-Howell only; Dunn, unadjusted and adjusted, stands beside.",
        "§2.6, §3.4",
    )
    paired_test: Literal["wilcoxon", "paired_t"] = decision(
        "wilcoxon",
        "Asymptotic, no continuity correction, zeros dropped; paired t beside it.",
        "not stated; §3.5",
    )
    correlation: Literal["spearman", "pearson"] = decision(
        "spearman", "With the t approximation, the only one that fits the printed p.", "§3.3, §3.5"
    )
    min_group: int = decision(3, "No p-value if a compared group has fewer patients.", "groups of one exist")

    def __post_init__(self) -> None:
        for item in fields(self):
            allowed = get_args(_HINTS[item.name]) if get_origin(_HINTS[item.name]) is Literal else ()
            value = getattr(self, item.name)
            if allowed and value not in allowed:
                raise PlanError(f"{item.name} is {value!r}; it may be {' or '.join(map(repr, allowed))}.")
        for name in ("alpha", "confidence", "assumption_alpha"):
            value = getattr(self, name)
            if not isinstance(value, float | int) or not 0 < value < 1:
                raise PlanError(f"{name} must lie between 0 and 1.")
        if not 0 <= self.modification_tolerance < 1:
            raise PlanError(
                "modification_tolerance is a fraction of the nominal activity, from 0 to below 1."
            )
        if self.difference_decimals < 0:
            raise PlanError("difference_decimals must be 0 or more.")
        if self.min_group < 1:
            raise PlanError("min_group must be 1 or more.")
        if self.baseline_visit in self.follow_up_visits:
            raise PlanError(f"{self.baseline_visit} cannot be both the baseline and a follow-up visit.")
        EfficacyDecisions.__post_init__(self)


_HINTS = get_type_hints(Plan)


def decisions() -> "tuple[Field[Any], ...]":
    """Return the fields of a plan that are decisions: those of all analyses, then those of efficacy."""
    items = [item for item in fields(Plan) if "reason" in item.metadata]
    efficacy = {item.name for item in fields(EfficacyDecisions)}
    return tuple(sorted(items, key=lambda item: item.name in efficacy))


DATASET_FIELDS = (
    "difference_decimals",
    "baseline_visit",
    "follow_up_visits",
    "baseline_rule",
    "visit_record_rule",
    "nadir_scope",
    "nadir_tie",
    "modification_tolerance",
    *(item.name for item in fields(SurvivalRules)),
)
"""Decisions that the analysis datasets already hold: another choice needs other datasets."""


def require_same_datasets(built: Plan, asked: Plan) -> None:
    """Raise ``PlanError`` if datasets built by one plan cannot answer for another."""
    differ = [name for name in DATASET_FIELDS if getattr(built, name) != getattr(asked, name)]
    if differ:
        raise PlanError(
            f"The datasets were built with another {', '.join(differ)}. Build them again with this plan: "
            "build_datasets(cut, study, plan)."
        )


@dataclass(frozen=True, slots=True)
class Deviation:
    """A field of a plan that differs from its preset."""

    field: str
    planned: object
    used: object


def deviations(plan: Plan, preset: Plan) -> tuple[Deviation, ...]:
    """Fields in which ``plan`` differs from ``preset``, in the order of the plan."""
    return tuple(
        Deviation(item.name, getattr(preset, item.name), getattr(plan, item.name))
        for item in decisions()
        if getattr(plan, item.name) != getattr(preset, item.name)
    )


INTERIM = Plan()
FINAL = Plan(name="FINAL")
