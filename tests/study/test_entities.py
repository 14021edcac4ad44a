from dataclasses import FrozenInstanceError

import pytest
from ctcae_bounds import bounds_from_grade_2

from duonen_stats.errors import DictionaryError
from duonen_stats.study.entities import (
    Analyte,
    Conversion,
    StoppingRule,
)
from duonen_stats.study.raw_tables import RawColumn

ANALYTE = Analyte(
    code="X",
    label="Thing",
    short="X",
    category="RENAL",
    unit="g",
    display_unit="g",
    decimals=1,
    change_decimals=2,
    adverse="high",
    conversions=(Conversion(unit="kg", factor=1000.0), Conversion(unit="mg", factor=0.001)),
    plausible_low=1,
    plausible_high=9,
    ctcae_term="Thing increased",
)


def test_the_own_unit_comes_first_and_has_factor_one():
    assert [*ANALYTE.factors.items()] == [("g", 1.0), ("kg", 1000.0), ("mg", 0.001)]
    assert ANALYTE.factor("kg") == 1000
    with pytest.raises(DictionaryError, match="X has no unit 'lb'; known: g, kg, mg"):
        ANALYTE.factor("lb")


def test_multiples_of_the_upper_limit_of_normal():
    assert StoppingRule(id="R", variable="X", comparator=">", value=3, unit="ULN", label="X").relative
    assert not StoppingRule(id="R", variable="X", comparator=">", value=3, unit="g", label="X").relative


@pytest.mark.parametrize(("missing", "nullable"), [("error", False), ("warning", True), ("allowed", True)])
def test_whether_a_column_may_be_empty(missing, nullable):
    assert RawColumn(name="C", label="C", type="text", missing=missing).nullable is nullable


def test_a_value_has_the_grade_bounds_of_its_own_unit(study):
    hemoglobin, platelets = study.analyte("HGB"), study.analyte("PLAT")
    assert hemoglobin.grade_bounds("g/dL") == (10.0, 8.0)
    assert hemoglobin.grade_bounds("g/l") == (10.0, 8.0)
    assert hemoglobin.grade_bounds("mmol/l") == pytest.approx((6.2 * 1.611344, 4.9 * 1.611344), rel=1e-6)
    assert platelets.grade_bounds("/uL") == platelets.grade_bounds("G/L") == bounds_from_grade_2("PLAT")
    with pytest.raises(DictionaryError, match="HGB has no unit 'stone'"):
        hemoglobin.grade_bounds("stone")


def test_the_highest_grade_and_where_a_value_may_be_undecided(study):
    assert {item.code: item.highest_grade("5.0") for item in study.analytes} == {
        item.code: 3 if item.code == "HGB" else 4 for item in study.analytes
    }
    assert study.analyte("HGB").undecided_grades("5.0") == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    assert len(study.analyte("CREAT").undecided_grades("5.0")) == 10
    assert (ANALYTE.highest_grade("5.0"), ANALYTE.undecided_grades("5.0")) == (0, ())


def test_version_6_has_no_term_for_low_lymphocytes_and_a_decline_of_egfr(study):
    without = {"LYMPH", "EGFR"}
    assert {item.code for item in study.analytes if item.criteria("6.0") is None} == without
    assert {item.code: item.highest_grade("6.0") for item in study.analytes} == {
        item.code: 0 if item.code in without else 3 if item.code == "HGB" else 4 for item in study.analytes
    }
    neutrophils = study.analyte("NEUT")
    assert neutrophils.grade_bounds("/uL", "6.0") == (1.5, 1.0, 0.5, 0.1)
    assert not neutrophils.criteria("6.0").lln_counts


def test_nouns_do_not_change():
    with pytest.raises(FrozenInstanceError):
        ANALYTE.unit = "kg"
