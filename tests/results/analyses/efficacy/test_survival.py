from dataclasses import replace
from functools import cache

import pytest
from degenerate_cuts import CUTS
from made_times import ABOUT, spread, times

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.efficacy.survival_records import SURVIVAL_REASONS
from duonen_stats.design.simulation.permutation import permutation_logrank
from duonen_stats.methods import log_rank, proportional_hazards_test, scaled_schoenfeld
from duonen_stats.plan import FINAL
from duonen_stats.results import FINAL_ANALYSES, INTERIM_ANALYSES
from duonen_stats.results.analyses.efficacy.survival import (
    analyse_primary,
    analyse_reasons,
    analyse_survival,
    check_hazards,
    strata_of,
)
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import times_of, two_groups

QUICK = replace(
    FINAL,
    permutations=99,
    imputations=2,
    tipping_deltas=(1.0, 10.0),
    landmark_months=(12.0,),
    grid_months=(0.0, 12.0),
)
EFFICACY = FINAL_ANALYSES[: -len(INTERIM_ANALYSES)]
# Rows whose number depends on the data; those of the adjusted model are one block per level of a factor that is seen.
LISTS = (".step.", ".mark.", ".log_log.", ".residual.", ".smooth.", ".adjusted.term.", ".class.")


@pytest.fixture(scope="module")
def primary(datasets, study):
    return Results(analyse_primary(datasets, study, QUICK))


def fixed_ids(rows):
    return [row.analysis_id for row in rows if not any(part in row.analysis_id for part in LISTS)]


def test_the_primary_comparison_comes_first():
    assert FINAL_ANALYSES[0] is analyse_primary
    assert FINAL_ANALYSES[-len(INTERIM_ANALYSES) :] == INTERIM_ANALYSES


def test_the_primary_comparison_is_pfs_of_all_experimental_arms(primary, datasets):
    pfs = times_of(datasets.adtte, "PFS")
    test = log_rank(pfs.time, pfs.event, pfs.arm != "A")
    assert primary.value("pfs.primary.log_rank.p") == pytest.approx(test.p_value)
    row = primary.row("pfs.primary.log_rank.p")
    assert (row.group1_level, row.group2_level, row.n) == ("B + C + D", "A", 56)


def test_the_permutation_test_is_seeded_and_says_its_error(primary, datasets):
    pfs = times_of(datasets.adtte, "PFS")
    found = permutation_logrank(pfs.time, pfs.event, pfs.arm != "A", n_permutations=99, seed=QUICK.seed)
    assert primary.value("pfs.primary.permutation.p") == found.p_two_sided
    assert primary.value("pfs.primary.permutation.mc_error") == found.mc_error
    assert f"seed {QUICK.seed}" in primary.row("pfs.primary.permutation.p").method


def test_strata_are_the_plans_factors_and_a_missing_one_is_its_own(datasets):
    groups = two_groups(times_of(datasets.adtte, "PFS"), ("B",), FINAL)
    adsl = datasets.adsl.assign(GRADEH=datasets.adsl["GRADEH"].where(datasets.adsl.index != 0))
    both = replace(FINAL, stratification_factors=("GRADEH", "SEX"))
    found = strata_of(adsl, groups, both)
    assert {label.count(" / ") for label in found} == {1}
    assert any(label.startswith("missing") for label in found) == (adsl["TRT01P"].iloc[0] == "B")


def test_without_a_factor_the_stratified_analyses_are_rows_with_a_reason(primary, datasets, study):
    found = Results(analyse_primary(datasets, study, replace(QUICK, stratification_factors=())))
    for analysis_id in ("pfs.primary.stratified_log_rank.p", "pfs.primary.stratified_cox.hr"):
        assert found.value(analysis_id) is None
        assert found.row(analysis_id).note == "the plan names no factor to stratify by"
        assert found.row(analysis_id).context == "stratified"
    whole = primary
    assert {row.analysis_id for row in found} == {row.analysis_id for row in whole}
    assert whole.row("pfs.primary.stratified_cox.hr").context == "stratified by histological grade"


def test_survival_shows_both_estimands_and_single_arms(datasets, study):
    found = Results(analyse_survival(datasets, study, QUICK))
    for endpoint in ("pfs", "pfshyp", "os"):
        assert found.value(f"{endpoint}.km.BCD.n") == 40
        assert f"{endpoint}.D_vs_A.hr.hr" in found
        assert found.value(f"{endpoint}.four_arm.log_rank.df") == 3
    assert "not adjusted" in found.row("pfs.B_vs_A.hr.hr").context
    assert "os.primary.log_rank.p" in found
    assert "pfs.primary.log_rank.p" not in found  # analyse_primary makes it
    assert found.value("dor.km.all.n") == 5


@pytest.fixture(scope="module")
def usual(datasets, study):
    return [row for analysis in EFFICACY for row in analysis(datasets, study, QUICK)]


@pytest.fixture(scope="module")
def degenerate(study):
    """Datasets of a degenerate cut, each built once."""
    return cache(lambda name: build_datasets(CUTS[name](), study, QUICK))


@pytest.mark.parametrize("name", CUTS)
def test_a_degenerate_cut_has_all_rows_with_reasons(name, usual, degenerate, study):
    data = degenerate(name)
    rows = Results(row for analysis in EFFICACY for row in analysis(data, study, QUICK))
    assert fixed_ids(rows) == fixed_ids(usual)
    assert all(row.stat is not None or row.note for row in rows)


@pytest.mark.parametrize(
    ("name", "statistic", "estimable"),
    [
        ("no event in the control arm", "hr.hr", True),
        ("no event in the control arm", "cox.hr", False),
        ("no event at all", "log_rank.p", False),
        ("no event at all", "permutation.p", False),
        ("control arm empty", "log_rank.p", False),
        ("all censored on day 1", "rmst.difference", False),
        ("all events on one day", "permutation.p", False),
        ("one patient an arm", "hr.hr", False),
    ],
)
def test_what_a_degenerate_cut_can_say(name, statistic, estimable, degenerate, study):
    row = Results(analyse_primary(degenerate(name), study, QUICK)).row(f"pfs.primary.{statistic}")
    assert (row.stat is not None) == estimable
    assert bool(row.note) != estimable


SAMPLE = times(*spread("A", 9, step=2), *spread("B", 9, step=3, first=2))


def test_test_residuals_and_smooth_are_rows():
    found = Results(check_hazards(two_groups(SAMPLE, ("B",), FINAL), ABOUT, FINAL))
    x = (SAMPLE.arm == "B").astype(float)
    assert found.value("t.p") == proportional_hazards_test(SAMPLE.time, SAMPLE.event, x).terms[0].p_value
    residuals = scaled_schoenfeld(SAMPLE.time, SAMPLE.event, x)[0]
    assert found.value("t.residuals") == 18
    values = [found.value(f"{block}.value") for block in found.under("t.residual")]
    assert values == [value for _, value in sorted(zip(residuals.time, residuals.value, strict=True))]
    assert found.value("t.smooths") == 40
    assert found.value("t.smooth.39.time") == residuals.smooth.time[-1]


def test_without_a_model_there_are_reasons():
    silent = times(*spread("A", 6), *spread("B", 6, event=0))
    found = Results(check_hazards(two_groups(silent, ("B",), FINAL), ABOUT, FINAL))
    assert {row.stat for row in found} == {None}
    assert all(row.note for row in found)


def test_every_reason_is_a_row_and_they_add_up_to_the_censored(final_datasets, study, final_results):
    rows = {row.analysis_id: row for row in analyse_reasons(final_datasets, study, FINAL)}
    for endpoint in ("pfs", "pfshyp", "os"):
        for group in ("all", "BCD", "A", "B", "C", "D"):
            found = [rows[f"{endpoint}.censored.{code}.{group}.n"] for code in SURVIVAL_REASONS]
            assert sum(row.stat for row in found) == final_results.value(f"{endpoint}.km.{group}.censored")


def test_counts_are_those_of_adtte(final_datasets, study):
    rows = {row.analysis_id: row.stat for row in analyse_reasons(final_datasets, study, FINAL)}
    hypothetical = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFSHYP")]
    for code in (1, 5):
        assert rows[f"pfshyp.censored.{code}.all.n"] == int(hypothetical["CNSR"].eq(code).sum())
