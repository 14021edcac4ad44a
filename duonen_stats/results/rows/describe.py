"""Describe: n, mean, SD, median, quartiles, range of one sample."""

import numpy as np

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import describe as describe_sample
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.table import ResultRow

_STATS = ("mean", "sd", "median", "q1", "q3", "min", "max")
_WHISKER = "End of whisker"


def describe(values: np.ndarray, about: About, plan: Plan, *, population: int) -> list[ResultRow]:
    """Describe a sample: rows n, n_missing, mean, sd, median, q1, q3, min, max.

    Parameters
    ----------
    values
        One value per patient; patients without a value may be NaN or absent.
    about
        What the values are; ``about.population`` names the patients of whom ``population`` is the number.
    plan
        Its ``quantile_type`` defines the quartiles.
    population
        Number of patients of the population in this group. ``n_missing`` is this number less ``n``, so that a
        patient without a record counts as one without a value.

    Returns
    -------
    list[ResultRow]
        Without any value, the seven statistics are rows with the reason; with a single value, only the standard
        deviation is.

    Raises
    ------
    ValueError
        There are more values than patients.

    Example
    -------
    ``describe(np.array([1.0, np.nan, 3.0]), about, INTERIM, population=5)``: n is 2, n_missing is 3.
    """
    known = int((~np.isnan(values)).sum())
    if known > population:
        raise ValueError(f"{about.id}: {known} values of {population} patients")
    method = f"quantile definition {plan.quantile_type}"
    try:
        found = describe_sample(values, quantile_type=plan.quantile_type)
    except NotEstimable as verdict:
        head = [about.row("n", 0, unit="", n=0), about.row("n_missing", population, unit="", n=0)]
        return [*head, *about.refused(verdict, *_STATS)]
    stats: dict[str, float | None] = {
        "mean": found.mean,
        "sd": found.sd,
        "median": found.median,
        "q1": found.q1,
        "q3": found.q3,
        "min": found.minimum,
        "max": found.maximum,
    }
    rows = [
        about.row("n", found.n, unit="", n=found.n),
        about.row("n_missing", population - found.n, unit="", n=found.n),
    ]
    for name, stat in stats.items():
        note = "" if stat is not None else "a single value has no spread"
        rows.append(
            about.row(
                name, stat, n=found.n, method=method if name in {"median", "q1", "q3"} else "", note=note
            )
        )
    return rows


def whiskers(values: np.ndarray, rows: list[ResultRow], about: About, plan: Plan) -> list[ResultRow]:
    """Find the ends of a box plot's whiskers: the furthest values within 1.5 box lengths of the box.

    A value on the fence is within it, whatever binary noise says: the two are compared at
    ``plan.difference_decimals``. Quartiles may lie between values, so that no value stands between an end of the
    box and its fence: then there is no whisker on that side, and the row says why.

    Parameters
    ----------
    values
        The sample, missing as NaN.
    rows
        Those of :func:`describe` for the same values, whose quartiles are the box.
    about
        What the rows are about.
    plan
        The precision at which values are compared.

    Returns
    -------
    list of ResultRow
        ``whisker_low`` and ``whisker_high``: each a value of the sample, or the reason why there is none.

    References
    ----------
    Tukey (1977) Exploratory Data Analysis, section 2C, with the plan's quartiles for the hinges.
    """
    found = {row.stat_name: row for row in rows}
    q1, q3 = found["q1"].stat, found["q3"].stat
    names = ("whisker_low", "whisker_high")
    if q1 is None or q3 is None:
        return [about.row(name, None, note=found["q1"].note, label=_WHISKER) for name in names]
    reach = 1.5 * (q3 - q1)
    present = values[np.isfinite(values)]
    below = as_ranked(q1 - present, plan.difference_decimals)
    beyond = as_ranked(present - q3, plan.difference_decimals)
    fence = as_ranked(reach, plan.difference_decimals)
    inside = (present[(below >= 0) & (below <= fence)], present[(beyond >= 0) & (beyond <= fence)])
    ends = zip(names, inside, (np.min, np.max), strict=True)
    return [
        about.row(
            name,
            float(furthest(within)) if within.size else None,
            n=found["n"].n,
            method="furthest value within 1.5 box lengths of the box",
            label=_WHISKER,
            note="" if within.size else "no value between the end of the box and 1.5 box lengths: no whisker",
        )
        for name, within, furthest in ends
    ]
