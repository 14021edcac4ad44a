"""The raw CSV files of the shipped cohort as second programmings read them, with none of the package's derivations."""

import csv
from collections import defaultdict
from datetime import date

import pytest

from duonen_stats.study.shipped_files import cohort_path


@pytest.fixture(scope="session")
def raw():
    """The rows of each file, by its name; every cell is text."""
    tables = {}
    for path in cohort_path().glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


@pytest.fixture(scope="session")
def arms(raw):
    return {row["SUBJID"]: row["ARM"] for row in raw["subjects"]}


@pytest.fixture(scope="session")
def days(raw):
    """The days of each patient's cycles, in order."""
    found = defaultdict(dict)
    for row in raw["administrations"]:
        found[row["SUBJID"]][row["CYCLE"]] = date.fromisoformat(row["EXDT"])
    return found
