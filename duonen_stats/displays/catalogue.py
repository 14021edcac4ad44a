"""Every display of the interim and of the final report, in the order of its numbers."""

from collections.abc import Mapping
from types import MappingProxyType

from duonen_stats.displays.efficacy.arm_factors import ARM_FACTORS
from duonen_stats.displays.efficacy.beside_primary import (
    ASSESSMENT_SCHEDULE,
    BESIDE_PRIMARY,
    BETWEEN_ASSESSMENTS,
)
from duonen_stats.displays.efficacy.intercurrent import FURTHER_THERAPIES, INTERCURRENT_EVENTS
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
from duonen_stats.displays.events.event_overview import OVERVIEW, REGISTRY
from duonen_stats.displays.events.event_terms import (
    BY_TERM,
    OUTCOMES,
    RELATED,
    SERIOUS_TERMS,
    SEVERE_TERMS,
    WORST_GRADE,
)
from duonen_stats.displays.events.late_harm import LATE_FIGURE, LATE_TABLE
from duonen_stats.displays.events.term_rates import DOT_PLOT, TERM_DIFFERENCES, TERM_RATES
from duonen_stats.displays.exposure.box_figures import (
    FIGURE_2,
    FIGURE_4,
    FIGURE_5,
    FIGURE_7,
)
from duonen_stats.displays.exposure.dose_effect import DOSE_EFFECT, FIGURE_3, FIGURE_6
from duonen_stats.displays.exposure.dose_intensity import (
    ACTIVITY_BY_CYCLE,
    DELAYS,
    GOVERNING_LIMITS,
    INTENSITY,
    SPECIFIC_DOSES,
)
from duonen_stats.displays.exposure.dose_toxicity import DOSE_HARM, DOSE_HARM_FIGURE
from duonen_stats.displays.exposure.kidney_effective_dose import KIDNEY_BED, KIDNEY_BED_GRID
from duonen_stats.displays.exposure.modifications import EXPOSURE, FIGURE_1, TABLE_2
from duonen_stats.displays.exposure.organ_doses import DOSE_LIMITS, PAIRS, TABLE_3, TESTS
from duonen_stats.displays.laboratory.cycles import CYCLES
from duonen_stats.displays.laboratory.grade_times import GRADE_TIMES, KIDNEY_DECLINES
from duonen_stats.displays.laboratory.kidney import KIDNEY_CATEGORIES, KIDNEY_COURSES, KIDNEY_SLOPES
from duonen_stats.displays.laboratory.patient_figures import GRADES_BY_VISIT, LIVER
from duonen_stats.displays.laboratory.visit_means import MEANS_BLOOD, MEANS_KIDNEY, MEANS_LIVER
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.patients.accrual import ACCRUAL_CENTRES, ACCRUAL_MONTHS
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.displays.patients.courses import SWIMMER
from duonen_stats.displays.patients.deaths import DEATHS_TABLE
from duonen_stats.displays.patients.disposition import COMPLETENESS, CONSORT, DISPOSITION
from duonen_stats.displays.patients.protocol import ANALYSIS_SETS, DEVIATIONS
from duonen_stats.displays.safety.adverse_events import TABLE_5
from duonen_stats.displays.safety.event_rates import EVENT_DIFFERENCES, EVENT_RATES
from duonen_stats.displays.safety.grade_shifts import LAB_LAST, LAB_SEVERE, LAB_SHIFTS
from duonen_stats.displays.safety.laboratory import BEHIND, CHANGES, PAIRED, SUMMARY
from duonen_stats.displays.safety.repeated_values import LATE_VALUES, REPEATED_VALUES
from duonen_stats.displays.safety.severe_events import INCIDENCE_FIGURE, INCIDENCE_TABLE
from duonen_stats.displays.safety.toxicity import (
    EVENTS_BY_ARM,
    LAB_GRADES,
    MODIFICATION_AND_NADIR,
)
from duonen_stats.displays.safety.toxicity_monitoring import MONITORING_FIGURE, MONITORING_TABLE
from duonen_stats.displays.safety.vital_signs import KARNOFSKY_SHIFTS, VITAL_SIGNS, WEIGHT_CHANGES

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
    LAB_LAST,
    LAB_SEVERE,
    KIDNEY_CATEGORIES,
    KIDNEY_SLOPES,
    CYCLES,
    LATE_VALUES,
    MEANS_BLOOD,
    MEANS_KIDNEY,
    MEANS_LIVER,
    KIDNEY_COURSES,
    LIVER,
    GRADES_BY_VISIT,
    EVENT_RATES,
    EVENT_DIFFERENCES,
    MONITORING_TABLE,
    MONITORING_FIGURE,
    DELAYS,
    ACTIVITY_BY_CYCLE,
    INTENSITY,
    SPECIFIC_DOSES,
    GOVERNING_LIMITS,
    KIDNEY_BED,
    KIDNEY_BED_GRID,
    DOSE_HARM,
    DOSE_HARM_FIGURE,
    ANALYSIS_SETS,
    DEVIATIONS,
    OVERVIEW,
    BY_TERM,
    WORST_GRADE,
    RELATED,
    SEVERE_TERMS,
    SERIOUS_TERMS,
    OUTCOMES,
    TERM_RATES,
    TERM_DIFFERENCES,
    DOT_PLOT,
    REGISTRY,
    VITAL_SIGNS,
    KARNOFSKY_SHIFTS,
    WEIGHT_CHANGES,
)
FURTHER: tuple[Display, ...] = (
    EXPOSURE,
    PAIRED,
    CHANGES,
    BEHIND,
    TESTS,
    PAIRS,
    DOSE_LIMITS,
    VITAL_SIGNS,
    KARNOFSKY_SHIFTS,
    WEIGHT_CHANGES,
)
"""Supplementary tables that no section discusses, in the order of the appendix: those on turned pages together."""
INTERIM_DISPLAYS: Mapping[str, Display] = MappingProxyType(
    {display.key: display for display in (*PUBLISHED, *SUPPLEMENTARY)}
)


# What the closed session of an interim report shows beside the open one: accrual, and efficacy by arm.


CLOSED_EFFICACY: tuple[Display, ...] = (
    ACCRUAL_CENTRES,
    ACCRUAL_MONTHS,
    FOLLOW_UP,
    PFS_FOUR,
    PFS_TABLE,
    OS_FOUR,
    OS_TABLE,
    DEATHS_TABLE,
    RESPONSE_TABLE,
    INCIDENCE_FIGURE,
    INCIDENCE_TABLE,
    LATE_FIGURE,
    LATE_TABLE,
    GRADE_TIMES,
    KIDNEY_DECLINES,
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
    LATE_FIGURE,
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
    BESIDE_PRIMARY,
    ASSESSMENT_SCHEDULE,
    INTERCURRENT_EVENTS,
    FURTHER_THERAPIES,
    LATE_TABLE,
    GRADE_TIMES,
    KIDNEY_DECLINES,
    BETWEEN_ASSESSMENTS,
)
FINAL_DISPLAYS: Mapping[str, Display] = MappingProxyType(
    {**{display.key: display for display in EFFICACY}, **INTERIM_DISPLAYS}
)
