from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.printed import ALPHA, VISITS, not_computed
from duonen_stats.results import ids


def why(study, analysis_id: str, **changes: object) -> str:
    plan = replace(INTERIM, **changes)
    return not_computed(analysis_id, ids.known_ids(study, plan, "interim"), plan)


def test_the_publication_s_level_and_visits_are_those_of_the_ledger():
    ledger = load_ledger()
    assert float(ledger.entry("design.alpha").number) == ALPHA
    assert {entry.visit for entry in ledger if entry.where == "Table 4" and entry.visit} == set(VISITS)


@pytest.mark.parametrize("value", ["kruskal_wallis", "routed", "anova", "welch_anova"])
def test_a_kruskal_wallis_p_is_made_under_every_test_of_the_plan(study, value):
    for block in (ids.lab_visit("HGB", "V1"), ids.lab_nadir("HGB"), ids.organ_comparison("kidney")):
        assert why(study, ids.between(block, "kruskal_wallis").stat("p"), between_arm_test=value) == ""
    assert why(study, ids.modification_test("HGB", "B").stat("p"), between_arm_test=value) == ""


def test_quartiles_of_another_definition_are_not_those_of_the_publication(study):
    change = ids.lab_change("HGB", "V4", "A")
    assert why(study, change.stat("q1"), quantile_type=7) == (
        "not computed under this plan (quantile_type is 7; the publication's is 6)"
    )
    assert why(study, change.stat("median"), quantile_type=7) == ""
    assert why(study, change.stat("q1")) == ""


def test_signed_ranks_of_another_convention_are_not_those_of_the_publication(study):
    pair = ids.lab_pair("HGB", "V3", "V4")
    assert "convention is r" in why(study, ids.paired(pair, "wilcoxon").stat("p"), convention="r")
    assert why(study, ids.paired(pair, "wilcoxon").stat("p"), paired_test="paired_t") == ""


def test_a_visit_that_the_plan_leaves_out_has_no_numbers(study):
    change = ids.lab_change("HGB", "V4", "A").stat("median")
    assert why(study, change, follow_up_visits=("V1", "V2")) == "not computed under this plan"
    nadir = ids.correlation(ids.dose_effect("marrow", "HGB"), "spearman").stat("rho")
    assert "follow_up_visits is V1, V2" in why(study, nadir, follow_up_visits=("V1", "V2"))
