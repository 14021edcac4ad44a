"""Laboratory values in the unit of the dictionary, with their reference range."""

import numpy as np
import pandas as pd

from duonen_stats.bounds import above, below
from duonen_stats.datasets.shape import first_label, numbers
from duonen_stats.errors import DataError
from duonen_stats.frames import require_columns
from duonen_stats.study import Study

LOW, NORMAL, HIGH = "LOW", "NORMAL", "HIGH"


def convert_units(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Express each value and its limits of normal in the unit of the analyte.

    Parameters
    ----------
    labs
        ``PARAMCD``, ``VALUE``, ``UNIT``, ``LLN``, ``ULN``, all in ``UNIT``.
    study
        Analytes with their units and conversion factors.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``AVAL``, ``ANRLO``, ``ANRHI`` and ``AVALU``.

    Raises
    ------
    DataError
        A column is absent, or a unit has no conversion.
    """
    require_columns(labs, "PARAMCD", "VALUE", "UNIT", "LLN", "ULN")
    known = {
        (analyte.code, unit): factor for analyte in study.analytes for unit, factor in analyte.factors.items()
    }
    pairs = list(zip(labs["PARAMCD"], labs["UNIT"], strict=True))
    unknown = sorted({f"{code} in {unit}" for code, unit in pairs if (code, unit) not in known})
    if unknown:
        raise DataError(f"No conversion for {', '.join(unknown)}; add the unit to the data dictionary.")
    factor = np.array([known[pair] for pair in pairs], dtype=float)
    return labs.assign(
        AVAL=numbers(labs["VALUE"]) * factor,
        ANRLO=numbers(labs["LLN"]) * factor,
        ANRHI=numbers(labs["ULN"]) * factor,
        AVALU=labs["PARAMCD"].map({analyte.code: analyte.unit for analyte in study.analytes}),
    )


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
