"""The trial's own sample-size statement, and what can be reproduced of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duonen_stats.design.fixed.sizing import sample_size
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.design.trial.rounding import round_up

if TYPE_CHECKING:
    from duonen_stats.design.fixed.methods_table import MethodsComparison
    from duonen_stats.study import Study

# Interim publication, section 4.4
PUBLISHED_EVENTS: Final = 117
PUBLISHED_EVENT_PERCENT: Final = 70
PUBLISHED_PATIENTS: Final = 167
PUBLISHED_POWER_PERCENT: Final[Mapping[float, int]] = {0.667: 33, 0.5: 75, 0.43: 89}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """One published number beside what a method gives; ``regenerated`` is unrounded, in the unit of ``printed``."""

    quantity: str
    method: str
    printed: float
    regenerated: float
    agrees: bool


def study_assumptions(study: "Study", *, hazard_ratio: float | None = None) -> SurvivalAssumptions:
    """Take a study's planning assumptions: exponential times, even accrual, no dropout.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import study_assumptions
    >>> planned = study_assumptions(load_study())
    >>> planned.control_hazard_per_month, planned.hazard_ratio, planned.allocation_ratio
    (0.0235, 0.5, 3.0)
    """
    design = study.design
    return SurvivalAssumptions(
        control_hazard_per_month=design.hazard_rate_per_month,
        hazard_ratio=design.hazard_ratio if hazard_ratio is None else hazard_ratio,
        allocation_ratio=design.allocation_experimental / design.allocation_control,
        accrual=float(design.accrual_months),
        total_months=float(design.total_months),
    )


def check_published_size(assumptions: SurvivalAssumptions) -> tuple[ClaimCheck, ...]:
    """Events, share of patients with an event, and patients, by Schoenfeld's method at 5 % two-sided and 90 %.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import check_published_size, study_assumptions
    >>> claims = check_published_size(study_assumptions(load_study()))
    >>> [(claim.quantity, claim.printed) for claim in claims[:2]]
    [('Events for 90 % power', 117), ('Patients with an event, %', 70)]
    """
    size = sample_size(assumptions, method="schoenfeld")
    percent = 100 * event_probability(assumptions).overall
    return (
        _check(
            "Events for 90 % power", "schoenfeld", PUBLISHED_EVENTS, size.n_events, round_up(size.n_events)
        ),
        _check("Patients with an event, %", "exponential", PUBLISHED_EVENT_PERCENT, percent, round(percent)),
        _check(
            "Patients for 90 % power",
            "schoenfeld",
            PUBLISHED_PATIENTS,
            size.n_patients,
            round_up(size.n_patients),
        ),
    )


def check_published_power(comparison: "MethodsComparison") -> tuple[ClaimCheck, ...]:
    """Power at the planned size, by each method and hazard ratio of a comparison that the publication states.

    No method agrees at all three hazard ratios, so the published figures are not reproduced.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import check_published_power, compare_methods, study_assumptions
    >>> claims = check_published_power(compare_methods(study_assumptions(load_study()), 92, n_trials=0))
    >>> len(claims)
    8
    """
    checks = []
    for row in comparison.rows:
        for hazard_ratio, power in zip(comparison.hazard_ratios, row.power, strict=True):
            printed = PUBLISHED_POWER_PERCENT.get(hazard_ratio)
            if printed is not None:
                name = f"Power at hazard ratio {hazard_ratio:g}, %"
                checks.append(_check(name, row.method, printed, 100 * power, round(100 * power)))
    return tuple(checks)


def _check(quantity: str, method: str, printed: float, regenerated: float, rounded: float) -> ClaimCheck:
    return ClaimCheck(
        quantity=quantity, method=method, printed=printed, regenerated=regenerated, agrees=rounded == printed
    )
