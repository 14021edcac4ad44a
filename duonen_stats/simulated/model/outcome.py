"""Times to progression, death and loss, by the exponential model of the design."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, NEVER, Days, working_day
from duonen_stats.simulated.model.randomness import Floats, bounded
from duonen_stats.simulated.model.recruitment import TruncatedNormal
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeAssumptions:
    """Hazards. Those of progression or death are the design's unless others are given."""

    hazard_per_month: float | None = assumed(
        None, "Of progression or death in the control arm; none: the dictionary's 0.0235.", "§2.6"
    )
    hazard_ratios: Mapping[str, float] | None = assumed(
        None,
        "By arm, against the control arm; none: the dictionary's 0.5 for each arm that dosimetry adapts.",
        "§2.6: a doubled PFS",
    )
    death_first: float = assumed(0.12, "Events of PFS that are death without progression.", "invented")
    death_after_progression: float = assumed(
        0.029,
        "Monthly hazard of death after progression: a median of two years, the same in all arms.",
        "invented",
    )
    lost_per_month: float = assumed(0.001, "Hazard of loss to follow-up.", "invented; 2 of 56 in three years")

    def __post_init__(self) -> None:
        require_fractions(death_first=self.death_first)
        require_positive(death_after_progression=self.death_after_progression)
        if not 0 <= self.lost_per_month < np.inf:
            raise PlanError("lost_per_month must not be below 0.")
        if self.hazard_per_month is not None:
            require_positive(hazard_per_month=self.hazard_per_month)
        require_positive(
            **{f"hazard_ratios[{arm}]": ratio for arm, ratio in (self.hazard_ratios or {}).items()}
        )

    def hazards(self, study: Study) -> NDArray[np.float64]:
        """Monthly hazard of progression or death of each arm, in the order of the dictionary.

        Raises
        ------
        PlanError
            ``hazard_ratios`` names an arm that does not exist.
        """
        given = self.hazard_ratios or {}
        unknown = sorted(set(given) - {arm.code for arm in study.arms})
        if unknown:
            raise PlanError(f"hazard_ratios names {', '.join(unknown)}, which is no arm.")
        base = study.design.hazard_rate_per_month if self.hazard_per_month is None else self.hazard_per_month
        usual = [1.0 if arm.modified_isotope is None else study.design.hazard_ratio for arm in study.arms]
        ratios = [given.get(arm.code, ratio) for arm, ratio in zip(study.arms, usual, strict=True)]
        return base * np.array(ratios, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What would happen to each patient if nothing hid it: days since 1970, ``NEVER`` where it does not.

    ``progression`` is when the tumour has grown, whether or not a scan has shown it yet.
    """

    progression: Days
    death: Days
    lost: Days


def draw_fates(
    rng: np.random.Generator,
    randomised: Days,
    arm: NDArray[np.int64],
    earliest: Days,
    study: Study,
    assumptions: OutcomeAssumptions,
) -> Fates:
    """Draw times of progression, death and loss.

    Parameters
    ----------
    rng
        Generator.
    randomised, arm
        Day of randomisation, and place of the arm.
    earliest
        Nobody dies or is lost before this day: the first administration, since anyone who is randomised starts
        treatment (a life expectancy above 26 weeks is asked for).
    study, assumptions
        Hazards.

    Returns
    -------
    Fates
        Progression or death is exponential with the arm's hazard, and death after progression with its own.

    References
    ----------
    Exponential PFS, interim publication §2.6.
    """
    n = len(randomised)
    months = rng.exponential(1 / assumptions.hazards(study)[arm])
    event = randomised + np.ceil(months * DAYS_PER_MONTH).astype(np.int64)
    dies = rng.random(n) < assumptions.death_first
    later = np.ceil(rng.exponential(1 / assumptions.death_after_progression, n) * DAYS_PER_MONTH).astype(
        np.int64
    )
    progression = np.where(dies, NEVER, event)
    death = np.maximum(np.where(dies, event, event + later), earliest)
    gap = rng.exponential(1.0, n)
    if assumptions.lost_per_month:
        lost = randomised + np.ceil(gap / assumptions.lost_per_month * DAYS_PER_MONTH)
        lost = np.maximum(np.minimum(lost, NEVER).astype(np.int64), earliest)
    else:
        lost = np.full(n, NEVER, dtype=np.int64)
    return Fates(progression=progression, death=death, lost=np.where(lost < death, lost, NEVER))


# Tumour assessments every twelve weeks until progression is seen, judged by RECIST 1.1.


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
    baseline_mm: TruncatedNormal = assumed(  # noqa: RUF009 - makes a field, as field() does
        TruncatedNormal(mean=4.15, sd=0.4, low=2.9, high=5.2),
        "Logarithm of the sum of diameters: median 63 mm.",
        "invented",
    )
    shrinkage: TruncatedNormal = assumed(  # noqa: RUF009 - makes a field, as field() does
        TruncatedNormal(mean=0.14, sd=0.16, low=-0.1, high=0.9),
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
