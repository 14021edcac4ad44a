"""Power of a normal test statistic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design.fixed.significance import NormalApproximation, critical_value
from duonen_stats.errors import PlanError

UNIT = NormalApproximation(unit="events", effect=0.5, sd_null=2.0, sd_alternative=2.0)


def test_critical_values():
    assert critical_value(0.05, 2) == pytest.approx(1.959963985)
    assert critical_value(0.025, 1) == pytest.approx(1.959963985)
    for alpha, sides in ((0, 2), (1, 1), (0.05, 3), (float("nan"), 2)):
        with pytest.raises(PlanError):
            critical_value(alpha, sides)


def test_size_by_the_textbook_formula():
    needed = UNIT.required(alpha=0.05, sides=2, power=0.9, far_tail=False)
    assert needed == pytest.approx((1.959964 + 1.281552) ** 2 * 4 / 0.25, rel=1e-6)


def test_the_far_tail_is_power_too_if_asked_for():
    none = NormalApproximation(unit="events", effect=0.0, sd_null=1.0, sd_alternative=1.0)
    some = NormalApproximation(unit="events", effect=1e-12, sd_null=1.0, sd_alternative=1.0)
    assert some.power(50, alpha=0.05, sides=2, far_tail=False) == pytest.approx(0.025)
    assert some.power(50, alpha=0.05, sides=2, far_tail=True) == pytest.approx(0.05)
    # Without an effect there is no wrong direction: the power is the level.
    assert none.power(50, alpha=0.05, sides=2, far_tail=False) == pytest.approx(0.05)
    assert none.power(50, alpha=0.05, sides=1, far_tail=True) == pytest.approx(0.05)


@pytest.mark.parametrize("power", [0.05, 0.01, 1.0, 1.5])
def test_power_out_of_range(power):
    with pytest.raises(PlanError, match="power must lie"):
        UNIT.required(alpha=0.05, sides=2, power=power, far_tail=False)


def test_no_effect_needs_no_size_but_an_error():
    none = NormalApproximation(unit="events", effect=0.0, sd_null=1.0, sd_alternative=1.0)
    with pytest.raises(PlanError, match="no effect"):
        none.required(alpha=0.05, sides=2, power=0.9, far_tail=False)


@pytest.mark.law
@given(st.floats(0.06, 0.999), st.booleans(), st.sampled_from([1, 2]), st.floats(0.5, 2))
def test_the_size_found_has_the_power(power, far_tail, sides, sd_null):
    unit = NormalApproximation(unit="patients", effect=0.3, sd_null=sd_null, sd_alternative=1.0)
    try:
        size = unit.required(alpha=0.05, sides=sides, power=power, far_tail=far_tail)
    except PlanError:
        return
    if size > 0:  # else the power is there without data
        assert unit.power(size, alpha=0.05, sides=sides, far_tail=far_tail) == pytest.approx(power, rel=1e-9)
