"""Cox's model with delayed entry on 300 random problems: R's numbers, direct sums, and the right to refuse."""

from pathlib import Path

import numpy as np
import pytest
import start_stop_fits as fits

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cox_model
from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival.partial_likelihood import rising_direction, risk_sets, standardise

pytestmark = pytest.mark.reference

FOLDER = Path(__file__).parent
PROBLEMS = fits.read_records(FOLDER / "start_stop.csv")
R = fits.read_r(FOLDER / "start_stop_r.csv")
# R stops short of the maximum here: `test_r_is_off_where_we_differ` shows it.
R_IS_OFF = {26, 122, 145}


def our_fit(data):
    return cox_model(data.end, data.event, data.x, strata=data.stratum, ties=data.ties, entry=data.begin)


@pytest.mark.parametrize("fit", PROBLEMS)
def test_each_problem_has_the_right_answer_or_the_right_refusal(fit):
    data = PROBLEMS[fit]
    expected = {
        "monotone": {"monotone_likelihood"},
        "flat": {"zero_variance", "constant_input", "collinear_covariates"},
        "no_events": {"no_events"},
    }.get(fits.verdict(data))
    if expected:
        with pytest.raises(NotEstimable) as caught:
            our_fit(data)
        assert caught.value.reason in expected
        return
    found = our_fit(data)
    beta, std_err, loglik = fits.direct_fit(data)
    assert [t.coefficient for t in found.terms] == pytest.approx(beta, rel=1e-8, abs=1e-8)
    assert [t.std_err for t in found.terms] == pytest.approx(std_err, rel=1e-8, abs=1e-8)
    assert found.loglik == pytest.approx(loglik, rel=1e-8, abs=1e-8)
    assert found.loglik <= 0
    if fit not in R_IS_OFF:
        r = R[fit]
        for j, term in enumerate(found.terms, start=1):
            assert term.coefficient == pytest.approx(r[f"b{j}"], rel=1e-8, abs=1e-8)
            assert term.std_err == pytest.approx(r[f"se{j}"], rel=1e-8, abs=1e-8)
        assert found.loglik == pytest.approx(r["loglik"], rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("fit", sorted(R_IS_OFF))
def test_r_is_off_where_we_differ(fit):
    """R subtracts who has not entered yet from a sum in which a far covariate dwarfs the others."""
    data, r = PROBLEMS[fit], R[fit]
    beta = np.array([r[name] for name in ("b1", "b2") if r[name] is not None])
    assert fits.off_by(data, beta) > 1e-8
    assert fits.off_by(data, fits.direct_fit(data)[0]) < 1e-12


def test_the_sample_holds_every_kind_of_problem():
    kinds = [fits.verdict(data) for data in PROBLEMS.values()]
    assert {
        kind: kinds.count(kind) >= 3 for kind in ("maximum", "monotone", "flat", "no_events")
    } == dict.fromkeys(("maximum", "monotone", "flat", "no_events"), True)
    assert any(len(set(data.stratum)) > 1 and data.ties == "breslow" for data in PROBLEMS.values())


@pytest.mark.parametrize(
    "fit", [f for f, d in PROBLEMS.items() if fits.verdict(d) in {"monotone", "maximum"}]
)
def test_linear_programming_agrees_with_the_geometry(fit):
    data = PROBLEMS[fit]
    held = survival_data(data.end, data.event, covariates=data.x, strata=data.stratum, entry=data.begin)
    scaled, spread = standardise(held, data.ties, ("a", "b")[: data.x.shape[1]])
    score = risk_sets(scaled, np.zeros(spread.size), data.ties).score
    assert (rising_direction(scaled, score) is not None) == (fits.verdict(data) == "monotone")


@pytest.mark.parametrize("far", [5, 28, 60, 1e6, -1e12])
def test_a_record_that_meets_no_failure_changes_nothing(far):
    """coxph(Surv(begin, end, event) ~ x), R 4.2.2, survival 3.5-3, without the ninth record."""
    time, event = [3, 5, 6, 8, 9, 11, 12, 14, 20], [1, 1, 0, 1, 1, 0, 1, 0, 0]
    x = [2.1, 0.4, 1.7, 1.1, -0.3, 0.8, 0.2, -1.5, far]
    (term,) = cox_model(time, event, x, entry=[0] * 8 + [15]).terms
    assert (term.coefficient, term.std_err) == pytest.approx((1.075288, 0.7104396), abs=5e-7)
