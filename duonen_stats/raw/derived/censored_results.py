"""Results that are known only to lie beyond a bound: which values they may have, and as which one they count."""

from typing import Literal

import numpy as np
import pandas as pd

from duonen_stats.raw.intake.result_cell import bound_parts

Counted = Literal["limit", "half", "excluded"]

_BESIDE = 1e-9
"""A value below a bound is at least this part of it below: more than binary noise, less than any laboratory reports."""


def with_span(labs: pd.DataFrame, factor: pd.Series, counted: Counted) -> pd.DataFrame:
    """Add the value that each result counts as, and the lowest and highest that it may have.

    Parameters
    ----------
    labs
        ``VALUE`` and ``BOUND``, such as ``"<0.3"``, in the unit of the record. A bound beside a value is not looked at.
    factor
        From the unit of each row to that of its analyte.
    counted
        The rule of the plan.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, in the unit of the analyte: ``AVAL``; ``LOWEST`` and ``HIGHEST``, equal to it for a value,
        0 to the bound below one and the bound to infinity above one; ``LIMIT``, the bound, missing for a value; and
        ``SIGN``, that of the bound. All are missing where there is neither value nor bound.

    References
    ----------
    Helsel (2012) Statistics for Censored Environmental Data Using Minitab and R, §1.3.

    Examples
    --------
    >>> labs = pd.DataFrame({"VALUE": [12.0, None, None], "BOUND": [None, "<0.3", ">90"]})
    >>> found = with_span(labs, pd.Series([1.0, 1.0, 1.0]), "half")
    >>> found["AVAL"].tolist(), found["HIGHEST"].round(3).tolist()
    ([12.0, 0.15, 90.0], [12.0, 0.3, inf])
    """
    value = labs["VALUE"].astype("float64") * factor
    parts = {text: bound_parts(str(text)) for text in labs["BOUND"].dropna().unique()}
    known = {text: part for text, part in parts.items() if part is not None}
    bound = labs["BOUND"].where(value.isna() & labs["BOUND"].isin([*known]))
    sign = bound.map({text: part[0] for text, part in known.items()}).astype(object)
    limit = bound.map({text: part[1] for text, part in known.items()}).astype("float64") * factor
    below, above = sign.isin(["<", "<="]), sign.isin([">", ">="])
    counts = limit.where(~below, limit / 2) if counted == "half" else limit
    return labs.assign(
        AVAL=value if counted == "excluded" else value.fillna(counts),
        LOWEST=value.where(~below, 0.0).where(~above, limit.where(sign.eq(">="), limit * (1 + _BESIDE))),
        HIGHEST=value.where(~above, np.inf).where(~below, limit.where(sign.eq("<="), limit * (1 - _BESIDE))),
        LIMIT=limit,
        SIGN=sign.where(limit.notna(), None),
    )


def ends(labs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the lowest and the highest value that each record may have: its value, unless it is censored."""
    if "LOWEST" not in labs:
        return labs["AVAL"], labs["AVAL"]
    return labs["LOWEST"], labs["HIGHEST"]
