"""Activities of every cycle: who is changed up or down, by how much, and the sums that are printed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.annealing import Annealed, Schedule, Space, anneal
from duonen_stats.simulated.calibration.statistics import quantile
from duonen_stats.simulated.calibration.targets import Bounds
from duonen_stats.simulated.model.treatment import AdaptationRule
from duonen_stats.study import Arm, Study

Values = NDArray[np.float64]

FIRST, UP, DOWN, SAME = range(4)
_DISPENSED = 0.045
_CHANGED = 0.12
_LARGEST = 14150.0
_SMALLEST_SHARE = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTargets:
    """Mean change (MBq) of those changed up and down, and the cumulative activity (GBq) if it is printed."""

    up: Bounds
    down: Bounds
    cumulative: tuple[Bounds, Bounds, Bounds, Bounds, Bounds] | None = None
    """Minimum, quartiles and maximum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """How many of a patient's later cycles are up, down or unchanged: shape (3, n)."""

    cycles: NDArray[np.intp]

    @property
    def delivered(self) -> NDArray[np.intp]:
        """Cycles delivered to each patient, the first one included."""
        return np.asarray(1 + self.cycles.sum(axis=0))

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which of first activity, change up, change down and drift each patient has, shape (4, n)."""
        return np.vstack([np.ones(self.cycles.shape[1], dtype=bool), self.cycles > 0])


@dataclass
class CourseProblem:
    """Loss of an arm's activities: rows are the first activity and the changes up, down and none (MBq)."""

    decisions: Decisions
    targets: CourseTargets
    _weights: Values = field(init=False)

    def __post_init__(self) -> None:
        self._weights = np.vstack([self.decisions.delivered, self.decisions.cycles]).astype(np.float64)

    def touched(self, part: int) -> NDArray[np.intp]:
        """Places of the terms of a row: its mean, and the cumulative activity."""
        return np.array([part, len(self._weights)])

    def terms(self, state: Values, part: int, rows: Values) -> Values:
        """Terms were the row each of ``rows``."""
        wanted = {UP: self.targets.up, DOWN: self.targets.down}.get(part)
        has = self.decisions.present[part]
        mean = np.zeros(len(rows)) if wanted is None or not has.any() else rows[:, has].mean(axis=1)
        own = np.zeros(len(rows)) if wanted is None else wanted.excess(mean) / 10.0
        others = (np.delete(self._weights, part, 0) * np.delete(state, part, 0)).sum(axis=0)
        return np.stack([own, self._cumulative((others + self._weights[part] * rows) / 1000.0)], axis=1)

    def all_terms(self, state: Values) -> Values:
        """All terms of a state."""
        rows = [self.terms(state, part, state[part][None])[0] for part in range(len(state))]
        return np.array([*(row[0] for row in rows), rows[0][1]])

    def _cumulative(self, sums: Values) -> Values:
        if self.targets.cumulative is None:
            return np.zeros(len(sums))
        ascending = np.sort(sums, axis=1)
        places = (0.0, 0.25, 0.5, 0.75, 1.0)
        missed = [
            wanted.excess(quantile(ascending, place)) * 4.0
            for wanted, place in zip(self.targets.cumulative, places, strict=True)
        ]
        return np.asarray(np.sum(missed, axis=0))


def calibrate_course(
    decisions: Decisions,
    targets: CourseTargets,
    *,
    nominal: float,
    schedule: Schedule,
    rng: np.random.Generator,
) -> Annealed:
    """Find first activities and changes (MBq) of the modified isotope of one arm.

    First activities stay within 4.5 % of ``nominal``; a change counts from 12 % of it (the plan's tolerance is
    10 %), a drift stays below 4.5 %, and what is given lies between 8 % of nominal and 14.15 GBq.
    Starts from equal changes at the middle of what is printed.
    """
    n = decisions.cycles.shape[1]
    near, far = _DISPENSED * nominal, _CHANGED * nominal
    low = np.array([nominal - near, far, (_SMALLEST_SHARE - 1) * nominal + near, -near])
    high = np.array([nominal + near, _LARGEST - nominal - near, -far, near])
    space = Space(
        low=np.repeat(low[:, None], n, axis=1),
        high=np.repeat(high[:, None], n, axis=1),
        present=decisions.present,
        step=1.0,
        spread=0.3 * nominal,
    )
    middle = [nominal, _middle(targets.up), _middle(targets.down), 0.0]
    start = np.array(middle)[:, None] + rng.normal(0, [[near / 2], [far], [far], [near / 2]], (4, n))
    start = np.where(decisions.present, space.on_grid(start), 0.0)
    return anneal(start, CourseProblem(decisions, targets), space, schedule, rng)


def _middle(wanted: Bounds) -> float:
    ends = [end for end in (wanted.low, wanted.high) if np.isfinite(end)]
    return float(np.mean(ends)) if ends else 0.0


def spread_over_cycles(
    changes: Values, decisions: Decisions, *, cycles: int, rng: np.random.Generator
) -> Values:
    """Give each cycle its activity (MBq), shape (cycles, n), NaN if not delivered.

    Changes up come first, then changes down: an increase that proved too much is taken back. Cycles of one
    decision differ by at most a percent of dispensing, and their mean is kept exactly.
    """
    out = np.full((cycles, changes.shape[1]), np.nan)
    for patient in range(changes.shape[1]):
        first = changes[FIRST, patient]
        given = [first]
        for row in (UP, DOWN, SAME):
            number = int(decisions.cycles[row - 1, patient])
            noise = np.round(rng.uniform(-0.005, 0.005, number) * (first + changes[row, patient]))
            if number:
                noise[-1] -= noise.sum()
            given += list(first + changes[row, patient] + noise)
        out[: len(given), patient] = given
    return out


# The activity set for each cycle, from the one given: what was dispensed of one order is known, the order is not.


_SET_STREAM = 3
"""Beside the streams of late follow-up, so that nothing else is drawn from it."""


def with_activities_set(
    administrations: pd.DataFrame, subjects: pd.DataFrame, study: Study, rule: AdaptationRule, seed: int
) -> pd.DataFrame:
    """Say which activity was set for each cycle of a calibrated cohort, leaving those given as they are.

    Parameters
    ----------
    administrations, subjects
        Raw tables of the cohort; what stood in the columns of activities set is replaced.
    study
        Arms with their nominal activities and the isotope that dosimetry adapts.
    rule
        Spread of the dispensed about the ordered activity, and the multiples that activities are ordered in.
    seed
        Of a stream of its own.

    Returns
    -------
    pandas.DataFrame
        The table with a column ``<isotope>_SET_MBQ`` for each isotope: the nominal activity at cycle 1, of an isotope
        that the arm keeps, and where the reason is that all went as planned. Of an adapted one, successive cycles of
        one reason whose activities differ by less than the tolerance were dispensed from one order: their mean
        divided by one drawn error of dispensing, in the multiples of ``rule.step``.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, _SET_STREAM, 160]))
    arms = administrations["SUBJID"].map(subjects.set_index("SUBJID")["ARM"])
    columns = {
        one.code: np.array(
            [study.arm(code).initial_activity.get(one.code, np.nan) for code in arms], dtype=np.float64
        )
        for one in study.isotopes
    }
    for _, rows in administrations.assign(_PLACE=np.arange(len(administrations))).groupby(
        "SUBJID", sort=False
    ):
        arm = study.arm(str(arms.loc[rows.index[0]]))
        if arm.modified_isotope is not None:
            orders = _orders(rows, arm, study, rule, rng)
            columns[arm.modified_isotope][rows["_PLACE"].to_numpy()] = orders
    made = {f"{code}_SET_MBQ": values for code, values in columns.items()}
    return administrations.assign(**made)


def _orders(
    rows: pd.DataFrame, arm: Arm, study: Study, rule: AdaptationRule, rng: np.random.Generator
) -> Values:
    """Give the orders of the isotope that a patient's dosimetry adapts, cycle by cycle."""
    isotope = str(arm.modified_isotope)
    nominal = arm.initial_activity[isotope]
    given = rows[f"{isotope}_MBQ"].to_numpy(dtype=np.float64)
    planned = (rows["CYCLE"].eq(study.cycles[0].code) | rows["REASON"].eq("PLANNED")).to_numpy(dtype=bool)
    out = np.full(len(rows), nominal)
    changed = _runs(given, rows["REASON"].to_list(), planned, nominal * study.design.activity_tolerance)
    for run in changed:
        error = rule.dispensing_sd / np.sqrt(len(run)) * rng.standard_normal()
        out[run] = rule.step * np.rint(given[run].mean() / (1 + error) / rule.step)
    return out


def _runs(given: Values, reason: list[Any], planned: NDArray[np.bool_], apart: float) -> list[list[int]]:
    """Gather the places of successive changed cycles of one order."""
    runs: list[list[int]] = []
    for place in np.flatnonzero(~planned).tolist():
        last = runs[-1][-1] if runs else -1
        same = runs and last == place - 1 and reason[last] == reason[place]
        if same and abs(given[place] - given[runs[-1][0]]) < apart:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
