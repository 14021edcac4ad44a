"""Events needed for a power, by the methods that need events alone."""

from dataclasses import dataclass

from duonen_stats.design.fixed.fixed_methods import EventMethod, by_events
from duonen_stats.design.trial.rounding import round_up


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredEvents:
    """Events needed in both arms together: ``n_events`` unrounded, ``n_events_rounded`` rounded up."""

    method: str
    hazard_ratio: float
    null_hazard_ratio: float
    allocation_ratio: float
    alpha: float
    sides: int
    far_tail: bool
    power: float
    n_events: float
    n_events_rounded: int


def required_events(
    hazard_ratio: float,
    *,
    allocation_ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
    power: float = 0.9,
    method: EventMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
) -> RequiredEvents:
    """Find the number of events at which a log-rank test has a power.

    Parameters
    ----------
    hazard_ratio
        Experimental over control under the alternative.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    alpha, sides
        Significance level, over both tails if ``sides`` is 2.
    power
        Between ``alpha`` and 1.
    method
        ``"schoenfeld"``, ``"freedman"`` or ``"hsieh_freedman"``; other methods need accrual: ``sample_size``.
    far_tail
        Count rejections in the wrong direction of a two-sided test as power too.
    null_hazard_ratio
        Non-inferiority margin; 1 for superiority.

    Raises
    ------
    PlanError
        The two hazard ratios are equal, the method has no margin, or a value is out of range.

    Examples
    --------
    >>> from duonen_stats.design import required_events
    >>> found = required_events(0.5, allocation_ratio=3, power=0.9)
    >>> round(found.n_events, 1), found.n_events_rounded
    (116.6, 117)
    """
    approximation = by_events(
        method,
        hazard_ratio=hazard_ratio,
        allocation_ratio=allocation_ratio,
        null_hazard_ratio=null_hazard_ratio,
    )
    needed = approximation.required(alpha=alpha, sides=sides, power=power, far_tail=far_tail)
    return RequiredEvents(
        method=method,
        hazard_ratio=hazard_ratio,
        null_hazard_ratio=null_hazard_ratio,
        allocation_ratio=allocation_ratio,
        alpha=alpha,
        sides=sides,
        far_tail=far_tail,
        power=power,
        n_events=needed,
        n_events_rounded=round_up(needed),
    )
