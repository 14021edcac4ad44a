from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import entry

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.regenerate import ALPHA, VISITS, agrees, not_computed, written
from duonen_stats.results import ids


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("31.3", 31.25, True),
        ("31.2", 31.25, False),
        ("-10.3", -10.25, True),
        ("<0.0001", 0.00009999, True),
        ("<0.0001", float(np.nextafter(0.0001, 1)), False),
        ("<0.25", 0.25, False),  # a quarter is exact in binary
        ("<0.25", float(np.nextafter(0.25, 0)), True),
        (">0.25", 0.25, False),
        (">60", 60.87, True),
        (">60", 60.0, False),
        ("<=20", 20.0, True),
        (">=60", 59.9, False),
        ("≈60", 60.87, True),
        ("≈60", 61.5, False),
        ("0.00", -0.004, True),
    ],
)
def test_numbers_are_compared_as_they_are_printed(printed, value, same):
    assert agrees(entry("x", printed), value) is same


def test_a_regenerated_number_is_written_like_the_printed_one():
    assert written(entry("x", "31.3"), 31.25) == "31.3"
    assert written(entry("x", "<0.0001", stat="p"), 0.000003) == "<0.0001"
    assert written(entry("x", ">60", stat="pct"), 60.87) == "60.9"


@pytest.mark.law
@given(st.integers(-10_000, 10_000), st.integers(0, 4))
def test_a_printed_number_agrees_with_itself_and_with_no_neighbour(units, decimals):
    value = Decimal(units).scaleb(-decimals)
    printed = entry("x", f"{value:.{decimals}f}")
    assert agrees(printed, float(value))
    assert not agrees(printed, float(value + Decimal(1).scaleb(-decimals)))


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
