"""What one simulated trial is, and how it is tested."""

from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Literal

from duonen_stats.design.fixed.fixed_methods import Direction, planned_direction
from duonen_stats.design.fixed.significance import critical_value
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.rounding import split
from duonen_stats.errors import PlanError

Entry = Literal["random", "even", "poisson"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A stratum: its share of the patients and the factor by which its hazards differ, in both arms."""

    name: str
    share: float
    hazard_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationScenario:
    """A trial to simulate.

    Parameters
    ----------
    assumptions
        Hazards, allocation, accrual, dropout, and the time of the analysis unless ``n_events`` is given. The arms
        have fixed sizes, as near to the allocation ratio as whole numbers come.
    n_patients
        Patients in all.
    n_events
        The analysis is at the calendar time of this event; None for the planned time. A trial in which it never
        comes is analysed when nobody is left to follow, and counted.
    alpha, sides, direction
        Significance level; of a one-sided test, whether it looks for a lower or a higher experimental hazard. None:
        in the direction of the assumed effect, and for a lower one without an effect.
    critical_values
        Reject at or below the first or at or above the second, on the scale of the standardised log-rank score
        (negative: experimental arm better); None for the normal quantiles.
    rho, gamma
        Fleming-Harrington weights; 0 and 0 for the log-rank test.
    strata, stratified
        Strata, and whether the test is stratified by them.
    entry
        ``"random"``: independent entry times from the accrual; ``"even"``: its quantiles (of an observed accrual the
        entries themselves), assigned to the
        arms at random; ``"poisson"``: a Poisson process at the mean rate, so that the last entry varies.
    assessment_months
        Events are seen at the next of assessments this far apart, which makes ties; None for the day itself.
    n_permutations
        Also test each trial by that many random permutations of the arms (999 is usual); 0 for none.
    label
        A name in results.

    Raises
    ------
    PlanError
        An arm without patients, shares that do not add to 1, or a value out of range.
    """

    assumptions: SurvivalAssumptions
    n_patients: int
    n_events: int | None = None
    alpha: float = 0.05
    sides: int = 2
    direction: Direction | None = None
    critical_values: tuple[float, float] | None = None
    rho: float = 0.0
    gamma: float = 0.0
    strata: tuple[Stratum, ...] = ()
    stratified: bool = True
    entry: Entry = "random"
    assessment_months: float | None = None
    n_permutations: int = 0
    label: str = ""

    def __post_init__(self) -> None:
        if min(min(sizes) for sizes in self.arm_sizes()) < 1:
            raise PlanError(f"{self.n_patients} patients leave an arm of a stratum empty.")
        if self.n_events is None:
            _ = self.assumptions.analysis_months
        elif not 1 <= self.n_events <= self.n_patients:
            raise PlanError(f"{self.n_events} events cannot come from {self.n_patients} patients.")
        if self.strata and abs(sum(stratum.share for stratum in self.strata) - 1) > 1e-9:  # noqa: PLR2004
            raise PlanError("The shares of the strata must add to 1.")
        if any(not (isfinite(s.hazard_factor) and s.hazard_factor > 0) for s in self.strata):
            raise PlanError("Hazard factors of strata must be positive and finite.")
        if self.assessment_months is not None and not 0 < self.assessment_months < inf:
            raise PlanError("The time between assessments must be positive.")
        if self.n_permutations < 0 or min(self.rho, self.gamma) < 0:
            raise PlanError("Permutations and weights must not be negative.")
        critical_value(self.alpha, self.sides)
        if 0 < self.n_permutations < self.sides / self.alpha - 1 - 1e-9:
            raise PlanError(
                f"{self.n_permutations} permutations can never reject at a level of {self.alpha:g}."
            )

    @property
    def tails(self) -> tuple[float, float]:
        """Reject at or below the first or at or above the second."""
        if self.critical_values is not None:
            return self.critical_values
        z = critical_value(self.alpha, self.sides)
        return (
            -z if self.sides > 1 or self.looks_for == "lower" else -inf,
            z if self.sides > 1 or self.looks_for == "higher" else inf,
        )

    @property
    def looks_for(self) -> Direction:
        """The direction that power is about: that of the assumed effect, or the one stated."""
        return (
            self.direction or planned_direction(self.assumptions, rho=self.rho, gamma=self.gamma) or "lower"
        )

    def arm_sizes(self) -> list[tuple[int, int]]:
        """Experimental and control patients, one pair a stratum."""
        shares = [stratum.share for stratum in self.strata] or [1.0]
        exact = [self.n_patients * share for share in shares]
        whole = [int(n) for n in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
        for i in by_remainder[: max(self.n_patients - sum(whole), 0)]:
            whole[i] += 1
        return [split(n, self.assumptions.allocation_ratio) for n in whole]

    def under_null(self) -> "SimulationScenario":
        """Give both arms the control hazard; the test still looks where it looked."""
        return replace(self, assumptions=self.assumptions.under_null(), direction=self.looks_for)
