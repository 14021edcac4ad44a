"""Stopping boundaries on the scale of the standard normal statistic Z, solved look by look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import e, expm1, inf, isfinite
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from duonen_stats.design.monitoring.crossing import (
    Continuing,
    begin,
    carry,
    check_information,
    cross,
    probability_above,
    probability_below,
)
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

# Error-spending functions: how much of an error probability may be used up by a fraction of the
# information.


SpendingFunction = Literal[
    "lan_demets_obrien_fleming", "lan_demets_pocock", "hwang_shih_decani", "kim_demets"
]
SPENDING_FUNCTIONS: tuple[str, ...] = get_args(SpendingFunction)

_SAME = 1e-6


def spent_error(
    fraction: ArrayLike, total: float, *, function: SpendingFunction, parameter: float | None = None
) -> FloatArray:
    """Compute the cumulative error probability spent at fractions of the planned information.

    Parameters
    ----------
    fraction
        Information so far divided by the planned maximum, one number or many, 0 or more; from 1 on, all is
        spent.
    total
        Error probability to spend in one tail, between 0 and 1. (A two-sided test spends half of its level
        in each tail.)
    function
        ``"lan_demets_obrien_fleming"``: 2 − 2Φ(z(1 − total/2)/√t); ``"lan_demets_pocock"``:
        total·log(1 + (e − 1)t); ``"hwang_shih_decani"``: total·(1 − exp(−γt))/(1 − exp(−γ));
        ``"kim_demets"``: total·t^ρ.
    parameter
        γ of Hwang, Shih & DeCani, any number (−4 is like O'Brien-Fleming, 1 like Pocock); ρ of Kim & DeMets,
        above 0. The other functions have none.

    Returns
    -------
    numpy.ndarray
        Cumulative error probability, of the shape of ``fraction``, from 0 to ``total``.

    Raises
    ------
    PlanError
        The function, its parameter, the total or a fraction is out of range.

    References
    ----------
    Lan & DeMets (1983) Biometrika 70:659-663; Kim & DeMets (1987) Biometrika 74:149-154; Hwang, Shih &
    DeCani (1990) Stat Med 9:1439-1445.

    Examples
    --------
    >>> from duonen_stats.design import spent_error
    >>> spent_error([0.5, 1.0], 0.025, function="lan_demets_obrien_fleming").round(5).tolist()
    [0.00153, 0.025]
    """
    t = np.asarray(fraction, dtype=float)
    if not (np.isfinite(t).all() and (t >= 0).all()):
        raise PlanError("A fraction of the information is a finite number, 0 or more.")
    if not 0 < total < 1:
        raise PlanError(f"An error probability to spend lies between 0 and 1; {total} does not.")
    check_parameter(function, parameter)
    return total * _share(np.minimum(t, 1.0), total, function, parameter or 0.0)


def check_parameter(function: str, parameter: float | None) -> None:
    """Refuse an unknown spending function and a parameter that it does not have, lacks, or cannot take.

    Raises
    ------
    PlanError
        With the reason.
    """
    if function not in SPENDING_FUNCTIONS:
        raise PlanError(
            f"{function!r} is not a spending function; there are {', '.join(SPENDING_FUNCTIONS)}."
        )
    if function.startswith("lan_demets"):
        if parameter is not None:
            raise PlanError(f"The spending function {function} has no parameter; {parameter} was given.")
    elif parameter is None or not isfinite(parameter):
        raise PlanError(f"The spending function {function} needs its parameter, a finite number.")
    elif function == "kim_demets" and parameter <= 0:
        raise PlanError(f"The power of Kim and DeMets' spending function is above 0; {parameter:g} is not.")


def _share(t: FloatArray, total: float, function: str, parameter: float) -> FloatArray:
    if function == "lan_demets_obrien_fleming":
        quantile = -special.ndtri(total / 2)
        with np.errstate(divide="ignore"):
            share = 2 * special.ndtr(-quantile / np.sqrt(t)) / total
    elif function == "lan_demets_pocock":
        share = np.log1p((e - 1) * t)
    elif function == "kim_demets":
        share = t**parameter
    else:
        # γ = 0 is the limit in which the error is spent evenly.
        share = np.expm1(-parameter * t) / expm1(-parameter) if parameter else t
    return np.asarray(share, dtype=np.float64)


def interpolated_spending(
    planned_fraction: Sequence[float], planned_spent: Sequence[float], fraction: ArrayLike
) -> FloatArray:
    """Read a stated spending plan at other fractions of the information, straight from point to point.

    Parameters
    ----------
    planned_fraction, planned_spent
        Fractions of the information and the cumulative error stated for them, both increasing.
    fraction
        Where to read, 0 or more; nothing is spent at 0 and all of it from 1 on.
    """
    t = np.minimum(np.asarray(fraction, dtype=float), 1.0)
    return np.asarray(np.interp(t, (0.0, *planned_fraction), (0.0, *planned_spent)))


def check_stated_spending(spent: Sequence[float], looks: int, total: float) -> tuple[float, ...]:
    """Cumulative error stated look by look, as floats: increasing and ``total`` at the end.

    Raises
    ------
    PlanError
        There is not one value a look, they decrease, or they do not end at ``total``.
    """
    stated = tuple(float(value) for value in spent)
    if len(stated) != looks:
        raise PlanError(f"{looks} looks need {looks} stated cumulative errors, not {len(stated)}.")
    if not all(isfinite(value) for value in stated) or stated[0] < 0 or min(np.diff((0.0, *stated))) < 0:
        raise PlanError("Stated cumulative errors must be 0 or more and must not decrease.")
    if abs(stated[-1] - total) > _SAME * total:
        raise PlanError(f"Stated cumulative errors must end at {total:g}, not at {stated[-1]:g}.")
    return stated


EfficacyRule = Literal[
    "obrien_fleming", "pocock", "wang_tsiatis", "haybittle_peto", "stated_spending", SpendingFunction
]
Parameter = float | Sequence[float] | None
EFFICACY_RULES: tuple[str, ...] = get_args(EfficacyRule)

# Shape of the classical boundaries: critical value times (fraction of information)^(shape − 1/2).
_SHAPE = {"obrien_fleming": 0.0, "pocock": 0.5}
SHAPED_RULES = (*_SHAPE, "wang_tsiatis")
_HAYBITTLE_PETO = 3.0
_NOTHING = 1e-300
_HIGHEST = 40.0
_SLACK = 1e-5


@dataclass(frozen=True, slots=True)
class Looks:
    """When a test looks and in which directions it stops.

    ``information`` at each look, error probability per ``tail``, and the values of Z below which a one-sided
    test is bound to stop for ``futility`` (empty: no such rule, or one that may be overruled).
    """

    information: tuple[float, ...]
    tail: float
    two_sided: bool
    futility: tuple[float, ...] = ()

    def below(self, look: int, upper: float) -> float:
        """Lower end of the continuation region that has ``upper`` as its upper end."""
        if self.two_sided:
            return -upper
        return self.futility[look] if self.futility else -inf


def efficacy_boundary(
    information: Sequence[float],
    *,
    alpha: float = 0.025,
    sides: int = 1,
    rule: EfficacyRule = "lan_demets_obrien_fleming",
    parameter: Parameter = None,
) -> tuple[float, ...]:
    """Compute the critical value of Z at each look, no stopping for futility being counted on.

    Parameters
    ----------
    information
        Information at each look, increasing: fractions, events or Fisher information. The last one counts as
        the planned maximum.
    alpha
        Error probability of the first kind, in all: between 0 and 0.5 one-sided, 0 and 1 two-sided.
    sides
        1: reject for large Z only. 2: reject for large |Z|, half of ``alpha`` in each tail.
    rule
        Classical, with equal or unequal steps of information: ``"obrien_fleming"`` (c/√t), ``"pocock"`` (c),
        ``"wang_tsiatis"`` (c·t^(Δ − 1/2)), ``"haybittle_peto"`` (a fixed value at interim looks, and at the
        last look what is left). By spending: the functions of :func:`spent_error`, or ``"stated_spending"``.
    parameter
        Δ of Wang & Tsiatis; the interim value of Haybittle & Peto (3 if left out); γ or ρ of a spending
        function; for ``"stated_spending"`` the cumulative error at each look, ending at ``alpha``.

    Returns
    -------
    tuple of float
        One critical value a look; ``math.inf`` at a look at which nothing is spent.

    Raises
    ------
    PlanError
        A level, a rule or its parameter is out of range, information does not increase, or the interim looks
        of a Haybittle-Peto plan spend all of ``alpha``.

    References
    ----------
    O'Brien & Fleming (1979) Biometrics 35:549-556; Pocock (1977) Biometrika 64:191-199; Wang & Tsiatis
    (1987) Biometrics 43:193-199; Haybittle (1971) Br J Radiol 44:793-797; Lan & DeMets (1983) Biometrika
    70:659-663.

    Examples
    --------
    >>> from duonen_stats.design import efficacy_boundary
    >>> [round(z, 3) for z in efficacy_boundary((0.5, 1.0), alpha=0.025)]
    [2.963, 1.969]
    """
    return solve_boundary(as_looks(information, alpha, sides), rule, parameter)


def solve_boundary(looks: Looks, rule: str, parameter: Parameter) -> tuple[float, ...]:
    """Solve :func:`efficacy_boundary` for a frame that may be bound to stop for futility.

    Raises
    ------
    PlanError
        As there.
    """
    if rule in SHAPED_RULES:
        return _by_shape(looks, as_shape(rule, parameter))
    if rule == "haybittle_peto":
        return conclude(looks, (haybittle_peto_value(parameter),) * (len(looks.information) - 1))
    return spend_upwards(looks, cumulative_error(looks, rule, parameter))


def as_looks(information: Sequence[float], alpha: float, sides: int) -> Looks:
    """Check the frame of a test: its looks, its level and its direction.

    Raises
    ------
    PlanError
        One of them is out of range.
    """
    if sides not in (1, 2):
        raise PlanError(f"A test is one-sided (1) or two-sided (2), not {sides!r}.")
    if not 0 < alpha < sides / 2:
        raise PlanError(
            f"The level of a {sides}-sided test lies between 0 and {sides / 2:g}, not at {alpha}."
        )
    return Looks(check_information(information), alpha / sides, sides == 2)  # noqa: PLR2004


def as_number(rule: str, parameter: Parameter) -> float:
    """Return the one number that is the parameter of a rule, or raise ``PlanError``."""
    if not isinstance(parameter, int | float) or not -inf < parameter < inf:
        raise PlanError(f"The rule {rule} has one finite number as its parameter, not {parameter!r}.")
    return float(parameter)


def haybittle_peto_value(parameter: Parameter) -> float:
    """Return the critical value of a Haybittle-Peto plan at interim looks, 3 if left out, or raise ``PlanError``."""
    interim = _HAYBITTLE_PETO if parameter is None else as_number("haybittle_peto", parameter)
    if interim <= 0:
        raise PlanError(f"The interim critical value of a Haybittle-Peto plan is above 0, not {interim:g}.")
    return interim


def as_shape(rule: str, parameter: Parameter) -> float:
    """Return the exponent Δ of a boundary of the Wang-Tsiatis family, or raise ``PlanError``."""
    if rule == "wang_tsiatis":
        return as_number(rule, parameter)
    if parameter is not None:
        raise PlanError(f"The rule {rule} has no parameter; {parameter!r} was given.")
    return _SHAPE[rule]


def cumulative_error(looks: Looks, rule: str, parameter: Parameter) -> tuple[float, ...]:
    """Cumulative error of one tail at each look, by a spending function or as stated.

    Raises
    ------
    PlanError
        The rule is not one of spending, or its parameter is out of range.
    """
    if rule == "stated_spending":
        if parameter is None or isinstance(parameter, int | float):
            raise PlanError("Stated spending needs the cumulative error at each look.")
        share = 2 if looks.two_sided else 1
        stated = check_stated_spending(parameter, len(looks.information), share * looks.tail)
        return tuple(value / share for value in stated)
    number = None if parameter is None else as_number(rule, parameter)
    if rule not in SPENDING_FUNCTIONS:
        raise PlanError(f"{rule!r} is not a boundary; there are {', '.join(EFFICACY_RULES)}.")
    check_parameter(rule, number)
    fraction = [level / looks.information[-1] for level in looks.information]
    spent = spent_error(fraction, looks.tail, function=_as_function(rule), parameter=number)
    return tuple(float(value) for value in spent)


def _as_function(rule: str) -> SpendingFunction:
    return next(function for function in get_args(SpendingFunction) if function == rule)


def spend_upwards(looks: Looks, cumulative: Sequence[float]) -> tuple[float, ...]:
    """Boundary of which the upper half is crossed, under no effect, with the cumulative probability stated."""
    going, upper = begin(), list[float]()
    for k, level in enumerate(looks.information):
        spend = cumulative[k] - (cumulative[k - 1] if k else 0.0)
        upper.append(upper_limit(going, level, spend))
        if k < len(looks.information) - 1:
            going = carry(
                going, level, looks.below(k, upper[k]), upper[k], next_information=looks.information[k + 1]
            )
    return tuple(upper)


def upper_limit(going: Continuing, information: float, probability: float) -> float:
    """Return the z that trials still going on exceed with ``probability``; ``inf`` if that is nothing."""
    if probability <= _NOTHING:
        return inf
    if probability >= probability_above(going, information, -_HIGHEST):
        raise PlanError("More error is to be spent at a look than trials can still reach it.")
    return _root(lambda z: probability_above(going, information, z) / probability - 1)


def lower_limit(going: Continuing, information: float, probability: float) -> float:
    """Return the z below which trials still going on fall with ``probability``; ``-inf`` if that is nothing."""
    if probability <= _NOTHING:
        return -inf
    if probability >= probability_below(going, information, _HIGHEST):
        return _HIGHEST
    return _root(lambda z: probability_below(going, information, z) / probability - 1)


def _root(function: Callable[[float], float]) -> float:
    return float(optimize.brentq(function, -_HIGHEST, _HIGHEST, xtol=1e-13, rtol=1e-13))


def _by_shape(looks: Looks, shape: float) -> tuple[float, ...]:
    steps = [(level / looks.information[-1]) ** (shape - 0.5) for level in looks.information]

    def excess(critical: float) -> float:
        return _upper_error(looks, [critical * step for step in steps]) / looks.tail - 1

    # Bonferroni at every look is too high; with futility even the value of a single look may be so.
    lowest = -float(special.ndtri(looks.tail)) / (2 if looks.futility else 1)
    highest = -float(special.ndtri(looks.tail / len(steps))) / min(steps)
    critical = float(optimize.brentq(excess, lowest - _SLACK, highest + _SLACK, xtol=1e-13, rtol=1e-13))
    return tuple(critical * step for step in steps)


def conclude(looks: Looks, interim: Sequence[float]) -> tuple[float, ...]:
    """Complete interim critical values by the last one, which uses up what they have left of the error.

    Raises
    ------
    PlanError
        They have left nothing.
    """
    going, spent = begin(), 0.0
    for k, z in enumerate(interim):
        level, after = looks.information[k], looks.information[k + 1]
        spent += probability_above(going, level, z)
        going = carry(going, level, looks.below(k, z), z, next_information=after)
    if not spent < looks.tail:
        raise PlanError(
            f"The interim looks spend {spent:.4g} of the {looks.tail:.4g} that may be spent in all."
        )
    return (*interim, upper_limit(going, looks.information[-1], looks.tail - spent))


def _upper_error(looks: Looks, upper: Sequence[float]) -> float:
    lower = [looks.below(k, z) for k, z in enumerate(upper)]
    # No trial goes on from a look at which the two boundaries meet; at the last one they always do.
    last = next((k for k, z in enumerate(upper) if lower[k] >= z), len(lower) - 1)
    lower[last] = min(lower[last], upper[last])
    ends = slice(last + 1)
    return cross(begin(), upper[ends], lower[ends], looks.information[ends]).total_upper
