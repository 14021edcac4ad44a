import numpy as np
import pytest

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import censoring_weights, cox_model, weighted_cox_model


@pytest.fixture
def sample():
    rng = np.random.default_rng(3)
    n = 60
    x = np.arange(n) % 2
    return (
        np.ceil(rng.exponential(10, n) * np.exp(0.5 * x)),
        (rng.random(n) < 0.7).astype(int),
        x.astype(float),
    )


def test_equal_weights_give_the_ordinary_model(sample):
    time, event, x = sample
    found = weighted_cox_model(np.zeros(60), time, event, x, weights=np.full(60, 2.5), cluster=np.arange(60))
    plain = cox_model(time, event, x).terms[0]
    assert found.terms[0].coefficient == pytest.approx(plain.coefficient, rel=1e-9)
    assert found.naive_std_err[0] == pytest.approx(plain.std_err / 2.5**0.5, rel=1e-9)
    assert found.terms[0].std_err == pytest.approx(plain.std_err, rel=0.2)  # robust, so not the same
    assert (found.n_records, found.n_clusters, found.n_events) == (60, 60, event.sum())


def test_a_weight_of_two_is_a_patient_twice(sample):
    """Without ties, where Efron's shares do not come in."""
    _, event, x = sample
    time = np.arange(1.0, 61.0)[::-1]
    twice = np.where(event == 0, 2, 1)  # only censored records, so that there still are no tied events
    weighted = weighted_cox_model(np.zeros(60), time, event, x, weights=twice, cluster=np.arange(60))
    repeated = np.repeat(np.arange(60), twice)
    doubled = cox_model(time[repeated], event[repeated], x[repeated]).terms[0]
    assert weighted.terms[0].coefficient == pytest.approx(doubled.coefficient, rel=1e-9)
    assert weighted.naive_std_err[0] == pytest.approx(doubled.std_err, rel=1e-9)


def test_records_of_a_patient_cut_in_pieces_are_the_patient(sample):
    time, event, x = sample
    whole = weighted_cox_model(np.zeros(60), time, event, x, weights=np.ones(60), cluster=np.arange(60))
    entry = np.concatenate((np.zeros(60), time / 3))
    end = np.concatenate((time / 3, time))
    pieces = weighted_cox_model(
        entry, end, np.concatenate((np.zeros(60), event)), np.tile(x, 2), weights=np.ones(120),
        cluster=np.tile(np.arange(60), 2),
    )  # fmt: skip
    assert pieces.terms[0].coefficient == pytest.approx(whole.terms[0].coefficient, rel=1e-9)
    assert pieces.terms[0].std_err == pytest.approx(whole.terms[0].std_err, rel=1e-9)
    assert pieces.n_clusters == 60


def test_refusals(sample):
    time, event, x = sample
    keys = {"cluster": np.arange(60)}
    with pytest.raises(NotEstimable, match="above 0"):
        weighted_cox_model(np.zeros(60), time, event, x, weights=np.zeros(60), **keys)
    with pytest.raises(NotEstimable, match="monotone_likelihood"):
        weighted_cox_model(np.zeros(60), time, event * x.astype(int), x, weights=np.ones(60), **keys)
    with pytest.raises(DataError):
        weighted_cox_model(np.zeros(60), time, event, x, weights=np.ones(59), **keys)


def test_weights_are_those_left_over_those_who_would_be():
    """Four patients, by hand. At month 1 one of three with x = 1 leaves; the event at 2 is weighted for it."""
    time, event, left = [1, 2, 3, 4, 2.5, 5], [0, 1, 1, 1, 0, 0], [1, 0, 0, 0, 1, 0]
    x = [1, 1, 0, 0, 0, 1]
    found = censoring_weights(time, event, left, x, strata=["s"] * 6)
    beta = cox_model(time, left, np.array(x, float), ties="breslow").terms[0].coefficient
    first = 1 / (3 * np.exp(beta) + 3)
    at_two = {s: w for s, t, w in zip(found.subject, found.time, found.weight, strict=True) if t == 2}
    assert at_two == pytest.approx({k: np.exp(first * np.exp(beta * x[k]) - 1 / 6) for k in (1, 2, 3, 4, 5)})
    assert found.n_left == 2
    assert not found.penalised
    assert found.smallest <= found.mean <= found.largest


def test_leaving_on_the_day_of_an_event_comes_after_it():
    found = censoring_weights([2, 2, 3, 4], [1, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0, 1], strata=["s"] * 4)
    assert set(found.weight[found.time == 2]) == {1.0}
    assert found.penalised  # one left, with x = 1: the likelihood has no maximum


def test_an_event_on_day_0_is_kept():
    found = censoring_weights(
        [0, 1, 2, 3, 4], [1, 0, 1, 0, 1], [0, 1, 0, 1, 0], [0, 1, 0, 0, 1], strata=["s"] * 5
    )
    assert found.event.sum() == 3
    assert (found.entry < found.time).all()


def test_nothing_to_weight():
    with pytest.raises(NotEstimable, match="nobody left early"):
        censoring_weights([1, 2, 3], [1, 1, 0], [0, 0, 0], [1, 2, 3], strata=["s"] * 3)
    with pytest.raises(NotEstimable, match="no_events"):
        censoring_weights([1, 2, 3], [0, 0, 0], [1, 0, 0], [1, 2, 3], strata=["s"] * 3)
    with pytest.raises(DataError, match="has not left"):
        censoring_weights([1, 2, 3], [1, 1, 0], [1, 0, 0], [1, 2, 3], strata=["s"] * 3)


@pytest.mark.law
def test_weighting_takes_out_what_leaving_puts_in():
    """Leaving depends on a prognostic covariate, in one arm only; the truth is the same sample had nobody left."""
    errors = np.array([_errors(seed) for seed in range(6)])
    plain, weighted = errors.mean(axis=0)
    assert plain < -0.1  # those who left would have had the event
    assert abs(weighted) < abs(plain) / 4


def _errors(seed):
    """Log hazard ratio, unweighted and weighted, less that without leaving."""
    rng = np.random.default_rng(seed)
    n = 1500
    arm, grade = rng.integers(0, 2, n), rng.integers(0, 2, n).astype(float)
    event = np.ceil(rng.exponential(1 / (0.05 * np.exp(1.5 * grade))))  # seen at visits
    left = np.where(arm == 1, rng.exponential(1 / (0.015 * np.exp(2 * grade))), np.inf)
    time = np.minimum(np.minimum(event, left), 30)
    failed, gone = (event == time).astype(int), (left == time).astype(int)
    treated = arm.astype(float)
    truth, plain = (
        cox_model(t, e, treated).terms[0].coefficient
        for t, e in ((np.minimum(event, 30), (event <= 30).astype(int)), (time, failed))
    )
    found = censoring_weights(time, failed, gone, grade, strata=arm)
    weighted = weighted_cox_model(
        found.entry,
        found.time,
        found.event,
        treated[found.subject],
        weights=found.weight,
        cluster=found.subject,
    ).terms[0]
    return plain - truth, weighted.coefficient - truth
