"""Events still to come after a data cut, as expected from given rates: the smooth part of every forecast."""

from dataclasses import dataclass
from math import log, log1p

import numpy as np
from scipy.special import expit

from duonen_stats.design.blinded_data import BlindedCut
from duonen_stats.design.pooled_rates import RateDraws
from duonen_stats.methods.door import FloatArray

_HALVINGS = 80
_LONGEST = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Expected events after a cut under each draw of the rates.

    All times are months after the cut. Functions of time take and return one value a draw, as a column vector.
    ``share`` is that of the experimental arm. Progression is expected on its day: by a scan every twelve weeks it is
    known half an interval later on average, which :func:`project_events` takes into account.

    Attributes
    ----------
    seen, n_patients
        Events, and patients, of the cut.
    waited
        Months for which each patient at risk is known to be without the event.
    since
        Months from entry to the cut of patients who have entered and are not in it: they are at risk since then.
    unknown
        Months before the cut of which it is not known who entered: at the rate of each draw.
    """

    seen: int
    n_patients: int
    waited: FloatArray
    since: FloatArray
    unknown: float
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
        control = self.rates.control
        # Who has waited long without the event is more likely in the better arm.
        prior = log(self.share) - log1p(-self.share)
        experimental = expit(prior + (control - self.rates.experimental) * self.waited)
        total = np.zeros_like(control)
        for hazard, weight in ((control, 1 - experimental), (self.rates.experimental, experimental)):
            total = total + weight.sum(axis=1, keepdims=True) * _incidence(hazard, self.rates.dropout, after)
        return total

    def _from_patients_unseen(self, after: FloatArray) -> FloatArray:
        total = np.zeros_like(self.rates.control)
        time = after + self.since
        unknown = np.full_like(total, self.unknown)
        for hazard, share in ((self.rates.control, 1 - self.share), (self.rates.experimental, self.share)):
            if self.since.size:
                known = _incidence(hazard, self.rates.dropout, time).sum(axis=1, keepdims=True)
                total = total + share * known
            if self.unknown:
                spread = _incidence_integral(hazard, self.rates.dropout, after + self.unknown, unknown)
                total = total + share * self.rates.patients_per_month * spread
        return total

    def _from_patients_to_come(self, after: FloatArray, further: FloatArray) -> FloatArray:
        rate = self.rates.patients_per_month
        duration = np.divide(further, rate, out=np.zeros_like(rate), where=rate > 0)
        entering = np.minimum(duration, after)
        total = np.zeros_like(rate)
        for hazard, share in ((self.rates.control, 1 - self.share), (self.rates.experimental, self.share)):
            total = total + share * rate * _incidence_integral(hazard, self.rates.dropout, after, entering)
        return total


def forecast(cut: BlindedCut, rates: RateDraws, *, experimental_share: float) -> Forecast:
    """Set up the forecast from a cut: its events, how long the patients at risk have waited, who else has entered."""
    risk = cut.at_risk
    share = cut.death_share
    # Deaths are known up to the last contact, progression only up to the last assessment.
    waited = cut.free_months[risk] + share * (cut.observed_months - cut.free_months)[risk]
    return Forecast(
        seen=cut.n_events, n_patients=cut.n_patients, waited=waited,
        since=cut.cut_months - cut.unseen_entry_months, unknown=cut.unknown_entry_months,
        share=experimental_share, rates=rates,
    )  # fmt: skip


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
