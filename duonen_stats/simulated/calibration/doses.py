"""The loss of an organ's cumulative doses: what was printed of them, and what protocol and physics allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from duonen_stats.simulated.calibration.interval import Interval
from duonen_stats.simulated.calibration.ranks import midranks
from duonen_stats.simulated.calibration.statistics import (
    games_howell_q,
    kruskal_p,
    median,
    quantile,
    spearman,
)

Values = NDArray[np.float64]

_LOCATION = 20.0
_STRENGTH = 20.0
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTargets:
    """What the cumulative doses of an organ must give, arms numbered from 0.

    ``quartiles`` of the total, one triple an arm; ``medians`` of an isotope (row of the state) in an arm;
    ``between`` for the p of all arms; ``pairwise`` for the Games-Howell p of an arm against arm 0;
    ``rho`` and ``rho_p`` for the correlation of the total with ``rho_with`` (NaN: not in it).
    """

    quartiles: Sequence[tuple[Interval, Interval, Interval]]
    medians: Mapping[tuple[int, int], Interval]
    between: Interval
    pairwise: Mapping[int, Interval]
    rho: Interval = field(default_factory=Interval)
    rho_p: Interval = field(default_factory=Interval)
    rho_with: Values | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """What a single cycle may give, if each isotope's dose is spread by activity.

    ``shares`` holds each isotope's fraction of its cumulative activity, shape (isotopes, cycles, patients);
    ``first`` bounds the dose of cycle 1 of each patient (the rule of adaptation), ``any_cycle`` every cycle.
    """

    shares: Values
    first_low: Values
    first_high: Values
    any_cycle: float


@dataclass
class DoseProblem:
    """Loss of the cumulative doses, isotopes by patients: a term of each isotope, one of their sum."""

    arm: NDArray[np.intp]
    targets: DoseTargets
    limits: DoseLimits
    _members: list[NDArray[np.intp]] = field(init=False)
    _membership: Values = field(init=False)
    _q: dict[int, "CriticalRange"] = field(init=False)
    _with: tuple[NDArray[np.intp], Values] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        arms = np.arange(len(self.targets.quartiles))
        self._members = [np.flatnonzero(self.arm == one) for one in arms]
        self._membership = (self.arm[:, None] == arms[None]).astype(np.float64)
        self._q = {one: CriticalRange(wanted, len(arms)) for one, wanted in self.targets.pairwise.items()}
        if self.targets.rho_with is not None:
            known = np.flatnonzero(np.isfinite(self.targets.rho_with))
            self._with = known, midranks(self.targets.rho_with[known][None])[0][0]

    def touched(self, part: int) -> NDArray[np.intp]:
        """Places of an isotope's term and of the sum's."""
        return np.array([part, len(self.limits.shares)])

    def terms(self, state: Values, part: int, rows: Values) -> Values:
        """Terms of an isotope and of the sum, were the isotope's doses each of ``rows``."""
        doses = np.repeat(state[:, None], len(rows), axis=1)
        doses[part] = rows
        return np.stack([self._isotope(part, rows), self._total(doses)], axis=1)

    def all_terms(self, state: Values) -> Values:
        """All terms of a state."""
        own = [self._isotope(part, row[None])[0] for part, row in enumerate(state)]
        return np.array([*own, self._total(state[:, None])[0]])

    def _isotope(self, part: int, rows: Values) -> Values:
        loss = np.zeros(len(rows))
        for (isotope, arm), wanted in self.targets.medians.items():
            if isotope == part:
                loss += wanted.excess(median(rows[:, self._members[arm]])) * (_LOCATION / wanted.high)
        return loss

    def _total(self, doses: Values) -> Values:
        total = np.round(doses.sum(axis=0), 6)
        loss = self._cycles(doses) + self.targets.between.log_excess(kruskal_p(total, self._membership))
        for members, wanted in zip(self._members, self.targets.quartiles, strict=True):
            ascending = np.sort(total[:, members], axis=1)
            for probability, interval in zip(_QUARTILES, wanted, strict=True):
                loss += interval.excess(quantile(ascending, probability)) * (_LOCATION / wanted[1].high)
        for arm, critical in self._q.items():
            q, df = games_howell_q(total[:, self._members[0]], total[:, self._members[arm]])
            loss += critical.excess(q, df)
        if self._with is not None:
            rho, p = spearman(total[:, self._with[0]], self._with[1])
            loss += _STRENGTH * self.targets.rho.excess(rho) + self.targets.rho_p.log_excess(p)
        return loss

    def _cycles(self, doses: Values) -> Values:
        first = np.einsum("ikn,in->kn", doses, self.limits.shares[:, 0])
        loss = np.maximum(self.limits.first_low - first, 0) + np.maximum(first - self.limits.first_high, 0)
        over = np.zeros(doses.shape[1])
        for cycle in range(self.limits.shares.shape[1]):
            given = np.einsum("ikn,in->kn", doses, self.limits.shares[:, cycle])
            over += np.maximum(given - self.limits.any_cycle, 0).sum(axis=1)
        return loss.sum(axis=1) + _LOCATION * over


class CriticalRange:
    """The studentised ranges whose p lies in an interval, tabulated by degrees of freedom."""

    def __init__(self, wanted: Interval, groups: int) -> None:
        self._df = np.arange(3.0, 41.0, 0.5)
        law = stats.studentized_range
        high = min(wanted.high, 1.0)
        self._low = law.isf(high, groups, self._df) if high < 1 else np.zeros_like(self._df)
        self._high = (
            law.isf(wanted.low, groups, self._df) if wanted.low > 0 else np.full_like(self._df, np.inf)
        )

    def excess(self, q: Values, df: Values) -> Values:
        """How far each q lies outside its interval."""
        low = np.interp(df, self._df, self._low)
        high = np.interp(df, self._df, self._high)
        return np.maximum(np.maximum(low - q, q - high), 0.0)
