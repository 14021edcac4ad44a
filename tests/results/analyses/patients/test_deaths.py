"""Deaths by cause and arm: worked patients, and those of the cohort counted again from its records."""

import numpy as np
import pytest
from patients import contact, cycles, make_cut, subject

from duonen_stats import INTERIM, build_datasets
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.deaths import analyse_deaths


@pytest.fixture(scope="module")
def values(study):
    """Arm A: three died 20, 30 and 144 days after the last cycle; arm B: one who was never treated; 5 lives."""
    follow_up = [
        contact("1", 20, died=True) | {"DTHCAUSE": "TOXICITY"},
        contact("2", 86, died=True) | {"DTHCAUSE": "PROGRESSION"},
        contact("3", 200, died=True),
        contact("4", 90, died=True) | {"DTHCAUSE": "PROGRESSION"},
        contact("5", 300),
    ]
    cut = make_cut(
        subjects=[subject(one, arm) for one, arm in zip("12345", "AAABA", strict=True)],
        administrations=[
            *cycles("1", [7400.0]), *cycles("2", [7400.0] * 2), *cycles("3", [7400.0] * 2), *cycles("5", [7400.0]),
        ],
        follow_up=follow_up,
    )  # fmt: skip
    rows = analyse_deaths(build_datasets(cut, study, INTERIM), study, INTERIM)
    return {row.analysis_id: row for row in rows}


def test_every_death_has_one_cause_or_none(values, study):
    causes = [code.code for code in study.table("follow_up").column("DTHCAUSE").codes]
    counted = {one: values[ids.death_cause(one, "A").stat("n")].stat for one in causes}
    assert counted == dict.fromkeys(causes, 0) | {"TOXICITY": 1, "PROGRESSION": 1}
    assert values[ids.death_without_cause("A").stat("n")].stat == 1
    assert values[ids.death_cause("PROGRESSION", "all").stat("pct")].stat == 50
    assert values[ids.death_cause("PROGRESSION", "C").stat("pct")].note == "no deaths to count"


def test_days_are_from_the_last_cycle_of_the_treated(values):
    days = ids.death_days("all")
    assert [values[days.stat(name)].stat for name in ("n", "n_missing", "median", "min", "max")] == [
        3,
        1,
        30,
        20,
        144,
    ]
    assert (values[ids.death_early("A").stat("n")].stat, values[ids.death_early("B").stat("n")].stat) == (
        2,
        0,
    )
    assert values[ids.death_days("B").stat("median")].stat is None


def test_of_the_cohort_as_its_records_say(datasets, study):
    rows = {row.analysis_id: row.stat for row in analyse_deaths(datasets, study, INTERIM)}
    adsl = datasets.adsl
    for arm in "ABCD":
        died = adsl[adsl["TRT01P"].eq(arm) & adsl["DTHDT"].notna()]
        total = sum(
            rows[f"deaths.cause.{code.code.lower()}.{arm}.n"]
            for code in study.table("follow_up").column("DTHCAUSE").codes
        )
        assert total + rows[f"deaths.cause.not_recorded.{arm}.n"] == len(died)
        if len(died):
            days = (died["DTHDT"] - died["TRTEDT"]).dt.days
            assert rows[f"deaths.days.{arm}.median"] == pytest.approx(np.median(days))
