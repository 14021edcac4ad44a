from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from verification.made_folder import plan, values

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import restricted_mean_difference
from duonen_stats.verification.recomputed import hazards as own

# Freireich et al. (1963) Blood 21:699-716: weeks of remission, 6-MP and placebo.
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


@pytest.fixture(scope="module")
def remission():
    times = pd.DataFrame(
        {
            "MONTHS": [float(one) for one in TREATED + PLACEBO],
            "CNSR": [0] * 9 + [1] * 12 + [0] * 21,
            "ARM": ["B"] * 21 + ["A"] * 21,
        },
        index=[f"{n}" for n in range(42)],
    )
    return own.two_groups(times, ("B",), "A")


@pytest.mark.reference
def test_log_rank_and_cox_of_r(remission):
    """R: survdiff(Surv(time, cens) ~ treat, MASS::gehan); coxph(…, ties = "efron")."""
    test = values(own.recompute_log_rank, "x", remission, plan())
    assert test["x.statistic"] == pytest.approx(16.79294, abs=1e-5)
    assert test["x.z"] == pytest.approx(-np.sqrt(16.79294), abs=1e-5)
    ratio = values(own.recompute_comparison, "x", remission, plan())
    assert ratio["x.cox.coef"] == pytest.approx(-1.572125, abs=1e-6)
    assert ratio["x.cox.se"] == pytest.approx(0.4123967, abs=1e-6)
    assert ratio["x.hr.hr"] == ratio["x.cox.hr"]


def test_restricted_means_are_areas(remission):
    found = values(own.recompute_restricted_means, "x", remission, plan(rmst_months=12.0))
    placebo = np.array(PLACEBO)
    area = np.minimum(placebo, 12).mean()  # nobody is censored
    assert found["x.control"] == pytest.approx(area)
    assert found["x.at_risk_control"] == 6
    assert found["x.ci_low"] < found["x.difference"] < found["x.ci_high"]
    late = values(own.recompute_restricted_means, "x", remission, plan(rmst_months=30.0))
    assert set(late) == {"x.tau", "x.at_risk_experimental", "x.at_risk_control"}


def test_of_uncensored_times_greenwood_is_the_variance_of_the_mean(remission):
    placebo = remission.loc[remission["ARM"].eq("A")]
    capped = np.minimum(placebo["MONTHS"], 12)
    assert own._greenwood(placebo, 12.0) == pytest.approx(capped.var(ddof=0) / 21)


def test_one_stratum_is_no_stratum(remission):
    one = pd.Series("all", index=remission.index)
    plain, ratio = (values(f, "x", remission, plan()) for f in (own.recompute_log_rank, own.recompute_ratio))
    found = values(own.recompute_stratified, "x", remission, one, plan())
    assert found["x.stratified_log_rank.statistic"] == pytest.approx(plain["x.statistic"])
    assert found["x.stratified_cox.hr"] == pytest.approx(ratio["x.hr"])


def test_residuals_have_the_mean_of_the_coefficient(remission):
    found = values(own.recompute_hazards_check, "x", remission, plan())
    assert found["x.residuals"] == 30
    assert 0 < found["x.p"] < 1
    residuals = [value for name, value in found.items() if name.endswith(".value")]
    assert np.mean(residuals) == pytest.approx(-1.572125, abs=1e-5)


def test_groups_too_small_or_without_events_are_not_compared(remission):
    small = remission.drop(remission.index[:19])
    for compare in (own.recompute_log_rank, own.recompute_ratio, own.recompute_restricted_means):
        assert values(compare, "x", small, plan()) == {}
    assert values(own.recompute_ratio, "x", remission.assign(EVENT=0), plan()) == {}


def test_several_arms_need_two_with_patients(remission):
    times = remission[["MONTHS", "CNSR", "ARM"]]
    both = values(own.recompute_log_rank_of_arms, "x", times, ["A", "B", "C"], plan())
    assert both["x.statistic"] == pytest.approx(16.79294, abs=1e-5)
    assert both["x.df"] == 1
    assert values(own.recompute_log_rank_of_arms, "x", times, ["A", "C"], plan()) == {}


def test_where_all_have_the_event_on_one_day_there_is_no_stratified_test(remission):
    together = remission.assign(MONTHS=6.0, EVENT=1)
    one = pd.Series("all", index=remission.index)
    found = values(own.recompute_stratified, "x", together, one, plan())
    assert not [name for name in found if "log_rank" in name]


def test_a_likelihood_that_keeps_rising_has_no_maximum(remission):
    spared = remission.assign(EVENT=remission["EVENT"].where(remission["X"].eq(0), 0))
    assert values(own.recompute_ratio, "x", spared, plan()) == {}
    times, event = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    two = np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 5.0], [1.0, 4.0], [1.0, 4.0]])
    assert own.cox(times, event, two) is None  # each event has the largest value of the first column at risk
    strata = np.array(["a", "a", "b", "b", "a"])
    assert own.cox(times, event, two[:, :1], strata=strata) is None
    crossed = own.cox(times, event, np.array([[3.0], [1.0], [2.0], [2.0], [1.0]]))
    assert np.isfinite(crossed.params).all()


def test_where_the_search_for_a_rising_direction_fails_there_is_no_number(remission, monkeypatch):
    steep = remission["X"].to_numpy()[:, None] * 1000.0
    month, event = remission["MONTHS"].to_numpy(), remission["EVENT"].to_numpy()
    monkeypatch.setattr(own, "_FAR", 1.0)  # the coefficient is 1.6: it may be a runaway
    assert own.cox(month, event, steep) is not None
    monkeypatch.setattr(own.optimize, "linprog", lambda *_, **__: SimpleNamespace(success=False, x=None))
    assert own.cox(month, event, steep) is None


def test_a_steep_likelihood_with_a_maximum_is_kept(remission):
    steep = remission["X"].to_numpy() * 1000.0
    found = own.cox(remission["MONTHS"].to_numpy(), remission["EVENT"].to_numpy(), steep[:, None])
    assert found.params[0] == pytest.approx(-1.572125 / 1000, rel=1e-5)
    late = np.where(remission["MONTHS"].to_numpy() > 10, 0.0, 1.0)
    late[-1] = 1.0  # the longest time of placebo but for which the column would order the events
    assert own.cox(remission["MONTHS"].to_numpy(), remission["EVENT"].to_numpy(), late[:, None]) is not None


def test_without_an_event_before_the_end_restricted_means_are_not_compared(remission):
    early = values(own.recompute_restricted_means, "x", remission, plan(rmst_months=0.5))
    assert set(early) == {"x.tau", "x.at_risk_experimental", "x.at_risk_control"}


def test_where_all_have_the_event_on_one_day_restricted_means_are_not_compared(remission):
    together = remission.assign(MONTHS=6.0, EVENT=1)
    found = values(own.recompute_restricted_means, "x", together, plan(rmst_months=6.0))
    assert found == {"x.tau": 6.0, "x.at_risk_experimental": 21, "x.at_risk_control": 21}
    with pytest.raises(
        NotEstimable
    ) as refusal:  # as the first engine has it, with a horizon after that day too
        restricted_mean_difference(
            together["MONTHS"], together["EVENT"], together["ARM"], compare=("B", "A"), tau=12.0
        )
    assert refusal.value.reason == "zero_variance"
    after = values(
        own.recompute_restricted_means, "x", together, plan(rmst_months=12.0, rmst_min_at_risk=0.0)
    )
    assert set(after) == {"x.tau", "x.at_risk_experimental", "x.at_risk_control"}


ENTERED = np.array(
    [
        [0, 8, 6, 0], [8, 11, 11, 0], [0, 8, 5, 0], [8, 16, 11, 0], [16, 24, 14, 0], [24, 56, 19, 1],
        [0, 8, 8, 0], [8, 15, 12, 1], [0, 8, 8, 0], [8, 14, 14, 1], [0, 8, 7, 0], [8, 11, 15, 1],
        [0, 8, 7, 0], [8, 16, 13, 0], [16, 24, 19, 0], [24, 43, 27, 0],
    ],
    dtype=float,
)  # fmt: skip
"""Weeks in, weeks out, dose in Gy, event; made up."""


@pytest.mark.reference
def test_with_entries_no_digit_is_lost():
    """R 4.2.2, survival 3.5.3, coxph(Surv(a[, 1], a[, 2], a[, 4]) ~ a[, 3]); error of statsmodels 0.15.0: 0.906864."""
    found = own.cox(ENTERED[:, 1], ENTERED[:, 3], ENTERED[:, 2:3], entry=ENTERED[:, 0])
    assert found.params[0] == pytest.approx(1.33747488359271, rel=1e-12)
    assert found.bse[0] == pytest.approx(0.906865539296639, rel=1e-12)
    assert found.pvalues[0] == pytest.approx(0.140257547722269, rel=1e-11)


def test_strata_and_ties_with_entries_are_those_without_where_all_enter_at_once(remission):
    month, event, x = (remission[name].to_numpy(dtype=float) for name in ("MONTHS", "EVENT", "X"))
    halves = np.arange(len(month)) % 2
    plain = own.cox(month, event, x[:, None], strata=halves)
    entered = own.cox(month, event, x[:, None], strata=halves, entry=np.zeros(len(month)))
    assert entered.params == pytest.approx(plain.params, rel=1e-10)
    assert entered.bse == pytest.approx(plain.bse, rel=1e-10)
