"""Values before later cycles lie between the visit before and baseline, and keep the bounds."""

import numpy as np
from calibration_parts import start_values

from duonen_stats.simulated.calibration.analytes import ANALYTES
from duonen_stats.simulated.calibration.between import values_before


def made():
    baseline = {name: np.round(value, 1) for name, value in start_values().items()}
    after = {plan.code: np.round(0.85 * baseline[plan.code] * np.ones((4, 1)), 2) for plan in ANALYTES}
    after["ALT"][1, 3] = np.nan
    return baseline, after, values_before(baseline, after, np.random.default_rng(1))


def test_half_way_back_on_average():
    baseline, after, before = made()
    part = (before["PLAT"] - after["PLAT"][:-1]) / (baseline["PLAT"] - after["PLAT"][:-1])
    assert 0.35 < np.mean(part) < 0.55
    assert np.isfinite(before["ALT"]).all()


def test_parts_of_the_white_cells_fit():
    _, _, before = made()
    rest = 1 - (before["NEUT"] + before["LYMPH"]) / before["WBC"]
    assert (rest > 0.02).all()
    assert (rest < 0.29).all()


def test_bounds_are_kept():
    baseline, _, before = made()
    for plan in ANALYTES:
        if plan.code not in {"NEUT", "LYMPH"}:
            low, high = np.minimum(plan.low, baseline[plan.code]), np.maximum(plan.high, baseline[plan.code])
            assert ((before[plan.code] >= low - 1e-9) & (before[plan.code] <= high + 1e-9)).all()
