"""The protocol's rule for the next activity: approach the organs' limits of dose, and do not pass them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.randomness import Floats, bounded

_MBQ_PER_GBQ = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationRule:
    """How an activity is chosen, beyond what the protocol says. Fractions are of the nominal activity."""

    target: float = assumed(0.98, "Fraction of a limit that is aimed at, since doses vary.", "invented; §4.1")
    smallest: float = assumed(
        0.2,
        "No cycle without the isotope, however little is left of the limit.",
        "mean reductions of 63-68 %, Table 2",
    )
    largest_lutetium: float = assumed(1.28, "177Lu at most: mean increases of 25-29 %.", "Table 2")
    largest_yttrium: float = assumed(2.4, "90Y at most: a mean increase of 126 %.", "Table 2")
    worthwhile: float = assumed(
        0.1, "A smaller increase is not made: that of the tolerance of dispensing.", "§2.5, Table 2"
    )
    escalated: float = assumed(
        0.85, "Patients whose activity is increased when it may be; others stay.", "invented; arm D, Table 2"
    )
    step: float = assumed(10.0, "MBq; activities are ordered in multiples of it, rounded down.", "invented")
    dispensing_sd: float = assumed(
        0.012,
        "Spread of the dispensed about the ordered activity, within the tolerance of the protocol.",
        "invented",
    )

    def __post_init__(self) -> None:
        require_fractions(target=self.target, smallest=self.smallest, escalated=self.escalated)
        require_positive(
            smallest=self.smallest, target=self.target, step=self.step, dispensing_sd=self.dispensing_sd
        )
        if min(self.largest_lutetium, self.largest_yttrium) < 1 or not 0 <= self.worthwhile < 1:
            raise PlanError("The largest activity is at least the nominal one, and worthwhile is below 1.")

    def largest(self, isotope: str) -> float:
        """Largest activity of an isotope, as a fraction of the nominal one."""
        return self.largest_yttrium if isotope == "Y90" else self.largest_lutetium


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known of n patients before a cycle, for o organs; doses in Gy, activities in MBq.

    ``delivered`` (n, o) is the dose so far; ``specific`` (n, o) the expected Gy per GBq of the isotope that
    may change; ``fixed`` (n, o) the expected dose of each further cycle from the other one; ``remaining``
    the number of further cycles; ``limit_total``, ``limit_cycle`` (o,), infinite where there is none.
    """

    delivered: Floats
    specific: Floats
    fixed: Floats
    remaining: int
    limit_total: Floats
    limit_cycle: Floats

    def projected(self, activity: Floats) -> Floats:
        """Dose in all, shape (n, o), if every further cycle has ``activity`` (n,)."""
        each = self.fixed + self.specific * activity[:, None] / _MBQ_PER_GBQ
        return np.asarray(self.delivered + self.remaining * each, dtype=np.float64)

    def allowed(self, target: float) -> Floats:
        """Largest activity (n,) whose projection passes no ``target`` part of a limit; below 0 if none does."""
        left = (target * self.limit_total - self.delivered) / self.remaining - self.fixed
        left = np.minimum(left, target * self.limit_cycle - self.fixed)
        return np.asarray((_MBQ_PER_GBQ * left / self.specific).min(axis=1), dtype=np.float64)


def next_activity(
    outlook: Outlook,
    *,
    nominal: Floats,
    current: Floats,
    largest: Floats,
    escalated: NDArray[np.bool_],
    rule: AdaptationRule,
) -> Floats:
    """Choose the activity of the next cycle of the isotope that dosimetry adapts.

    Parameters
    ----------
    outlook
        What is known.
    nominal, current
        Activity of cycle 1, and the one ordered last (MBq, shape (n,)).
    largest
        Bound as a fraction of ``nominal``.
    escalated
        Whether the patient's activity is increased when it may be.
    rule
        The bounds.

    Returns
    -------
    numpy.ndarray
        MBq to order. Where the current activity is projected to pass a limit it is the largest that does
        not, though never below ``rule.smallest``; else it is the largest allowed where that is a worthwhile
        increase, and the current one where it is not.

    References
    ----------
    Interim publication §2.2, §2.3 and §4.1: activities of cycles 2-4 approach but do not exceed the
    limits; the bounds are assumptions.
    """
    allowed = np.minimum(outlook.allowed(rule.target), largest * nominal)
    ordered = rule.step * np.floor(allowed / rule.step + 1e-9)
    ordered = np.maximum(ordered, rule.step * np.ceil(rule.smallest * nominal / rule.step))
    raised = escalated & (ordered >= current + rule.worthwhile * nominal)
    kept = np.where(ordered < current, ordered, current)
    return np.asarray(np.where(raised, ordered, kept), dtype=np.float64)


def dispensed(rng: np.random.Generator, ordered: Floats, tolerance: float, rule: AdaptationRule) -> Floats:
    """Draw dispensed activities (MBq, whole) about the ordered ones, within half the protocol's tolerance.

    Half, so that two activities of one order differ by less than the tolerance.
    """
    widest = tolerance / 2 / rule.dispensing_sd
    error = rule.dispensing_sd * bounded(rng.standard_normal(ordered.shape), -widest, widest)
    return np.asarray(np.rint(ordered * (1 + error)), dtype=np.float64)
