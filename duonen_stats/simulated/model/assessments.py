"""Tumour assessments every twelve weeks until progression is seen, judged by RECIST 1.1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.characteristics import Spread
from duonen_stats.simulated.model.dates import NEVER, Days, working_day
from duonen_stats.simulated.model.outcome import Fates
from duonen_stats.simulated.model.randomness import Floats, bounded

_GROWTH, _GROWTH_MM, _PARTIAL_TENTHS = 1.2, 5, 7
"""RECIST 1.1: 20 % and 5 mm above the smallest sum; 30 % below the baseline sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentAssumptions:
    """When tumours are looked at, and what becomes of them before progression."""

    every_days: int = assumed(84, "Twelve weeks.", "protocol; the follow-up of §2.4")
    jitter_days: int = assumed(7, "An assessment is at most a week early or late.", "invented")
    missed: float = assumed(0.03, "A planned assessment is not done.", "invented")
    unmeasured: float = assumed(0.02, "An assessment cannot be judged: response NE.", "invented")
    mri: float = assumed(0.11, "Patients followed by MRI; the others by CT.", "invented")
    new_lesion: float = assumed(0.4, "Progressions that show a new lesion.", "invented")
    baseline_mm: Spread = assumed(  # noqa: RUF009 - makes a field, as field() does
        Spread(mean=4.15, sd=0.4, low=2.9, high=5.2),
        "Logarithm of the sum of diameters: median 63 mm.",
        "invented",
    )
    shrinkage: Spread = assumed(  # noqa: RUF009 - makes a field, as field() does
        Spread(mean=0.14, sd=0.16, low=-0.1, high=0.9),
        "Log of the lasting shrinkage; some respond.",
        "invented",
    )
    shrinking_days: float = assumed(180, "Time constant of the shrinkage.", "invented")
    reading_sd: float = assumed(0.025, "Log error of a reading.", "invented")

    def __post_init__(self) -> None:
        require_positive(
            every_days=self.every_days, shrinking_days=self.shrinking_days, reading_sd=self.reading_sd
        )
        if not 0 <= 4 * self.jitter_days < self.every_days:
            raise PlanError("jitter_days must be less than a quarter of every_days.")
        require_fractions(
            missed=self.missed, unmeasured=self.unmeasured, mri=self.mri, new_lesion=self.new_lesion
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessments:
    """Assessments of n patients, the first at baseline: arrays (n, k), ``NEVER`` where there is none.

    ``progressed`` is the day of the assessment that showed progression, (n,).
    """

    day: Days
    mm: Floats
    new_lesion: NDArray[np.bool_]
    response: NDArray[np.object_]
    mri: NDArray[np.bool_]
    progressed: Days


def draw_assessments(
    rng: np.random.Generator, randomised: Days, fates: Fates, cut: int, assumptions: AssessmentAssumptions
) -> Assessments:
    """Draw assessments from before randomisation to progression, death, loss or the day ``cut``."""
    one, n = assumptions, len(randomised)
    planned = max(1, (cut - int(randomised.min())) // one.every_days + 1)
    day = _days(rng, randomised, planned, one)
    done = np.concatenate([np.ones((n, 1), dtype=np.bool_), rng.random((n, planned)) >= one.missed], axis=1)
    done &= (day <= cut) & (day < np.minimum(fates.death, fates.lost)[:, None])
    shows = done & (day >= fates.progression[:, None])
    shows[:, 0] = False
    progressed = np.where(shows, day, NEVER).min(axis=1)
    done &= day <= progressed[:, None]
    shows &= done
    mm, lesion, unmeasured = _readings(rng, day - randomised[:, None], done, shows, one)
    return Assessments(
        day=np.where(done, day, NEVER), mm=mm, new_lesion=lesion,
        response=_responses(mm, shows, unmeasured),
        mri=rng.random(n) < one.mri, progressed=progressed,
    )  # fmt: skip


def _days(rng: np.random.Generator, randomised: Days, planned: int, one: AssessmentAssumptions) -> Days:
    n = len(randomised)
    before = randomised - rng.integers(3, 29, n)
    jitter = rng.integers(-one.jitter_days, one.jitter_days + 1, (n, planned))
    after = randomised[:, None] + one.every_days * np.arange(1, planned + 1) + jitter
    return working_day(np.concatenate([before[:, None], after], axis=1))


def _readings(
    rng: np.random.Generator,
    since: Days,
    done: NDArray[np.bool_],
    shows: NDArray[np.bool_],
    one: AssessmentAssumptions,
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Whole millimetres that grow to progression where, and only where, progression shows."""
    n, k = since.shape
    start = np.rint(np.exp(one.baseline_mm.draw(rng, n)))
    fall = one.shrinkage.draw(rng, n)[:, None] * (1 - np.exp(-np.maximum(since, 0) / one.shrinking_days))
    course = np.rint(
        start[:, None] * np.exp(-fall + one.reading_sd * bounded(rng.standard_normal((n, k)), -2.5, 2.5))
    )
    lesion = shows & (rng.random((n, k)) < one.new_lesion)
    grown = 1 + 0.02 + 0.4 * rng.random((n, k))
    unmeasured = done & ~shows & (rng.random((n, k)) < one.unmeasured)
    unmeasured[:, 0] = False
    mm = np.full((n, k), np.nan)
    mm[:, 0] = start
    smallest = start.copy()
    for scan in range(1, k):
        # Without progression a sum stays below both bounds of growth.
        most = np.maximum(np.ceil(_GROWTH * smallest) - 1, smallest + _GROWTH_MM - 1)
        calm = np.clip(course[:, scan], 1, most)
        worse = np.maximum(np.ceil(_GROWTH * smallest * grown[:, scan]), smallest + _GROWTH_MM)
        read = np.where(shows[:, scan] & ~lesion[:, scan], worse, calm)
        used = done[:, scan] & ~unmeasured[:, scan]
        mm[used, scan] = read[used]
        smallest = np.where(used, np.minimum(smallest, read), smallest)
    return mm, lesion, unmeasured


def _responses(mm: Floats, shows: NDArray[np.bool_], unmeasured: NDArray[np.bool_]) -> NDArray[np.object_]:
    with np.errstate(invalid="ignore"):
        partial = 10 * mm <= _PARTIAL_TENTHS * mm[:, :1]  # whole numbers: 49 of 70 mm is 30 % below
    out = np.select([shows, unmeasured, partial], ["PD", "NE", "PR"], "SD").astype(object)
    out[:, 0] = "NE"  # nothing can be assessed yet
    return np.asarray(out, dtype=np.object_)
