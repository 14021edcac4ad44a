"""What a survival design assumes: hazards, allocation, accrual, follow-up, dropout."""

from dataclasses import dataclass, replace
from math import exp, expm1, factorial, inf, isfinite, log

from duonen_stats.design.trial.accrual import Accrual
from duonen_stats.design.trial.exponential import (
    PiecewiseHazard,
    as_floats,
    hazard_from_median,
    hazard_from_survival,
    weibull_hazard,
)
from duonen_stats.errors import PlanError

# Cumulative incidence of the event while patients drop out, and its integral over entry times.


_SERIES_BELOW = 0.5  # above it, the subtraction below loses less than one digit
_SERIES = tuple((-1.0) ** n / factorial(n + 2) for n in range(16))


def _second_integral(x: float) -> float:
    """(x - (1 - exp(-x))) / x², which is 1/2 at x = 0, without cancellation."""
    if x >= _SERIES_BELOW:
        return (x + expm1(-x)) / (x * x)
    total = 0.0
    for coefficient in reversed(_SERIES):
        total = total * x + coefficient
    return total


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece: event hazard, total hazard, and what stands at its start."""

    start: float
    end: float
    event: float
    total: float
    at_risk: float
    incidence: float

    def incidence_after(self, months: float) -> float:
        """Incidence ``months`` after the start of the piece."""
        if self.event <= 0:
            return self.incidence
        return self.incidence - self.at_risk * self.event / self.total * expm1(-self.total * months)


class Incidence:
    """Probability that the event has been seen in a patient by a time since entry.

    Parameters
    ----------
    event, dropout
        Hazards of the event and, independent of it, of being lost.
    max_followup_months
        A patient is followed no longer than this.
    """

    def __init__(
        self, event: PiecewiseHazard, dropout: PiecewiseHazard, *, max_followup_months: float = inf
    ) -> None:
        starts = sorted({*event.starts_months, *dropout.starts_months, max_followup_months} - {inf})
        self._pieces: list[_Piece] = []
        at_risk, incidence = 1.0, 0.0
        for start, end in zip(starts, (*starts[1:], inf), strict=True):
            followed = start < max_followup_months
            hazard = event.rate_at(start) if followed else 0.0
            total = hazard + dropout.rate_at(start) if followed else 0.0
            piece = _Piece(start, end, hazard, total, at_risk, incidence)
            self._pieces.append(piece)
            incidence = piece.incidence_after(end - start)
            at_risk *= exp(-total * (end - start)) if total > 0 else 1.0
        self._limit = incidence

    def at(self, months: float) -> float:
        """Share of patients with the event seen by ``months`` since entry; 0 before entry."""
        if months == inf:
            return self._limit
        for piece in reversed(self._pieces):
            if months > piece.start:
                return piece.incidence_after(months - piece.start)
        return 0.0

    def integral(self, low: float, width: float) -> float:
        """Integral of the incidence over ``width`` months from ``low`` >= 0, as a sum of positive terms."""
        total, high = 0.0, low + width
        for piece in self._pieces:
            start = max(low, piece.start)
            length = width if piece.start <= low and high <= piece.end else min(high, piece.end) - start
            if length <= 0:
                continue
            at_risk = piece.at_risk * exp(-piece.total * (start - piece.start))
            rising = at_risk * piece.event * length * length * _second_integral(piece.total * length)
            total += piece.incidence_after(start - piece.start) * length + rising
        return total


Rates = float | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalAssumptions:
    """Assumptions of a two-arm trial with a time-to-event endpoint; times in months, hazards per month.

    Parameters
    ----------
    control_hazard_per_month, control_median_months, control_survival
        The control arm, in one of three ways: its hazard (one number, or one for each piece), its median, or the
        pair (probability without event, at months).
    hazard_ratio, experimental_hazard_per_month, experimental_median_months
        The experimental arm, in one of three ways; a hazard ratio is experimental over control, one number or one
        for each piece, below 1 if the experimental arm is better.
    hazard_starts_months
        Months since entry at which the pieces begin, in both arms; the first is 0.
    weibull_shape
        Shape of a Weibull distribution in both arms; 1 is a constant hazard. With another shape the control arm keeps
        its median, or the probability stated at a time (of a hazard: the median of the constant hazard), and there
        are no pieces.
    allocation_ratio
        Patients in the experimental arm per patient in the control arm: 3 in DUONEN.
    accrual
        An ``Accrual``, or a number: months over which patients enter evenly (0: all at once).
    followup_months, total_months
        When the analysis is: months after the last entry, or months after the trial opened. One of them, or
        neither if the question does not need it.
    max_followup_months
        No patient is followed longer than this after entry; None if all are followed to the analysis.
    dropout_hazard_per_month
        Hazard of being lost, independent of the event, in both arms.
    dropout_hazard_experimental_per_month
        The same in the experimental arm, where it differs.

    Raises
    ------
    PlanError
        The arm is described twice or not at all, or a value is out of its range.
    """

    control_hazard_per_month: Rates | None = None
    control_median_months: float | None = None
    control_survival: tuple[float, float] | None = None
    hazard_ratio: Rates | None = None
    experimental_hazard_per_month: Rates | None = None
    experimental_median_months: float | None = None
    hazard_starts_months: tuple[float, ...] = (0.0,)
    weibull_shape: float = 1.0
    allocation_ratio: float = 1.0
    accrual: Accrual | float = 0.0
    followup_months: float | None = None
    total_months: float | None = None
    max_followup_months: float | None = None
    dropout_hazard_per_month: float = 0.0
    dropout_hazard_experimental_per_month: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "hazard_starts_months", as_floats(self.hazard_starts_months))
        for name in ("control_hazard_per_month", "hazard_ratio", "experimental_hazard_per_month"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, float | int):
                object.__setattr__(self, name, as_floats(value))
        if not isinstance(self.accrual, Accrual):
            object.__setattr__(self, "accrual", Accrual.uniform(self.accrual))
        self._check()

    def _check(self) -> None:
        _one_of(
            self, "control_hazard_per_month", "control_median_months", "control_survival", whose="control arm"
        )
        _one_of(
            self,
            "hazard_ratio",
            "experimental_hazard_per_month",
            "experimental_median_months",
            whose="experimental arm",
        )
        if self.followup_months is not None and self.total_months is not None:
            raise PlanError("Give followup_months or total_months, not both.")
        if not 0 < self.weibull_shape < inf:
            raise PlanError(f"A Weibull shape must be positive and finite, not {self.weibull_shape}.")
        if self.weibull_shape != 1 and len(self.hazard_starts_months) > 1:
            raise PlanError("Hazards have pieces or a Weibull shape, not both.")
        if not 0 < self.allocation_ratio < inf:
            raise PlanError(f"The allocation ratio must be positive and finite, not {self.allocation_ratio}.")
        for name in ("followup_months", "total_months", "max_followup_months"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise PlanError(f"{name} must be 0 or more and finite, not {value}.")
        if self.total_months is not None and self.total_months <= 0:
            raise PlanError("total_months must be positive.")
        _ = self.control, self.experimental, self.dropout_control, self.dropout_experimental

    def _hazard(self, rates: Rates) -> PiecewiseHazard:
        given = as_floats(rates)
        pieces = given * len(self.hazard_starts_months) if len(given) == 1 else given
        return PiecewiseHazard(pieces, self.hazard_starts_months)

    @property
    def control(self) -> PiecewiseHazard:
        """Event hazard of the control arm."""
        return (
            self._control
            if self.weibull_shape == 1
            else weibull_hazard(self._control_median, self.weibull_shape)
        )

    @property
    def _control_median(self) -> float:
        if self.control_survival is None:
            return self._control.median_months
        probability, months = self.control_survival
        # log S(t) goes with t^shape, so the stated point fixes the median.
        ratio = log(2.0) / -log(probability) if 0 < probability < 1 else inf
        return float(months * ratio ** (1 / self.weibull_shape))

    @property
    def _control(self) -> PiecewiseHazard:
        if self.control_hazard_per_month is not None:
            return self._hazard(self.control_hazard_per_month)
        if self.control_median_months is not None:
            return self._hazard(hazard_from_median(self.control_median_months))
        probability, months = self.control_survival or (1.0, 1.0)
        return self._hazard(hazard_from_survival(probability, months))

    @property
    def experimental(self) -> PiecewiseHazard:
        """Event hazard of the experimental arm."""
        if self.hazard_ratio is not None:
            if any(not 0 < ratio < inf for ratio in as_floats(self.hazard_ratio)):
                raise PlanError(f"A hazard ratio must be positive and finite, not {self.hazard_ratio}.")
            return self.control.scaled(self.hazard_ratio)
        if self.experimental_hazard_per_month is not None:
            own = self._hazard(self.experimental_hazard_per_month)
            return own if self.weibull_shape == 1 else weibull_hazard(own.median_months, self.weibull_shape)
        median = self.experimental_median_months or inf
        if self.weibull_shape != 1:
            return weibull_hazard(median, self.weibull_shape)
        return self._hazard(hazard_from_median(median))

    @property
    def dropout_control(self) -> PiecewiseHazard:
        """Hazard of being lost in the control arm."""
        return PiecewiseHazard((self.dropout_hazard_per_month,))

    @property
    def dropout_experimental(self) -> PiecewiseHazard:
        """Hazard of being lost in the experimental arm."""
        own = self.dropout_hazard_experimental_per_month
        return self.dropout_control if own is None else PiecewiseHazard((own,))

    @property
    def entry(self) -> Accrual:
        """The accrual."""
        return self.accrual if isinstance(self.accrual, Accrual) else Accrual.uniform(self.accrual)

    @property
    def experimental_share(self) -> float:
        """Share of all patients in the experimental arm."""
        return self.allocation_ratio / (1 + self.allocation_ratio)

    @property
    def analysis_months(self) -> float:
        """Calendar months from the opening of the trial to the analysis; PlanError if not stated."""
        if self.total_months is not None:
            return self.total_months
        if self.followup_months is None:
            raise PlanError("The assumptions state no followup_months and no total_months.")
        return self.entry.duration_months + self.followup_months

    @property
    def constant_hazard_ratio(self) -> float:
        """The hazard ratio, experimental over control; PlanError if it is not the same in every piece."""
        if self.weibull_shape != 1 and self.hazard_ratio is None:
            # Two Weibull distributions of one shape have proportional hazards.
            return float((self.control.median_months / self.experimental.median_months) ** self.weibull_shape)
        pairs = zip(self.experimental.rates_per_month, self.control.rates_per_month, strict=True)
        ratios = {e / c if c > 0 else inf for e, c in pairs if e or c}
        if self.hazard_ratio is not None:
            ratios = set(as_floats(self.hazard_ratio))
        if len(ratios) != 1 or not all(isfinite(ratio) and ratio > 0 for ratio in ratios):
            raise PlanError(
                "The hazard ratio is not one positive number, so this method does not apply; use the "
                "Lakatos method or simulation."
            )
        return ratios.pop()

    def incidence(self, arm: str, *, max_followup_months: float = inf) -> Incidence:
        """Incidence of the event in the ``"control"`` or the ``"experimental"`` arm."""
        event = self.control if arm == "control" else self.experimental
        dropout = self.dropout_control if arm == "control" else self.dropout_experimental
        longest = inf if self.max_followup_months is None else self.max_followup_months
        return Incidence(event, dropout, max_followup_months=min(longest, max_followup_months))

    def with_hazard_ratio(self, hazard_ratio: Rates) -> "SurvivalAssumptions":
        """Take the same assumptions with another hazard ratio."""
        return replace(
            self,
            hazard_ratio=hazard_ratio,
            experimental_hazard_per_month=None,
            experimental_median_months=None,
        )

    def under_null(self) -> "SurvivalAssumptions":
        """Give the experimental arm the control hazard: the null hypothesis."""
        return self.with_hazard_ratio(1.0)


def _one_of(assumptions: SurvivalAssumptions, *names: str, whose: str) -> None:
    given = [name for name in names if getattr(assumptions, name) is not None]
    if len(given) != 1:
        raise PlanError(
            f"Describe the {whose} by exactly one of {', '.join(names)}; {len(given)} were given."
        )
