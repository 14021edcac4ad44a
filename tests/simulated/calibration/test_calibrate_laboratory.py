"""One analyte: targets collected, bounds kept, quartiles reached within seconds."""

import numpy as np
import pytest
from calibration_parts import analyte_targets, start_values

from duonen_stats.simulated.calibration.analytes import ANALYTES
from duonen_stats.simulated.calibration.annealing import Schedule
from duonen_stats.simulated.calibration.calibrate_laboratory import (
    AnalyteContext,
    calibrate_changes,
    change_targets,
)
from duonen_stats.simulated.calibration.roster import build_roster
from duonen_stats.simulated.calibration.targets import NOT_SIGNIFICANT, Bounds

PLANS = {plan.code: plan for plan in ANALYTES}


def known(targets, **values):
    roster = build_roster(targets)
    dose = np.where(roster.dosed, np.linspace(0.2, 1.2, len(roster.arm)), np.nan)
    base = {name: np.round(value, 2) for name, value in start_values().items()}
    return AnalyteContext(roster=roster, baseline=base, dose={"MARROW": dose, "KIDNEY": dose}, values=values)


def calibrate(code, targets, own, candidates=1000):
    return calibrate_changes(
        PLANS[code], targets, own, schedule=Schedule(candidates=candidates), rng=np.random.default_rng(1)
    )


def test_targets_without_a_printed_p_are_not_significant():
    wanted = change_targets(PLANS["HGB"], analyte_targets())
    assert wanted.printed_visit == 3
    assert list(wanted.between) == [NOT_SIGNIFICANT] * 4
    assert wanted.medians[3] == Bounds()
    assert max(abs(wanted.medians[2].low), abs(wanted.medians[2].high)) < 0.9


def test_quartiles_are_reached_and_values_stay_physiological():
    targets = analyte_targets("ALT", quartiles=(-10.0, -5.5, 1.25), visit=3)
    own = known(targets)
    found = calibrate("ALT", targets, own, candidates=6000)
    assert found.loss < 0.2
    after = own.baseline["ALT"] + found.state
    assert (after[found.present] >= 5).all()
    seen = found.state[2][found.present[2]]
    assert np.quantile(seen, 0.5, method="weibull") == pytest.approx(-5.5, abs=0.5)


def test_severe_platelets_only_in_those_who_stopped_for_them():
    targets = analyte_targets("PLT", quartiles=(-88, -57, -22))
    own = known(targets)
    found = calibrate("PLAT", targets, own)
    after = np.where(found.present, own.baseline["PLAT"] + found.state, np.inf)
    assert ((after.min(axis=0) < 50) == own.roster.severe).all()


@pytest.mark.parametrize(("code", "ledger"), [("LYMPH", "LYM"), ("NEUT", "NEU")])
def test_parts_fit_into_the_white_cells(code, ledger):
    targets = analyte_targets(ledger, quartiles=(-1.36, -0.87, -0.5))
    white, lymphocytes = np.full((4, 56), 5.0), np.full((4, 56), 1.2)
    own = known(targets, WBC=white, **({"LYMPH": lymphocytes} if code == "NEUT" else {}))
    found = calibrate(code, targets, own)
    after = (own.baseline[code] + found.state)[found.present]
    if code == "NEUT":  # 3 to 28 % of the white cells are neither
        rest = 5 - 1.2 - after
        assert 0.15 - 0.01 <= rest.min() <= rest.max() <= 1.4 + 0.01
    assert (after <= (0.74 if code == "NEUT" else 0.45) * 5 + 0.02).all()
    assert (found.present.sum(axis=0) == 0).sum() == 2
