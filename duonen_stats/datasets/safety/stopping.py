"""The protocol's discontinuation rules on laboratory values; they are not CTCAE grades."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.shape import first_label, flag
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.study import StoppingRule, Study


def add_stopping_rule(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Flag the values after the first administration that meet a discontinuation rule of the protocol.

    Parameters
    ----------
    labs
        ``PARAMCD``, ``AVAL`` and ``ANRHI`` in the unit of the dictionary; ``ADT``, ``TRTSDT``.
    study
        Discontinuation rules; those on other variables than analytes are passed over.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``CRIT1`` (the rule's words, on the values it applies to) and ``CRIT1FL``
        ("Y" where it is met). A rule in multiples of the upper limit of normal is not met without one.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.2.
    """
    require_columns(labs, "PARAMCD", "AVAL", "ANRHI", "ADT", "TRTSDT")
    treated = (labs["ADT"] > labs["TRTSDT"]).to_numpy()
    applying = [
        (labs["PARAMCD"].eq(rule.variable).to_numpy() & treated, rule) for rule in study.stopping_rules
    ]
    met = np.zeros(len(labs), dtype=bool)
    for applies, rule in applying:
        met[applies] |= _meets(labs.loc[applies], rule, study.threshold(rule))
    return labs.assign(
        CRIT1=first_label([(applies, rule.label) for applies, rule in applying], labs.index),
        CRIT1FL=flag(pd.Series(met, index=labs.index)),
    )


def _meets(labs: pd.DataFrame, rule: StoppingRule, threshold: float) -> NDArray[np.bool_]:
    values = labs["AVAL"].to_numpy()
    bound = threshold * labs["ANRHI"].to_numpy() if rule.relative else np.full(len(labs), threshold)
    return meets(values, rule.comparator, bound)
