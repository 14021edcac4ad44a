"""Counts in a table: Fisher's exact test, and chi-squared with Cramér's V."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from duonen_stats.errors import DataError, NotEstimable, TooManyTablesError
from duonen_stats.methods.association.exact_tables import enumerate_p_value, sample_p_value
from duonen_stats.methods.inputs.admit import IntArray, as_p, require_confidence

Alternative = Literal["two-sided", "less", "greater"]

_ENUMERATION_LIMIT = 20_000_000
_FOURFOLD = (2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRatio:
    """Odds ratio of a fourfold table: 0 and infinity are values it can take.

    ``estimate`` is the conditional maximum-likelihood one, to which the exact limits belong; ``sample`` is
    ad / bc.
    """

    estimate: float
    lower: float
    upper: float
    sample: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherResult:
    """Fisher's exact test. ``odds_ratio`` is None but for a 2 × 2 table.

    ``method`` is ``"exact"``, or ``"monte_carlo"`` with its number of ``resamples`` and its ``seed``;
    ``note`` tells of empty rows and columns left out.
    """

    p_value: float
    odds_ratio: OddsRatio | None
    n: int
    alternative: Alternative
    method: Literal["exact", "monte_carlo"]
    resamples: int | None = None
    seed: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquareResult:
    """Pearson's chi-squared test of a table.

    ``min_expected`` is the smallest expected count. ``cramers_v`` is always taken from the uncorrected
    statistic. ``correction`` tells whether Yates's was applied (2 × 2 only).
    """

    statistic: float
    df: int
    p_value: float
    min_expected: float
    cramers_v: float
    correction: bool
    n: int
    note: str = ""


def fisher_exact(
    table: ArrayLike,
    *,
    alternative: Alternative = "two-sided",
    confidence: float = 0.95,
    method: Literal["auto", "exact", "monte_carlo"] = "auto",
    resamples: int = 100_000,
    seed: int = 20_260,
) -> FisherResult:
    """Test the independence of rows and columns, margins held fixed.

    Parameters
    ----------
    table
        r × c counts; empty rows and columns are left out.
    alternative
        Of the odds ratio; other than two-sided for 2 × 2 only.
    confidence
        Level of the exact limits of the odds ratio.
    method
        ``"auto"`` enumerates, and samples only where more than 20 million partial tables would be needed.
    resamples, seed
        Of the sampling.

    Raises
    ------
    NotEstimable
        ``zero_margin``: fewer than two rows or columns are left.
    DataError
        The table is not one of counts, or a one-sided test is asked of a larger table.

    References
    ----------
    Fisher (1935) JRSS 98:39-82; limits as R ``fisher.test``, solved to machine precision.

    Examples
    --------
    >>> from duonen_stats.methods import fisher_exact
    >>> found = fisher_exact([[3, 1], [1, 3]])
    >>> round(found.p_value, 4)
    0.4857
    """
    counts, note = _admit(table)
    if counts.shape == _FOURFOLD:
        p = _fourfold_p_value(counts, alternative)
        return FisherResult(
            p_value=p,
            odds_ratio=_odds_ratio(counts, alternative, confidence),
            n=int(counts.sum()),
            alternative=alternative,
            method="exact",
            note=note,
        )
    if alternative != "two-sided":
        raise DataError("A table larger than 2 × 2 has no one-sided alternative.")
    exact = None
    if method != "monte_carlo":
        try:
            exact = enumerate_p_value(counts, limit=_ENUMERATION_LIMIT if method == "auto" else 2**62)
        except TooManyTablesError:
            exact = None
    sampled = exact is None
    return FisherResult(
        p_value=exact if exact is not None else sample_p_value(counts, resamples=resamples, seed=seed),
        odds_ratio=None,
        n=int(counts.sum()),
        alternative=alternative,
        method="monte_carlo" if sampled else "exact",
        resamples=resamples if sampled else None,
        seed=seed if sampled else None,
        note=note,
    )


def _fourfold_p_value(counts: IntArray, alternative: Alternative) -> float:
    if alternative == "two-sided":
        return enumerate_p_value(counts, limit=_ENUMERATION_LIMIT)
    margins = int(counts.sum()), int(counts[0].sum()), int(counts[:, 0].sum())
    if alternative == "less":
        return as_p(stats.hypergeom.cdf(counts[0, 0], *margins))
    return as_p(stats.hypergeom.sf(counts[0, 0] - 1, *margins))


def _odds_ratio(counts: IntArray, alternative: Alternative, confidence: float) -> OddsRatio:
    conditional = stats.contingency.odds_ratio(counts, kind="conditional")
    limits = conditional.confidence_interval(require_confidence(confidence), alternative=alternative)
    (a, b), (c, d) = counts.astype(float).tolist()
    return OddsRatio(
        estimate=float(conditional.statistic),
        lower=float(limits.low),
        upper=float(limits.high),
        sample=a * d / (b * c) if b * c else float("inf"),
        confidence=confidence,
    )


def chi_square(table: ArrayLike, *, correction: bool = False) -> ChiSquareResult:
    """Test the independence of rows and columns by Pearson's chi-squared.

    Parameters
    ----------
    table
        r × c counts; empty rows and columns are left out.
    correction
        Yates's continuity correction; it acts on 2 × 2 tables only, as in R.

    Raises
    ------
    NotEstimable
        ``zero_margin``: fewer than two rows or columns are left.
    DataError
        The table is not one of counts.

    References
    ----------
    Pearson (1900); Yates (1934) JRSS Suppl 1:217-235; Cramér (1946).

    Examples
    --------
    >>> from duonen_stats.methods import chi_square
    >>> found = chi_square([[10, 20], [20, 10]])
    >>> round(found.statistic, 3), found.df, round(found.p_value, 4)
    (6.667, 1, 0.0098)
    """
    counts, note = _admit(table)
    corrected = correction and counts.shape == _FOURFOLD
    tested = stats.chi2_contingency(counts, correction=corrected)
    plain = stats.chi2_contingency(counts, correction=False)
    n, df = int(counts.sum()), int(tested.dof)
    return ChiSquareResult(
        statistic=float(tested.statistic),
        df=df,
        p_value=as_p(special.chdtrc(df, tested.statistic)),
        min_expected=float(plain.expected_freq.min()),
        cramers_v=float(np.sqrt(plain.statistic / (n * (min(counts.shape) - 1)))),
        correction=corrected,
        n=n,
        note=note,
    )


def _admit(table: ArrayLike) -> tuple[IntArray, str]:
    """Leave out empty rows and columns, and tell how many there were."""
    values = np.asarray(table, dtype=np.float64)
    counted = (values >= 0) & (values == np.floor(values)) & np.isfinite(values)
    if values.ndim != len(_FOURFOLD) or not counted.all():
        raise DataError("A table has two dimensions and holds counts.")
    rows, columns = values.sum(axis=1) > 0, values.sum(axis=0) > 0
    counts = values[np.ix_(rows, columns)].astype(np.int64)
    if min(counts.shape) < _FOURFOLD[0]:
        n = {"all": int(values.sum())}
        raise NotEstimable("zero_margin", n, "Fewer than two rows or columns of the table hold a count.")
    dropped = ((~rows).sum(), "empty row"), ((~columns).sum(), "empty column")
    return counts, "; ".join(f"{what} left out: {number}" for number, what in dropped if number)
