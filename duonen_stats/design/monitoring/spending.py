"""Error-spending functions: how much of an error probability may be used up by a fraction of the information."""

from collections.abc import Sequence
from math import e, expm1, isfinite
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

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
