"""What counts as progression, as missed and as the end of observation: the rules of PFS and OS."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from duonen_stats.errors import PlanError
from duonen_stats.sap import Plan

EVENT = 0
NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED = range(1, 7)

REASONS: Mapping[int, str] = MappingProxyType(
    {
        NO_EVENT: "No event up to the data cut",
        LOST: "Lost to follow-up",
        WITHDRAWN: "Withdrawal of consent",
        NO_ASSESSMENT: "No evaluable assessment after randomization",
        NEW_THERAPY: "Another antitumor treatment",
        MISSED: "Missed assessments before the event",
    }
)
"""Why a time is censored, by ``CNSR``; 0 is an event."""


def _rule(default: Any, reason: str, source: str) -> Any:
    """Declare a rule with the reason it has its value, in the form of the plan's decisions."""
    return field(default=default, metadata=MappingProxyType({"reason": reason, "source": source}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalRules:
    """Every decision behind an event, a censoring and a month.

    A sensitivity analysis is ``dataclasses.replace(PUBLISHED_RULES, ...)``. What needs no choice is in the
    text of the functions: nothing after the data cut is known, and a time starts at randomisation.
    """

    days_per_month: float = _rule(30.4375, "365.25 / 12: the mean month of four years.", "convention")
    new_lesion_is_progression: bool = _rule(
        True,
        "A new lesion is progression whatever the target lesions do, and also if the response was recorded "
        "otherwise; the check of the raw data asks for a correction.",
        "RECIST 1.1: Eisenhauer et al. (2009) Eur J Cancer 45:228-247, Table 1",
    )
    evaluable_responses: tuple[str, ...] = _rule(
        ("CR", "PR", "SD", "PD"),
        "An assessment that is not evaluable does not show that the disease has not progressed.",
        "RECIST 1.1; FDA (2018) Clinical trial endpoints for cancer drugs, Appendix",
    )
    assessment_interval_days: int = _rule(
        84, "Twelve weeks: patients are seen at least every 12 weeks.", "§2.4; interval of scans not stated"
    )
    assessment_tolerance_days: int = _rule(
        14,
        "An assessment is missed once it is two weeks late, as a cycle may be.",
        "not stated; §2.1: 8±2 weeks",
    )
    missed_assessments: int = _rule(
        2,
        "Hypothetical estimand: an event after so many missed assessments in a row is censored.",
        "ICH E9(R1); FDA (2018) Appendix: two or more missed visits",
    )
    new_therapy_censoring: Literal["last_assessment", "new_therapy"] = _rule(
        "last_assessment",
        "Hypothetical estimand: the last evaluable assessment up to another antitumor treatment is the last "
        "time at which the patient is known to be without progression under the treatment of the trial.",
        "ICH E9(R1); FDA (2018) Appendix",
    )

    def __post_init__(self) -> None:
        if self.days_per_month <= 0:
            raise PlanError("days_per_month must be positive.")
        if self.assessment_interval_days < 1 or self.assessment_tolerance_days < 0:
            raise PlanError("The interval of assessments is 1 day or more, its tolerance 0 or more.")
        if self.missed_assessments < 1:
            raise PlanError("missed_assessments must be 1 or more.")
        if self.new_therapy_censoring not in {"last_assessment", "new_therapy"}:
            raise PlanError("new_therapy_censoring is last_assessment or new_therapy.")
        if "NE" in self.evaluable_responses:
            raise PlanError(
                "NE says that an assessment is not evaluable; it cannot be an evaluable response."
            )

    @property
    def longest_gap_days(self) -> int:
        """Most days from an evaluable assessment to an event that may count; past it, too many were missed."""
        return self.missed_assessments * self.assessment_interval_days + self.assessment_tolerance_days


PUBLISHED_RULES = SurvivalRules()


def rules_of(plan: Plan) -> SurvivalRules:
    """Return the rules a plan states: its fields of the same name, else the published ones."""
    stated = {
        item.name: getattr(plan, item.name) for item in fields(SurvivalRules) if hasattr(plan, item.name)
    }
    return SurvivalRules(**stated)
