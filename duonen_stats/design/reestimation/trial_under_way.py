"""A trial under way: what it gives with any number of patients, judged by its pooled data."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Literal

import numpy as np

from duonen_stats.design.fixed.fixed_methods import FixedMethod, approximation
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.design.reestimation.future_events import Forecast
from duonen_stats.design.reestimation.pooled_rates import BlindedRates
from duonen_stats.design.simulation.simulated_sizing import PowerSimulator, SimulatedPower
from duonen_stats.design.trial.accrual import Accrual
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.rounding import (
    allocation_block,
    balanced,
    round_up,
    split,
)
from duonen_stats.methods.inputs.admit import FloatArray

_SLACK = 1e-9

Role = Literal["plan", "needed", "cap", "most"]
"""What a number of patients is: planned, needed, decided under a cap, or the most that can enter in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An expectation and its limits; None where the thing is not reached."""

    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeOutcome:
    """What a total number of patients gives under the re-estimated rates.

    Attributes
    ----------
    n_patients, n_experimental, n_control
        Whole numbers; the arms as near to the allocation ratio as they come.
    attainable
        Whether that many can have entered by the analysis.
    last_entry_months, analysis_months
        Calendar months since the trial opened.
    events
        Events expected by the analysis, with limits.
    power
        Power by the formula (that of Lakatos if the number was found by simulation).
    simulated
        Power by simulation, nominal and calibrated; None if none was asked for.
    """

    role: Role
    n_patients: int
    n_experimental: int
    n_control: int
    attainable: bool
    last_entry_months: float
    analysis_months: float
    events: Interval
    power: float
    simulated: SimulatedPower | None


class TrialUnderWay:
    """The trial that goes on from the cut under the re-estimated rates, with any number of patients."""

    def __init__(
        self,
        cut: BlindedCut,
        rates: BlindedRates,
        point: Forecast,
        drawn: Forecast,
        end_months: float | None,
        followup_months: float | None,
        confidence: float,
    ) -> None:
        self.cut, self.rates = cut, rates
        self.point, self.drawn = point, drawn
        self._end = None if end_months is None else end_months - cut.cut_months
        self._followup = followup_months or 0.0
        self._confidence = confidence

    @property
    def entered(self) -> float:
        """Patients entered by the cut, those not in it included: known, or expected at the rate of accrual."""
        return float(self.point.entered.ravel()[0])

    @cached_property
    def most(self) -> float | None:
        """Most patients who can have entered by the analysis; None if it follows the last entry."""
        if self._end is None:
            return None
        return self.entered + self.rates.patients_per_month.estimate * self._end

    def blocks_up(self, patients: float) -> int:
        """Round up to whole blocks of the allocation."""
        return sum(balanced(round_up(patients), self.rates.allocation_ratio))

    def blocks_down(self, patients: float) -> int:
        """Round down to whole blocks of the allocation."""
        block = sum(allocation_block(self.rates.allocation_ratio)) or 1
        return int(patients + 1e-9) // block * block

    def assumptions(self, n_patients: int) -> SurvivalAssumptions:
        """Describe the trial with that many patients: entries as they were, and as they are to come."""
        cut, rate = self.cut.cut_months, self.rates.patients_per_month.estimate
        known = (*self.cut.entry_months.tolist(), *self.cut.unseen_entry_months.tolist())
        periods = [(month, month, 1.0) for month in sorted(known)[:n_patients]]
        unknown = min(self.entered - len(known), float(n_patients - len(periods)))
        if unknown > _SLACK:
            periods.append((self.cut.entries_known_months, cut, unknown))
        further = n_patients - sum(patients for _, _, patients in periods)
        if further > _SLACK:
            periods.append((cut, cut + further / rate, further))
        starts, ends, patients = zip(*periods, strict=True)
        accrual = Accrual(starts, ends, patients, rate_known=True)
        last = accrual.duration_months
        end = cut + (self._end if self._end is not None else max(last - cut, 0.0) + self._followup)
        return SurvivalAssumptions(
            control_hazard_per_month=self.rates.control_hazard.estimate,
            hazard_ratio=self.rates.hazard_ratio,
            allocation_ratio=self.rates.allocation_ratio,
            accrual=accrual,
            total_months=max(end, cut),
            dropout_hazard_per_month=self.rates.dropout_hazard.estimate,
        )

    def formula_power(self, n_patients: int, method: FixedMethod, alpha: float, sides: int) -> float:
        """Power by a formula with that many patients."""
        design = self.assumptions(n_patients)
        found = approximation(method, design, design.analysis_months)
        size = float(self.events(n_patients)[0][0, 0]) if found.unit == "events" else n_patients
        return found.power(size, alpha=alpha, sides=sides, far_tail=False)

    def events(self, n_patients: float) -> tuple[FloatArray, FloatArray]:
        """Events expected by the analysis: under the estimates, and under each draw."""
        found = []
        for of in (self.point, self.drawn):
            further = _further(of, n_patients)
            found.append(of.events(self._closing(of, further), further))
        return found[0], found[1]

    def months_to(self, target: float, n_patients: float) -> Interval:
        """Calendar month at which that many events are expected."""
        point, drawn = (
            self.cut.cut_months + of.months_to(target, _further(of, n_patients))
            for of in (self.point, self.drawn)
        )
        return interval_of(point, drawn, self._confidence)

    def patients_to(self, target: float) -> Interval:
        """Patients in all with whom that many events are expected by the analysis."""
        point, drawn = (
            of.entered + of.patients_to(target, end=self._end, followup=self._followup)
            for of in (self.point, self.drawn)
        )
        return interval_of(point, drawn, self._confidence)

    def outcome(
        self,
        n_patients: int,
        role: Role,
        method: FixedMethod,
        alpha: float,
        sides: int,
        simulator: PowerSimulator | None,
    ) -> SizeOutcome:
        """Say what a number of patients gives."""
        design = self.assumptions(n_patients)
        experimental, control = split(n_patients, self.rates.allocation_ratio)
        return SizeOutcome(
            role=role,
            n_patients=n_patients,
            n_experimental=experimental,
            n_control=control,
            attainable=self.most is None or n_patients <= self.most + 1e-9,
            last_entry_months=design.entry.duration_months,
            analysis_months=design.analysis_months,
            events=interval_of(*self.events(n_patients), self._confidence),
            power=self.formula_power(n_patients, method, alpha, sides),
            simulated=None if simulator is None else simulator.at(n_patients),
        )

    def _closing(self, of: Forecast, further: FloatArray) -> FloatArray:
        """Months from the cut to the analysis."""
        if self._end is not None:
            return _full(of, self._end)
        rate = of.rates.patients_per_month
        return np.divide(further, rate, out=np.zeros_like(rate), where=rate > 0) + self._followup


def _further(of: Forecast, n_patients: float) -> FloatArray:
    """Patients who still enter after the cut, of that many in all."""
    return np.maximum(n_patients - of.entered * np.ones_like(of.rates.control), 0.0)


def _full(of: Forecast, value: float) -> FloatArray:
    return np.full_like(of.rates.control, value)


def interval_of(point: FloatArray, drawn: FloatArray, confidence: float) -> Interval:
    """Give an expectation under the estimates, and its limits over the draws; what is infinite is not reached."""
    tail = (1 - confidence) / 2
    # Order statistics, not interpolation: some draws may be infinite.
    lower, upper = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    estimate, low, high = (
        float(value) if isfinite(value) else None
        for value in (float(point[0, 0]), float(lower), float(upper))
    )
    return Interval(estimate=estimate, lower=low, upper=high)
