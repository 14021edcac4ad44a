"""The statistical analysis plan: every decision, flat, each with its reason, its source and its words."""

from duonen_stats.plan.plan import (
    DATASET_FIELDS,
    FINAL,
    INTERIM,
    Deviation,
    Plan,
    changed_plan,
    decisions,
    deviations,
    idle,
    preset_of,
    require_same_datasets,
    rule_of,
)
from duonen_stats.plan.status import Status, status_of

__all__ = [
    "DATASET_FIELDS",
    "FINAL",
    "INTERIM",
    "Deviation",
    "Plan",
    "Status",
    "changed_plan",
    "decisions",
    "deviations",
    "idle",
    "preset_of",
    "require_same_datasets",
    "rule_of",
    "status_of",
]
