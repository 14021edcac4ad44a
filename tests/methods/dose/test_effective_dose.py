"""Biologically effective dose: the integral itself, limits of fast and slow decay, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from duonen_stats.errors import DataError
from duonen_stats.methods import CycleDose, biologically_effective_dose


def _bed(doses, halves, alpha_beta=2.5, repair=2.8):
    cycle = CycleDose(dose_gy=tuple(doses), effective_half_life_h=tuple(halves))
    return biologically_effective_dose([cycle], alpha_beta=alpha_beta, repair_half_time_h=repair).bed


def test_the_lesions_are_the_double_integral_of_the_dose_rate():
    doses, halves, repair = (3.2, 2.6), (32.0, 52.0), math.log(2) / 2.8
    rates = [math.log(2) / half for half in halves]

    def dose_rate(time):
        return sum(dose * rate * math.exp(-rate * time) for dose, rate in zip(doses, rates, strict=True))

    def earlier(time):
        value, _ = integrate.quad(
            lambda at: dose_rate(at) * math.exp(-repair * (time - at)), max(0, time - 60), time
        )
        return value

    grid = np.linspace(0, 1200, 6001)
    lesions = 2 * integrate.simpson([dose_rate(time) * earlier(time) for time in grid], x=grid)
    assert _bed(doses, halves) == pytest.approx(sum(doses) + lesions / 2.5, rel=1e-5)


def test_radionuclides_together_do_more_than_apart():
    assert _bed((3.2, 2.6), (32, 52)) > _bed((3.2,), (32,)) + _bed((2.6,), (52,))


def test_equal_half_lives_are_one_radionuclide():
    assert _bed((2.0, 3.0), (50, 50)) == pytest.approx(_bed((5.0,), (50,)), rel=1e-12)


@given(st.floats(0, 30), st.floats(1, 200))
def test_bed_lies_between_the_dose_and_that_of_one_flash(dose, half):
    bed = _bed((dose,), (half,))
    assert dose <= bed <= dose * (1 + dose / 2.5) + 1e-12


def test_a_flash_has_the_full_quadratic_term_and_2_gy_its_own_dose():
    found = biologically_effective_dose(
        [CycleDose(dose_gy=(2.0,), effective_half_life_h=(1e-9,))] * 5, alpha_beta=2.5, repair_half_time_h=2.8
    )
    assert found.eqd2 == pytest.approx(10, rel=1e-6)


@pytest.mark.parametrize(
    ("doses", "halves", "alpha_beta", "repair"),
    [
        ((-1.0,), (50,), 2.5, 2.8),
        ((math.nan,), (50,), 2.5, 2.8),
        ((1.0,), (0,), 2.5, 2.8),
        ((1.0, 2.0), (50,), 2.5, 2.8),
        ((1.0,), (50,), 0, 2.8),
        ((1.0,), (50,), 2.5, -1),
    ],
)
def test_impossible_input_is_refused(doses, halves, alpha_beta, repair):
    with pytest.raises(DataError):
        _bed(doses, halves, alpha_beta, repair)


def test_no_cycle_gives_no_dose():
    assert biologically_effective_dose([], alpha_beta=2.5, repair_half_time_h=2.8).bed == 0
