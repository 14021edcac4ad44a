"""Why a time to an event is censored, and the rules of PFS and OS that a plan states."""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from duonen_stats.sap import Plan
from duonen_stats.sap_survival import SurvivalRules

EVENT = 0
NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED, COMPETING = range(1, 8)

REASONS: Mapping[int, str] = MappingProxyType(
    {
        NO_EVENT: "No event up to the data cut",
        LOST: "Lost to follow-up",
        WITHDRAWN: "Withdrawal of consent",
        NO_ASSESSMENT: "No evaluable assessment after randomization",
        NEW_THERAPY: "Another antitumor treatment",
        MISSED: "Missed assessments before the event",
        COMPETING: "Death without the event (competing)",
    }
)
"""Why a time is censored, by ``CNSR``; 0 is an event."""


PUBLISHED_RULES = SurvivalRules()


def rules_of(plan: Plan) -> SurvivalRules:
    """Return the rules a plan states: its fields of the same name, else the published ones."""
    stated = {
        item.name: getattr(plan, item.name) for item in fields(SurvivalRules) if hasattr(plan, item.name)
    }
    return SurvivalRules(**stated)
