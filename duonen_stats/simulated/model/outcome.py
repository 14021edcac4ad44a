"""Times to progression, death and loss, by the exponential model of the design."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, NEVER, Days
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
        Nobody dies or is lost before this day: the first administration, since whoever is randomised starts
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
