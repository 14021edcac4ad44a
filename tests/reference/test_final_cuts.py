"""PFS of five simulated final cuts beside R's survival: the rows of the results table, to 1e-8."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from duonen_stats.methods import cox_model, kaplan_meier
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.arm_factors import factor_rows, heterogeneity_rows, isolated_rows
from duonen_stats.results.analyses.efficacy.survival import check_hazards, comparison_about
from duonen_stats.results.rows.compare_times import (
    compare_times,
    cox_rows,
    log_rank_arms,
    log_rank_rows,
    restricted_mean_rows,
)
from duonen_stats.results.rows.survival_curve import survive
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import Times, two_groups
from duonen_stats.study import load_study

pytestmark = pytest.mark.reference

FOLDER = Path(__file__).parent
R = json.loads((FOLDER / "final_cuts.json").read_text(encoding="utf-8"))
CUTS = [key for key in R if key != "about"]
TIGHT = {"rel": 1e-8, "abs": 1e-8}


def columns(name, cut):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["cut"] == cut]
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


@pytest.fixture(scope="module", params=CUTS)
def case(request):
    """One cut: R's numbers, the two groups, their strata, and all rows of the comparison."""
    data = columns("final_cuts.csv", request.param)
    event = data["event"].astype(np.int64)
    times = Times(
        subject=np.arange(event.size).astype(object),
        time=data["time"].astype(float),
        event=event,
        reason=1 - event,
        arm=data["arm"],
    )
    groups = two_groups(times, ("B", "C", "D"), FINAL)
    about = comparison_about(groups, "c", "PFS")
    rows = [
        *compare_times(groups, about, FINAL),
        *log_rank_rows(groups, replace(about, id="c.stratified"), FINAL, strata=data["stratum"]),
        *cox_rows(groups, replace(about, id="c.stratified_cox"), FINAL, strata=data["stratum"]),
        *log_rank_arms(times, tuple("ABCD"), replace(about, id="c.four"), FINAL),
        *check_hazards(groups, replace(about, id="c.ph"), FINAL),
        *survive(times.of(times.arm != "A"), replace(about, id="c.experimental"), FINAL),
        *survive(times.of(times.arm == "A"), replace(about, id="c.control"), FINAL),
    ]
    return R[request.param], groups, Results(rows), request.param


def check(results, pairs):
    for ours, theirs in pairs.items():
        assert results.value(f"c.{ours}") == pytest.approx(theirs, **TIGHT), ours


def test_there_are_five_cuts_with_events_in_either_group(case):
    assert len(CUTS) == 5
    assert min(case[1].events.values()) > 10


def test_log_rank(case):
    r, _, results, _ = case
    check(
        results,
        {
            "log_rank.statistic": r["log_rank"],
            "stratified.statistic": r["log_rank_stratified"],
            "four.statistic": r["log_rank_four"],
        },
    )


def test_cox(case):
    r, _, results, _ = case
    check(
        results,
        {
            "cox.coef": r["coef"],
            "cox.se": r["se"],
            "cox.hr": r["hr"],
            "cox.ci_low": r["hr_lower"],
            "cox.ci_high": r["hr_upper"],
            "hr.hr": r["hr"],
            "stratified_cox.coef": r["coef_stratified"],
            "stratified_cox.se": r["se_stratified"],
        },
    )


def test_restricted_means(case):
    """Up to 48 months, as the plan has it; and to the smaller last time, a group of which then has few at risk."""
    r, groups, results, _ = case
    one, other = r["experimental"], r["control"]
    far = replace(FINAL, rmst_tau="smallest_last_time", rmst_min_at_risk=0.0)
    longest = Results(restricted_mean_rows(groups, comparison_about(groups, "c.rmst", "PFS"), far))
    for found, tau, suffix in ((results, 48.0, "48"), (longest, r["tau"], "")):
        means = (one[f"rmean{suffix}"], other[f"rmean{suffix}"])
        check(
            found,
            {
                "rmst.tau": tau,
                "rmst.experimental": means[0],
                "rmst.control": means[1],
                "rmst.difference": means[0] - means[1],
            },
        )
        half = found.value("c.rmst.ci_high") - found.value("c.rmst.difference")
        se = np.hypot(one[f"rmean{suffix}_se"], other[f"rmean{suffix}_se"])
        assert half == pytest.approx(1.959963984540054 * se, **TIGHT)
    check(
        results,
        {
            "rmst.at_risk_experimental": one["at_risk48"],
            "rmst.at_risk_control": other["at_risk48"],
        },
    )


def test_what_the_arms_differ_in(case):
    r, groups, _, _ = case
    study = load_study()
    rows = Results(
        [
            *heterogeneity_rows(groups.times, "pfs", "PFS", study, FINAL),
            *factor_rows(groups.times, "pfs", "PFS", study, FINAL),
            *isolated_rows(groups.times, ("D", "A"), "pfs", "PFS", FINAL),
        ]
    )
    assert rows.value("pfs.heterogeneity.statistic") == pytest.approx(r["among_chisq"], **TIGHT)
    assert rows.value("pfs.heterogeneity.p") == pytest.approx(r["among_p"], **TIGHT)
    for place, factor in enumerate(("guidance", "y90")):
        coefficient, se = r["factor_coef"][place], r["factor_se"][place]
        assert np.log(rows.value(f"pfs.factor.{factor}.hr")) == pytest.approx(coefficient, **TIGHT)
        upper = coefficient + 1.959963984540054 * se
        assert np.log(rows.value(f"pfs.factor.{factor}.ci_high")) == pytest.approx(upper, **TIGHT)
    assert np.log(rows.value("pfs.isolated.D_vs_A.hr.hr")) == pytest.approx(r["alone_coef"], **TIGHT)
    lower = r["alone_coef"] - 1.959963984540054 * r["alone_se"]
    assert np.log(rows.value("pfs.isolated.D_vs_A.hr.ci_low")) == pytest.approx(lower, **TIGHT)


@pytest.mark.parametrize("group", ["experimental", "control"])
def test_curves(case, group):
    r, groups, results, _ = case
    curve = r[group]
    members = groups.experimental == (group == "experimental")
    found = kaplan_meier(groups.times.time[members], groups.times.event[members])
    for name in ("time", "survival"):
        np.testing.assert_allclose(getattr(found, name), curve[name], rtol=1e-8, atol=1e-8)
    defined = (found.survival > 0) & (found.survival < 1)
    for name in ("lower", "upper"):
        theirs = np.array(curve[name], dtype=float)
        np.testing.assert_allclose(getattr(found, name)[defined], theirs[defined], rtol=1e-8, atol=1e-8)
    for place, month in enumerate((12, 20, 24, 36, 60)):
        assert results.value(f"c.{group}.rate.{month}.survival") == pytest.approx(
            curve["rate"][place], **TIGHT
        )
        assert results.value(f"c.{group}.rate.{month}.n_risk") == curve["n_risk"][place]
    for ours, theirs in (
        ("median", "median"),
        ("median_ci_low", "median_lower"),
        ("median_ci_high", "median_upper"),
    ):
        expected = curve[theirs]
        found_value = results.value(f"c.{group}.{ours}")
        assert found_value is None if expected is None else found_value == pytest.approx(expected, **TIGHT)


@pytest.mark.parametrize("group", ["experimental", "control"])
def test_the_steps_to_draw_are_the_curve(case, group):
    r, _, results, _ = case
    times, survival = (np.array(r[group][name]) for name in ("time", "survival"))
    for block in results.under(f"c.{group}.step")[1:]:
        at = np.argmin(np.abs(times - results.value(f"{block}.time")))
        assert results.value(f"{block}.survival") == pytest.approx(survival[at], **TIGHT)


def test_proportional_hazards(case):
    r, _, results, _ = case
    check(results, {"ph.statistic": r["zph"]})
    assert int(results.value("c.ph.residuals")) == len(r["schoenfeld"])
    blocks = results.under("c.ph.residual")
    ours = [tuple(results.value(f"{block}.{name}") for name in ("time", "value")) for block in blocks]
    theirs = list(zip(r["schoenfeld_time"], r["schoenfeld"], strict=True))
    np.testing.assert_allclose(sorted(ours), sorted(theirs), rtol=1e-8, atol=1e-8)


def test_the_smooth_of_the_residuals(case):
    r, _, results, _ = case
    ours = [results.value(f"c.ph.smooth.{i}.value") for i in range(40)]
    np.testing.assert_allclose(ours, r["smooth"], rtol=1e-8, atol=1e-8)


def test_dose_given_so_far(case):
    r, _, _, cut = case
    data = columns("final_cuts_intervals.csv", cut)
    begin, end, event, dose = (data[name].astype(float) for name in ("begin", "end", "event", "dose"))
    found = cox_model(end, event, dose, entry=begin, strata=data["arm"])
    assert found.terms[0].coefficient == pytest.approx(r["dose_coef"], **TIGHT)
    assert found.terms[0].std_err == pytest.approx(r["dose_se"], **TIGHT)
    assert found.loglik == pytest.approx(r["dose_loglik"], **TIGHT)
