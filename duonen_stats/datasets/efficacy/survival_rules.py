"""Why a time to an event is censored, and the published rules of PFS and OS."""

from collections.abc import Mapping
from types import MappingProxyType

from duonen_stats.plan import FINAL, Plan

EVENT = 0
NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED, COMPETING, NOT_REPORTED = range(1, 9)

REASONS: Mapping[int, str] = MappingProxyType(
    {
        NO_EVENT: "No event up to the data cut",
        LOST: "Lost to follow-up",
        WITHDRAWN: "Withdrawal of consent",
        NO_ASSESSMENT: "No evaluable assessment after randomization",
        NEW_THERAPY: "Another antitumor treatment",
        MISSED: "Missed assessments before the event",
        COMPETING: "Death without the event (competing)",
        NOT_REPORTED: "End of adverse event reporting",
    }
)
"""Why a time is censored, by ``CNSR``; 0 is an event."""

SURVIVAL_REASONS = tuple(code for code in REASONS if code not in {COMPETING, NOT_REPORTED})
"""Those of PFS and OS; the others belong to the first adverse event."""

PUBLISHED_RULES: Plan = FINAL
"""The rules of event and censoring as the preset has them."""
