"""Accrual: when patients enter the trial."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from duonen_stats.design.trial.exponential import as_floats
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray


@dataclass(frozen=True, slots=True)
class Accrual:
    """Periods, each with the number of patients who enter evenly over it.

    A period that starts and ends at the same time is one entry date, so observed and planned accrual have one
    form. Use ``uniform``, ``piecewise``, ``observed`` or ``at_once`` to make one.

    Parameters
    ----------
    starts_months, ends_months
        Calendar months since the trial opened, in order of the starts.
    patients
        Expected number entering in each period. Only their ratio matters where the trial's size is given.
    rate_known
        Whether ``patients`` is a real number and not just a share.

    Raises
    ------
    PlanError
        A period ends before it starts, or no patients enter.
    """

    starts_months: tuple[float, ...]
    ends_months: tuple[float, ...]
    patients: tuple[float, ...]
    rate_known: bool = False

    def __post_init__(self) -> None:
        if not len(self.starts_months) == len(self.ends_months) == len(self.patients) > 0:
            raise PlanError("Accrual needs a start, an end and a number of patients for every period.")
        values = (*self.starts_months, *self.ends_months, *self.patients)
        if any(not isfinite(v) or v < 0 for v in values):
            raise PlanError("Times and numbers of accrual must be finite and not negative.")
        if any(end < start for start, end in zip(self.starts_months, self.ends_months, strict=True)):
            raise PlanError("A period of accrual ends before it starts.")
        if sum(self.patients) <= 0:
            raise PlanError("Nobody enters in the accrual given.")

    @classmethod
    def uniform(cls, months: float, *, patients_per_month: float | None = None) -> "Accrual":
        """Patients enter evenly over ``months``, which may be 0."""
        if patients_per_month is None:
            return cls((0.0,), (float(months),), (1.0,))
        return cls((0.0,), (float(months),), (patients_per_month * months,), rate_known=True)

    @classmethod
    def at_once(cls) -> "Accrual":
        """All patients enter when the trial opens."""
        return cls.uniform(0.0)

    @classmethod
    def piecewise(
        cls, starts_months: Iterable[float], end_months: float, patients_per_month: Iterable[float]
    ) -> "Accrual":
        """Rates that change at given months: ``piecewise((0, 6), 24, (2, 5))`` is 2, from month 6 on 5 a month."""
        edges, rates = (*as_floats(starts_months), float(end_months)), as_floats(patients_per_month)
        if len(rates) != len(edges) - 1 or any(b <= a for a, b in pairwise(edges)):
            raise PlanError("Piecewise accrual needs increasing months and one rate for each period.")
        counts = tuple(rate * (b - a) for rate, (a, b) in zip(rates, pairwise(edges), strict=True))
        return cls(edges[:-1], edges[1:], counts, rate_known=True)

    @classmethod
    def intensities(
        cls, starts_months: Iterable[float], end_months: float, intensities: Iterable[float]
    ) -> "Accrual":
        """Let patients enter at intensities of which only the ratios matter: the number is that of the design.

        Examples
        --------
        >>> Accrual.intensities((0, 12), 60, (1, 2)).share_entered(12.0)
        0.1111111111111111
        """
        shaped = cls.piecewise(starts_months, end_months, intensities)
        return cls(shaped.starts_months, shaped.ends_months, shaped.patients)

    @classmethod
    def observed(
        cls,
        entry_months: Iterable[float],
        *,
        further_patients: float = 0.0,
        until_months: float | None = None,
    ) -> "Accrual":
        """Take patients already in, each at the own entry month, and those still to come.

        Parameters
        ----------
        entry_months
            Calendar months since the trial opened, one a patient.
        further_patients, until_months
            How many more enter, evenly from the last entry seen to ``until_months``.
        """
        seen = tuple(sorted(as_floats(entry_months)))
        if not further_patients:
            return cls(seen, seen, (1.0,) * len(seen), rate_known=True)
        if until_months is None or (seen and until_months < seen[-1]):
            raise PlanError(
                "Further patients need the month by which they are in, after the last entry seen."
            )
        start = seen[-1] if seen else 0.0
        return cls(
            (*seen, start),
            (*seen, float(until_months)),
            (*(1.0,) * len(seen), further_patients),
            rate_known=True,
        )

    @property
    def duration_months(self) -> float:
        """Months from the opening of the trial to the last entry."""
        return max(self.ends_months)

    @property
    def n_patients(self) -> float | None:
        """How many patients enter; None if only the shape of the accrual is known."""
        return sum(self.patients) if self.rate_known else None

    def share_entered(self, at_months: float) -> float:
        """Share of all patients who have entered by a calendar month."""
        entered = 0.0
        for start, end, patients in self.periods():
            if at_months >= end:
                entered += patients
            elif at_months > start:
                entered += patients * (at_months - start) / (end - start)
        return entered / sum(self.patients)

    def shares_entered(self, at_months: FloatArray) -> FloatArray:
        """Give ``share_entered`` for many calendar months at once."""
        total = np.zeros_like(at_months)
        for start, end, patients in self.periods():
            part = (at_months - start) / (end - start) if end > start else (at_months >= start).astype(float)
            total += np.clip(part, 0.0, 1.0) * patients
        return np.asarray(total / sum(self.patients))

    def periods(self) -> Iterable[tuple[float, float, float]]:
        """Start and end (calendar months) and patients of every period."""
        return zip(self.starts_months, self.ends_months, self.patients, strict=True)

    def extended(self, end_months: float, *, patients_per_month: float | None = None) -> "Accrual":
        """Let the accrual end at another month: at one rate, or at its own rates, the last of them going on."""
        if patients_per_month is not None:
            return Accrual.uniform(end_months, patients_per_month=patients_per_month)
        if not self.rate_known or self.ends_months[-1] <= self.starts_months[-1]:
            raise PlanError("The accrual has no rate; give patients_per_month.")
        cut: list[tuple[float, float, float]] = []
        last = len(self.patients) - 1
        for i, (start, end, patients) in enumerate(self.periods()):
            if start > end_months or (start == end_months and end > start and cut):
                continue
            width = end - start
            stop = end_months if i == last else min(end, end_months)
            cut.append((start, stop, patients * (stop - start) / width if width > 0 else patients))
        if not cut:
            raise PlanError(f"Nobody enters by month {end_months:g}.")
        starts, ends, counts = zip(*cut, strict=True)
        return Accrual(starts, ends, counts, rate_known=True)

    def entry_months(self, uniform: FloatArray) -> FloatArray:
        """Turn uniform numbers in [0, 1) into entry months; one even period is scaled in place."""
        if len(self.patients) == 1:
            np.multiply(uniform, self.ends_months[0] - self.starts_months[0], out=uniform)
            return uniform if self.starts_months[0] == 0 else uniform + self.starts_months[0]
        edges = np.concatenate(([0.0], np.cumsum(self.patients)))
        edges /= edges[-1]
        period = (np.searchsorted(edges, uniform, side="right") - 1).clip(0, len(self.patients) - 1)
        starts, ends = np.array(self.starts_months), np.array(self.ends_months)
        within = (uniform - edges[period]) / np.diff(edges)[period]
        months: FloatArray = starts[period] + within * (ends - starts)[period]
        return months
