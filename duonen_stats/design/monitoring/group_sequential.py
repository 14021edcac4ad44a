"""Group-sequential plans: boundaries, power, and what monitoring costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import special

from duonen_stats.design.monitoring.boundaries import (
    EfficacyRule,
    Looks,
    Parameter,
    as_looks,
)
from duonen_stats.design.monitoring.crossing import CrossingProbabilities, begin, cross
from duonen_stats.design.monitoring.futility import (
    FUTILITY_RULES,
    FutilityRule,
    Region,
    region_with_spending,
    region_with_values,
    region_without_futility,
)
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialDesign:
    """A plan for monitoring, on the scale of the standard normal statistic Z: larger is better.

    Attributes
    ----------
    information
        Fraction of the planned information at each look, ending at 1.
    alpha, sides, power
        Level in all, 1 or 2 sides, and the power at ``drift``.
    efficacy, efficacy_parameter, futility, futility_parameter, binding
        The rules as they were given; ``futility`` is None if there is none.
    efficacy_z
        Critical value at each look: reject if Z (two-sides: its absolute value) is above; ``inf`` for none.
    futility_z
        Stop for futility at an interim look if Z is below; ``-inf`` for none. At the last look of a plan with
        futility the critical value. Empty without futility.
    nominal_p
        One-sided p-value that belongs to ``efficacy_z``.
    alpha_spent
        Cumulative error of the first kind, both tails together. Futility is counted on only if binding.
    drift
        Expected value of Z at the last look with which the plan has its power (√"shift").
    inflation_factor
        Maximum information relative to the plan with one look and the same level and power.
    expected_information_null, expected_information_halfway, expected_information_alternative
        Expected information when the trial stops, relative to that same plan, if the drift is 0, half of
        ``drift`` or ``drift``. Every rule is followed.
    under_null, under_alternative
        Probabilities of stopping at each look if the drift is 0 or ``drift``, every rule being followed.
    """

    information: tuple[float, ...]
    alpha: float
    sides: int
    power: float
    efficacy: str
    efficacy_parameter: Parameter
    futility: str | None
    futility_parameter: Parameter
    binding: bool
    efficacy_z: tuple[float, ...]
    futility_z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    drift: float
    inflation_factor: float
    expected_information_null: float
    expected_information_halfway: float
    expected_information_alternative: float
    under_null: CrossingProbabilities
    under_alternative: CrossingProbabilities

    @property
    def looks(self) -> int:
        """Number of looks, the last one included."""
        return len(self.information)

    @property
    def lower_z(self) -> tuple[float, ...]:
        """Lower end of the continuation region at each look, if every rule is followed."""
        if self.sides == 2:  # noqa: PLR2004
            return tuple(-z for z in self.efficacy_z)
        return self.futility_z or (-inf,) * self.looks

    def crossing(self, drift: float) -> CrossingProbabilities:
        """Probabilities of stopping at each look if the expected value of Z at the last look is ``drift``."""
        return cross(begin(drift), self.efficacy_z, self.lower_z, self.information)

    def rejecting(self, drift: float) -> tuple[float, ...]:
        """Probability of stopping at each look to reject, in either tail if the test is two-sided."""
        crossing = self.crossing(drift)
        if self.sides == 1:
            return crossing.upper
        return tuple(up + down for up, down in zip(crossing.upper, crossing.lower, strict=True))


def group_sequential_design(
    information: int | Sequence[float] = 2,
    *,
    alpha: float = 0.025,
    sides: int = 1,
    power: float = 0.9,
    efficacy: EfficacyRule = "lan_demets_obrien_fleming",
    efficacy_parameter: Parameter = None,
    futility: FutilityRule | None = None,
    futility_parameter: Parameter = None,
    binding: bool = False,
) -> GroupSequentialDesign:
    """Plan the looks of a trial at its data.

    Parameters
    ----------
    information
        Number of equally spaced looks, or the information at each look, increasing, in any unit (fractions or
        planned events); the last is the planned maximum.
    alpha, sides, efficacy, efficacy_parameter
        Level and rule for stopping to reject, as in :func:`efficacy_boundary`.
    power
        Probability of rejecting at the alternative, above ``alpha`` and below 1.
    futility
        Rule for stopping without success, one-sided tests only. ``"stated_values"``: below the values of Z in
        ``futility_parameter``, one an interim look (``-math.inf``: none). A spending function of
        :func:`spent_error`, with its parameter, or ``"stated_spending"`` with the cumulative error: the error
        of the second kind, 1 − ``power``, is spent look by look. None: no such rule.
    binding
        Whether the critical values count on futility stops being obeyed. If not, the level is held also when
        such a stop is overruled.

    Raises
    ------
    PlanError
        A number or a rule is out of range; its message says which.

    References
    ----------
    Jennison & Turnbull (2000), ch. 2-4, 7 and 19; Pampallona, Tsiatis & Kim (2001) Drug Inf J
    35:1113-1121 (spending of both errors).

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design
    >>> design = group_sequential_design(2, alpha=0.025)
    >>> [round(z, 3) for z in design.efficacy_z]
    [2.963, 1.969]
    """
    looks = as_looks(_fractions(information), alpha, sides)
    if not alpha < power < 1:
        raise PlanError(f"The power must lie above the level {alpha:g} and below 1; {power} does not.")
    region = _solve(looks, efficacy, efficacy_parameter, power, futility, futility_parameter, binding)
    fixed = -float(special.ndtri(looks.tail)) + float(special.ndtri(power))
    inflation = (region.drift / fixed) ** 2
    at = {share: _crossing(looks, region, share * region.drift) for share in (0.0, 0.5, 1.0)}
    expected = {share: inflation * _expected(looks, crossing) for share, crossing in at.items()}
    return GroupSequentialDesign(
        information=looks.information,
        alpha=alpha,
        sides=sides,
        power=power,
        efficacy=efficacy,
        efficacy_parameter=efficacy_parameter,
        futility=futility,
        futility_parameter=futility_parameter,
        binding=binding,
        efficacy_z=region.upper,
        futility_z=region.lower if futility is not None else (),
        nominal_p=tuple(float(special.ndtr(-z)) for z in region.upper),
        alpha_spent=_alpha_spent(looks, region, binding=binding),
        drift=region.drift,
        inflation_factor=inflation,
        expected_information_null=expected[0.0],
        expected_information_halfway=expected[0.5],
        expected_information_alternative=expected[1.0],
        under_null=at[0.0],
        under_alternative=at[1.0],
    )


def _fractions(information: int | Sequence[float]) -> tuple[float, ...]:
    if isinstance(information, int | np.integer):
        if information < 1:
            raise PlanError(f"A monitoring plan needs at least one look, not {information}.")
        return tuple((k + 1) / information for k in range(information))
    levels = tuple(float(level) for level in information)
    if not levels or not levels[-1] > 0:
        raise PlanError("Information must be given for at least one look, and be positive.")
    return tuple(level / levels[-1] for level in levels)


def _solve(
    looks: Looks,
    rule: str,
    parameter: Parameter,
    power: float,
    futility: str | None,
    futility_parameter: Parameter,
    binding: bool,
) -> Region:
    if futility is None:
        if futility_parameter is not None or binding:
            raise PlanError("There is no futility rule that could be binding or have a parameter.")
        return region_without_futility(looks, rule, parameter, power)
    if looks.two_sided:
        raise PlanError("A futility rule belongs to a one-sided test.")
    if futility not in FUTILITY_RULES:
        raise PlanError(f"{futility!r} is not a futility rule; there are {', '.join(FUTILITY_RULES)}.")
    if futility != "stated_values":
        return region_with_spending(
            looks, rule, parameter, power,
            spending=futility, spending_parameter=futility_parameter, binding=binding,
        )  # fmt: skip
    if futility_parameter is None or isinstance(futility_parameter, int | float):
        raise PlanError("Stated futility values are a sequence, one value of Z an interim look.")
    return region_with_values(looks, rule, parameter, power, values=futility_parameter, binding=binding)


def _crossing(looks: Looks, region: Region, drift: float) -> CrossingProbabilities:
    return cross(begin(drift), region.upper, region.lower, looks.information)


def _expected(looks: Looks, crossing: CrossingProbabilities) -> float:
    return float(np.dot(looks.information, crossing.stopping))


def _alpha_spent(looks: Looks, region: Region, *, binding: bool) -> tuple[float, ...]:
    lower = region.lower if binding or looks.two_sided else (-inf,) * len(looks.information)
    crossing = cross(begin(), region.upper, lower, looks.information)
    each = np.add(crossing.upper, crossing.lower) if looks.two_sided else np.array(crossing.upper)
    return tuple(float(value) for value in each.cumsum())
