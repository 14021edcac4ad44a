"""Estimates from several imputed data sets, combined.

Own: scipy 1.17.1 has no rules for combining; those of statsmodels 0.15.0 are bound to its own imputation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import as_p, as_vector, require_confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEstimate:
    """Mean of the estimates; ``std_err`` holds what varies within the data sets and between them.

    ``df`` are the degrees of freedom of the t distribution, None (infinite) if the estimates do not differ.
    """

    estimate: float
    std_err: float
    lower: float
    upper: float
    p_value: float
    df: float | None
    n_imputations: int
    confidence: float


def pool_imputations(
    estimates: ArrayLike, std_errs: ArrayLike, *, confidence: float = 0.95
) -> PooledEstimate:
    """Combine one estimate a data set by Rubin's rules.

    Parameters
    ----------
    estimates, std_errs
        1-D, one entry a data set, two or more, on a scale on which the estimate is about normal (log hazard ratio).
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``too_few_imputations``: fewer than two; ``zero_variance``: a standard error is not positive;
        ``non_finite``.

    References
    ----------
    Rubin (1987) Multiple imputation for nonresponse in surveys, §3.3.

    Examples
    --------
    >>> from duonen_stats.methods import pool_imputations
    >>> found = pool_imputations([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    >>> found.estimate, round(found.std_err, 4), found.n_imputations
    (2.0, 1.2583, 3)
    """
    values, errors = as_vector(estimates, "estimates"), as_vector(std_errs, "std_errs")
    m = values.size
    if m < 2 or errors.size != m:  # noqa: PLR2004 - one data set shows no spread
        raise NotEstimable("too_few_imputations", {"all": m}, "Two imputed data sets or more are needed.")
    if not (errors > 0).all():
        raise NotEstimable("zero_variance", {"all": m}, "A standard error is not positive.")
    within, between = float(np.mean(errors**2)), float(np.var(values, ddof=1))
    extra = (1 + 1 / m) * between
    estimate, std_err = float(values.mean()), (within + extra) ** 0.5
    df = None if extra == 0 else (m - 1) * (1 + within / extra) ** 2
    t = abs(estimate) / std_err
    level = (1 + require_confidence(confidence)) / 2
    half = std_err * float(special.ndtri(level) if df is None else special.stdtrit(df, level))
    return PooledEstimate(
        estimate=estimate,
        std_err=std_err,
        lower=estimate - half,
        upper=estimate + half,
        p_value=as_p(2 * float(special.ndtr(-t) if df is None else special.stdtr(df, -t))),
        df=df,
        n_imputations=m,
        confidence=confidence,
    )
