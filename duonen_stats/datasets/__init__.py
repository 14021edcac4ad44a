"""What is analysed: one dataset a subject matter, one derivation family a file; frame in, frame out."""

from duonen_stats.datasets.adae import build_adae
from duonen_stats.datasets.addos import build_addos
from duonen_stats.datasets.adex import build_adex
from duonen_stats.datasets.adlb import build_adlb
from duonen_stats.datasets.adsl import build_adsl
from duonen_stats.datasets.build import Datasets, accounting, build_datasets
from duonen_stats.datasets.records import Records, select_records

__all__ = [
    "Datasets",
    "Records",
    "accounting",
    "build_adae",
    "build_addos",
    "build_adex",
    "build_adlb",
    "build_adsl",
    "build_datasets",
    "select_records",
]
