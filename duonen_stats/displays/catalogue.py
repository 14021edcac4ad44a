"""Every display of the interim report, in the order of its numbers."""

from collections.abc import Mapping
from types import MappingProxyType

from duonen_stats.displays.exposure.box_figures import (
    FIGURE_2,
    FIGURE_4,
    FIGURE_5,
    FIGURE_7,
)
from duonen_stats.displays.exposure.dose_effect import DOSE_EFFECT
from duonen_stats.displays.exposure.exposure import EXPOSURE
from duonen_stats.displays.exposure.modifications import FIGURE_1, TABLE_2
from duonen_stats.displays.exposure.organ_doses import DOSE_LIMITS, TABLE_3
from duonen_stats.displays.exposure.scatter_figures import FIGURE_3, FIGURE_6
from duonen_stats.displays.exposure.tests_taken import PAIRS, TESTS
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.displays.patients.disposition import COMPLETENESS, DISPOSITION
from duonen_stats.displays.safety.adverse_events import TABLE_5
from duonen_stats.displays.safety.laboratory import SUMMARY
from duonen_stats.displays.safety.laboratory_detail import BEHIND, CHANGES, PAIRED
from duonen_stats.displays.safety.toxicity import EVENTS_BY_ARM, LAB_GRADES, MODIFICATION_AND_NADIR

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
)
INTERIM_DISPLAYS: Mapping[str, Display] = MappingProxyType(
    {display.key: display for display in (*PUBLISHED, *SUPPLEMENTARY)}
)
