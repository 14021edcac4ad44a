"""What is analysed: one dataset a subject matter, one derivation family a file; frame in, frame out.

Each name is imported from its module on first use, so that who needs a column of one dataset waits for no other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duonen_stats.datasets.build import Datasets, accounting, build_datasets
    from duonen_stats.datasets.exposure.addos import build_addos
    from duonen_stats.datasets.exposure.adex import build_adex
    from duonen_stats.datasets.patients.adsl import build_adsl
    from duonen_stats.datasets.patients.usable_records import UsableRecords, select_records
    from duonen_stats.datasets.safety.adae import build_adae
    from duonen_stats.datasets.safety.adlb import build_adlb

_MODULES = {
    "Datasets": "build",
    "UsableRecords": "patients.usable_records",
    "accounting": "build",
    "build_adae": "safety.adae",
    "build_addos": "exposure.addos",
    "build_adex": "exposure.adex",
    "build_adlb": "safety.adlb",
    "build_adsl": "patients.adsl",
    "build_datasets": "build",
    "select_records": "patients.usable_records",
}

__all__ = [
    "Datasets",
    "UsableRecords",
    "accounting",
    "build_adae",
    "build_addos",
    "build_adex",
    "build_adlb",
    "build_adsl",
    "build_datasets",
    "select_records",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
