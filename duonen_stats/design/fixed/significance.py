"""From a standardised effect to power and back, for a normal test statistic."""

from dataclasses import dataclass
from math import sqrt

from scipy import optimize, special

from duonen_stats.errors import PlanError

_TWO_SIDED = 2


def critical_value(alpha: float, sides: int) -> float:
    """Find the standard normal value beyond which a test of level ``alpha``, in one tail or over both, rejects."""
    if sides not in (1, _TWO_SIDED):
        raise PlanError(f"A test has 1 side or 2, not {sides}.")
    if not 0 < alpha < 1:
        raise PlanError(f"The significance level must lie between 0 and 1, not {alpha}.")
    return float(-special.ndtri(alpha / sides))


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalApproximation:
    """A test statistic's distribution per unit of size, the unit being one event or one patient.

    With m units the estimated effect is normal about ``effect`` >= 0 with standard deviation
    ``sd_alternative`` / sqrt(m), and is tested with ``sd_null`` / sqrt(m).
    """

    unit: str
    effect: float
    sd_null: float
    sd_alternative: float

    def power(self, size: float, *, alpha: float, sides: int, far_tail: bool) -> float:
        """Power with ``size`` units; with ``far_tail``, rejections in the wrong direction count too.

        Without an effect neither direction is the wrong one: the power is then the level.
        """
        z = critical_value(alpha, sides)
        if self.effect == 0:
            return alpha
        shift = sqrt(size) * self.effect
        power = float(special.ndtr((shift - z * self.sd_null) / self.sd_alternative))
        if far_tail and sides == _TWO_SIDED:
            power += float(special.ndtr((-shift - z * self.sd_null) / self.sd_alternative))
        return power

    def required(self, *, alpha: float, sides: int, power: float, far_tail: bool) -> float:
        """Units needed for a power, unrounded.

        Raises
        ------
        PlanError
            There is no effect, or the power is not between the significance level and 1.
        """
        if not alpha < power < 1:
            raise PlanError(
                f"The power must lie between the significance level {alpha:g} and 1, not {power}."
            )
        if self.effect <= 0:
            raise PlanError(
                "There is no effect to detect: the hazard ratio equals that of the null hypothesis."
            )
        z = critical_value(alpha, sides)
        above = max(z * self.sd_null + float(special.ndtri(power)) * self.sd_alternative, 0.0)
        size = (above / self.effect) ** 2
        if not (far_tail and sides == _TWO_SIDED):
            return size

        def excess(units: float) -> float:
            return self.power(units, alpha=alpha, sides=sides, far_tail=True) - power

        if excess(0.0) >= 0:
            return 0.0
        if excess(size) <= 0:
            return size
        return float(optimize.brentq(excess, 0.0, size, xtol=1e-13, rtol=1e-14))
