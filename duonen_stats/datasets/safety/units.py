"""Whether a laboratory value is below, in or above its reference range."""

import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.shape import first_label
from duonen_stats.methods.inputs.bounds import above, below
from duonen_stats.study import Study

LOW, NORMAL, HIGH = "LOW", "NORMAL", "HIGH"


def add_range_indicator(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Place each value below, in or above its own laboratory's reference range.

    Parameters
    ----------
    labs
        ``PARAMCD``, ``AVAL``, ``ANRLO``, ``ANRHI`` in one unit.
    study
        Analytes with their adverse direction.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ANRIND``. A value beyond no limit is normal only if the limit in the
        adverse direction is known; otherwise the indicator is missing.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "PARAMCD", "AVAL", "ANRLO", "ANRHI")
    low_is_adverse = labs["PARAMCD"].isin([item.code for item in study.analytes if item.adverse == "low"])
    decisive = labs["ANRLO"].where(low_is_adverse, labs["ANRHI"])
    states = [
        (below(labs["AVAL"], labs["ANRLO"]), LOW),
        (above(labs["AVAL"], labs["ANRHI"]), HIGH),
        ((decisive.notna() & labs["AVAL"].notna()).to_numpy(), NORMAL),
    ]
    return labs.assign(ANRIND=first_label(states, labs.index))
