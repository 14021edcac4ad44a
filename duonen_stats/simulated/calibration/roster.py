"""Who is in the cohort: arm, cycles delivered, decisions on activity, completeness of dosimetry."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import DataError
from duonen_stats.simulated.calibration.targets import Targets

ARMS = ("A", "B", "C", "D")
MODIFIED_ARMS = ("B", "C", "D")

STOPPED_AFTER = {"A": (1, 2, 3), "B": (2, 3), "C": (2,), "D": (2, 3)}
"""Cycles delivered to those who stopped. Printed: 3 in A and 2 in D; those of B and C, and when, are invented."""

ANALYSED = {"A": 14, "B": 14, "C": 8, "D": 12}
"""Patients with complete dosimetry. Printed: 14 in A. Implied: 8 in C by the p of Figure 3, and 48 in all by
the p of the correlations of §3.5. The others are invented."""

SEVERE_ARMS = ("A", "D")
"""Who stops in these arms stops for thrombocytopenia of grade 3: five patients, as many as such events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One entry a patient, arms in order, those who stopped early first within each.

    ``arm`` counts from 0. ``decisions`` holds how many later cycles are up, down and unchanged, shape (3, n).
    ``dosed`` marks complete dosimetry, ``severe`` who stops for platelets.
    """

    arm: NDArray[np.intp]
    delivered: NDArray[np.intp]
    decisions: NDArray[np.intp]
    dosed: NDArray[np.bool_]
    severe: NDArray[np.bool_]

    def members(self, arm: str) -> NDArray[np.intp]:
        """Places of an arm's patients."""
        return np.flatnonzero(self.arm == ARMS.index(arm))

    @property
    def changed(self) -> NDArray[np.intp]:
        """1 if any cycle was changed, 0 if none, -1 where the arm's activities are fixed."""
        changed = (self.decisions[:2].sum(axis=0) > 0).astype(np.intp)
        return np.where(self.arm == ARMS.index("A"), -1, changed)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which follow-up visit each patient has, shape (4, n): the one after every delivered cycle."""
        return self.delivered[None] > np.arange(4)[:, None]


def build_roster(targets: Targets) -> Roster:
    """Lay out the cohort from the printed sizes and counts.

    Raises
    ------
    DataError
        The counts of Table 2 do not fit the size of an arm.
    """
    sizes = [targets.count(f"table1.N.{arm}") for arm in ARMS]
    arm = np.repeat(np.arange(len(ARMS)), sizes)
    delivered = np.full(len(arm), 4)
    dosed = np.ones(len(arm), dtype=bool)
    severe = np.zeros(len(arm), dtype=bool)
    decisions = np.zeros((3, len(arm)), dtype=np.intp)
    for place, code in enumerate(ARMS):
        own = np.flatnonzero(arm == place)
        stopped = STOPPED_AFTER[code]
        delivered[own[: len(stopped)]] = stopped
        severe[own[: len(stopped)]] = code in SEVERE_ARMS
        dosed[own[: max(len(own) - ANALYSED[code], 0)]] = False
        decisions[:, own] = _decide(code, delivered[own] - 1, targets)
    return Roster(arm=arm, delivered=delivered, decisions=decisions, dosed=dosed, severe=severe)


def _decide(code: str, later: NDArray[np.intp], targets: Targets) -> NDArray[np.intp]:
    """Cycles up, down and unchanged of an arm's patients: the unchanged first, those changed both ways last."""
    out = np.zeros((3, len(later)), dtype=np.intp)
    if code not in MODIFIED_ARMS:
        out[2] = later
        return out
    up, down, same = (
        targets.count(f"table2.{code}.n_{name}") for name in ("increased", "decreased", "unchanged")
    )
    both = up + down + same - len(later)
    if not 0 <= both <= min(up, down):
        raise DataError(
            f"Arm {code}: {up} up, {down} down and {same} unchanged do not fit {len(later)} patients. "
            "Only a patient with cycles up and cycles down may count twice: check the entries of Table 2."
        )
    only_up, only_down = up - both, down - both
    out[2, :same] = later[:same]
    out[1, same : same + only_down] = later[same : same + only_down]
    out[0, same + only_down : same + only_down + only_up] = later[
        same + only_down : same + only_down + only_up
    ]
    twice = slice(same + only_down + only_up, None)
    out[0, twice] = 1
    out[1, twice] = later[twice] - 1
    return out
