"""Every display of the interim and of the final report, in the order of its numbers."""

from collections.abc import Mapping
from types import MappingProxyType

from duonen_stats.displays.efficacy.arm_factors import ARM_FACTORS
from duonen_stats.displays.efficacy.response import DURATION_TABLE, RESPONSE_TABLE, WATERFALL
from duonen_stats.displays.efficacy.sensitivity import DOSE_RESPONSE, SENSITIVITY
from duonen_stats.displays.efficacy.subgroups import FOREST, SUBGROUPS_OS
from duonen_stats.displays.efficacy.survival_figures import (
    LOG_LOG,
    OS_FOUR,
    OS_TWO,
    PFS_FOUR,
    PFS_HYPOTHETICAL,
    PFS_TWO,
    RESIDUALS,
)
from duonen_stats.displays.efficacy.survival_tables import (
    FOLLOW_UP,
    OS_TABLE,
    PFS_HYPOTHETICAL_TABLE,
    PFS_TABLE,
)
from duonen_stats.displays.exposure.box_figures import (
    FIGURE_2,
    FIGURE_4,
    FIGURE_5,
    FIGURE_7,
)
from duonen_stats.displays.exposure.dose_effect import DOSE_EFFECT, FIGURE_3, FIGURE_6
from duonen_stats.displays.exposure.modifications import EXPOSURE, FIGURE_1, TABLE_2
from duonen_stats.displays.exposure.organ_doses import DOSE_LIMITS, PAIRS, TABLE_3, TESTS
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.displays.patients.courses import SWIMMER
from duonen_stats.displays.patients.disposition import COMPLETENESS, CONSORT, DISPOSITION
from duonen_stats.displays.safety.adverse_events import TABLE_5
from duonen_stats.displays.safety.event_rates import EVENT_DIFFERENCES, EVENT_RATES
from duonen_stats.displays.safety.laboratory import BEHIND, CHANGES, PAIRED, SUMMARY
from duonen_stats.displays.safety.repeated_values import REPEATED_VALUES
from duonen_stats.displays.safety.severe_events import INCIDENCE_FIGURE, INCIDENCE_TABLE
from duonen_stats.displays.safety.toxicity import (
    EVENTS_BY_ARM,
    LAB_GRADES,
    LAB_SHIFTS,
    MODIFICATION_AND_NADIR,
)
from duonen_stats.displays.safety.toxicity_monitoring import MONITORING_FIGURE, MONITORING_TABLE

# Every display of the interim report, in the order of its numbers.


PUBLISHED: tuple[Display, ...] = (
    TABLE_1,
    TABLE_2,
    TABLE_3,
    SUMMARY,
    TABLE_5,
    FIGURE_1,
    FIGURE_2,
    FIGURE_3,
    FIGURE_4,
    FIGURE_5,
    FIGURE_6,
    FIGURE_7,
)
SUPPLEMENTARY: tuple[Display, ...] = (
    DISPOSITION,
    COMPLETENESS,
    EXPOSURE,
    CHANGES,
    BEHIND,
    PAIRED,
    TESTS,
    PAIRS,
    DOSE_EFFECT,
    MODIFICATION_AND_NADIR,
    LAB_GRADES,
    EVENTS_BY_ARM,
    DOSE_LIMITS,
    REPEATED_VALUES,
    LAB_SHIFTS,
    EVENT_RATES,
    EVENT_DIFFERENCES,
    MONITORING_TABLE,
    MONITORING_FIGURE,
)
FURTHER: tuple[Display, ...] = (EXPOSURE, CHANGES, BEHIND, PAIRED, TESTS, PAIRS, DOSE_LIMITS)
"""Supplementary tables that no section discusses: the appendix shows them in this order."""
INTERIM_DISPLAYS: Mapping[str, Display] = MappingProxyType(
    {display.key: display for display in (*PUBLISHED, *SUPPLEMENTARY)}
)


# What the closed session of an interim report shows of efficacy by arm, to describe it.


CLOSED_EFFICACY: tuple[Display, ...] = (
    FOLLOW_UP,
    PFS_FOUR,
    PFS_TABLE,
    OS_FOUR,
    OS_TABLE,
    RESPONSE_TABLE,
    INCIDENCE_FIGURE,
    INCIDENCE_TABLE,
)


# Every display of the final report: efficacy, then those of the interim report.


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
