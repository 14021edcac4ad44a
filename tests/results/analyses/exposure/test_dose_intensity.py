from dataclasses import replace

import pandas as pd
import pytest
from patients import administration, contact, ended, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.dry_run import mark_dry_run
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.dose_intensity import analyse_delays, analyse_dose_intensity
from duonen_stats.results.rows.table import Results


@pytest.mark.independent
def test_intervals_and_delays_from_the_raw_administrations(results, cut):
    """Second programming: successive dates of the raw table, cycle by cycle."""
    arms = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    given = cut.tables["administrations"]
    given = given[(given["LU177_MBQ"].fillna(0) > 0) | (given["Y90_MBQ"].fillna(0) > 0)]
    dates = given.pivot_table(index="SUBJID", columns="CYCLE", values="EXDT", aggfunc="first")
    for earlier, later in (("T1", "T2"), ("T2", "T3"), ("T3", "T4")):
        days = (pd.to_datetime(dates[later]) - pd.to_datetime(dates[earlier])).dt.days.dropna()
        for group in ("all", *"ABCD"):
            own = days if group == "all" else days[days.index.map(arms) == group]
            assert results.value(f"exposure.interval.{later}.{group}.n") == len(own)
            assert results.value(f"exposure.interval.{later}.{group}.mean") == pytest.approx(own.mean())
            assert results.value(f"exposure.interval.{later}.{group}.max") == own.max()
            assert results.value(f"exposure.delayed.{later}.{group}.n") == (own > 70).sum()


@pytest.mark.independent
def test_intensity_and_share_from_the_raw_administrations(results, cut):
    arms = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    given = cut.tables["administrations"]
    dates = pd.to_datetime(given["EXDT"]).groupby(given["SUBJID"])
    weeks = (dates.max() - dates.min()).dt.days / 7 + 8
    start = {("A", "LU177"): 7400, ("B", "LU177"): 3700, ("B", "Y90"): 1850, ("C", "LU177"): 3700,
             ("C", "Y90"): 1850, ("D", "LU177"): 7400}  # fmt: skip
    for (arm, isotope), activity in start.items():
        total = given.groupby("SUBJID")[f"{isotope}_MBQ"].sum()
        total = total[total.index.map(arms) == arm]
        rdi = 100 * (total / weeks[total.index]) / (activity / 8)
        assert results.value(f"exposure.intensity.{arm}.{isotope}.start.mean") == pytest.approx(rdi.mean())
        assert results.value(f"exposure.share.{arm}.{isotope}.mean") == pytest.approx(
            (25 * total / activity).mean()
        )


def test_the_activity_set_is_known_of_the_isotopes_that_are_not_adapted(results):
    for arm, isotope in (("A", "LU177"), ("B", "LU177"), ("C", "Y90")):
        block = f"exposure.intensity.{arm}.{isotope}"
        assert results.value(f"{block}.set.median") == results.value(f"{block}.start.median")
    # Arm D is given more than the start activity, and what was set for it.
    assert results.value("exposure.intensity.D.LU177.start.median") > 105
    assert results.value("exposure.intensity.D.LU177.set.median") == pytest.approx(100, abs=3)


def test_where_no_activity_set_is_recorded_the_reason_says_so(study):
    given = [administration("001", cycle, on, 7400.0) for cycle, on in (("T1", 0), ("T2", 56))]
    made = make_cut(subjects=[subject("001", "D")], administrations=given, follow_up=[contact("001")])
    rows = Results(analyse_dose_intensity(build_datasets(made, study, INTERIM), study, INTERIM))
    assert rows.value("exposure.set.D.LU177.n") == 1  # of cycle 1 it is the nominal one
    missing = rows.row("exposure.intensity.D.LU177.set.median")
    assert (missing.stat, "not among the data" in missing.note) == (None, True)


def test_where_nothing_was_set_the_reason_says_so(study):
    first = administration("001", "T1", 0, 3700.0, 925.0) | {"Y90_SET_MBQ": 0.0}
    made = make_cut(subjects=[subject("001", "B")], administrations=[first], follow_up=[contact("001")])
    rows = Results(analyse_dose_intensity(build_datasets(made, study, INTERIM), study, INTERIM))
    assert rows.value("exposure.set.B.Y90.n") == 1
    for name in ("exposure.intensity.B.Y90.set.median", "exposure.given_of_set.B.Y90.median"):
        assert (rows.row(name).stat, rows.row(name).note) == (None, "0 MBq was set for every cycle")
    assert rows.row("exposure.given_of_set.C.Y90.median").note == "There are no values."


def test_governed_cycles_add_up(results):
    for arm in "BCD":
        total = sum(
            row.stat
            for row in results
            if row.analysis_id.startswith(f"exposure.governed.{arm}.") and row.stat_name == "n"
        )
        assert total == results.value(f"exposure.adapted_cycles.{arm}.n")


@pytest.fixture
def late(study):
    """Arm A: the second cycle is late by 10 days, then treatment ends; arm D is still waiting for its second."""
    return build_datasets(
        make_cut(
            subjects=[subject("001", "A"), subject("002", "D")],
            administrations=[
                administration("001", "T1", 0, 7400.0),
                administration("001", "T2", 80, 7400.0),
                administration("002", "T1", 0, 7400.0),
            ],
            disposition=[ended("001", "DISCONTINUED", 100, "PROGRESSION"), ended("002", "ONGOING", 1)],
            follow_up=[contact("001"), contact("002")],
        ),
        study,
        INTERIM,
    )


def test_not_given_is_what_treatment_ended_without(late, study):
    rows = Results(analyse_delays(late, study, INTERIM))
    assert [rows.value(f"exposure.not_given.{cycle}.A.n") for cycle in ("T1", "T2", "T3", "T4")] == [
        0,
        0,
        1,
        1,
    ]
    assert rows.value("exposure.not_given.T2.D.n") == 0
    assert rows.value("exposure.delay.T2.A.median") == 10
    assert rows.value("exposure.delayed_patients.all.n") == 1
    assert rows.value("exposure.delay_reason.none.all.n") == 1
    assert rows.row("exposure.delay.T2.D.median").note == "There are no values."
    target = Results(analyse_delays(late, study, replace(INTERIM, cycle_delay="over_target")))
    assert target.value("exposure.delay.T2.A.median") == 24


def test_a_course_that_goes_on_is_counted(late, study):
    rows = Results(analyse_dose_intensity(late, study, INTERIM))
    assert [rows.value(f"exposure.courses.{arm}.ongoing") for arm in "AD"] == [0, 1]


def test_a_dry_run_says_nothing_of_cycles_not_given(late, study):
    rows = Results(analyse_delays(mark_dry_run(late), study, INTERIM))
    assert rows.value("exposure.not_given.T3.A.n") is None
    assert rows.row("exposure.not_given.T3.A.n").note == "withheld in a dry run"
