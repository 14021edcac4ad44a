"""Second programming of competing risks: loops over times, groups and subjects."""

import numpy as np
import pytest

from duonen_stats.methods import cumulative_incidence, gray_test

pytestmark = pytest.mark.independent


def tied_sample(seed, n=45, groups=3):
    generator = np.random.default_rng(seed)
    time = generator.integers(1, 13, n)
    event = generator.choice([0, 1, 2], n, p=[0.3, 0.4, 0.3])
    return time, event, np.array(list("ABC"))[generator.integers(0, groups, n)], generator.integers(0, 2, n)


def weighted_incidence(time, event, weights, at, cause):
    """Aalen-Johansen estimate in which subject i counts ``weights[i]`` times."""
    free, incidence = 1.0, 0.0
    for t in sorted(set(time)):
        if t > at:
            break
        at_risk = weights[time >= t].sum()
        incidence += free * weights[(time == t) & (event == cause)].sum() / at_risk
        free *= 1 - weights[(time == t) & (event > 0)].sum() / at_risk
    return incidence


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("at", [2, 6, 12])
@pytest.mark.parametrize("cause", [1, 2])
def test_jackknife_by_shaking_one_weight_after_another(seed, at, cause):
    time, event, *_ = tied_sample(seed)
    ones, h = np.ones(time.size), 1e-5
    (point,) = cumulative_incidence(time, event, at=[at], cause=cause).at
    assert point.incidence == pytest.approx(weighted_incidence(time, event, ones, at, cause), rel=1e-12)
    slopes = []
    for i in range(time.size):
        up, down = ones.copy(), ones.copy()
        up[i] += h
        down[i] -= h
        rise = weighted_incidence(time, event, up, at, cause) - weighted_incidence(
            time, event, down, at, cause
        )
        slopes.append(rise / (2 * h))
    assert point.std_err_jackknife == pytest.approx(np.linalg.norm(slopes), rel=1e-5)


def textbook_gray_variance(time, event, at, cause):
    """Variance of the incidence at ``at``: what each event adds, seen from the end of the window."""
    free, incidence, steps = 1.0, 0.0, []
    for t in sorted(u for u in set(time) if u <= at):
        n = int(np.sum(time >= t))
        mine = int(np.sum((time == t) & (event == cause)))
        theirs = int(np.sum((time == t) & (event > 0))) - mine
        before = free
        incidence += before * mine / n
        free = before * (1 - (mine + theirs) / n)
        steps.append((n, mine, theirs, before, free, incidence))
    total = 0.0
    for n, mine, theirs, before, after, then in steps:
        still_to_come = (incidence - then) / after if after > 0 else 0.0
        for d, effect in ((mine, 1 - still_to_come), (theirs, -still_to_come)):
            if d:
                shrink = (n - d) / (n - 1) if d > 1 else 1.0
                total += effect**2 * before**2 * d / n**2 * shrink
    return total


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("at", [2, 6, 12])
def test_grays_standard_error(seed, at):
    time, event, *_ = tied_sample(seed)
    (point,) = cumulative_incidence(time, event, at=[at], cause=2).at
    assert point.std_err == pytest.approx(textbook_gray_variance(time, event, at, 2) ** 0.5, rel=1e-10)


def gray_history(time, event, group, names, rho):
    """Walk through the times of one stratum: scores, and what the variance needs of every time."""
    k = len(names)
    free, own_incidence = np.ones(k), np.zeros(k)
    pooled, pull, score, history = 0.0, np.zeros((k, k)), np.zeros(k), []
    for t in sorted({u for u, e in zip(time, event, strict=True) if e > 0}):
        n, d1, d2 = (
            [int(np.sum(chosen & (group == g))) for g in names]
            for chosen in (time >= t, (time == t) & (event == 1), (time == t) & (event == 2))
        )
        present = [i for i in range(k) if n[i]]
        weight, failures = (1 - pooled) ** rho, sum(d1)
        reach = {i: n[i] / free[i] for i in present}
        whole = sum(reach.values())
        open_whole = sum(reach[i] * (1 - own_incidence[i]) for i in present)
        a = np.zeros((k, k))
        for i in present:
            score[i] += weight * (d1[i] - failures * reach[i] * (1 - own_incidence[i]) / open_whole)
            for j in present:
                a[i, j] = weight * reach[i] * ((i == j) - reach[j] / whole)
        pull = pull + a * failures / (whole * (1 - pooled))
        pooled += failures / whole
        before = free.copy()
        for i in present:
            own_incidence[i] += free[i] * d1[i] / n[i]
            free[i] *= 1 - (d1[i] + d2[i]) / n[i]
        for i in present:
            step = {"n": n[i], "d2": d2[i], "failures": failures, "whole": whole, "before": before[i]}
            history.append(
                {**step, "after": free[i], "pooled": pooled, "a": a[:, i], "pull": pull[:, i], "i": i}
            )
    return score, pull, history


def gray_variance(pull, history):
    """Add up what every time and group contributes, seen from the end."""
    variance = np.zeros_like(pull)
    for h in history:
        ahead = pull[:, h["i"]] - h["pull"]
        ratio = (1 - h["pooled"]) / h["after"] if h["after"] > 0 else 0.0
        if h["failures"]:
            shrink = 1 - (h["failures"] - 1) / (h["whole"] * h["before"] - 1) if h["failures"] > 1 else 1.0
            effect = h["a"] + (1 - ratio) * ahead
            variance += (
                shrink * h["before"] * h["failures"] / (h["whole"] * h["n"]) * np.outer(effect, effect)
            )
        if h["d2"] and h["after"] > 0:
            shrink = 1 - (h["d2"] - 1) / (h["n"] - 1) if h["d2"] > 1 else 1.0
            variance += shrink * (h["before"] * ratio / h["n"]) ** 2 * h["d2"] * np.outer(ahead, ahead)
    return variance


def gray_score(time, event, group, names, rho):
    score, pull, history = gray_history(time, event, group, names, rho)
    return score, gray_variance(pull, history)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rho", [0, 1, 0.5])
@pytest.mark.parametrize("stratified", [False, True])
def test_grays_test(seed, rho, stratified):
    time, event, group, strata = tied_sample(seed)
    strata = strata if stratified else np.zeros_like(strata)
    names = sorted(set(group))
    parts = [
        gray_score(*(v[strata == s] for v in (time, event, group)), names, rho) for s in sorted(set(strata))
    ]
    score, variance = sum(p[0] for p in parts)[:-1], sum(p[1] for p in parts)[:-1, :-1]
    expected = float(score @ np.linalg.solve(variance, score))
    result = gray_test(time, event, group, rho=rho, strata=strata)
    assert result.statistic == pytest.approx(expected, rel=1e-9)
    assert result.df == len(names) - 1


def test_grays_test_holds_its_level():
    """Two equal groups with competing events: about 5 % of 400 trials are significant at 5 %."""
    generator = np.random.default_rng(4)
    rejected = 0
    for _ in range(400):
        time, event = generator.exponential(size=80), generator.choice([0, 1, 2], 80)
        rejected += gray_test(time, event, np.repeat(["A", "B"], 40)).p_value < 0.05
    assert 8 <= rejected <= 34
