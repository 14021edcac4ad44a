"""Change a year by arm: exact lines, the boundary, and refusals; R's numbers are in the reference cases."""

import numpy as np
import pytest

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import slope_per_year
from duonen_stats.verification.recomputed.harm.kidney_slopes import fit_lines


def _cohort(seed: int, *, n: int = 20, slope_sd: float = 1.5, times: int = 6):
    draw = np.random.default_rng(seed)
    subject, arm, years, value = [], [], [], []
    for number in range(n):
        own = "AB"[number % 2]
        slope = (-2.0 if own == "A" else -4.0) + draw.normal(0, slope_sd)
        start = draw.normal(85, 15)
        for time in np.arange(times) * 0.5 + draw.uniform(-0.05, 0.05, times):
            subject.append(f"P{number}")
            arm.append(own)
            years.append(time)
            value.append(start + slope * time + draw.normal(0, 2))
    return subject, arm, years, value


def test_balanced_data_give_the_means_of_the_patients_own_slopes():
    # With the same times for all, the estimate is the mean of the least-squares slopes, and the test is the t test.
    subject, arm, _, value = _cohort(1)
    years = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5] * 20
    found = slope_per_year(subject, arm, years, value, reference="A")
    own = [np.polyfit(years[:6], value[at : at + 6], 1)[0] for at in range(0, len(value), 6)]
    assert found.random_slope
    assert found.slopes[0].satterthwaite.estimate == pytest.approx(np.mean(own[0::2]), rel=1e-8)
    assert found.slopes[1].satterthwaite.estimate == pytest.approx(np.mean(own[1::2]), rel=1e-8)
    pooled = (np.var(own[0::2], ddof=1) + np.var(own[1::2], ddof=1)) / 2
    assert found.differences[0].satterthwaite.se == pytest.approx(np.sqrt(pooled * 2 / 10), rel=1e-7)
    assert found.differences[0].satterthwaite.df == pytest.approx(18, rel=1e-6)


def test_the_origin_of_time_does_not_matter():
    subject, arm, years, value = _cohort(2)
    found = slope_per_year(subject, arm, years, value, reference="A")
    later = slope_per_year(subject, arm, [time + 3 for time in years], value, reference="A")
    assert later.differences[0].satterthwaite.estimate == pytest.approx(
        found.differences[0].satterthwaite.estimate, rel=1e-6
    )
    assert later.loglik == pytest.approx(found.loglik, abs=1e-6)


def test_slopes_that_do_not_vary_are_fitted_with_an_intercept_alone():
    # At the boundary lme4 reports a singular fit and nlme stops; the model without that variance is well defined.
    boundary = [slope_per_year(*_cohort(seed, slope_sd=0.0), reference="A") for seed in range(3, 11)]
    assert any(not one.random_slope for one in boundary)
    for one in boundary:
        assert one.random_covariance.shape == ((2, 2) if one.random_slope else (1, 1))
        assert np.isfinite(one.differences[0].satterthwaite.se)


def test_few_patients_with_a_small_error_have_slopes_that_vary():
    # From equal shares of the variance the way leads to the edge of the covariance matrices, far below this maximum.
    courses = {
        "0A": {0.12: 94.8, 0.29: 97.3, 0.96: 99.8, 2.46: 111.3, 2.98: 113.2, 4.25: 122.0, 4.58: 124.2},
        "1B": {0.02: 80.7, 0.12: 81.1, 0.28: 80.0, 0.38: 81.4, 0.72: 79.1, 0.97: 80.4},
        "2C": {3.46: 48.1, 4.36: 42.9, 4.6: 41.5},
        "3D": {0.35: 94.5, 0.77: 94.0},
        "4A": {0.39: 65.2, 0.69: 64.6, 1.62: 61.9, 1.64: 63.0, 2.05: 62.2, 3.79: 59.8},
        "5B": {0.47: 92.9, 0.61: 92.3, 0.62: 91.9, 0.74: 92.6},
        "6C": {-0.05: 57.5, -0.03: 58.7, 0.1: 58.0, 0.34: 57.5, 0.41: 56.5, 0.79: 57.9},
        "7D": {0.57: 79.9},
    }
    rows = [(name, years, value) for name, course in courses.items() for years, value in course.items()]
    subject, years, value = zip(*rows, strict=True)
    found = slope_per_year(subject, [one[1] for one in subject], years, value, reference="A")
    assert found.random_slope
    assert found.loglik == pytest.approx(-51.685720517, abs=1e-6)


def test_an_arm_of_one_patient_has_no_slope():
    subject, arm, years, value = _cohort(4)
    arm = ["C" if one == "P1" else own for one, own in zip(subject, arm, strict=True)]
    found = slope_per_year(subject, arm, years, value, reference="A", arms=["A", "B", "C", "D"])
    assert found.missing == {"C": "group_too_small", "D": "empty_group"}
    assert [one.arm for one in found.slopes] == ["A", "B"]


def test_missing_values_are_left_out_and_counted():
    subject, arm, years, value = _cohort(5)
    value[0] = None
    years[7] = None
    found = slope_per_year(subject, arm, years, value, reference="A")
    assert (found.n_obs, found.n_missing) == (118, 2)


@pytest.mark.parametrize(
    ("arm", "reference", "reason"),
    [(["A", "A", "B", "B"], "C", None), (["A", "B", "A", "B"], "A", None), (["A", "A", "B"], "A", None)],
)
def test_rows_without_a_common_form_are_refused(arm, reference, reason):
    assert reason is None
    with pytest.raises(DataError):
        slope_per_year(["P1", "P1", "P2", "P2"], arm, [0, 1, 0, 1], [1, 2, 3, 4], reference=reference)


def test_a_reference_of_one_patient_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        slope_per_year(
            ["P1", "P1", "P2", "P2"], ["A", "A", "B", "B"], [0, 1, 0, 1], [1, 2, 3, 5], reference="A"
        )
    assert refusal.value.reason == "group_too_small"


def test_one_time_for_all_is_refused():
    subject = ["P1", "P2", "P3", "P4"]
    with pytest.raises(NotEstimable) as refusal:
        slope_per_year(subject, ["A", "A", "B", "B"], [1, 1, 1, 1], [1, 2, 3, 5], reference="A")
    assert refusal.value.reason == "collinear"


def test_slopes_without_error_are_refused_rather_than_taken_for_equal():
    # Leaving the random slope out would give 38 degrees of freedom instead of 18, and far too small an error.
    draw = np.random.default_rng(6)
    subject, arm, years, value = [], [], [], []
    for number in range(20):
        start, slope = draw.normal(85, 15), draw.normal(-2, 1.5)
        for time in (0.0, 1.0, 2.0):
            subject.append(f"P{number}")
            arm.append("AB"[number % 2])
            years.append(time)
            value.append(start + slope * time)
    with pytest.raises(NotEstimable) as refusal:
        slope_per_year(subject, arm, years, value, reference="A")
    assert refusal.value.reason == "zero_variance"


@pytest.mark.parametrize("values", [1, 2])
def test_values_at_two_times_at_most_do_not_tell_error_from_slopes(values):
    subject, arm, years, value = _cohort(7, times=values)
    years = [time + 0.1 * place for place, time in enumerate(years)]
    with pytest.raises(NotEstimable) as refusal:
        slope_per_year(subject, arm, years, value, reference="A")
    assert refusal.value.reason == "n_too_small"


FOUR = (
    "-0.02:112 0.04:111 0.14:113 0.19:114 0.3:115 0.35:112 0.45:110 0.5:111 0.66:113.2 0.91:111.7 "
    "1.14:109.7 1.35:110.3 1.59:109.7 1.86:108.8 2.06:109.8",
    "-0.07:100 0.16:97 0.2:98 0.35:101 0.45:100 0.5:102 0.69:102.7 0.92:102.3",
    "-0.03:88 0.04:90 0.19:93 0.3:90 0.35:88 0.45:89 0.49:89 0.67:88.3 0.94:90.6 1.15:87.8 1.36:88.8 "
    "1.62:86.7 1.82:81.3 2.06:87.6 2.3:87.8 2.77:86",
    "-0.06:110 0.04:109 0.11:112 0.16:111 0.27:107 0.31:109 0.42:108 0.64:107.9 0.88:110 1.1:108.3 "
    "1.39:106.1 1.79:106.2 2.29:106.4 2.47:105",
)
"""Years and values of four SIMULATED patients: the likelihood has a maximum with slopes, and is higher without."""


@pytest.mark.independent
def test_random_slopes_are_left_out_where_the_likelihood_is_higher_without():
    """nlme 3.1.162 in R, ``lme(value ~ years, random = ~ years | patient)``: the variance of slopes is 4e-8."""
    rows = [
        (str(place), *map(float, pair.split(":"))) for place, line in enumerate(FOUR) for pair in line.split()
    ]
    subject, years, value = zip(*rows, strict=True)
    found = slope_per_year(subject, ["A"] * len(rows), years, value, reference="A")
    again = fit_lines([*subject], [0] * len(rows), np.array(years), np.array(value))
    assert not found.random_slope
    assert not again.sloped
    slope = found.slopes[0].satterthwaite
    own = again.contrast(np.array([0.0, 1.0]), 0.95, kenward_roger=False)
    assert slope.estimate == pytest.approx(own["estimate"], abs=1e-7)
    assert slope.se == pytest.approx(own["se"], abs=1e-7)
    assert (slope.estimate, slope.se) == pytest.approx((-1.616072, 0.332288), abs=1e-4)
