"""Second programming of the fixed designs: numerical integration, and life tables by small steps."""

from math import exp, log, sqrt

import pytest
from scipy import integrate, stats

from duonen_stats.design import (
    Accrual,
    SurvivalAssumptions,
    event_probability,
    minimum_detectable_hazard_ratio,
    power,
    sample_size,
    time_to_events,
)

pytestmark = pytest.mark.independent

DUONEN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def hazard_at(t, starts, rates):
    return [rate for start, rate in zip(starts, rates, strict=True) if t >= start][-1]


def seen_by(total, starts, rates, loss):
    """Probability of an event before loss and before ``total`` months, by quadrature of the density."""

    def density(t):
        edges = [*starts[1:], 1e9]
        total_hazard = sum(
            rate * max(min(t, end) - start, 0) for start, end, rate in zip(starts, edges, rates, strict=True)
        )
        return hazard_at(t, starts, rates) * exp(-total_hazard - loss * t)

    inside = [s for s in starts if 0 < s < total]
    return integrate.quad(density, 0, total, points=inside or None, epsabs=1e-12)[0] if total > 0 else 0.0


@pytest.mark.parametrize("at", [10, 20, 40])
def test_event_probability_by_double_quadrature(at):
    starts, rates, loss = (0, 6, 12), (0.03, 0.05, 0.02), 0.01
    plan = SurvivalAssumptions(
        control_hazard_per_month=rates,
        hazard_starts_months=starts,
        hazard_ratio=0.7,
        dropout_hazard_per_month=loss,
        accrual=Accrual.piecewise((0, 6), 24, (2, 5)),
    )
    for arm, factor in (("control", 1.0), ("experimental", 0.7)):
        scaled = tuple(rate * factor for rate in rates)
        whole = 0.0
        for low, high, rate in ((0, 6, 2), (6, 24, 5)):
            kinks = [at - s for s in starts if low < at - s < high]
            whole += integrate.quad(
                lambda u, r=rate, s=scaled: r * seen_by(at - u, starts, s, loss),
                low, min(high, max(at, low)), points=kinks or None, epsabs=1e-10,
            )[0]  # fmt: skip
        assert getattr(event_probability(plan, at), arm) == pytest.approx(whole / 102, rel=1e-7)


def test_wald_power_from_the_closed_formula_of_uniform_accrual():
    def share(hazard):  # exponential, accrual 60, 60 to 120 months of follow-up
        return 1 - (exp(-60 * hazard) - exp(-120 * hazard)) / (60 * hazard)

    for ratio in (0.667, 0.5, 0.43):
        d1, d0 = 69 * share(0.0235 * ratio), 23 * share(0.0235)
        z = -log(ratio) / sqrt(1 / d1 + 1 / d0) - stats.norm.ppf(0.975)
        found = power(DUONEN.with_hazard_ratio(ratio), 92, method="wald")
        assert found.power == pytest.approx(stats.norm.cdf(z), rel=1e-9)


def test_lakatos_by_a_life_table_of_small_steps():
    step, at_risk = 0.01, [0.25, 0.75]
    hazards, score, variance = [0.0235, 0.5 * 0.0235], 0.0, 0.0
    for i in range(int(120 / step)):
        t = (i + 0.5) * step
        present = min(1.0, (120 - t) / 60)
        n = [share * exp(-hazard * t) * present for share, hazard in zip(at_risk, hazards, strict=True)]
        deaths = sum(share * hazard for share, hazard in zip(n, hazards, strict=True)) * step
        expected = n[1] / sum(n)
        score += n[1] * hazards[1] * step - deaths * expected
        variance += deaths * expected * (1 - expected)
    z = -score / sqrt(variance) * sqrt(92) - stats.norm.ppf(0.975)
    assert power(DUONEN, 92, method="lakatos").power == pytest.approx(stats.norm.cdf(z), rel=1e-6)


def test_schoenfeld_from_end_to_end():
    events = (stats.norm.ppf(0.975) + stats.norm.ppf(0.9)) ** 2 / (0.25 * 0.75 * log(2) ** 2)
    assert sample_size(DUONEN).n_events == pytest.approx(events, rel=1e-12)
    detectable = minimum_detectable_hazard_ratio(DUONEN, 167, n_events=events)
    assert detectable.hazard_ratio == pytest.approx(0.5, rel=1e-9)


def test_the_time_of_64_events_by_bisection_of_the_closed_formula():
    def events(t):  # after the end of accrual
        def seen(hazard):
            return 1 - (exp(-hazard * (t - 60)) - exp(-hazard * t)) / (60 * hazard)

        return 69 * seen(0.01175) + 23 * seen(0.0235)

    low, high = 60.0, 400.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if events(middle) >= 64 else (middle, high)
    assert time_to_events(DUONEN, 64, 92) == pytest.approx(high, rel=1e-10)
