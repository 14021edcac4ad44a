from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from patients import day

from duonen_stats.datasets.safety.stopping import add_stopping_rule


def met(study, code, value, high=np.nan, on=14):
    row = pd.DataFrame(
        {
            "PARAMCD": [code],
            "AVAL": [value],
            "ANRHI": [high],
            "ADT": [pd.Timestamp(day(on))],
            "TRTSDT": [pd.Timestamp(day(0))],
        }
    )
    return add_stopping_rule(row, study)[["CRIT1", "CRIT1FL"]].to_numpy().tolist()[0]


@pytest.mark.parametrize(
    ("code", "at", "beyond", "high"),
    [
        ("HGB", 8.0, 7.9, np.nan),
        ("WBC", 3.0, 2.99, np.nan),
        ("NEUT", 1.0, 0.99, np.nan),
        ("PLAT", 80, 79, np.nan),
        ("EGFR", 30, 29.9, np.nan),
        ("CREAT", 150 / 88.42, 151 / 88.42, np.nan),
        ("ALT", 120, 121, 40.0),
        ("AST", 120, 121, 40.0),
        ("BILI", 3.6, 3.61, 1.2),
    ],
)
def test_rules_of_the_protocol(study, code, at, beyond, high):
    assert met(study, code, at, high)[1] is None
    assert met(study, code, beyond, high)[1] == "Y"
    assert met(study, code, beyond, high)[0] in {rule.label for rule in study.stopping_rules}


def test_before_treatment_no_rule_applies(study):
    assert met(study, "HGB", 7.0, on=0) == [None, None]


def test_without_uln_a_multiple_of_it_is_not_met(study):
    assert met(study, "ALT", 5000.0)[1] is None


def test_an_analyte_without_rule_is_left_alone(study):
    assert met(study, "LYMPH", 0.01) == [None, None]


def test_a_bound_may_be_included(study):
    (rule,) = [rule for rule in study.stopping_rules if rule.variable == "HGB"]
    included = replace(study, stopping_rules=(replace(rule, comparator="<="),))
    assert met(included, "HGB", 8.0)[1] == "Y"
    assert met(included, "HGB", 8.1)[1] is None
