"""The protocol's limits of absorbed dose, and which patients passed them."""

from dataclasses import dataclass

import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.shape import first_label, flag
from duonen_stats.methods.inputs.bounds import above
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimit:
    """A limit in Gy on an organ's dose from all isotopes, in one cycle or over all cycles."""

    criterion: str
    organ: str
    per_cycle: bool
    gray: float
    text: str


def dose_limits(study: Study) -> tuple[DoseLimit, ...]:
    """List the limits in the order of the organs, the limit of a cycle before that of the treatment.

    In DUONEN ``CRIT1`` is the kidney's 23 Gy, ``CRIT2`` the marrow's 0.5 Gy in a cycle, ``CRIT3`` its 2 Gy.

    Source: interim publication, §2.3.
    """
    found = [
        (organ, per_cycle, gray)
        for organ in study.organs
        for per_cycle, gray in ((True, organ.limit_cycle), (False, organ.limit_total))
        if gray is not None
    ]
    return tuple(
        DoseLimit(
            criterion=f"CRIT{number}",
            organ=organ.code,
            per_cycle=per_cycle,
            gray=gray,
            text=f"{organ.label} {'dose of a cycle' if per_cycle else 'cumulative dose'} > {gray:g} Gy",
        )
        for number, (organ, per_cycle, gray) in enumerate(found, 1)
    )


def add_limits(doses: pd.DataFrame, limits: tuple[DoseLimit, ...]) -> pd.DataFrame:
    """Flag the doses above their limit.

    Parameters
    ----------
    doses
        ``ORGAN``, ``ISOTOPE`` (None = all isotopes), ``DTYPE`` (SUM = over all cycles), ``AVAL`` (Gy).
    limits
        As ``dose_limits`` gives them.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with the criterion's text on the rows it applies to, and its flag "Y" on those
        above the limit. A dose from incomplete dosimetry that is above its limit is flagged: the
        missing part could only add to it.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(doses, "ORGAN", "ISOTOPE", "DTYPE", "AVAL")
    columns = {}
    for limit in limits:
        summed = doses["DTYPE"].eq("SUM")
        applies = doses["ORGAN"].eq(limit.organ) & doses["ISOTOPE"].isna() & (summed != limit.per_cycle)
        columns[limit.criterion] = first_label([(applies, limit.text)], doses.index)
        columns[f"{limit.criterion}FL"] = flag(applies & above(doses["AVAL"], limit.gray))
    return doses.assign(**columns)
