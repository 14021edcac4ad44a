from dataclasses import replace

import pandas as pd
import pytest
from patients import administration, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM, changed_plan
from duonen_stats.results import Results
from duonen_stats.results.analyses.exposure.dose_intensity import analyse_delays
from duonen_stats.results.analyses.laboratory.cycles import analyse_cycles, candidates


def data_of(study, *records, cycles=(0, 56), reasons=("PLANNED", "PLANNED"), numbers=(1, 2), plan=INTERIM):
    """One patient with cycles on some days; records are (analyte, day, value)."""
    cut = make_cut(
        subjects=[subject("1")],
        administrations=[
            administration("1", f"T{number}", on, 7400.0, REASON=reason)
            for number, on, reason in zip(numbers, cycles, reasons, strict=True)
        ],
        labs=[lab("1", "UNS", on, value, analyte) for analyte, on, value in records],
        cut_day=900,
    )
    return build_datasets(cut, study, plan)


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


@pytest.mark.parametrize(("day", "numbers", "over_window", "over_target"), [
    (57, (1, 2), 0, 1), (71, (1, 2), 1, 1),
    (112, (1, 3), 0, 0), (126, (1, 3), 0, 1), (127, (1, 3), 1, 1),
])  # fmt: skip
def test_late_is_what_counts_as_late_for_exposure(study, day, numbers, over_window, over_target):
    """8 weeks a step and 2 weeks once: of a cycle after one that was left out, 16 and 18 weeks."""
    data = data_of(study, cycles=(0, day), numbers=numbers)
    for rule, late in (("over_window", over_window), ("over_target", over_target)):
        plan = replace(INTERIM, cycle_delay=rule)
        rows = Results([*analyse_cycles(data, study, plan), *analyse_delays(data, study, plan)])
        assert rows.value("course.changed_cycles.A.delayed") == late
        assert rows.value(f"exposure.delayed.T{numbers[-1]}.A.n") == late


def test_a_reduction_counts_by_its_recorded_reason(study):
    data = data_of(study, reasons=("PLANNED", "TOXICITY"))
    assert Results(analyse_cycles(data, study, INTERIM)).value("course.changed_cycles.all.reduced") == 1


def test_the_lowest_value_is_described_in_weeks_and_recovery_counted(study):
    data = data_of(study, ("PLAT", 14, 60), ("PLAT", 55, 160), ("PLAT", 100, 55))
    rows = Results(analyse_cycles(data, study, INTERIM))
    assert rows.value("course.PLAT.lowest.A.median") == pytest.approx(100 / 7)
    block = "course.PLAT.next_cycle.A"
    assert [rows.value(f"{block}.{name}") for name in ("cycles", "low", "recovered")] == [1, 1, 1]
    assert rows.value(f"{block}.supported") is None
    assert "no record of concomitant therapies" in rows.row(f"{block}.changed").note
    assert rows.row("course.PLAT.lowest.B.median").stat is None


def test_a_count_that_the_version_does_not_grade_has_a_lowest_value_and_no_low_cycle(study):
    """CTCAE 6.0 has no term for low lymphocytes: nobody was seen not to have one."""
    records = (("LYMPH", 14, 0.3), ("PLAT", 14, 60))
    data = data_of(study, *records, plan=changed_plan(INTERIM, ctcae_version="6.0"))
    rows = Results(analyse_cycles(data, study, changed_plan(INTERIM, ctcae_version="6.0")))
    assert rows.value("course.LYMPH.lowest.A.mean") == 2
    assert rows.value("course.LYMPH.next_cycle.A.cycles") == 1
    assert rows.value("course.LYMPH.next_cycle.A.low") is None
    assert rows.row("course.LYMPH.next_cycle.A.low").note == "CTCAE v6.0 has no term for low values of it"
    assert rows.value("course.PLAT.next_cycle.A.low") == 1


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
