"""A trial under way: what it gives with any number of patients, judged by its pooled data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, log, log1p
from typing import Literal

import numpy as np
from scipy.special import expit

from duonen_stats.design.fixed.fixed_methods import FixedMethod, approximation
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.design.reestimation.pooled_rates import BlindedRates, RateDraws
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

# Events still to come after a data cut, as expected from given rates: the smooth part of every forecast.


_HALVINGS = 80
_LONGEST = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Expected events after a cut under each draw of the rates.

    All times are months after the cut. Functions of time take and return one value a draw, as a column vector.
    ``share`` is that of the experimental arm. An event is expected when it is known, as :func:`project_events` does: a
    death on its day, progression at a scan, which comes at any time within ``wait`` months. What has come since a
    patient was last seen, and is not in the cut, is known from the cut on.

    Attributes
    ----------
    seen, n_patients
        Events, and patients, of the cut.
    at_risk
        Patients of the cut who may still have an event.
    since
        Months from entry to the cut of patients who have entered and are not in it: they are at risk since then.
    unknown
        Months before the cut in which patients entered who are not known: at the rate of each draw.
    death_share
        Share of events that are deaths.
    wait
        Longest wait for a scan in months, missed scans allowed for; 0: events are known on their day.
    """

    seen: int
    n_patients: int
    at_risk: "PatientsAtRisk"
    since: FloatArray
    unknown: FloatArray
    death_share: float
    wait: float
    share: float
    rates: RateDraws

    @property
    def entered(self) -> FloatArray:
        """Patients entered by the cut, those not in it included: known, or expected at the rate of each draw."""
        return self.n_patients + self.since.size + self.rates.patients_per_month * self.unknown

    def events(self, after: FloatArray, further_patients: FloatArray) -> FloatArray:
        """Expect events in all by months ``after`` the cut if that many patients still enter after it."""
        return (
            self.seen
            + self._from_patients_in(after)
            + self._from_patients_unseen(after)
            + self._from_patients_to_come(after, further_patients)
        )

    def months_to(self, target: float, further_patients: FloatArray) -> FloatArray:
        """Months after the cut at which ``target`` events are expected; ``inf`` if never (in 100 years)."""
        low, high = np.zeros_like(self.rates.control), np.full_like(self.rates.control, _LONGEST)
        reached = self.events(high, further_patients) >= target
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            late = self.events(middle, further_patients) >= target
            low, high = np.where(late, low, middle), np.where(late, middle, high)
        return np.where(reached, high, np.inf)

    def patients_to(self, target: float, *, end: float | None, followup: float) -> FloatArray:
        """Patients still to enter for ``target`` events to be expected by the end; ``inf`` if too few can.

        The end is ``end`` months after the cut or, if that is None, ``followup`` months after the last entry.
        """
        rate = self.rates.patients_per_month
        low = np.zeros_like(rate)
        high = rate * (_LONGEST if end is None else end)

        def at(further: FloatArray) -> FloatArray:
            last_entry = np.divide(further, rate, out=np.zeros_like(rate), where=rate > 0)
            after = last_entry + followup if end is None else np.full_like(rate, end)
            return self.events(after, further)

        enough, none_needed = at(high) >= target, at(low) >= target
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            plenty = at(middle) >= target
            low, high = np.where(plenty, low, middle), np.where(plenty, middle, high)
        return np.where(none_needed, 0.0, np.where(enough, high, np.inf))

    def _from_patients_in(self, after: FloatArray) -> FloatArray:
        risk, loss = self.at_risk, self.rates.dropout
        total = risk.deaths_before
        for hazard, deaths, progressions in (
            (self.rates.control, *risk.control),
            (self.rates.experimental, *risk.experimental),
        ):
            at_once = _incidence(hazard, loss, after)
            total = total + deaths * at_once
            if self.wait:
                scanned = _incidence_integral(hazard, loss, after, np.minimum(after, self.wait)) / self.wait
                total = total + progressions * scanned * self._still_there
            else:
                total = total + progressions * at_once
        return total + risk.progressions_before * self._scanned(after)

    def _scanned(self, after: FloatArray) -> FloatArray:
        """Probability that a patient who has progressed by the cut is scanned by then, and not lost before."""
        if not self.wait:
            return np.ones_like(self.rates.dropout)
        return np.asarray(_mean_stay(self.rates.dropout, np.minimum(after, self.wait)) / self.wait)

    @property
    def _still_there(self) -> FloatArray:
        """Probability of not being lost between progression and the scan."""
        return self._scanned(np.full_like(self.rates.dropout, np.inf))

    def _known(self, hazard: FloatArray, time: FloatArray, entering: FloatArray | None) -> FloatArray:
        """Incidence by ``time`` of what is known, or its integral over entries in the first ``entering`` months."""

        def at(months: FloatArray) -> FloatArray:
            if entering is None:
                return _incidence(hazard, self.rates.dropout, months)
            return _incidence_integral(hazard, self.rates.dropout, months, np.minimum(entering, months))

        if not self.wait:
            return at(time)
        scanned = at(np.maximum(time - self.wait / 2, 0.0)) * self._still_there
        return self.death_share * at(time) + (1 - self.death_share) * scanned

    def _from_patients_unseen(self, after: FloatArray) -> FloatArray:
        total = np.zeros_like(self.rates.control)
        for hazard, share in ((self.rates.control, 1 - self.share), (self.rates.experimental, self.share)):
            if self.since.size:
                total = total + share * self._known(hazard, after + self.since, None).sum(
                    axis=1, keepdims=True
                )
            if self.unknown.any():
                spread = self._known(hazard, after + self.unknown, self.unknown)
                total = total + share * self.rates.patients_per_month * spread
        return total

    def _from_patients_to_come(self, after: FloatArray, further: FloatArray) -> FloatArray:
        rate = self.rates.patients_per_month
        duration = np.divide(further, rate, out=np.zeros_like(rate), where=rate > 0)
        total = np.zeros_like(rate)
        for hazard, share in ((self.rates.control, 1 - self.share), (self.rates.experimental, self.share)):
            total = total + share * rate * self._known(hazard, after, duration)
        return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatientsAtRisk:
    """Patients of a cut who may still have an event, added up: one value a draw in each column.

    Attributes
    ----------
    deaths_before, progressions_before
        Expected number who have died, or progressed, since they were last seen, and were not lost by the cut.
    control, experimental
        Expected number without an event and not lost at the cut, in each arm: times the share of deaths among events,
        and times that of progressions.
    """

    deaths_before: FloatArray
    progressions_before: FloatArray
    control: tuple[FloatArray, FloatArray]
    experimental: tuple[FloatArray, FloatArray]


def _at_risk(cut: BlindedCut, rates: RateDraws, experimental_share: float) -> PatientsAtRisk:
    risk, share = cut.at_risk, cut.death_share
    free, alive = cut.free_months[risk], cut.observed_months[risk]
    if cut.schedule is None:
        alive = free
    # Deaths are known up to the last contact, progression only up to the last assessment.
    waited = free + share * (alive - free)
    hidden = (1 - share) * (alive - free)
    gap = np.maximum((cut.cut_months - cut.entry_months)[risk] - alive, 0.0)
    # Who has waited long without the event is more likely in the better arm.
    prior = log(experimental_share) - log1p(-experimental_share)
    experimental = expit(prior + (rates.control - rates.experimental) * waited)
    deaths, progressions = np.zeros_like(rates.control), np.zeros_like(rates.control)
    arms = []
    for hazard, weight in ((rates.control, 1 - experimental), (rates.experimental, experimental)):
        stays = weight * np.exp(-rates.dropout * gap)
        progressed, alive_then = -np.expm1(-hazard * hidden), np.exp(-hazard * hidden)
        since = alive_then * -np.expm1(-hazard * gap)
        deaths = deaths + _summed(stays * share * since)
        progressions = progressions + _summed(stays * (progressed + (1 - share) * since))
        going = _summed(stays * alive_then * np.exp(-hazard * gap))
        arms.append((share * going, (1 - share) * going))
    return PatientsAtRisk(
        deaths_before=deaths, progressions_before=progressions, control=arms[0], experimental=arms[1]
    )


def _summed(values: FloatArray) -> FloatArray:
    return np.asarray(values.sum(axis=1, keepdims=True))


def forecast(cut: BlindedCut, rates: RateDraws, *, experimental_share: float) -> Forecast:
    """Set up the forecast from a cut: its events, who is at risk and since when, who else has entered."""
    scans = cut.schedule
    # A scan missed puts the next one off by a whole interval.
    wait = 0.0 if scans is None else scans.every_months * (1 + 2 * scans.missed / (1 - scans.missed))
    return Forecast(
        seen=cut.n_events, n_patients=cut.n_patients, at_risk=_at_risk(cut, rates, experimental_share),
        since=cut.cut_months - cut.unseen_entry_months, unknown=cut.months_unknown(rates.patients_per_month),
        death_share=cut.death_share, wait=wait, share=experimental_share, rates=rates,
    )  # fmt: skip


def _mean_stay(dropout: FloatArray, months: FloatArray) -> FloatArray:
    """Give the expected months without a loss within the first ``months``."""
    lost = dropout * months
    return np.where(lost > 0, -np.expm1(-lost) / np.where(lost > 0, dropout, 1.0), months)


def _incidence(hazard: FloatArray, dropout: FloatArray, after: FloatArray) -> FloatArray:
    """Probability of an event within ``after`` months, losses coming in between."""
    leaving = hazard + dropout
    return np.asarray(hazard / leaving * -np.expm1(-leaving * after))


def _incidence_integral(
    hazard: FloatArray, dropout: FloatArray, after: FloatArray, entering: FloatArray
) -> FloatArray:
    """Integral of the incidence over entries spread over the first ``entering`` months."""
    leaving = hazard + dropout
    rest = np.exp(-leaving * (after - entering)) * -np.expm1(-leaving * entering) / leaving
    return np.asarray(hazard / leaving * (entering - rest))


_SLACK = 1e-9

Role = Literal["plan", "needed", "decided", "most"]
"""What a number of patients is: planned, needed, decided on, or the most that can enter in time."""


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
    roles
        What the number is; it may be several things.
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

    roles: tuple[Role, ...]
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
            periods.append((cut - float(self.point.unknown.ravel()[0]), cut, unknown))
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

    @property
    def can_enter(self) -> int | None:
        """Whole number of patients who can have entered by the analysis; None if it follows the last entry."""
        return None if self.most is None else int(self.most + _SLACK)

    @property
    def most_in_blocks(self) -> float:
        """Patients in whole blocks who can have entered by the analysis; infinite if it follows the last entry."""
        return inf if self.most is None else self.blocks_down(self.most)

    def months_to(self, target: int, n_patients: float) -> Interval:
        """Calendar month at which that many events are expected; of events already seen the month they came.

        None if the events seen have no months of their own, as in a cut made of its numbers alone.
        """
        if target <= self.cut.n_events:
            month = self.cut.month_of_event(target)
            return Interval(estimate=month, lower=month, upper=month)
        point, drawn = (
            self.cut.cut_months + of.months_to(target, _further(of, n_patients))
            for of in (self.point, self.drawn)
        )
        return interval_of(point, drawn, self._confidence)

    def patients_to(self, target: float) -> Interval:
        """Patients in all, in whole blocks, with whom that many events are expected by the analysis."""
        point, drawn = (
            of.entered + of.patients_to(target, end=self._end, followup=self._followup)
            for of in (self.point, self.drawn)
        )
        found = interval_of(point, drawn, self._confidence)
        estimate, lower, upper = (
            None if number is None else float(self.blocks_up(number))
            for number in (found.estimate, found.lower, found.upper)
        )
        return holding(estimate, lower, upper)

    def outcome(
        self,
        n_patients: int,
        roles: Sequence[Role],
        method: FixedMethod,
        alpha: float,
        sides: int,
        simulator: PowerSimulator | None,
    ) -> SizeOutcome:
        """Say what a number of patients gives."""
        design = self.assumptions(n_patients)
        experimental, control = split(n_patients, self.rates.allocation_ratio)
        return SizeOutcome(
            roles=tuple(roles),
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


def holding(estimate: float | None, lower: float | None, upper: float | None) -> Interval:
    """Give limits that hold their estimate; None is a number that no patients reach, and so above all others.

    Where hardly a patient stays without event, every draw of the rates may need a block more than the estimated rates
    do, or a block less.
    """
    if estimate is None:
        return Interval(estimate=None, lower=lower, upper=None)
    return Interval(
        estimate=estimate,
        lower=estimate if lower is None else min(lower, estimate),
        upper=None if upper is None else max(upper, estimate),
    )


def interval_of(point: FloatArray, drawn: FloatArray, confidence: float) -> Interval:
    """Give an expectation under the estimates, and its limits over the draws; what is infinite is not reached."""
    tail = (1 - confidence) / 2
    # Order statistics, not interpolation: some draws may be infinite.
    lower, upper = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    estimate, low, high = (
        float(value) if isfinite(value) else None
        for value in (float(point[0, 0]), float(lower), float(upper))
    )
    return holding(estimate, low, high)
