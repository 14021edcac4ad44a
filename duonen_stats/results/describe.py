"""Describe: n, mean, SD, median, quartiles, range of one sample."""

import numpy as np

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import describe as describe_sample
from duonen_stats.results.about import About
from duonen_stats.results.table import ResultRow
from duonen_stats.sap import Plan

_STATS = ("mean", "sd", "median", "q1", "q3", "min", "max")


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


def whiskers(values: np.ndarray, rows: list[ResultRow], about: About) -> list[ResultRow]:
    """Find the ends of a box plot's whiskers: the furthest values within 1.5 box lengths of the box.

    ``rows`` are those of :func:`describe` for the same values, whose quartiles are the box.

    Source: Tukey (1977) Exploratory Data Analysis, section 2C, with the plan's quartiles for the hinges.
    """
    found = {row.stat_name: row for row in rows}
    q1, q3 = found["q1"].stat, found["q3"].stat
    names = ("whisker_low", "whisker_high")
    if q1 is None or q3 is None:
        return [about.row(name, None, note=found["q1"].note) for name in names]
    reach = 1.5 * (q3 - q1)
    present = values[np.isfinite(values)]
    # A quartile may lie between values, so that no value is inside the reach on its side: then the box ends there.
    low = min(float(present[present >= q1 - reach].min(initial=q1)), q1)
    high = max(float(present[present <= q3 + reach].max(initial=q3)), q3)
    method = "furthest value within 1.5 box lengths of the box"
    ends = zip(names, (low, high), strict=True)
    return [about.row(name, end, n=found["n"].n, method=method, label="End of whisker") for name, end in ends]
