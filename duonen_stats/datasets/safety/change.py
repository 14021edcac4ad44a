"""Change from baseline, absolute and in percent."""

import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.limits_compared import difference
from duonen_stats.datasets.metadata.shape import numbers


def add_change(labs: pd.DataFrame) -> pd.DataFrame:
    """Add each value's change from the patient's own baseline.

    Parameters
    ----------
    labs
        ``AVAL`` and ``BASE`` in one unit; ``ADT`` and ``TRTSDT`` (first administration).

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``CHG`` (unit of ``AVAL``) and ``PCHG`` (%; missing if ``BASE`` is 0).
        Values up to the first administration, the baseline among them, have no change. Nothing is rounded here:
        where changes are ranked, the ranking takes 12.9 - 12.1 and 0.8 as a tie.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, Table 4 ("Δ vs T1").
    """
    require_columns(labs, "AVAL", "BASE", "ADT", "TRTSDT")
    after = labs["ADT"] > labs["TRTSDT"]
    change = pd.Series(difference(numbers(labs["AVAL"]), numbers(labs["BASE"])), index=labs.index).where(
        after
    )
    return labs.assign(CHG=change, PCHG=100 * change / labs["BASE"].where(labs["BASE"] != 0))
