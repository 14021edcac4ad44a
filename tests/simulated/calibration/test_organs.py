"""Doses of an organ: sums, the rule of adaptation and plausible doses per activity, in whatever was reached."""

from functools import cache

import numpy as np
import pytest
from calibration_parts import loosened_targets

from duonen_stats import load_study
from duonen_stats.simulated.calibration.annealing import Schedule
from duonen_stats.simulated.calibration.organs import ASSUMED, calibrate_organ
from duonen_stats.simulated.calibration.roster import ARMS, build_roster


def activities(roster, nominal):
    """Nominal activities, each changed cycle by 45 %, shape (2, 4, n) in MBq."""
    out = np.full((2, 4, len(roster.arm)), np.nan)
    for place, arm in enumerate(ARMS):
        for patient in np.flatnonzero(roster.arm == place):
            up, down, same = roster.decisions[:, patient]
            share = [1.0] + [1.45] * up + [0.55] * down + [1.0] * same
            for isotope, modified in enumerate(((arm in "CD"), (arm == "B"))):
                if arm in nominal[isotope]:
                    given = np.array(share if modified else [1.0] * len(share))
                    out[isotope, : len(given), patient] = nominal[isotope][arm] * given
    return out


NOMINAL = ({"A": 7400, "B": 3700, "C": 3700, "D": 7400}, {"B": 1850, "C": 1850})


@cache
def made(place):
    study, targets = load_study(), loosened_targets()
    roster = build_roster(targets)
    activity = activities(roster, NOMINAL)
    found = calibrate_organ(
        study.organs[place], roster, activity, targets, schedule=Schedule(candidates=1500),
        rng=np.random.default_rng(2),
    )  # fmt: skip
    return roster, activity, found


@pytest.mark.parametrize("place", [0, 1])
def test_cycles_add_up_and_follow_the_activity(place):
    _, activity, found = made(place)
    assert found.by_cycle.sum(axis=(0, 1)) == pytest.approx(found.total)
    assert ((found.by_cycle > 0) == np.isfinite(activity)).all()


@pytest.mark.parametrize(("place", "organ"), [(0, "KIDNEY"), (1, "MARROW")])
def test_dose_per_activity_is_plausible_in_every_cycle(place, organ):
    _, activity, found = made(place)
    for isotope, (low, high) in enumerate(ASSUMED[organ].cycle):
        specific = found.by_cycle[isotope] / (activity[isotope] / 1000)
        specific = specific[np.isfinite(specific)]
        assert low - 1e-3 <= specific.min() <= specific.max() <= high + 1e-3


def test_reduced_if_and_only_if_the_projection_is_above_the_limit():
    roster, _, found = made(0)
    projected = 4 * found.by_cycle[:, 0].sum(axis=0)
    up, down, _ = roster.decisions > 0
    adapted = roster.changed >= 0
    assert (projected[down & ~up] > 23).all()
    assert (projected[adapted & ~(down & ~up)] < 23).all()


def test_no_cycle_exceeds_the_marrow_limit():
    _, _, found = made(1)
    assert found.by_cycle.sum(axis=0).max() <= 0.5
