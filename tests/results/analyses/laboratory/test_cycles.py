import pandas as pd
import pytest
from patients import administration, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results import Results
from duonen_stats.results.analyses.laboratory.cycles import analyse_cycles, candidates


def data_of(study, *records, cycles=(0, 56), reasons=("PLANNED", "PLANNED")):
    """One patient with cycles on some days; records are (analyte, day, value)."""
    cut = make_cut(
        subjects=[subject("1")],
        administrations=[
            administration("1", f"T{number}", on, 7400.0, REASON=reason)
            for number, (on, reason) in enumerate(zip(cycles, reasons, strict=True), 1)
        ],
        labs=[lab("1", "UNS", on, value, analyte) for analyte, on, value in records],
        cut_day=900,
    )
    return build_datasets(cut, study, INTERIM)


def test_a_cycle_is_late_after_ten_weeks_and_low_if_a_value_was(study):
    rows = Results(analyse_cycles(data_of(study, ("PLAT", 30, 60), cycles=(0, 71)), study, INTERIM))
    block = "course.changed_cycles.A"
    assert [rows.value(f"{block}.{name}") for name in ("cycles", "delayed", "delayed_low", "reduced")] == [
        1,
        1,
        1,
        0,
    ]
    rows = Results(analyse_cycles(data_of(study, ("ALT", 30, 900), cycles=(0, 70)), study, INTERIM))
    assert [rows.value(f"{block}.{name}") for name in ("cycles", "delayed", "delayed_low", "reduced")] == [
        1,
        0,
        0,
        0,
    ]


def test_a_reduction_counts_by_its_recorded_reason(study):
    data = data_of(study, reasons=("PLANNED", "TOXICITY"))
    assert Results(analyse_cycles(data, study, INTERIM)).value("course.changed_cycles.all.reduced") == 1


def test_the_lowest_value_is_described_in_weeks_and_recovery_counted(study):
    data = data_of(study, ("PLAT", 14, 60), ("PLAT", 55, 160), ("PLAT", 100, 55))
    rows = Results(analyse_cycles(data, study, INTERIM))
    assert rows.value("course.PLAT.lowest.A.median") == pytest.approx(100 / 7)
    block = "course.PLAT.next_cycle.A"
    assert [rows.value(f"{block}.{name}") for name in ("cycles", "low", "recovered")] == [1, 1, 1]
    assert rows.row("course.PLAT.lowest.B.median").stat is None


def test_a_candidate_is_listed_with_the_days_it_lasted_at_least_and_at_most(study):
    data = data_of(study, ("HGB", 20, 13.0), ("HGB", 100, 9.5), ("HGB", 300, 9.0), ("HGB", 400, 12.5))
    (spell,) = candidates(data, INTERIM).to_dict("records")
    assert (spell["PARAMCD"], spell["LOWER"], spell["UPPER"]) == ("HGB", 200, 380)
    rows = Results(analyse_cycles(data, study, INTERIM))
    assert rows.value("course.persistent.A.patients") == 1
    assert rows.value("course.persistent.B.patients") == 0


@pytest.mark.independent
def test_times_to_the_lowest_platelets_from_the_raw_tables(results, cut):
    labs, given = cut.tables["labs"], cut.tables["administrations"]
    first = given[given["EXDT"].notna()].groupby("SUBJID")["EXDT"].agg(["min", "max"])
    own = labs[labs["ANALYTE"].eq("PLAT") & labs["VALUE"].notna() & labs["SUBJID"].isin(first.index)]
    day = own["LBDT"] - own["SUBJID"].map(first["min"])
    inside = (day > pd.Timedelta(0)) & (
        own["LBDT"] <= own["SUBJID"].map(first["max"]) + pd.Timedelta(days=84)
    )
    own = own[inside].assign(DAY=day[inside].dt.days).sort_values(["VALUE", "DAY"], kind="stable")
    weeks = own.drop_duplicates("SUBJID")["DAY"] / 7
    assert results.value("course.PLAT.lowest.all.n") == len(weeks)
    assert results.value("course.PLAT.lowest.all.min") == pytest.approx(weeks.min())
    assert results.value("course.PLAT.lowest.all.median") == pytest.approx(weeks.median())
