"""The course of treatment as arrays: whom to treat, and what happened to them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.model.blood import Bloods
from duonen_stats.simulated.model.dates import NEVER, Days
from duonen_stats.simulated.model.laboratories import Bench
from duonen_stats.simulated.model.randomness import Floats

COMPLETED, CRITERION, PROGRESSION, DEATH, LOST, WITHDRAWAL, OTHER = range(7)
"""How treatment ended."""

ENDINGS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """What the course depends on: arrays of n patients, and their blood and doses per activity."""

    arm: NDArray[np.int64]
    age: NDArray[np.int64]
    female: NDArray[np.bool_]
    first_day: Days
    baseline_day: Days
    death: Days
    lost: Days
    progressed: Days
    bench: Bench
    bloods: Bloods
    specific: Floats
    measured: NDArray[np.bool_]


@dataclass(slots=True, kw_only=True)
class Course:
    """What happened to n patients over c cycles, o organs, i isotopes, v = 2c visits, a analytes.

    Days are ``NEVER``, numbers NaN where nothing happened. ``ordered`` and ``activity`` in MBq, ``dose`` in
    Gy whether or not it was measured, ``projected`` the dose in all (Gy) that was expected at each order;
    ``values`` as reported, in the laboratory's unit. ``ending`` is one of the seven endings, on day
    ``ended``; ``criterion`` the place of the discontinuation criterion met, ``at_visit`` where.
    """

    day: Days
    ordered: Floats
    activity: Floats
    dose: Floats
    projected: Floats
    visit_day: Days
    values: Floats
    ending: NDArray[np.int64]
    ended: Days
    criterion: NDArray[np.int64]
    at_visit: NDArray[np.int64]

    @property
    def given(self) -> NDArray[np.bool_]:
        """Whether each cycle was given, (n, c)."""
        return np.asarray(self.day < NEVER, dtype=np.bool_)


def empty_course(n: int, cycles: int, organs: int, isotopes: int, analytes: int) -> Course:
    """Make a course in which nothing has happened yet."""
    return Course(
        day=np.full((n, cycles), NEVER, dtype=np.int64),
        ordered=np.full((n, cycles, isotopes), np.nan), activity=np.full((n, cycles, isotopes), np.nan),
        dose=np.zeros((n, cycles, organs, isotopes)), projected=np.full((n, cycles, organs), np.nan),
        visit_day=np.full((n, 2 * cycles), NEVER, dtype=np.int64),
        values=np.full((n, 2 * cycles, analytes), np.nan),
        ending=np.full(n, COMPLETED, dtype=np.int64), ended=np.full(n, NEVER, dtype=np.int64),
        criterion=np.full(n, -1, dtype=np.int64), at_visit=np.full(n, -1, dtype=np.int64),
    )  # fmt: skip
