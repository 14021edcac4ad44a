"""Progression between assessments once more: the curve without a model, by self-consistency and Newton's method."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.curves import day_names, month_name, time_groups
from duonen_stats.verification.recomputed.describe import NUMPY, PANDAS, Floats
from duonen_stats.verification.second_numbers import SecondNumbers

_AS_ITERATED = 1e-6
_NOTHING, _NO_MASS = 1e-9, 1e-10
_GAP, _SETTLED = 1e-8, 1e-14
_ROUNDS, _STEPS = 30, 400


def recompute_interval_curves(
    out: SecondNumbers, times: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the curve of every group.

    Parameters
    ----------
    times
        PFS as derived from the raw records, with ``LOWER`` and ``UPPER`` in months.
    """
    for group, own in time_groups(times, plan, study):
        block = f"pfs.interval.curve.{group}"
        low, high = own["LOWER"].to_numpy(dtype=float), own["UPPER"].to_numpy(dtype=float)
        out.add(f"{block}.n", low.size, PANDAS)
        out.add(f"{block}.exact", int((low == high).sum()), PANDAS)
        out.add(f"{block}.between", int(((low < high) & (high < np.inf)).sum()), PANDAS)
        out.add(f"{block}.censored", int(np.isinf(high).sum()), PANDAS)
        if not low.size:
            continue
        found = turnbull(low, high)
        if found is None:
            continue
        out.add(f"{block}.classes", len(found), NUMPY)
        for month in plan.landmark_months:
            _add_month(out, f"{block}.rate.{month_name(month)}", found, month)
        for day, row in zip(day_names(found["LEFT"], plan), found.to_numpy(dtype=float), strict=True):
            for name, value in zip(("left", "right", "mass", "survival"), row, strict=True):
                out.add(f"{block}.class.{day}.{name}", value, NUMPY, tolerance=_AS_ITERATED, scale=1.0)


def _add_month(out: SecondNumbers, block: str, found: pd.DataFrame, month: float) -> None:
    highest = 1 - float(found.loc[found["RIGHT"] <= month, "MASS"].sum())
    within = found.loc[(found["LEFT"] < month) & (month < found["RIGHT"])]
    lowest = highest - float(within["MASS"].sum())
    for name, value in (("lowest", lowest), ("highest", highest)):
        out.add(f"{block}.{name}", value, NUMPY, tolerance=_AS_ITERATED, scale=1.0)
    for left, right in within[["LEFT", "RIGHT"]].to_numpy(dtype=float):
        out.add(f"{block}.left", left, NUMPY)
        out.add(f"{block}.right", right, NUMPY)


def turnbull(low: Floats, high: Floats) -> "pd.DataFrame | None":
    """Estimate where the mass lies: ``LEFT``, ``RIGHT``, ``MASS``, ``SURVIVAL`` from the right end on.

    Rounds of Turnbull's self-consistency, each followed by Newton's method on the intervals that kept mass, until no
    interval would gain from more. None if that is not reached.

    References
    ----------
    Turnbull (1976) J R Stat Soc B 38:290-295; Gentleman & Geyer (1994) Biometrika 81:618-623.
    """
    # At one time: an exact time begins (0), an interval ends (1), an interval begins behind it (2).
    marks = {(one, 0 if one == end else 2) for one, end in zip(low, high, strict=True)} | {
        (end, 1) for end in high
    }
    line = sorted(marks)
    places = [(left, right, kind) for (left, kind), (right, end) in pairwise(line) if kind != 1 == end]
    inside = np.array(
        [
            [((one, 0 if one == end else 2) <= (left, kind)) and right <= end for left, right, kind in places]
            for one, end in zip(low, high, strict=True)
        ],
        dtype=float,
    )
    mass = np.full(len(places), 1 / len(places))
    for _ in range(_ROUNDS):
        for _ in range(_STEPS):
            mass = mass * (inside.T @ (1 / (inside @ mass))) / low.size
        polished = _newton(inside, mass)
        if polished is not None and (inside.T @ (1 / (inside @ polished))).max() <= low.size * (1 + _GAP):
            kept = polished > _NO_MASS
            ends = np.array([place[:2] for place in places])[kept]
            survival = 1 - np.cumsum(polished[kept])
            survival[-1] = 0.0
            return pd.DataFrame(
                {"LEFT": ends[:, 0], "RIGHT": ends[:, 1], "MASS": polished[kept], "SURVIVAL": survival}
            )
    return None


def _newton(inside: Floats, start: Floats) -> "Floats | None":
    """Solve for the masses of the intervals that have some, the others at 0; None if one would be negative."""
    mass = np.where(start > _NOTHING, start, 0.0)
    for _ in range(20):
        kept = mass > 0
        scaled = inside[:, kept] / (inside @ mass)[:, None]
        size = int(kept.sum())
        system = np.ones((size + 1, size + 1))
        system[:size, :size], system[size, size] = scaled.T @ scaled, 0.0
        wanted = np.append(2 * scaled.sum(axis=0), 1.0)
        new = np.linalg.lstsq(system, wanted, rcond=None)[0][:size]
        if (new <= 0).any():
            # What the maximum leaves without mass is dropped one at a time, the emptiest first.
            worst = np.flatnonzero(kept)[np.argmin(new)]
            mass[worst] = 0.0
            if not (inside @ mass > 0).all():
                return None
            continue
        moved = np.abs(new - mass[kept]).max()
        mass[kept] = new
        if moved < _SETTLED:
            break
    return mass
