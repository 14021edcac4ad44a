"""Second programming of Cox's model: the library's fit, loops, and numerical derivatives."""

from math import exp, log

import numpy as np
import pytest
from scipy import optimize
from statsmodels.duration.hazard_regression import PHReg

from duonen_stats.methods import cox_model, proportional_hazards_test

pytestmark = pytest.mark.independent


def sample(seed, n=60):
    generator = np.random.default_rng(seed)
    x = np.column_stack((generator.integers(0, 2, n), generator.normal(size=n)))
    time = np.ceil(generator.exponential(np.exp(-x @ np.array([0.5, -0.4]))) * 6)
    return time, generator.integers(0, 4, n) > 0, x, generator.integers(0, 2, n)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("stratified", [False, True])
def test_the_fit_is_the_librarys(seed, ties, stratified):
    time, event, x, strata = sample(seed)
    model = PHReg(time, x, status=event.astype(int), ties=ties, strata=strata if stratified else None)
    fitted = model.fit(disp=False)
    result = cox_model(time, event, x, ties=ties, strata=strata if stratified else None)
    assert [term.coefficient for term in result.terms] == pytest.approx(fitted.params, rel=1e-6)
    assert [term.std_err for term in result.terms] == pytest.approx(fitted.bse, rel=1e-6)
    assert result.loglik == pytest.approx(fitted.llf, rel=1e-10)
    assert result.loglik_null == pytest.approx(model.loglike(np.zeros(2)), rel=1e-10)


def concordance(time, event, eta, strata):
    """Pairs of which it is known who failed first, one by one."""
    agreeing, pairs = 0.0, 0
    for i in range(len(time)):
        for j in range(len(time)):
            first = event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j]))
            if first and strata[i] == strata[j]:
                pairs += 1
                agreeing += 1.0 if eta[i] > eta[j] else 0.5 if eta[i] == eta[j] else 0.0
    return agreeing / pairs


@pytest.mark.parametrize("stratified", [False, True])
def test_concordance_pair_by_pair(stratified):
    time, event, x, strata = sample(9)
    strata = strata if stratified else np.zeros_like(strata)
    x = np.round(x)  # many equal predictions
    result = cox_model(time, event, x, strata=strata)
    eta = [float(sum(term.coefficient * v for term, v in zip(result.terms, row, strict=True))) for row in x]
    assert result.concordance == pytest.approx(concordance(time, event, eta, strata), rel=1e-12)


def efron_loglik(parameters, data, g):
    """Efron's log likelihood, failure by failure, of a model with covariates x and x times g(t)."""
    time, event, x, strata = data
    p = x.shape[1]
    beta, gamma = parameters[:p], parameters[p:]
    total = 0.0
    for s in set(strata):
        for t in sorted({u for u, e, v in zip(time, event, strata, strict=True) if e and v == s}):
            risk = {
                i: exp(x[i] @ (beta + gamma * g[t]))
                for i in range(len(time))
                if strata[i] == s and time[i] >= t
            }
            tied = [i for i in risk if time[i] == t and event[i]]
            for place in range(len(tied)):
                out = place / len(tied) * sum(risk[i] for i in tied)
                total += log(risk[tied[place]]) - log(sum(risk.values()) - out)
    return total


def derivatives(function, at, h=2e-4):
    """Gradient and Hessian by central differences."""
    n = len(at)
    steps = h * np.eye(n)
    gradient = np.array([(function(at + s) - function(at - s)) / (2 * h) for s in steps])
    hessian = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            a, b = steps[i], steps[j]
            corners = (
                function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            )
            hessian[i, j] = corners / (4 * h * h)
    return gradient, hessian


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("transform", ["identity", "rank", "km"])
def test_proportional_hazards_is_the_score_test_of_the_larger_model(stratified, transform):
    time, event, x, strata = sample(2, n=36)
    strata = strata if stratified else np.zeros_like(strata)
    g = {}
    survival = 1.0
    for t in sorted(set(time)):
        alive, failed = np.sum(time >= t), np.sum(event[time == t])
        g[t] = {
            "identity": t,
            "rank": np.mean([np.sum(time < t) + 1, np.sum(time <= t)]),
            "km": 1 - survival,
        }[transform]
        survival *= 1 - failed / alive
    scale = max(g.values())
    g = {t: value / scale for t, value in g.items()}

    def loglik(parameters):
        return efron_loglik(parameters, (time, event, x, strata), g)

    start = optimize.minimize(
        lambda beta: -loglik(np.array([*beta, 0, 0])), [0, 0], method="BFGS", options={"gtol": 1e-7}
    )
    score, hessian = derivatives(loglik, np.array([*start.x, 0, 0]))
    covariance = np.linalg.inv(-hessian)
    expected = score @ covariance @ score
    result = proportional_hazards_test(time, event, x, strata=strata, transform=transform)
    assert result.overall.statistic == pytest.approx(expected, rel=1e-4)
    for j, term in enumerate(result.terms):
        kept = [0, 1, 2 + j]
        alone = np.linalg.inv(-hessian[np.ix_(kept, kept)])
        assert term.statistic == pytest.approx(score[2 + j] ** 2 * alone[2, 2], rel=1e-3, abs=1e-6)
