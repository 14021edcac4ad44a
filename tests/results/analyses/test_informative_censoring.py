from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.datasets.efficacy.survival_rules import MISSED, NEW_THERAPY
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import censoring_weights, weighted_cox_model
from duonen_stats.plan import FINAL, rule_of
from duonen_stats.results.analyses.informative_censoring import analyse_informative_censoring, baseline_matrix
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import times_of, two_groups

ARMS = ("B", "C", "D")


def groups_of(datasets):
    return two_groups(times_of(datasets.adtte, "PFSHYP"), ARMS, FINAL)


def leaving(datasets, every=4):
    """The cohort with the hypothetical PFS of every fourth censored patient ended by another treatment."""
    adtte = datasets.adtte.copy()
    censored = adtte.index[adtte["PARAMCD"].eq("PFSHYP") & adtte["CNSR"].ne(0)]
    adtte.loc[censored[::every], "CNSR"] = NEW_THERAPY
    adtte.loc[censored[1::every], "CNSR"] = MISSED
    return replace(datasets, adtte=adtte)


def test_the_rows_are_the_weighted_model_of_those_who_left(datasets, study):
    data = leaving(datasets)
    found = Results(analyse_informative_censoring(data, study, FINAL))
    groups = groups_of(data)
    gone = np.isin(groups.times.reason, (NEW_THERAPY, MISSED))
    assert found.value("pfshyp.weighted.left") == gone.sum() > 5
    x = baseline_matrix(data.adsl, groups, FINAL.censoring_covariates)
    weights = censoring_weights(
        groups.times.time, groups.times.event, gone.astype(int), x, strata=groups.times.arm
    )
    model = weighted_cox_model(
        weights.entry, weights.time, weights.event, groups.experimental.astype(float)[weights.subject],
        weights=weights.weight, cluster=weights.subject,
    )  # fmt: skip
    assert found.value("pfshyp.weighted.hr") == pytest.approx(model.terms[0].hazard_ratio)
    assert found.value("pfshyp.weighted.largest_weight") == pytest.approx(weights.largest)
    assert "age, histological grade, liver metastases" in found.row("pfshyp.weighted.hr").method


def test_nobody_left_is_a_reason(datasets, study):
    adtte = datasets.adtte.assign(CNSR=datasets.adtte["CNSR"].where(datasets.adtte["CNSR"] < NEW_THERAPY, 1))
    found = Results(analyse_informative_censoring(replace(datasets, adtte=adtte), study, FINAL))
    assert found.value("pfshyp.weighted.left") == 0
    assert "nobody left early" in found.row("pfshyp.weighted.hr").note


def test_a_baseline_variable_becomes_numbers_or_levels(datasets):
    groups = groups_of(datasets)
    adsl = datasets.adsl.set_index("USUBJID").reindex(groups.times.subject)
    found = baseline_matrix(datasets.adsl, groups, ("AGE", "SEX"))
    assert found[:, 0].tolist() == adsl["AGE"].astype(float).tolist()
    assert found[:, 1].tolist() == (adsl["SEX"] == "M").astype(float).tolist()
    missing = datasets.adsl.assign(SEX=datasets.adsl["SEX"].where(datasets.adsl.index > 2))
    assert baseline_matrix(missing, groups, ("SEX",)).shape[1] == 2  # M and missing against F


def test_a_missing_number_is_told_by_an_indicator(datasets):
    groups = groups_of(datasets)
    ages = datasets.adsl["AGE"].astype("Int64").where(datasets.adsl.index > 1)
    found = baseline_matrix(datasets.adsl.assign(AGE=ages), groups, ("AGE",))
    assert found.shape[1] == 2
    assert found[:, 1].sum() == 2
    assert set(found[found[:, 1] == 1, 0]) == {float(ages.median())}


def test_what_does_not_vary_is_said_in_words(datasets):
    with pytest.raises(NotEstimable, match="nothing to weight by"):
        baseline_matrix(datasets.adsl.assign(SEX="F"), groups_of(datasets), ("SEX",))


def test_every_variable_that_the_plan_may_name_is_in_adsl(datasets):
    """Of both decisions that name variables of ADSL."""
    for field in ("censoring_covariates", "stratification_factors"):
        assert set(rule_of(field).choices) <= set(datasets.adsl.columns), field
    every = baseline_matrix(
        datasets.adsl, groups_of(datasets), tuple(rule_of("censoring_covariates").choices)
    )
    assert every.shape[1] >= 10
