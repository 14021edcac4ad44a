from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_times import ABOUT, spread, times

from duonen_stats.datasets.efficacy.survival_records import MISSED, NEW_THERAPY
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import censoring_weights, weighted_cox_model
from duonen_stats.plan import FINAL, rule_of
from duonen_stats.results.analyses.efficacy.sensitivity import (
    analyse_censoring,
    analyse_informative_censoring,
    baseline_columns,
    impute_after_censoring,
    tipping_rows,
)
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import times_of, two_groups

PLAN = replace(FINAL, imputations=5, tipping_deltas=(1.0, 3.0, 30.0))


@pytest.fixture(scope="module")
def groups():
    sample = times(
        *spread("A", 10, first=2),
        *spread("B", 10, first=3, step=3),
        *spread("B", 10, first=4, event=0),
    )
    return two_groups(sample, ("B",), PLAN)


def test_a_higher_hazard_after_censoring_raises_the_ratio(groups):
    longest = np.full(groups.times.time.size, 40.0)
    ratios = [impute_after_censoring(groups, longest, delta, PLAN).estimate for delta in (1, 3, 30)]
    assert ratios == sorted(ratios)
    assert ratios[0] < ratios[2]
    again = impute_after_censoring(groups, longest, 3, PLAN).estimate
    assert again == ratios[1]


def test_who_was_watched_to_the_cut_is_not_imputed(groups):
    found = impute_after_censoring(groups, groups.times.time, 30, PLAN)
    assert found.df is None  # all imputed data sets are the data


def test_a_group_without_events_has_no_hazard_to_impute():
    silent = two_groups(times(*spread("A", 5), *spread("B", 5, event=0)), ("B",), PLAN)
    with pytest.raises(NotEstimable, match="no event in arm B: no hazard"):
        impute_after_censoring(silent, np.full(10, 50.0), 2, PLAN)


def test_the_extremes_embrace_the_result(datasets, study):
    # The cohort lost two patients of arm A and two of arm D; its hazard ratio is 0.752.
    found = Results(analyse_censoring(datasets, study, PLAN))
    assert found.value("pfs.sensitivity.worst_case.changed") == 2
    assert found.value("pfs.sensitivity.best_case.changed") == 2
    best, worst = (found.value(f"pfs.sensitivity.{name}.hr") for name in ("best_case", "worst_case"))
    assert best < 0.752 < worst
    assert "nothing to tip" in found.row("pfs.sensitivity.tipping_delta.delta").note
    assert found.row("pfs.sensitivity.delta.3.hr").stat > found.row("pfs.sensitivity.delta.1.hr").stat


def test_each_row_says_on_whom_it_acts(datasets, study):
    """Censored patients with time to the cut, counted by hand from ADTTE and ADSL."""
    found = Results(analyse_censoring(datasets, study, PLAN))
    pfs = datasets.adtte[datasets.adtte["PARAMCD"].eq("PFS") & datasets.adtte["CNSR"].ne(0)]
    known = pfs.merge(datasets.adsl[["SUBJID", "DCUTDT"]], on="SUBJID")
    days = (pd.to_datetime(known["DCUTDT"]) - known["ADT"]).dt.days
    for side, own in (("experimental", known["TRT01P"].ne("A")), ("control", known["TRT01P"].eq("A"))):
        block = f"pfs.sensitivity.imputed.{side}"
        assert found.value(f"{block}.changed") == (days[own] > 0).sum()
        assert found.value(f"{block}.months") == pytest.approx(days[own].clip(lower=0).sum() / 30.4375)
    both = found.value("pfs.sensitivity.delta.1.months")
    assert both == pytest.approx(days.clip(lower=0).sum() / 30.4375)
    assert found.value("pfs.sensitivity.delta.3.changed") == found.value(
        "pfs.sensitivity.imputed.experimental.changed"
    )


def test_beyond_the_cut_the_factor_acts_on_more(datasets, study):
    """The same factor moves the ratio more if time up to a horizon is imputed, too."""
    far = replace(PLAN, imputation_end="horizon", imputation_months=120.0)
    near, beyond = (Results(analyse_censoring(datasets, study, plan)) for plan in (PLAN, far))
    assert beyond.value("pfs.sensitivity.delta.30.months") > near.value("pfs.sensitivity.delta.30.months")
    ratios = [
        found.value("pfs.sensitivity.delta.30.hr") / found.value("pfs.sensitivity.delta.1.hr")
        for found in (near, beyond)
    ]
    assert 1 <= ratios[0] < ratios[1]
    assert "month 120" in beyond.row("pfs.sensitivity.delta.30.hr").method


def test_where_nobody_has_time_to_impute_no_factor_can_tip():
    """All censored at the cut: the words do not say that the result stands up to every factor."""
    sample = times(
        *spread("A", 20, step=0.5), *spread("B", 3, first=3, step=3), *spread("B", 20, first=40, event=0)
    )
    own = two_groups(sample, ("B",), PLAN)
    rows = Results(tipping_rows(own, own.times.time, ABOUT, PLAN))
    assert "no patient of arm B has time to impute" in rows.row("t.delta").note
    assert rows.value("pfs.sensitivity.delta.30.changed") == 0
    further = Results(tipping_rows(own, own.times.time + 20, ABOUT, PLAN))
    assert "has time to impute" not in further.row("t.delta").note


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


def matrix(adsl, groups, names):
    columns = baseline_columns(adsl, groups, replace(FINAL, censoring_covariates=names))
    return np.column_stack(list(columns.values()))


def test_columns_are_named_in_the_words_of_the_plan(datasets):
    adsl = datasets.adsl.assign(SEX=datasets.adsl["SEX"].where(datasets.adsl.index > 2))
    plan = replace(FINAL, censoring_covariates=("AGE", "SEX"))
    assert [*baseline_columns(adsl, groups_of(datasets), plan)] == ["age", "sex M", "sex missing"]


def test_the_reason_names_the_covariate_and_not_its_place(datasets, study):
    """Age varies only by a patient who was gone before anybody left: nothing can be learnt about it."""
    data = leaving(datasets)
    times = data.adtte[data.adtte["PARAMCD"].eq("PFSHYP")].sort_values("AVAL")
    assert times["CNSR"].iloc[0] not in (NEW_THERAPY, MISSED)
    first = data.adsl["USUBJID"].eq(times["USUBJID"].iloc[0])
    ages = pd.Series(np.where(first, 50, 60), index=data.adsl.index, dtype="Int64")
    data = replace(data, adsl=data.adsl.assign(AGE=ages))
    found = Results(analyse_informative_censoring(data, study, replace(FINAL, censoring_covariates=("AGE",))))
    note = found.row("pfshyp.weighted.hr").note
    assert "No failure happens while different values of age are at risk" in note


def test_the_rows_are_the_weighted_model_of_those_who_left(datasets, study):
    data = leaving(datasets)
    found = Results(analyse_informative_censoring(data, study, FINAL))
    groups = groups_of(data)
    gone = np.isin(groups.times.reason, (NEW_THERAPY, MISSED))
    assert found.value("pfshyp.weighted.left") == gone.sum() > 5
    x = matrix(data.adsl, groups, FINAL.censoring_covariates)
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
    found = matrix(datasets.adsl, groups, ("AGE", "SEX"))
    assert found[:, 0].tolist() == adsl["AGE"].astype(float).tolist()
    assert found[:, 1].tolist() == (adsl["SEX"] == "M").astype(float).tolist()
    missing = datasets.adsl.assign(SEX=datasets.adsl["SEX"].where(datasets.adsl.index > 2))
    assert matrix(missing, groups, ("SEX",)).shape[1] == 2  # M and missing against F


def test_a_missing_number_is_told_by_an_indicator(datasets):
    groups = groups_of(datasets)
    ages = datasets.adsl["AGE"].astype("Int64").where(datasets.adsl.index > 1)
    found = matrix(datasets.adsl.assign(AGE=ages), groups, ("AGE",))
    assert found.shape[1] == 2
    assert found[:, 1].sum() == 2
    assert set(found[found[:, 1] == 1, 0]) == {float(ages.median())}


def test_what_does_not_vary_is_said_in_words(datasets):
    with pytest.raises(NotEstimable, match="nothing to weight by"):
        matrix(datasets.adsl.assign(SEX="F"), groups_of(datasets), ("SEX",))


def test_every_variable_that_the_plan_may_name_is_in_adsl(datasets):
    """Of both decisions that name variables of ADSL."""
    for field in ("censoring_covariates", "stratification_factors"):
        assert set(rule_of(field).choices) <= set(datasets.adsl.columns), field
    every = matrix(datasets.adsl, groups_of(datasets), tuple(rule_of("censoring_covariates").choices))
    assert every.shape[1] >= 10
