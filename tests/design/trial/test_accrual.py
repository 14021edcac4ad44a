"""Accrual."""

import numpy as np
import pytest

from duonen_stats.design import Accrual
from duonen_stats.errors import PlanError

RAMP = Accrual.piecewise((0, 6), 24, (2, 5))


def test_piecewise_rates_add_up():
    assert (RAMP.n_patients, RAMP.duration_months) == (102, 24)
    assert [102 * RAMP.share_entered(t) for t in (-1, 0, 3, 6, 12, 24, 99)] == pytest.approx(
        [0, 0, 6, 12, 42, 102, 102]
    )


def test_a_shape_without_a_rate_has_no_number():
    assert Accrual.uniform(60).n_patients is None
    assert Accrual.uniform(60, patients_per_month=1.5).n_patients == 90


def test_observed_entries_and_those_to_come():
    seen = Accrual.observed([1.0, 0.5, 4.0], further_patients=6, until_months=10)
    assert seen.n_patients == 9
    assert [9 * seen.share_entered(t) for t in (0.4, 0.5, 3.9, 4, 7, 10)] == pytest.approx([0, 1, 2, 3, 6, 9])
    with pytest.raises(PlanError, match="after the last entry"):
        Accrual.observed([1.0, 4.0], further_patients=2, until_months=3)


def test_all_at_once():
    assert Accrual.at_once().share_entered(0) == 1
    assert Accrual.at_once().duration_months == 0


def test_accrual_goes_on_at_its_last_rate_or_stops_early():
    assert RAMP.extended(30).n_patients == 132
    assert RAMP.extended(10).n_patients == 32
    assert RAMP.extended(6).n_patients == 12
    assert RAMP.extended(10, patients_per_month=3).n_patients == 30
    with pytest.raises(PlanError, match="no rate"):
        Accrual.uniform(12).extended(20)


def test_quantiles_of_entry_follow_the_rates():
    uniform = (np.arange(102) + 0.5) / 102
    months = RAMP.entry_months(uniform.copy())
    assert months[:12] == pytest.approx((np.arange(12) + 0.5) / 2)
    assert months[12:] == pytest.approx(6 + (np.arange(90) + 0.5) / 5)
    observed = Accrual.observed([1.0, 4.0, 4.0])
    assert observed.entry_months(np.array([0.1, 0.5, 0.9])) == pytest.approx([1, 4, 4])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Accrual((0,), (1, 2), (1,)),
        lambda: Accrual((2,), (1,), (1,)),
        lambda: Accrual((0,), (1,), (0,)),
        lambda: Accrual.uniform(float("nan")),
        lambda: Accrual.piecewise((0, 6), 3, (1, 2)),
        lambda: Accrual.observed([]),
    ],
)
def test_what_is_no_accrual(make):
    with pytest.raises(PlanError):
        make()


def test_of_intensities_only_the_ratios_matter():
    ramp = Accrual.intensities((0, 12), 60, (1, 2))
    assert ramp.n_patients is None
    assert ramp.share_entered(12) == pytest.approx(12 / 108)
    assert ramp == Accrual.intensities((0, 12), 60, (1, 2))
    doubled = Accrual.intensities((0, 12), 60, (2, 4))
    months = np.linspace(0, 70, 29)
    assert doubled.shares_entered(months) == pytest.approx(ramp.shares_entered(months))
    assert ramp.shares_entered(months) == pytest.approx([ramp.share_entered(month) for month in months])
