"""Every display of the final report: efficacy, then those of the interim report."""

from collections.abc import Mapping
from types import MappingProxyType

from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.efficacy.arm_factors import ARM_FACTORS
from duonen_stats.displays.efficacy.hazard_figures import LOG_LOG, RESIDUALS
from duonen_stats.displays.efficacy.response import DURATION_TABLE, RESPONSE_TABLE, WATERFALL
from duonen_stats.displays.efficacy.sensitivity import DOSE_RESPONSE, SENSITIVITY
from duonen_stats.displays.efficacy.subgroups import FOREST, SUBGROUPS_OS
from duonen_stats.displays.efficacy.survival_figures import (
    OS_FOUR,
    OS_TWO,
    PFS_FOUR,
    PFS_HYPOTHETICAL,
    PFS_TWO,
)
from duonen_stats.displays.efficacy.survival_tables import (
    FOLLOW_UP,
    OS_TABLE,
    PFS_HYPOTHETICAL_TABLE,
    PFS_TABLE,
)
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.patients.consort import CONSORT
from duonen_stats.displays.patients.courses import SWIMMER
from duonen_stats.displays.safety.severe_events import INCIDENCE_FIGURE, INCIDENCE_TABLE

EFFICACY: tuple[Display, ...] = (
    CONSORT,
    SWIMMER,
    PFS_TWO,
    PFS_FOUR,
    PFS_HYPOTHETICAL,
    LOG_LOG,
    RESIDUALS,
    FOREST,
    OS_TWO,
    OS_FOUR,
    WATERFALL,
    INCIDENCE_FIGURE,
    FOLLOW_UP,
    PFS_TABLE,
    PFS_HYPOTHETICAL_TABLE,
    SENSITIVITY,
    OS_TABLE,
    SUBGROUPS_OS,
    RESPONSE_TABLE,
    DURATION_TABLE,
    DOSE_RESPONSE,
    INCIDENCE_TABLE,
    ARM_FACTORS,
)
FINAL_DISPLAYS: Mapping[str, Display] = MappingProxyType(
    {**{display.key: display for display in EFFICACY}, **INTERIM_DISPLAYS}
)
