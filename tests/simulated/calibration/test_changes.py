"""The loss of an analyte's changes: incremental terms equal those computed afresh, and name what is off."""

import numpy as np
import pytest

from duonen_stats.simulated.calibration.changes import ChangeProblem, ChangeTargets, PatientGroups
from duonen_stats.simulated.calibration.targets import Bounds

N = 24
ARM = np.repeat([0, 1, 2], 8)
NS = Bounds(low=0.06)


def problem(seed, **changes):
    rng = np.random.default_rng(seed)
    present = rng.random((4, N)) < 0.9
    given = {
        "printed_visit": 3,
        "quartiles": (Bounds(low=-3, high=-2.9), Bounds(low=-1, high=-0.9), Bounds(low=0, high=0.1)),
        "medians": [Bounds(low=-0.5, high=0.5)] * 4,
        "between": [NS, Bounds(low=0.01, high=0.02), NS, NS],
        "paired": [Bounds(low=0.001, high=0.002), NS, Bounds()],
        "steady": 0.5,
        "adverse": -1,
        "arm_medians": [Bounds(high=0)] * 3,
        "rho": Bounds(low=-0.45, high=-0.35),
        "rho_p": Bounds(high=0.04),
        "worst_between": NS,
        "worst_modified": NS,
    } | changes
    dose = np.where(rng.random(N) < 0.8, rng.random(N), np.nan)
    patients = PatientGroups(arm=ARM, dose=dose, modified=np.where(ARM == 0, -1, rng.integers(0, 2, N)))
    return ChangeProblem(ChangeTargets(**given), patients, present, 2.0)


@pytest.mark.law
@pytest.mark.parametrize("adverse", [-1, 1])
@pytest.mark.parametrize("seed", range(4))
def test_terms_of_a_changed_visit_are_those_of_the_changed_state(seed, adverse):
    rng = np.random.default_rng(seed + 100)
    one = problem(seed, adverse=adverse)
    state = np.round(rng.normal(-1, 1, (4, N)), 1)
    for part in range(4):
        rows = np.round(rng.normal(-1, 1, (3, N)), 1)
        found = one.terms(state, part, rows)
        for row, terms in zip(rows, found, strict=True):
            changed = state.copy()
            changed[part] = row
            assert terms == pytest.approx(one.all_terms(changed)[one.touched(part)], abs=1e-9)


class TestTerms:
    def test_a_visit_touches_its_neighbours_and_the_worst_change(self):
        one = problem(0)
        assert one.touched(0).tolist() == [0, 4, 7]
        assert one.touched(2).tolist() == [2, 5, 6, 7]

    def test_unsteady_changes_cost(self):
        rng = np.random.default_rng(1)
        one = problem(1, paired=[Bounds()] * 3)
        state = rng.normal(size=(4, N))
        state[1] = state[0]
        terms = one.all_terms(state)
        assert terms[4] == 0
        assert terms[5] > 1

    def test_the_worst_is_the_lowest_where_a_fall_is_adverse(self):
        wide = problem(2, worst_between=Bounds(), worst_modified=Bounds(), rho_p=Bounds(), rho=Bounds())
        assert wide.all_terms(np.zeros((4, N)))[7] == 0
