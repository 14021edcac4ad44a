import pytest
from patients import contact, cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import FINAL, changed_plan
from duonen_stats.results import Results
from duonen_stats.results.analyses.laboratory.grade_times import analyse_grade_times, analyse_kidney_declines

PLAN = changed_plan(
    FINAL, days_per_month=30.0, grade_landmark_months=(1.0, 3.0), late_landmark_months=(12.0,)
)


def data_of(study, records, died=()):
    """Patients of arm A, treated from day 0; records are (patient, analyte, day, value); deaths are (patient, day)."""
    names = sorted({record[0] for record in records})
    deaths = dict(died)
    cut = make_cut(
        subjects=[subject(name) for name in names],
        administrations=[row for name in names for row in cycles(name, [7400.0])],
        labs=[lab(name, "UNS", on, value, analyte) for name, analyte, on, value in records],
        follow_up=[contact(name, deaths.get(name, 600), died=name in deaths) for name in names],
        cut_day=900,
    )
    return build_datasets(cut, study, PLAN)


def test_low_platelets_of_four_patients_with_death_competing(study):
    """By hand: grade 2 on day 20 (1 of 4), death on day 40 (1 of the 3 left), grade 2 on day 60 (1 of 2)."""
    data = data_of(
        study,
        [("1", "PLAT", 20, 60), ("1", "PLAT", 50, 160), ("2", "PLAT", 10, 160), ("3", "PLAT", 60, 40),
         ("4", "PLAT", 200, 170)],
        died=[("2", 40)],
    )  # fmt: skip
    rows = Results(analyse_grade_times(data, study, PLAN))
    block = "course.PLAT.grade_ge2.A"
    assert [rows.value(f"{block}.{name}") for name in ("n", "events", "competing")] == [4, 2, 1]
    assert rows.value(f"{block}.rate.1.incidence") == pytest.approx(1 / 4)
    assert rows.value(f"{block}.rate.3.incidence") == pytest.approx(1 / 4 + 3 / 4 * 2 / 3 / 2)
    recovery = "course.PLAT.recovery.A"
    assert [rows.value(f"{recovery}.{name}") for name in ("n", "events")] == [2, 1]
    assert rows.value("course.PLAT.grade_ge3.A.events") == 1
    assert rows.row("course.PLAT.grade_ge2.B.rate.1.incidence").stat is None


def test_a_count_that_the_version_does_not_grade_is_no_zero(study):
    data = data_of(study, [("1", "LYMPH", 20, 0.3), ("1", "PLAT", 20, 60)])
    plan = changed_plan(PLAN, ctcae_version="6.0")
    rows = Results(analyse_grade_times(data, study, plan))
    for block in ("course.LYMPH.grade_ge2.A", "course.LYMPH.recovery.A"):
        for stat in ("n", "n_without", "events", "rate.1.incidence"):
            assert rows.row(f"{block}.{stat}").note == "CTCAE v6.0 has no term for low values of it"
            assert rows.value(f"{block}.{stat}") is None


def test_a_confirmed_fall_of_egfr_and_one_that_is_not(study):
    falling = [("1", "EGFR", -1, 90), ("1", "EGFR", 100, 60), ("1", "EGFR", 150, 60)]
    open_ = [("2", "EGFR", -1, 90), ("2", "EGFR", 100, 60)]
    stable = [("3", "EGFR", -1, 90), ("3", "EGFR", 500, 88)]
    rows = Results(analyse_kidney_declines(data_of(study, [*falling, *open_, *stable]), study, PLAN))
    block = "kidney.decline.30.A"
    assert [rows.value(f"{block}.{name}") for name in ("n", "events", "unconfirmed", "competing")] == [
        3,
        2,
        1,
        0,
    ]
    assert rows.value(f"{block}.rate.12.incidence") == pytest.approx(2 / 3)
    assert rows.value("kidney.decline.40.A.events") == 0
    assert rows.value("kidney.decline.40.A.rate.12.ci_high") is not None  # limits of no event


@pytest.mark.independent
def test_low_platelets_of_the_final_cut_from_the_raw_tables(final_results, final_cut):
    tables = final_cut.tables
    first = tables["administrations"].groupby("SUBJID")["EXDT"].min()
    labs = tables["labs"]
    own = labs[labs["ANALYTE"].eq("PLAT") & labs["VALUE"].lt(75) & labs["SUBJID"].isin(first.index)]
    low = own[own["LBDT"] > own["SUBJID"].map(first)].groupby("SUBJID")["LBDT"].min()
    after = tables["follow_up"].set_index("SUBJID")[["DEATHDT", "NEWTRTDT"]].min(axis=1).reindex(low.index)
    number = int((after.isna() | (low <= after)).sum())
    assert final_results.value("course.PLAT.grade_ge2.all.events") == number
