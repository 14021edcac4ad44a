"""The loss of cumulative doses: incremental terms and group quantiles."""

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.doses import (
    CycleRules,
    DoseLimits,
    DoseProblem,
    DoseTargets,
    GroupQuantiles,
    spread_dose,
)
from duonen_stats.simulated.calibration.targets import Bounds

ARM = np.repeat([0, 1, 2], [6, 5, 7])


def problem(**changes):
    shares = np.full((2, 4, len(ARM)), 0.25)
    n = len(ARM)
    limits = DoseLimits(
        shares=shares,
        first_low=np.zeros(n),
        first_high=np.full(n, 5.0),
        any_cycle=4.0,
        total_high=np.full(n, 30.0),
    )
    targets = DoseTargets(
        quartiles=[(Bounds(low=8, high=9), Bounds(low=10, high=11), Bounds(low=12, high=13))] * 3,
        medians={(1, 1): Bounds(low=3.0, high=3.5)},
        between=Bounds(low=0.02, high=0.03),
        pairwise={1: Bounds(low=0.06), 2: Bounds(high=0.06)},
        **changes,
    )
    return DoseProblem(ARM, targets, limits)


@pytest.mark.law
@pytest.mark.parametrize("seed", range(5))
def test_terms_of_a_changed_row_are_those_of_the_changed_state(seed):
    rng = np.random.default_rng(seed)
    state = np.round(rng.uniform(2, 8, (2, len(ARM))), 3)
    with_rho = {"rho": Bounds(low=-0.8, high=-0.7), "rho_p": Bounds(high=0.04)}
    one = problem(rho_with=np.where(ARM == 2, rng.normal(size=len(ARM)), np.nan), **with_rho)
    for part in (0, 1):
        rows = np.round(rng.uniform(2, 8, (4, len(ARM))), 3)
        found = one.terms(state, part, rows)
        for row, terms in zip(rows, found, strict=True):
            changed = state.copy()
            changed[part] = row
            assert terms == pytest.approx(one.all_terms(changed)[one.touched(part)], abs=1e-9)


class TestParts:
    def test_group_quantiles(self):
        rows = np.array([[1.0, 2, 3, 4, 5, 9, 10.0, 20, 30, 40, 50]])
        group = np.repeat([0, 1], [6, 5])
        wanted = {(0, 0.25): Bounds(low=1.75, high=1.75), (0, 0.5): Bounds(low=3.5, high=3.5)}
        wanted[1, 0.5] = Bounds(low=33.0, high=60.0)
        assert GroupQuantiles(group, wanted).loss(rows) == pytest.approx([20 * 3 / 60])

    def test_no_quantile_no_loss(self):
        assert GroupQuantiles(ARM, {}).loss(np.ones((3, len(ARM)))).tolist() == [0.0, 0.0, 0.0]

    def test_a_cycle_above_its_limit_costs(self):
        low, high = np.full((2, len(ARM)), 4.0), np.full((2, len(ARM)), 9.0)
        one = problem()
        assert one._cycles(low[:, None]).tolist() == [0.0]
        assert one._cycles(high[:, None])[0] > 0

    def test_more_patients_above_a_limit_than_allowed_cost(self):
        own = np.flatnonzero(ARM == 2)
        plain, bounded = problem(), problem(within={2: (5, 11.5)})
        doses = 5.0 + np.linspace(0, 0.5, 2 * len(ARM)).reshape(2, -1)
        doses[0, own[-2:]] = 9.0  # two of seven above 11.5 Gy: five stay below
        assert bounded.all_terms(doses) == pytest.approx(plain.all_terms(doses))
        doses[0, own[-3:]] = 9.0
        assert bounded.all_terms(doses).sum() > plain.all_terms(doses).sum() + 1


RULES = CycleRules(specific=((0.1, 1.5), (1.0, 6.0)), first_low=0.0, first_high=5.7, any_cycle=np.inf)
ACTIVITY = np.array([[3.7, 3.7, 3.7, 3.7], [1.85, 1.85, 1.85, 1.85]])


def spread(totals, rules=RULES, activity=ACTIVITY):
    return spread_dose(np.array(totals), activity, rules, decimals=3, rng=np.random.default_rng(1))


def test_sums_are_exact():
    doses = spread([6.4, 15.2])
    assert np.round(doses.sum(axis=1), 3).tolist() == [6.4, 15.2]


def test_the_first_cycle_keeps_below_where_nothing_was_reduced():
    doses = spread([8.0, 18.0])
    assert doses[:, 0].sum() <= 5.7
    assert np.round(doses.sum(), 3) == 26.0


def test_the_first_cycle_rises_above_where_activity_was_reduced():
    rules = CycleRules(specific=RULES.specific, first_low=5.8, first_high=np.inf, any_cycle=np.inf)
    assert spread([6.0, 14.0], rules)[:, 0].sum() >= 5.8


def test_an_isotope_that_is_not_given_has_no_dose():
    doses = spread([15.0, 0.0], activity=np.array([[7.4] * 4, [0.0] * 4]))
    assert doses[1].tolist() == [0.0] * 4


def test_what_cannot_be_is_said():
    with pytest.raises(NotEstimable, match="all rules"):
        spread([60.0, 80.0])
