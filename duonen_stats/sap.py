"""The plan under its earlier name: what it offers is in ``duonen_stats.plan``."""

from duonen_stats.plan import (
    DATASET_FIELDS,
    FINAL,
    INTERIM,
    Deviation,
    Plan,
    decisions,
    deviations,
    require_same_datasets,
)

__all__ = [
    "DATASET_FIELDS",
    "FINAL",
    "INTERIM",
    "Deviation",
    "Plan",
    "decisions",
    "deviations",
    "require_same_datasets",
]
