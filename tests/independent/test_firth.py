"""Second programming of Firth's penalised partial likelihood: loops, and a general optimiser."""

from math import exp, log

import numpy as np
import pytest
from scipy import optimize, stats

from duonen_stats.methods import firth_model

pytestmark = pytest.mark.independent


def sample(seed, n=12):
    generator = np.random.default_rng(seed)
    x = np.column_stack((generator.integers(0, 2, n), generator.normal(size=n)))
    time = np.ceil(generator.exponential(size=n) * 6)
    event = (generator.random(n) < 0.6).astype(int)
    event[x[:, 0] == (seed % 2)] *= generator.integers(0, 2)  # sometimes no event in a group
    return time, event, x


def penalised(beta, time, event, x, ties):
    """Log likelihood and information of every failure, one by one, plus half the log determinant."""
    loglik, information = 0.0, np.zeros((x.shape[1], x.shape[1]))
    weight = [exp(float(row @ beta)) for row in x]
    for moment in sorted(set(time[event == 1])):
        dead = [i for i in range(len(time)) if time[i] == moment and event[i] == 1]
        risk = [i for i in range(len(time)) if time[i] >= moment]
        for place, i in enumerate(dead):
            share = dict.fromkeys(risk, 1.0)
            if ties == "efron":
                share |= {j: 1 - place / len(dead) for j in dead}
            total = sum(share[j] * weight[j] for j in risk)
            mean = sum(share[j] * weight[j] * x[j] for j in risk) / total
            spread = sum(share[j] * weight[j] * np.outer(x[j] - mean, x[j] - mean) for j in risk) / total
            loglik += float(x[i] @ beta) - log(total)
            information += spread
    return loglik + np.linalg.slogdet(information)[1] / 2


@pytest.mark.parametrize(("seed", "ties"), [(0, "efron"), (1, "efron"), (2, "breslow")])
def test_estimate_test_and_limits(seed, ties):
    time, event, x = sample(seed)
    if not event.any():
        event[:3] = 1

    def top(fixed=None):
        def target(free):
            beta = np.array([fixed, *free]) if fixed is not None else free
            return -penalised(beta, time, event, x, ties)

        start = np.zeros(1 if fixed is not None else 2)
        return optimize.minimize(target, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-11})

    whole = top()
    found = firth_model(time, event, x, ties=ties)
    assert [term.coefficient for term in found.terms] == pytest.approx(whole.x, abs=1e-5)
    assert found.loglik == pytest.approx(-whole.fun, abs=1e-8)
    term = found.terms[0]
    assert term.statistic == pytest.approx(2 * (top(0.0).fun - whole.fun), abs=1e-6)
    assert term.p_value == pytest.approx(stats.chi2.sf(term.statistic, 1))
    for limit in (term.lower, term.upper):
        if limit is not None:
            lost = 2 * (top(log(limit)).fun - whole.fun)
            assert lost == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-5)
