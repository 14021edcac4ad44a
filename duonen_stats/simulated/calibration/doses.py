"""The loss of an organ's cumulative doses: what was printed of them, and what protocol and physics allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.statistics import (
    games_howell_q,
    kruskal_p,
    midranks,
    quantile,
    spearman,
)
from duonen_stats.simulated.calibration.targets import Bounds, CriticalRange

Values = NDArray[np.float64]

_LOCATION = 20.0
_STRENGTH = 20.0
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTargets:
    """What the cumulative doses of an organ must give, arms numbered from 0.

    ``quartiles`` of the total, one triple an arm; ``medians`` of an isotope (row of the state) in an arm;
    ``between`` for the p of all arms; ``pairwise`` for the Games-Howell p of an arm against arm 0;
    ``within`` gives for an arm how many of its patients at least stay below which dose (Gy);
    ``rho`` and ``rho_p`` for the correlation of the total with ``rho_with`` (NaN: not in it).
    """

    quartiles: Sequence[tuple[Bounds, Bounds, Bounds]]
    medians: Mapping[tuple[int, int], Bounds]
    between: Bounds
    pairwise: Mapping[int, Bounds]
    within: Mapping[int, tuple[int, float]] = field(default_factory=dict)
    rho: Bounds = field(default_factory=Bounds)
    rho_p: Bounds = field(default_factory=Bounds)
    rho_with: Values | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """What a single cycle may give, if each isotope's dose is spread by activity.

    ``shares`` holds each isotope's fraction of its cumulative activity, shape (isotopes, cycles, patients);
    ``total_high`` is the highest cumulative dose of each patient, both isotopes together;
    ``first`` bounds the dose of cycle 1 of each patient (the rule of adaptation), ``any_cycle`` every cycle.
    """

    shares: Values
    first_low: Values
    first_high: Values
    any_cycle: float
    total_high: Values


@dataclass
class DoseProblem:
    """Loss of the cumulative doses, isotopes by patients: a term of each isotope, one of their sum.

    Patients stand arm by arm, in the order of ``arm``.
    """

    arm: NDArray[np.intp]
    targets: DoseTargets
    limits: DoseLimits
    _sizes: Values = field(init=False)
    _membership: Values = field(init=False)
    _quartiles: "GroupQuantiles" = field(init=False)
    _medians: list["GroupQuantiles"] = field(init=False)
    _q: dict[int, CriticalRange] = field(init=False)
    _with: tuple[NDArray[np.intp], Values] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        arms = np.arange(len(self.targets.quartiles))
        self._membership = (self.arm[:, None] == arms[None]).astype(np.float64)
        self._sizes = self._membership.sum(axis=0)
        wanted = {  # the quantile of type 6 at k / (n + 1) is the k-th smallest value
            (arm, rank / (self._sizes[arm] + 1)): Bounds(high=limit)
            for arm, (rank, limit) in self.targets.within.items()
        } | {
            (arm, probability): interval
            for arm, triple in enumerate(self.targets.quartiles)
            for probability, interval in zip(_QUARTILES, triple, strict=True)
        }
        self._quartiles = GroupQuantiles(self.arm, wanted)
        self._medians = [
            GroupQuantiles(
                self.arm,
                {(arm, 0.5): one for (place, arm), one in self.targets.medians.items() if place == isotope},
            )
            for isotope in range(len(self.limits.shares))
        ]
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
        return np.stack([self._medians[part].loss(rows), self._total(doses)], axis=1)

    def all_terms(self, state: Values) -> Values:
        """All terms of a state."""
        own = [one.loss(row[None])[0] for one, row in zip(self._medians, state, strict=True)]
        return np.array([*own, self._total(state[:, None])[0]])

    def _total(self, doses: Values) -> Values:
        total = np.round(doses.sum(axis=0), 6)
        loss = self._cycles(doses) + self._quartiles.loss(total) + self._pairwise(total)
        if np.isfinite(self.targets.between.high) or self.targets.between.low > 0:
            loss += self.targets.between.log_excess(kruskal_p(total, self._membership))
        if self._with is not None:
            rho, p = spearman(total[:, self._with[0]], self._with[1])
            loss += _STRENGTH * self.targets.rho.excess(rho) + self.targets.rho_p.log_excess(p)
        return loss

    def _pairwise(self, total: Values) -> Values:
        mean = (total @ self._membership) / self._sizes
        square = ((total - total.mean()) ** 2) @ self._membership / self._sizes
        variance = (square - (mean - total.mean()) ** 2) * self._sizes / (self._sizes - 1)
        loss = np.zeros(len(total))
        for arm, critical in self._q.items():
            q, df = games_howell_q(mean[:, [0, arm]], variance[:, [0, arm]], self._sizes[[0, arm]])
            loss += critical.excess(q, df)
        return loss

    def _cycles(self, doses: Values) -> Values:
        limits = self.limits
        first = (doses * limits.shares[:, 0][:, None]).sum(axis=0)
        loss = np.maximum(limits.first_low - first, 0) + np.maximum(first - limits.first_high, 0)
        loss += np.maximum(doses.sum(axis=0) - limits.total_high, 0) / limits.total_high
        if np.isfinite(limits.any_cycle):
            for cycle in range(limits.shares.shape[1]):
                given = (doses * limits.shares[:, cycle][:, None]).sum(axis=0)
                loss += _LOCATION * np.maximum(given - limits.any_cycle, 0)
        return np.asarray(loss.sum(axis=1))


class GroupQuantiles:
    """Distance of quantiles within groups from their intervals, all groups in one sorting."""

    def __init__(self, group: NDArray[np.intp], wanted: Mapping[tuple[int, float], Bounds]) -> None:
        self._apart = 1e4 * group.astype(np.float64)
        self._weights = np.zeros((len(group), len(wanted)))
        for column, (code, probability) in enumerate(wanted):
            places = np.flatnonzero(group == code)
            unit = quantile(np.eye(len(places)), probability)
            self._weights[places, column] = unit
        self._low = np.array([one.low for one in wanted.values()])
        self._high = np.array([one.high for one in wanted.values()])
        scale = {code: one.high for (code, probability), one in wanted.items() if probability == 0.5}  # noqa: PLR2004
        self._scale = np.array([_LOCATION / scale[code] for code, _ in wanted])

    def loss(self, rows: Values) -> Values:
        """Sum over quantiles of the distance, in twentieths of the group's median: (K, n) in, (K,) out."""
        if not self._weights.size:
            return np.zeros(len(rows))
        found = (np.sort(rows + self._apart, axis=1) - self._apart) @ self._weights
        outside = np.maximum(np.maximum(self._low - found, found - self._high), 0.0)
        return np.asarray(outside @ self._scale)


# Cumulative doses spread over cycles: dose per activity plausible, the rule of adaptation kept.


_TRIES = 4000
_VARIATION = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRules:
    """What the doses of single cycles must keep.

    ``specific``: lowest and highest Gy per GBq, a pair an isotope. ``first_low`` and ``first_high``: the dose
    of cycle 1, both isotopes together (Gy). ``any_cycle``: the highest dose of a cycle (Gy).
    """

    specific: tuple[tuple[float, float], ...]
    first_low: float
    first_high: float
    any_cycle: float


def spread_dose(
    totals: Values, activity: Values, rules: CycleRules, *, decimals: int, rng: np.random.Generator
) -> Values:
    """Spread one patient's cumulative doses over the delivered cycles.

    Dose per activity varies by about 7 % between cycles, in common for the isotopes. Where the rule of
    adaptation asks for another first cycle, the dose per activity also rises or falls after it.

    Parameters
    ----------
    totals
        Cumulative dose of each isotope, shape (isotopes,), on the grid of ``decimals``.
    activity
        Activity in GBq, shape (isotopes, cycles), 0 for an isotope that is not given.

    Returns
    -------
    numpy.ndarray
        Doses in Gy, shape (isotopes, cycles), on the grid; their sums are ``totals`` exactly.

    Raises
    ------
    NotEstimable
        No division within the rules was found.
    """
    tilt = 0.0
    for attempt in range(_TRIES):
        noise = np.exp(rng.normal(0, _VARIATION, activity.shape[1]) + tilt * _late(activity.shape[1]))
        weights = activity * noise
        sums = weights.sum(axis=1, keepdims=True)
        doses = np.round(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0), 12)
        doses = np.round(doses * totals[:, None], decimals)
        doses[:, -1] = np.round(totals - doses[:, :-1].sum(axis=1), decimals)
        first = float(doses[:, 0].sum())
        if _within(doses, activity, rules):
            return np.asarray(doses)
        if attempt % 20 == 19:  # noqa: PLR2004 - a fair number of tries at each tilt
            tilt += 0.05 if first > rules.first_high else -0.05 if first < rules.first_low else 0.0
    raise NotEstimable("No division of a cumulative dose over the cycles keeps all rules.")


def _late(cycles: int) -> Values:
    return np.asarray(np.minimum(np.arange(cycles), 1.0), dtype=np.float64)


def _within(doses: Values, activity: Values, rules: CycleRules) -> bool:
    together = doses.sum(axis=0)
    if not rules.first_low <= together[0] <= rules.first_high or together.max() > rules.any_cycle:
        return False
    for dose, given, (low, high) in zip(doses, activity, rules.specific, strict=True):
        if given.any() and not ((dose >= low * given) & (dose <= high * given)).all():
            return False
    return True
