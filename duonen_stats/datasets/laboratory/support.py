"""Growth factors and transfusions: when a blood count owes its value to them, and not to the patient's marrow."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns
from duonen_stats.methods.inputs.admit import BoolArray
from duonen_stats.plan import Plan

Rule = Literal["as_observed", "unsupported", "not_recovered"]
NO_THERAPIES = "the data cut has no record of concomitant therapies"
_GOES_ON = pd.Timestamp("2200-01-01")


def _no_spans() -> pd.DataFrame:
    none = pd.Series(dtype="datetime64[ns]")
    return pd.DataFrame({"USUBJID": pd.Series(dtype=object), "FROM": none, "TO": none})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Support:
    """When patients were supported (``spans``: ``USUBJID``, ``FROM``, ``TO``), and how that counts.

    ``days`` after a span a value still owes something to it. ``unknown`` says why there is no record of therapies, if
    there is none: nobody can know then, and values count as observed.
    """

    spans: pd.DataFrame = field(default_factory=_no_spans)
    rule: Rule = "as_observed"
    days: int = 0
    unknown: str = ""

    def owed(self, values: pd.DataFrame) -> BoolArray:
        """Say of each value (``USUBJID``, ``ADT``) whether it lies within a span or the days after."""
        until = self.spans["TO"] + pd.Timedelta(days=self.days)
        return _within(values, self.spans.assign(TO=until), values["ADT"], values["ADT"])

    def given(self, rows: pd.DataFrame, start: str, end: str) -> BoolArray:
        """Say of each row (``USUBJID`` and two dates) whether support was given from the one to the other."""
        return _within(rows, self.spans, rows[start], rows[end])

    def first_from(self, start: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
        """Date the first support on or after a date by ``USUBJID``; that of who has it then already is the date."""
        spans = self.spans.assign(START=pd.to_datetime(self.spans["USUBJID"].map(start)))
        spans = spans.loc[spans["TO"] >= spans["START"]]
        return spans[["FROM", "START"]].max(axis=1).groupby(spans["USUBJID"]).min()


NO_SUPPORT = Support()
"""What every value counts as that no support can change."""


def _within(
    rows: pd.DataFrame,
    spans: pd.DataFrame,
    start: "pd.Series[pd.Timestamp]",
    end: "pd.Series[pd.Timestamp]",
) -> BoolArray:
    places = pd.DataFrame({"PLACE": np.arange(len(rows)), "USUBJID": rows["USUBJID"].to_numpy(dtype=object)})
    pairs = places.assign(START=start.to_numpy(), END=end.to_numpy()).merge(spans, on="USUBJID")
    found = pairs.loc[(pairs["FROM"] <= pairs["END"]) & (pairs["TO"] >= pairs["START"]), "PLACE"]
    return np.isin(places["PLACE"].to_numpy(), found.to_numpy())


def support_of(adcm: pd.DataFrame | None, plan: Plan, unknown: str = NO_THERAPIES) -> Support:
    """Take the growth factors and transfusions of a data cut.

    Parameters
    ----------
    adcm
        The dataset of other therapies: ``USUBJID``, ``SUPPFL``, ``ASTDT``, ``AENDT``; None if the cut has
        no record of therapies.
    plan
        ``recovery_support``, ``recovery_support_days``.
    unknown
        Why there is no dataset, if there is none.

    Returns
    -------
    Support
        Without an end, or with one after the cut, it goes on, as the raw format says of an empty end: of a transfusion,
        too, whose single day has to be entered as its end. One without a start is left out: nobody knows which values
        it touched. The class does not say which count a therapy raises, so that it touches all of them.

    Raises
    ------
    DataError
        A column is absent.

    Example
    -------
    Platelets transfused on day 30, under a rule of 28 days: a value of day 58 owes something to it, one of day 59
    nothing.
    """
    rule = replace(NO_SUPPORT, rule=plan.recovery_support, days=plan.recovery_support_days)
    if adcm is None:
        return replace(rule, unknown=unknown)
    require_columns(adcm, "USUBJID", "SUPPFL", "ASTDT", "AENDT")
    chosen = adcm.loc[adcm["SUPPFL"].eq("Y").fillna(value=False).astype(bool) & adcm["ASTDT"].notna()]
    spans = {"USUBJID": chosen["USUBJID"], "FROM": chosen["ASTDT"], "TO": chosen["AENDT"].fillna(_GOES_ON)}
    return replace(rule, spans=pd.DataFrame(spans).reset_index(drop=True))
