"""Grades that no value can have, because the plan's version of CTCAE has no term, or no bound, for it."""

from collections.abc import Iterable

from duonen_stats.plan import Plan
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.study import Analyte


def why_no_grade(analyte: Analyte, plan: Plan, grade: int = 1) -> str:
    """Say why no value of an analyte can show a grade by the plan's version of CTCAE; empty if one can.

    Parameters
    ----------
    analyte
        Of which low values have a term where low values are adverse, else high ones.
    plan
        ``ctcae_version``.
    grade
        1 to 5.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from duonen_stats import INTERIM, load_study
    >>> study = load_study()
    >>> why_no_grade(study.analyte("LYMPH"), INTERIM, 2)
    ''
    >>> why_no_grade(study.analyte("LYMPH"), replace(INTERIM, ctcae_version="6.0"), 2)
    'CTCAE v6.0 has no term for low values of it'
    >>> why_no_grade(study.analyte("HGB"), INTERIM, 4)
    'no value of it decides grade 4 of CTCAE v5.0'
    """
    highest = analyte.highest_grade(plan.ctcae_version)
    version = plan.words("ctcae_version")
    if not highest:
        return f"{version} has no term for {analyte.adverse} values of it"
    return f"no value of it decides grade {grade} of {version}" if grade > highest else ""


def without_grade(rows: Iterable[ResultRow], why: str) -> list[ResultRow]:
    """Take the numbers from rows that count a grade which no value can have: nobody was seen not to have it."""
    return [row.because(why, stat=None, n=None) for row in rows]
