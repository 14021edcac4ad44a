"""Operating characteristics of results over simulated trials: how they scatter, how often they reject and cover."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from duonen_stats.methods import proportion_ci
from duonen_stats.methods.inputs.admit import FloatArray
from duonen_stats.trials.truth import Truth

P_VALUES = frozenset({"p", "log_rank_p", "holm", "bonferroni"})
"""Statistics that are p-values of two-sided tests."""

_QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """What became of one result over all trials; None where there is nothing to say.

    ``estimable`` of ``trials`` have a value; ``mean`` to ``maximum`` are of these. ``rejected`` counts p-values below
    ``alpha``: a trial without one does not reject, so that ``rejected_share`` is of all trials. ``covered`` counts, of
    the ``with_limits`` trials that have at least one of the two limits, those whose limits hold ``true_value``; a limit
    that is missing is infinite. Shares are from 0 to 1, ``…_mc_error`` is their binomial standard error and ``…_low``
    and ``…_high`` are exact 95 % limits (Clopper–Pearson). ``truth`` says what the true value is of.
    """

    analysis_id: str
    stat: str
    trials: int
    estimable: int
    mean: float | None
    sd: float | None
    minimum: float | None
    q05: float | None
    q25: float | None
    median: float | None
    q75: float | None
    q95: float | None
    maximum: float | None
    alpha: float | None
    rejected: int | None
    rejected_share: float | None
    rejected_mc_error: float | None
    rejected_low: float | None
    rejected_high: float | None
    true_value: float | None
    with_limits: int | None
    covered: int | None
    covered_share: float | None
    covered_mc_error: float | None
    covered_low: float | None
    covered_high: float | None
    truth: str


COLUMNS = tuple(item.name for item in fields(Characteristic))


def characteristic(
    analysis_id: str,
    values: FloatArray,
    alpha: float,
    truth: Truth | None = None,
    limits: tuple[FloatArray, FloatArray] | None = None,
) -> Characteristic:
    """Describe the values of a result over the trials.

    Parameters
    ----------
    analysis_id
        Of the result; its last part is the statistic.
    values
        One per trial, NaN where there is none.
    alpha
        Level at which a p-value rejects.
    truth
        The true value, if there is one.
    limits
        Lower and upper limits of each trial, if they are among the results; their ids are those of ``truth``.

    References
    ----------
    Morris, White & Crowther (2019) Stat Med 38:2074-2102 (what to report of simulated trials, with Monte-Carlo errors).

    Examples
    --------
    >>> import numpy as np
    >>> found = characteristic("pfs.primary.log_rank.p", np.array([0.01, 0.2, np.nan, 0.04]), 0.05)
    >>> found.estimable, found.rejected, found.rejected_share
    (3, 2, 0.5)
    """
    stat = analysis_id.rpartition(".")[2]
    there = values[~np.isnan(values)]
    some, several = there.size > 0, there.size > 1
    spread = dict.fromkeys(("mean", "sd", "minimum", "maximum", *_QUANTILES))
    numbers: dict[str, float | None] = {**spread}
    if some:
        numbers |= {"mean": float(there.mean()), "minimum": float(there.min()), "maximum": float(there.max())}
        numbers |= {name: float(np.quantile(there, share)) for name, share in _QUANTILES.items()}
    if several:
        numbers["sd"] = float(there.std(ddof=1))
    rejects = stat in P_VALUES
    rejected = int(np.count_nonzero(there < alpha)) if rejects else None
    words = "" if truth is None else truth.words
    with_limits = covered = None
    if truth is not None and truth.low is not None:
        if limits is None:
            words = f"{words}; coverage needs {truth.low} and {truth.high} among the results"
        else:
            with_limits, covered = _coverage(truth.value, *limits)
    return Characteristic(
        analysis_id=analysis_id, stat=stat, trials=values.size, estimable=there.size, **numbers,
        alpha=alpha if rejects else None, rejected=rejected, **_share("rejected", rejected, values.size),
        true_value=None if truth is None else truth.value, with_limits=with_limits, covered=covered,
        **_share("covered", covered, with_limits), truth=words,
    )  # fmt: skip


def _coverage(value: float, low: FloatArray, high: FloatArray) -> tuple[int, int]:
    """Count the trials that have a limit, and those whose limits hold the value."""
    there = ~(np.isnan(low) & np.isnan(high))
    inside = (np.isnan(low) | (low <= value)) & (np.isnan(high) | (value <= high))
    return int(np.count_nonzero(there)), int(np.count_nonzero(there & inside))


def _share(name: str, count: int | None, number: int | None) -> Mapping[str, float | None]:
    keys = (f"{name}_share", f"{name}_mc_error", f"{name}_low", f"{name}_high")
    if count is None or not number:
        return dict.fromkeys(keys)
    exact = proportion_ci(count, number, method="clopper_pearson")
    error = (exact.estimate * (1 - exact.estimate) / number) ** 0.5
    return dict(zip(keys, (exact.estimate, error, exact.lower, exact.upper), strict=True))


def in_columns(found: Iterable[Characteristic]) -> Sequence[Sequence[object]]:
    """Return characteristics as rows of a table with the columns ``COLUMNS``."""
    return [[getattr(one, name) for name in COLUMNS] for one in found]
