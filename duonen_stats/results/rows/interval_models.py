"""Hazard ratios where each event is known to lie between two times only, by lifelines.

Loaded where it is used, since the library takes its time: ``import_module``.
"""

import itertools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import autograd.numpy as differentiable
import numpy as np
import pandas as pd
from lifelines import WeibullAFTFitter
from lifelines.exceptions import (
    ApproximationWarning,
    ConvergenceError,
    ConvergenceWarning,
    StatisticalWarning,
)
from lifelines.fitters import ParametricRegressionFitter

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, as_p, normal_deviate

_FAILURES = (ApproximationWarning, ConvergenceWarning, StatisticalWarning)
# The defaults of the optimiser leave the sixth digit open.
_PRECISE = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000}
_LARGEST = 15.0
_LARGEST_ERROR = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFit:
    """Log hazard ratio of the experimental group with its standard error, Wald limits and p; the log likelihood."""

    coefficient: float
    std_err: float
    lower: float
    upper: float
    p_value: float
    loglik: float


def weibull_hazard_ratio(
    lower: FloatArray, upper: FloatArray, experimental: BoolArray, *, confidence: float
) -> IntervalFit:
    """Compare two groups by a Weibull model with proportional hazards.

    Parameters
    ----------
    lower, upper
        Bounds of each time, above 0 if they are equal (an exact time); an infinite upper bound is a censored time.
    experimental
        Whether each patient is of the group whose hazard is divided by that of the others.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``not_converged``: the fit failed, or came with a warning that it may have.

    References
    ----------
    Lindsey & Ryan (1998) Stat Med 17:219-238. The model of accelerated time of lifelines is one of proportional
    hazards too; the standard error of the log hazard ratio, -coefficient times shape, is by the delta method.

    Examples
    --------
    >>> import numpy as np
    >>> from duonen_stats.results.rows.interval_models import weibull_hazard_ratio
    >>> low = np.array([0.0, 3.0, 3.0, 6.0, 9.0, 9.0, 12.0, 3.0, 9.0, 15.0])
    >>> high = np.array([3.0, 6.0, 6.0, 9.0, 12.0, 12.0, 15.0, np.inf, np.inf, np.inf])
    >>> found = weibull_hazard_ratio(low, high, np.array([0, 1] * 5, dtype=bool), confidence=0.95)
    >>> round(found.coefficient, 4)
    -0.3456
    """
    frame = pd.DataFrame({"lower": lower, "upper": upper, "x": experimental.astype(float)})
    fitted = _fit(WeibullAFTFitter(), frame, {"fit_options": _PRECISE})
    names = [("lambda_", "x"), ("rho_", "Intercept")]
    accelerated, log_shape = (float(fitted.params_[name]) for name in names)
    variance = np.asarray(fitted.variance_matrix_.loc[names, names], dtype=np.float64)
    shape = math.exp(log_shape)
    slope = np.array([-shape, -accelerated * shape])
    return _result(-accelerated * shape, float(slope @ variance @ slope), fitted.log_likelihood_, confidence)


def piecewise_hazard_ratio(
    lower: FloatArray,
    upper: FloatArray,
    experimental: BoolArray,
    *,
    cutpoints: Sequence[float],
    confidence: float,
) -> IntervalFit:
    """Compare two groups by an exponential model whose baseline hazard changes at given times.

    Parameters
    ----------
    lower, upper, experimental, confidence
        As in :func:`weibull_hazard_ratio`.
    cutpoints
        Times at which the hazard may change, rising and above 0. The hazard ratio is one for all pieces.

    Raises
    ------
    NotEstimable
        ``no_events`` (a piece in which no event may lie) or ``not_converged``.

    References
    ----------
    Friedman (1982) Ann Stat 10:101-113.

    Examples
    --------
    >>> import numpy as np
    >>> from duonen_stats.results.rows.interval_models import piecewise_hazard_ratio
    >>> low = np.array([0.0, 3.0, 3.0, 6.0, 9.0, 9.0, 12.0, 3.0, 9.0, 15.0])
    >>> high = np.array([3.0, 6.0, 6.0, 9.0, 12.0, 12.0, 15.0, np.inf, np.inf, np.inf])
    >>> groups = np.array([0, 1] * 5, dtype=bool)
    >>> found = piecewise_hazard_ratio(low, high, groups, cutpoints=(6.0,), confidence=0.95)
    >>> round(found.coefficient, 3)
    -0.317
    """
    edges = [0.0, *cutpoints, math.inf]
    events = np.isfinite(upper)
    for begin, end in itertools.pairwise(edges):
        if not np.any(events & (upper > begin) & (lower < end)):
            words = f"after {begin:g} months" if math.isinf(end) else f"from month {begin:g} to {end:g}"
            raise NotEstimable("no_events", {"all": lower.size}, f"no event may lie in the piece {words}")
    model = _piecewise_model(edges)
    frame = pd.DataFrame({"lower": lower, "upper": upper, "x": experimental.astype(float)})
    regressors = {**dict.fromkeys(model.baseline, "1"), "ratio_": "x - 1"}
    fitted = _fit(model, frame, {"regressors": regressors, "fit_options": _PRECISE})
    name = ("ratio_", "x")
    variance = float(fitted.variance_matrix_.loc[name, name])
    return _result(float(fitted.params_[name]), variance, fitted.log_likelihood_, confidence)


def _piecewise_model(edges: Sequence[float]) -> Any:
    # The library pairs standard errors with parameters by the alphabetical order of their names, so that names in any
    # other order get those of another parameter (measured, lifelines 0.30.3).
    pieces = tuple(f"baseline_{place}_" for place in range(len(edges) - 1))

    class PiecewiseProportional(ParametricRegressionFitter):  # type: ignore[misc]
        """Piecewise constant hazards, and one hazard ratio for all pieces."""

        _fitted_parameter_names = [*pieces, "ratio_"]  # noqa: RUF012 - what the library reads
        _scipy_fit_method = "SLSQP"
        baseline = pieces

        def _cumulative_hazard(self, params: Any, times: Any, covariates: Any) -> Any:
            total = 0.0
            for name, begin, end in zip(pieces, edges[:-1], edges[1:], strict=True):
                within = differentiable.clip(times, begin, end) - begin
                rate = differentiable.exp(differentiable.dot(covariates[name], params[name]))
                total = total + rate * within
            return total * differentiable.exp(differentiable.dot(covariates["ratio_"], params["ratio_"]))

    return PiecewiseProportional()


def _fit(model: Any, frame: pd.DataFrame, options: "dict[str, Any]") -> Any:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            fitted = model.fit_interval_censoring(frame, "lower", "upper", **options)
        except (ConvergenceError, ValueError, ArithmeticError, np.linalg.LinAlgError) as fault:
            raise NotEstimable(
                "not_converged", {"all": len(frame)}, "the likelihood has no maximum that was found"
            ) from fault
    if any(issubclass(one.category, _FAILURES) for one in said):
        raise NotEstimable(
            "not_converged", {"all": len(frame)}, "the fit of the model may not have converged"
        )
    return fitted


def _result(coefficient: float, variance: float, loglik: float, confidence: float) -> IntervalFit:
    if not (0 < variance < _LARGEST_ERROR**2 and abs(coefficient) < _LARGEST):
        raise NotEstimable("not_converged", {}, "the likelihood has no maximum at a finite hazard ratio")
    error = math.sqrt(variance)
    half = normal_deviate(confidence) * error
    p = math.erfc(abs(coefficient) / error / math.sqrt(2.0))
    return IntervalFit(
        coefficient=coefficient,
        std_err=error,
        lower=coefficient - half,
        upper=coefficient + half,
        p_value=as_p(p),
        loglik=float(loglik),
    )
