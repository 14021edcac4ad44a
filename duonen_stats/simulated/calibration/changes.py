"""The loss of one analyte: how far its changes from baseline are from what was printed about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.statistics import (
    correlation,
    games_howell_q,
    kruskal_p,
    median,
    midranks,
    quantile,
    signed_rank_p,
    spearman,
)
from duonen_stats.simulated.calibration.targets import Bounds, CriticalRange

Values = NDArray[np.float64]

_QUARTILES = (0.25, 0.5, 0.75)
_LOCATION = 20.0
_STRENGTH = 10.0
ANY = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTargets:
    """What the changes of an analyte at the follow-up visits V1 to Vk must give.

    ``medians`` and ``between`` (p between arms) have one interval a visit, ``paired`` (p against the next
    visit) one fewer. ``quartiles`` are those of ``printed_visit``. ``arm_medians`` has one interval an arm,
    for the last visit; ``alike`` are pairs of arms that do not differ there
    (Games-Howell). ``steady`` is the smallest correlation of the changes of successive visits.
    ``adverse`` is -1 where a fall is adverse (the worst change is the smallest), +1 where a rise is.
    """

    printed_visit: int
    quartiles: tuple[Bounds, Bounds, Bounds]
    medians: Sequence[Bounds]
    between: Sequence[Bounds]
    paired: Sequence[Bounds]
    steady: float
    adverse: int
    arm_medians: Sequence[Bounds] = ()
    alike: Sequence[tuple[int, int]] = ()
    rho: Bounds = ANY
    rho_p: Bounds = ANY
    worst_between: Bounds = ANY
    worst_modified: Bounds = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientGroups:
    """Arm (0, 1, ...), cumulative organ dose (NaN if unknown) and, by arm, modification group (-1: none)."""

    arm: NDArray[np.intp]
    dose: Values
    modified: NDArray[np.intp]


@dataclass
class ChangeProblem:
    """Loss of a matrix of changes, visits by patients: terms of visits, of neighbours, of the worst change."""

    targets: ChangeTargets
    patients: PatientGroups
    present: NDArray[np.bool_]
    scale: float
    _members: list[Values] = field(init=False)
    _worst: list[tuple[NDArray[np.intp], Values]] = field(init=False)
    _dosed: NDArray[np.intp] = field(init=False)
    _dose_ranks: Values = field(init=False)
    _alike: CriticalRange = field(init=False)

    def __post_init__(self) -> None:
        if self.targets.alike:
            self._alike = CriticalRange(Bounds(low=0.06), len(np.unique(self.patients.arm)))
        self._members = [_membership(self.patients.arm[seen]) for seen in self.present]
        ever = self.present.any(axis=0)
        self._dosed = np.flatnonzero(ever & np.isfinite(self.patients.dose))
        if self.targets.rho_p != ANY:
            self._dose_ranks = midranks(self.patients.dose[self._dosed][None])[0][0]
        groups = [(np.flatnonzero(ever), self.patients.arm)] if self.targets.worst_between != ANY else []
        if self.targets.worst_modified != ANY:
            for arm in np.unique(self.patients.arm):
                own = np.flatnonzero(ever & (self.patients.arm == arm) & (self.patients.modified >= 0))
                groups.append((own, self.patients.modified))
        self._worst = [(who, _membership(group[who])) for who, group in groups if _comparable(group[who])]

    def touched(self, part: int) -> NDArray[np.intp]:
        """Places of the terms of a visit, of its neighbours and of the worst change."""
        last = len(self.present) - 1
        pairs = [last + 1 + pair for pair in (part - 1, part) if 0 <= pair < last]
        return np.array([part, *pairs, 2 * last + 1])

    def terms(self, state: Values, part: int, rows: Values) -> Values:
        """Terms of a visit were its changes each of ``rows``."""
        last = len(self.present) - 1
        out = [self._visit(part, rows)]
        out += [self._pair(state, pair, part, rows) for pair in (part - 1, part) if 0 <= pair < last]
        out.append(self._worst_change(state, part, rows))
        return np.stack(out, axis=1)

    def all_terms(self, state: Values) -> Values:
        """All terms of a state: one a visit, one a pair of visits, one of the worst change."""
        visits = [self._visit(part, row[None])[0] for part, row in enumerate(state)]
        pairs = [self._pair(state, part, part, state[part][None])[0] for part in range(len(state) - 1)]
        return np.array([*visits, *pairs, self._worst_change(state, 0, state[0][None])[0]])

    def _visit(self, part: int, rows: Values) -> Values:
        seen = rows[:, self.present[part]]
        ascending = np.sort(seen, axis=1)
        wanted = self.targets.medians[part]
        loss = wanted.excess(quantile(ascending, 0.5)) * (_LOCATION / self.scale)
        if part == self.targets.printed_visit:
            for probability, interval in zip(_QUARTILES, self.targets.quartiles, strict=True):
                loss += interval.excess(quantile(ascending, probability)) * (_LOCATION / self.scale)
        if part == len(self.present) - 1:
            for arm, interval in enumerate(self.targets.arm_medians):
                own = self.present[part] & (self.patients.arm == arm)
                loss += interval.excess(median(rows[:, own])) * (_LOCATION / self.scale)
            loss += self._pairs_of_arms(part, rows)
        return loss + self.targets.between[part].log_excess(kruskal_p(seen, self._members[part]))

    def _pairs_of_arms(self, part: int, rows: Values) -> Values:
        loss = np.zeros(len(rows))
        for pair in self.targets.alike:
            own = [rows[:, self.present[part] & (self.patients.arm == arm)] for arm in pair]
            means = np.stack([one.mean(axis=1) for one in own], axis=1)
            variances = np.stack([one.var(axis=1, ddof=1) for one in own], axis=1)
            q, df = games_howell_q(means, variances, np.array([float(one.shape[1]) for one in own]))
            loss += self._alike.excess(q, df)
        return loss

    def _pair(self, state: Values, pair: int, part: int, rows: Values) -> Values:
        both = self.present[pair] & self.present[pair + 1]
        mine = rows[:, both]
        other = state[pair + 1 if part == pair else pair][both]
        loss = _STRENGTH * np.maximum(self.targets.steady - correlation(mine, other), 0.0)
        if self.targets.paired[pair] == ANY:
            return loss
        differences = np.round(mine - other, 6)
        return loss + self.targets.paired[pair].log_excess(signed_rank_p(differences))

    def _worst_change(self, state: Values, part: int, rows: Values) -> Values:
        sign = -self.targets.adverse
        masked = np.where(self.present, sign * state, np.inf)
        masked[part] = np.inf
        others = masked.min(axis=0)
        worst = sign * np.minimum(others, np.where(self.present[part], sign * rows, np.inf))
        loss = np.zeros(len(rows))
        if self.targets.rho_p != ANY:
            rho, p = spearman(worst[:, self._dosed], self._dose_ranks)
            loss += _STRENGTH * 2 * self.targets.rho.excess(rho) + self.targets.rho_p.log_excess(p)
        for place, (who, members) in enumerate(self._worst):
            between = place == 0 and self.targets.worst_between != ANY
            wanted = self.targets.worst_between if between else self.targets.worst_modified
            loss += wanted.log_excess(kruskal_p(worst[:, who], members))
        return loss


def _membership(groups: NDArray[np.intp]) -> Values:
    return np.asarray(groups[:, None] == np.unique(groups)[None], dtype=np.float64)


def _comparable(groups: NDArray[np.intp]) -> bool:
    return len(np.unique(groups)) > 1
