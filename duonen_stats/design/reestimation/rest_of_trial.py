"""The rest of a trial after a cut, simulated many times: who enters when, and when each event becomes known."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p

import numpy as np
from scipy.special import expit

from duonen_stats.design.reestimation.blinded_data import BlindedCut, ScanSchedule
from duonen_stats.design.reestimation.pooled_rates import RateDraws
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualPlan:
    """Patients a month that are planned from the cut on, in periods.

    Attributes
    ----------
    starts_months
        Months after the cut at which the periods begin, the first 0, increasing. The last goes on.
    patients_per_month
        Rate in each period, 0 or more; that of the last above 0.
    """

    starts_months: tuple[float, ...]
    patients_per_month: tuple[float, ...]

    def __post_init__(self) -> None:
        starts, rates = (
            np.array(self.starts_months, dtype=float),
            np.array(self.patients_per_month, dtype=float),
        )
        if not starts.size == rates.size > 0 or starts[0] != 0 or (np.diff(starts) <= 0).any():
            raise PlanError(
                "An accrual plan needs increasing months after the cut, the first 0, and a rate for each."
            )
        if (
            not np.isfinite(starts).all()
            or not np.isfinite(rates).all()
            or (rates < 0).any()
            or rates[-1] <= 0
        ):
            raise PlanError("Rates of an accrual plan are 0 or more patients a month, the last above 0.")

    def months(self, expected: FloatArray) -> FloatArray:
        """Months after the cut by which so many patients are expected."""
        rates = np.array(self.patients_per_month)
        counts = np.concatenate(([0.0], np.cumsum(rates[:-1] * np.diff(self.starts_months))))
        period = np.searchsorted(counts, expected, side="right") - 1
        # A period without entries has no place in which its last patient enters.
        found: FloatArray = np.array(self.starts_months)[period] + (expected - counts[period]) / rates[period]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RestOfTrial:
    """What is assumed of the rest of a trial.

    Attributes
    ----------
    planned_patients
        Patients in all, those of the cut included.
    experimental_share
        Share of patients in the experimental arm.
    longest_months
        No patient is followed longer after entry; ``inf``: no limit.
    shape
        Weibull shape of the times to the event; 1: exponential.
    accrual
        Planned rates after the cut; None: the rate goes on that the cut shows.
    """

    planned_patients: int
    experimental_share: float
    longest_months: float = np.inf
    shape: float = 1.0
    accrual: AccrualPlan | None = None

    def simulate(
        self, cut: BlindedCut, rates: RateDraws, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Simulate one course for each draw of the rates (rows).

        Parameters
        ----------
        cut
            The pooled data.
        rates
            Draws, n of them.
        rng
            Generator.

        Returns
        -------
        events
            Calendar months at which the events become known that the cut does not hold, increasing in each row; ``inf``
            for a patient whose event is never known. Progression is known at the first scan that is made after it, a
            death on its day. Those of patients who had entered and are not in the cut may come before it.
        entries
            Calendar months of all entries that the cut does not hold.
        """
        entries = self._entries(cut, rates, rng)
        waiting = self._of_patients_in(cut, rates, rng)
        coming = self._of_patients_to_come(cut, entries, rates, rng)
        return np.sort(np.hstack((waiting, coming)), axis=1), entries

    def _entries(self, cut: BlindedCut, rates: RateDraws, rng: np.random.Generator) -> FloatArray:
        n = rates.control.shape[0]
        further = self.planned_patients - cut.n_entered
        known = np.broadcast_to(cut.unseen_entry_months, (n, cut.n_unseen))
        unit = rng.standard_exponential((n, further)).cumsum(axis=1)
        since = unit / np.maximum(rates.patients_per_month, _TINY)
        before = cut.months_unknown(rates.patients_per_month)
        start = cut.cut_months - before
        if self.accrual is None:
            return np.hstack((known, start + since))
        # Until the cut the rate is that of the cut, from then on that of the plan.
        planned = self.accrual.months(np.maximum(unit - before * rates.patients_per_month, 0.0))
        months = np.where(since <= before, start + since, cut.cut_months + planned)
        return np.hstack((known, months))

    def _of_patients_in(self, cut: BlindedCut, rates: RateDraws, rng: np.random.Generator) -> FloatArray:
        """Events of the patients at risk: no progression up to the last assessment, no death up to the last contact."""
        risk, share = cut.at_risk, cut.death_share
        free, alive = cut.free_months[risk], cut.observed_months[risk]
        if cut.schedule is None:
            alive = free
        power = self.shape
        start, middle = free**power, alive**power
        waited = start + share * (middle - start)
        prior = log(self.experimental_share) - log1p(-self.experimental_share)
        better = expit(prior + (rates.control - rates.experimental) * waited)
        hazard = np.where(rng.random(better.shape) < better, rates.experimental, rates.control)
        unit = rng.standard_exponential(better.shape) / hazard
        # Before the last contact only progression may have come, after it both.
        hidden = (1 - share) * (middle - start)
        early = unit < hidden
        scale = np.where(early, start + unit / max(1 - share, _TINY), middle + unit - hidden)
        event = scale ** (1 / power)
        dies = ~early & (rng.random(better.shape) < share)
        since_cut = cut.cut_months - cut.entry_months[risk]
        known = _known(event, dies, np.broadcast_to(since_cut, event.shape), cut.schedule, rng)
        loss = alive + _losses(rates, event.shape, rng)
        return self._seen(known, loss, cut.entry_months[risk])

    def _of_patients_to_come(
        self, cut: BlindedCut, entries: FloatArray, rates: RateDraws, rng: np.random.Generator
    ) -> FloatArray:
        hazard = np.where(
            rng.random(entries.shape) < self.experimental_share, rates.experimental, rates.control
        )
        event = (rng.standard_exponential(entries.shape) / hazard) ** (1 / self.shape)
        dies = rng.random(entries.shape) < cut.death_share
        known = _known(event, dies, np.zeros_like(event), cut.schedule, rng)
        return self._seen(known, _losses(rates, event.shape, rng), entries)

    def _seen(self, known: FloatArray, loss: FloatArray, entry: FloatArray) -> FloatArray:
        # A loss before the scan hides the progression.
        seen = (known <= loss) & (known <= self.longest_months)
        return np.where(seen, entry + known, np.inf)


def _losses(rates: RateDraws, shape: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    with np.errstate(divide="ignore"):
        months: FloatArray = rng.standard_exponential(shape) / np.broadcast_to(rates.dropout, shape)
    return months


def _known(
    event: FloatArray,
    dies: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    earliest: FloatArray,
    schedule: ScanSchedule | None,
    rng: np.random.Generator,
) -> FloatArray:
    """Months from entry at which an event is known, from ``earliest`` on: a death at once, progression by a scan."""
    from_then = np.maximum(event, earliest)
    if schedule is None:
        return from_then
    every, tolerance = schedule.every_months, schedule.tolerance_months
    # The first planned scan that may still come, even if late.
    number = np.maximum(np.ceil((from_then - tolerance) / every), 1.0)
    off = tolerance * rng.uniform(-1, 1, event.shape)
    scan = number * every + off
    # It came earlier than that: the next one.
    past = scan < from_then
    number += past
    if schedule.missed:
        number += rng.geometric(1 - schedule.missed, event.shape) - 1
    scan = number * every + off
    return np.where(dies, from_then, scan)


def sizes_of_parts(n: int, patients: int, cells: int) -> Sequence[int]:
    """Split ``n`` courses into parts of at most ``cells`` numbers each."""
    size = max(1, min(n, cells // max(patients, 1)))
    return [min(size, n - start) for start in range(0, n, size)]
