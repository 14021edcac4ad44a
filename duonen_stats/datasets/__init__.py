"""What is analysed: one dataset a subject matter, one derivation family a file; frame in, frame out."""

from duonen_stats.datasets.build import Datasets, accounting, build_datasets
from duonen_stats.datasets.exposure.addos import build_addos
from duonen_stats.datasets.exposure.adex import build_adex
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import UsableRecords, select_records
from duonen_stats.datasets.safety.adae import build_adae
from duonen_stats.datasets.safety.adlb import build_adlb

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
