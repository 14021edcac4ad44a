"""The rules of PFS, OS and tumour response: what counts as progression, as missed, as the end of observation."""

from dataclasses import dataclass
from typing import Literal

from duonen_stats.decision import decision
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalRules:
    """Every decision behind an event, a censoring, a response and a month.

    All are fields of the plan. What needs no choice is in the text of the functions: nothing after the data
    cut is known, and a time starts at randomisation.
    """

    days_per_month: float = decision(30.4375, "365.25 / 12: the mean month of four years.", "convention")
    new_lesion_is_progression: bool = decision(
        True,
        "A new lesion is progression whatever the target lesions do, and also if the response was recorded "
        "otherwise; the check of the raw data asks for a correction.",
        "RECIST 1.1: Eisenhauer et al. (2009) Eur J Cancer 45:228-247, Table 1",
    )
    evaluable_responses: tuple[str, ...] = decision(
        ("CR", "PR", "SD", "PD"),
        "An assessment that is not evaluable does not show that the disease has not progressed.",
        "RECIST 1.1; FDA (2018) Clinical trial endpoints for cancer drugs, Appendix",
    )
    assessment_interval_days: int = decision(
        84, "Twelve weeks: patients are seen at least every 12 weeks.", "§2.4; interval of scans not stated"
    )
    assessment_tolerance_days: int = decision(
        14,
        "An assessment is missed once it is two weeks late, as a cycle may be.",
        "not stated; §2.1: 8±2 weeks",
    )
    missed_assessments: int = decision(
        2,
        "Hypothetical estimand: an event after so many missed assessments in a row is censored.",
        "ICH E9(R1); FDA (2018) Appendix: two or more missed visits",
    )
    new_therapy_censoring: Literal["last_assessment", "new_therapy"] = decision(
        "last_assessment",
        "Hypothetical estimand: the last evaluable assessment up to another antitumor treatment is the last "
        "time at which the patient is known to be without progression under the treatment of the trial.",
        "ICH E9(R1); FDA (2018) Appendix",
    )
    response_confirmation: Literal["none", "confirmed"] = decision(
        "none",
        "A randomised trial whose primary endpoint is progression needs no confirmation of a response.",
        "RECIST 1.1, §4.6",
    )
    confirmation_days: int = decision(
        28, "A response to be confirmed is seen again four weeks later or more.", "RECIST 1.1, §4.6"
    )
    stable_disease_days: int = decision(
        42,
        "Stable disease as best response holds for six weeks from randomisation or more.",
        "RECIST 1.1, §4.6: 6-8 weeks",
    )

    def __post_init__(self) -> None:
        if self.days_per_month <= 0:
            raise PlanError("days_per_month must be positive.")
        if self.assessment_interval_days < 1 or self.assessment_tolerance_days < 0:
            raise PlanError("The interval of assessments is 1 day or more, its tolerance 0 or more.")
        if self.missed_assessments < 1:
            raise PlanError("missed_assessments must be 1 or more.")
        if self.confirmation_days < 1 or self.stable_disease_days < 0:
            raise PlanError(
                "A response is confirmed after 1 day or more; stable disease lasts 0 days or more."
            )
        if self.response_confirmation not in {"none", "confirmed"}:
            raise PlanError("response_confirmation is none or confirmed.")
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
