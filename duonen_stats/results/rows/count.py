"""Count: how many of how many, between which limits, and what those who are not known could change."""

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.table import ResultRow


def count(part: int, whole: int, about: About, *, of: str = "patients") -> list[ResultRow]:
    """Count ``part`` of ``whole``: rows n and pct; with nothing to count in, the percentage is a reason."""
    method = f"denominator: {of}"
    share = 100 * part / whole if whole else None
    note = "" if whole else f"no {of} to count"
    return [
        about.row("n", part, unit="", n=whole, label=f"Number of {of}"),
        about.row("pct", share, unit="%", n=whole, method=method, note=note),
    ]


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
