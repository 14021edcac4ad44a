"""Rows that describe a sample, count patients, or relate two measurements."""

from functools import partial

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets.metadata.stamp import DRY_RUN_WITHHOLDS
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import CorrelationResult
from duonen_stats.methods import describe as describe_sample
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow

# Describe: n, mean, SD, median, quartiles, range of one sample.


_STATS = ("mean", "sd", "median", "q1", "q3", "min", "max")
_WHISKER = "End of whisker"


def describe(
    values: np.ndarray, about: About, plan: Plan, *, population: int, of: str = "patients"
) -> list[ResultRow]:
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
    of
        Whose values they are, in the plural, for the labels of the two counts: "patients" or "cycles".

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
        return [*_sizes(0, population, about, of), *about.refused(verdict, *_STATS)]
    stats: dict[str, float | None] = {
        "mean": found.mean,
        "sd": found.sd,
        "median": found.median,
        "q1": found.q1,
        "q3": found.q3,
        "min": found.minimum,
        "max": found.maximum,
    }
    rows = _sizes(found.n, population, about, of)
    for name, stat in stats.items():
        note = "" if stat is not None else "a single value has no spread"
        rows.append(
            about.row(
                name, stat, n=found.n, method=method if name in {"median", "q1", "q3"} else "", note=note
            )
        )
    return rows


def _sizes(known: int, population: int, about: About, of: str) -> list[ResultRow]:
    with_value, without = f"Number of {of} with a value", f"Number of {of} of the population without a value"
    return [
        about.row("n", known, unit="", n=known, label=with_value),
        about.row("n_missing", population - known, unit="", n=known, label=without),
    ]


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


# Count: how many of how many, between which limits, and what those who are not known could change.


def count(part: int, whole: int, about: About, *, of: str = "patients") -> list[ResultRow]:
    """Count ``part`` of ``whole``: rows n and pct; with nothing to count in, the percentage is a reason."""
    method = f"denominator: {of}"
    share = 100 * part / whole if whole else None
    note = "" if whole else f"no {of} to count"
    label = (
        "Number of patients" if of == "patients" else f"Number among {of}"
    )  # not how many of these there are
    return [
        about.row("n", part, unit="", n=whole, label=label),
        about.row("pct", share, unit="%", n=whole, method=method, note=note),
    ]


def withheld_count(about: About) -> list[ResultRow]:
    """Give the rows of ``count`` in a dry run, where what is counted is withheld."""
    return [about.row(stat, None, note=DRY_RUN_WITHHOLDS, kind="withheld") for stat in ("n", "pct")]


def rate(part: int, whole: int, about: About, plan: Plan, *, of: str = "patients") -> list[ResultRow]:
    """Count patients, and give the limits of the percentage.

    Parameters
    ----------
    part, whole
        Patients with the feature, and all of whom it is known. Events are not counted like this: those of one patient
        are not independent.
    about
        What is counted.
    plan
        ``proportion_limits`` and ``confidence``.
    of
        Who is counted, in words.

    Returns
    -------
    list[ResultRow]
        Rows n and pct as :func:`count` gives them, and ci_low and ci_high in percent, two-sided.

    References
    ----------
    Clopper & Pearson (1934) Biometrika 26:404-413; Wilson (1927) JASA 22:209-212.

    Example
    -------
    0 of 92 patients: ci_low 0, ci_high 3.93.
    """
    rows = count(part, whole, about, of=of)
    method = f"{plan.words('proportion_limits')} limits at {100 * plan.confidence:g} %"
    try:
        found = methods.proportion_ci(part, whole, method=plan.proportion_limits, confidence=plan.confidence)
    except NotEstimable:
        note = f"no {of} to count"
        return rows + [
            about.row(name, None, unit="%", n=whole, method=method, note=note)
            for name in ("ci_low", "ci_high")
        ]
    ends = {"ci_low": ("Lower limit", found.lower), "ci_high": ("Upper limit", found.upper)}
    return rows + [
        about.row(name, 100 * value, label=label, unit="%", n=whole, method=method)
        for name, (label, value) in ends.items()
    ]


def lower_rate(
    cases: int, whole: int, about: About, plan: Plan, *, why: str, of: str = "patients"
) -> list[ResultRow]:
    """Count patients known to have the feature; a percentage that is a lower bound has no limits.

    Parameters
    ----------
    cases, whole
        Patients known to have the feature, and all patients.
    about, plan, of
        As for :func:`rate`.
    why
        Why others may have it, too; empty if everybody is known.

    Returns
    -------
    list[ResultRow]
        Rows as :func:`rate` gives them; ci_low and ci_high are the reason where there is one.

    Example
    -------
    0 of 56 patients, of whom 2 are not known: limits of 0 of 56 would count these two as free of it.
    """
    if not why:
        return rate(cases, whole, about, plan, of=of)
    return [
        *count(cases, whole, about, of=of),
        *(about.row(name, None, unit="%", n=whole, note=why) for name in ("ci_low", "ci_high")),
    ]


def bounds(cases: int, unknown: int, whole: int, about: About, *, of: str = "patients") -> list[ResultRow]:
    """Say between which percentages the truth lies, whatever is true of those who are not known.

    Parameters
    ----------
    cases, unknown, whole
        Patients known to have the feature, patients of whom it is not known, and all patients.
    about
        What is counted.
    of
        Who all patients are, in words.

    Returns
    -------
    list[ResultRow]
        Rows bound_low, ``cases / whole``, and bound_high, ``(cases + unknown) / whole``, in percent. They are equal if
        everybody is known. They bound the percentage in these patients; they are no limits of a probability.

    Example
    -------
    3 known cases and 2 unknown of 16 patients: 18.75 and 31.25.
    """
    method = f"denominator: {of}"
    ends = {
        "bound_low": (cases, "Percent if no unknown patient is a case"),
        "bound_high": (cases + unknown, "Percent if every unknown patient is a case"),
    }
    note = "" if whole else f"no {of} to count"
    return [
        about.row(
            name,
            100 * number / whole if whole else None,
            label=label,
            unit="%",
            n=whole,
            method=method,
            note=note,
        )
        for name, (number, label) in ends.items()
    ]


# Relate: how one measurement goes with another.


def relate(x: np.ndarray, y: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Correlate two measurements of the same patients, complete pairs only.

    Rows ``spearman.rho``, ``.p``, ``.n`` (t approximation) with limits, and Pearson's beside them. Fewer pairs
    than ``plan.min_group``: the reason.
    """
    complete = int((np.isfinite(x) & np.isfinite(y)).sum())
    rows = [about.row("n", complete, unit="", n=complete, label="Number of complete pairs")]
    spearman = partial(methods.spearman, decimals=plan.difference_decimals)
    for name, letter, test in (("spearman", "rho", spearman), ("pearson", "r", methods.pearson)):
        block = about.of(ids.correlation(about.id, name))
        try:
            _require_pairs(complete, plan)
            rows += _correlation(test(x, y, confidence=plan.confidence), letter, block)
        except NotEstimable as verdict:
            rows += block.refused(verdict, letter, "p", "ci_low", "ci_high", method=name.capitalize())
    return rows


def relate_within(x: np.ndarray, y: np.ndarray, arm: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Correlate ranks after taking out the differences between arms (partial Spearman): ``partial.rho``, ``.p``."""
    block = about.of(ids.partial_correlation(about.id), context="adjusted for arm")
    usable = np.isfinite(x) & np.isfinite(y)
    try:
        _require_arms(arm[usable])
        found = methods.partial_spearman(x, y, arm, decimals=plan.difference_decimals)
    except NotEstimable as verdict:
        return block.refused(verdict, "rho", "p", method="partial Spearman, adjusted for arm")
    return [
        block.row("rho", found.coefficient, unit="", n=found.n, method=found.method, label="Partial rho"),
        block.row("p", found.p_value, unit="", n=found.n, method=found.method),
    ]


def _require_pairs(complete: int, plan: Plan) -> None:
    if complete < plan.min_group:
        detail = f"fewer than {plan.min_group} patients have both values"
        raise NotEstimable("n_too_small", {"all": complete}, detail)


def _require_arms(arm: np.ndarray) -> None:
    if len(np.unique(arm)) < 2:  # noqa: PLR2004 - one arm alone has nothing to be adjusted for
        raise NotEstimable("single_group", {"all": len(arm)}, "patients of fewer than two arms")


def _correlation(found: CorrelationResult, letter: str, block: About) -> list[ResultRow]:
    n, method = found.n, found.method
    rows = [
        block.row(
            letter, found.coefficient, unit="", n=n, method=method, label=f"Correlation coefficient {letter}"
        ),
        block.row("p", found.p_value, unit="", n=n, method=method),
    ]
    for name, limit in (("ci_low", found.ci_low), ("ci_high", found.ci_high)):
        note = "" if limit is not None else "too few pairs for an interval"
        rows.append(block.row(name, limit, unit="", n=n, method=method, note=note))
    return rows
