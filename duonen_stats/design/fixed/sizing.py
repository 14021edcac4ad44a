"""Sample size of a design without interim analysis."""

from dataclasses import dataclass

from duonen_stats.design.fixed.fixed_methods import EventMethod, FixedMethod, approximation, by_events
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.design.trial.rounding import ROUNDING_RULE, balanced, round_up
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """Patients and events needed; times in calendar months.

    ``n_events``, ``n_patients`` and what is split by arm are unrounded; ``*_rounded`` are rounded up, each on its
    own; ``n_*_balanced`` is the next total that the allocation ratio divides.
    """

    method: str
    alpha: float
    sides: int
    far_tail: bool
    power: float
    null_hazard_ratio: float
    n_events: float
    events_experimental: float
    events_control: float
    event_probability: float
    n_patients: float
    n_experimental: float
    n_control: float
    n_events_rounded: int
    n_patients_rounded: int
    n_experimental_balanced: int
    n_control_balanced: int
    n_patients_balanced: int
    patients_per_month: float | None
    accrual_months: float
    followup_months: float
    analysis_months: float
    rho: float = 0.0
    gamma: float = 0.0
    rounding_rule: str = ROUNDING_RULE


def sample_size(
    assumptions: SurvivalAssumptions,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    power: float = 0.9,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> SampleSize:
    """Find the number of patients at which the test has a power at the planned time of analysis.

    Parameters
    ----------
    assumptions
        The design with its accrual and ``followup_months`` or ``total_months``; of the accrual, only the shape
        and the duration are used.
    alpha, sides, power, far_tail, null_hazard_ratio
        As in ``required_events``.
    method
        ``"schoenfeld"``, ``"freedman"``, ``"hsieh_freedman"`` (events, divided by the probability of one),
        ``"wald"``, ``"lachin_foulkes"`` (log hazard ratio), ``"lachin_foulkes_difference"``,
        ``"bernstein_lagakos"`` or ``"lakatos"`` (patients directly).
    rho, gamma
        Weights of the log-rank test as in :func:`expected_log_rank`; only with ``"lakatos"``.

    Raises
    ------
    PlanError
        No effect, no event before the analysis, no time of analysis, or a value out of range.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import sample_size, study_assumptions
    >>> found = sample_size(study_assumptions(load_study()), power=0.9)
    >>> found.n_events_rounded, found.n_patients_rounded
    (117, 167)
    """
    at = assumptions.analysis_months
    probability = event_probability(assumptions, at)
    if probability.overall <= 0:
        raise PlanError(f"No events are expected by month {at:g}.")
    found = approximation(method, assumptions, at, null_hazard_ratio, rho=rho, gamma=gamma)
    units = found.required(alpha=alpha, sides=sides, power=power, far_tail=far_tail)
    patients = units if found.unit == "patients" else units / probability.overall
    share = assumptions.experimental_share
    n_patients = round_up(patients)
    experimental, control = balanced(n_patients, assumptions.allocation_ratio)
    accrual_months = assumptions.entry.duration_months
    return SampleSize(
        method=method,
        alpha=alpha,
        sides=sides,
        far_tail=far_tail,
        power=power,
        null_hazard_ratio=null_hazard_ratio,
        n_events=patients * probability.overall,
        events_experimental=patients * share * probability.experimental,
        events_control=patients * (1 - share) * probability.control,
        event_probability=probability.overall,
        n_patients=patients,
        n_experimental=patients * share,
        n_control=patients * (1 - share),
        n_events_rounded=round_up(patients * probability.overall),
        n_patients_rounded=n_patients,
        n_experimental_balanced=experimental,
        n_control_balanced=control,
        n_patients_balanced=experimental + control,
        patients_per_month=patients / accrual_months if accrual_months > 0 else None,
        accrual_months=accrual_months,
        followup_months=at - accrual_months,
        analysis_months=at,
        rho=rho,
        gamma=gamma,
    )


# Events needed for a power, by the methods that need events alone.


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
