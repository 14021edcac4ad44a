"""Cumulative incidence of late harm once more, with death competing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.derived.times import COMPETING, EVENT
from duonen_stats.verification.recomputed.curves import (
    incidence_points,
    incidence_rate,
    month_name,
    time_groups,
)
from duonen_stats.verification.recomputed.describe import NUMPY, PANDAS
from duonen_stats.verification.second_numbers import SecondNumbers

_PARAMETERS = {
    "neoplasm": "TTMN",
    "dysfunction": "TTPHD",
    "severe_cytopenia": "TTSCYT",
    "cytopenia": "TTCYT",
    "renal": "TTREN",
}
_DEATH = 2


def recompute_late_harm(
    out: SecondNumbers, adtte: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the incidence of each late harm by arm; the times themselves are those of ADTTE."""
    treated = patients.loc[patients["SAFETY"]]
    for harm, parameter in _PARAMETERS.items():
        own = adtte.loc[adtte["PARAMCD"].eq(parameter) & adtte["SUBJID"].isin(treated.index)]
        own = own.assign(
            ARM=own["SUBJID"].map(treated["TREATED"]), MONTHS=(own["ADT"] - own["STARTDT"]).dt.days
        )
        own["MONTHS"] /= plan.days_per_month
        for group, rows in time_groups(own, plan, study):
            month = rows["MONTHS"].to_numpy(dtype=float)
            cause = np.where(rows["CNSR"].eq(EVENT), 1, np.where(rows["CNSR"].eq(COMPETING), _DEATH, 0))
            block = f"late.cif.{harm}.{group}"
            out.add(f"{block}.n", month.size, PANDAS)
            out.add(f"{block}.events", int((cause == 1).sum()), PANDAS)
            out.add(f"{block}.competing", int((cause == _DEATH).sum()), PANDAS)
            incidence_points(out, block, month, cause, 1, plan)
            for at in plan.late_months:
                incidence_rate(out, f"{block}.rate.{month_name(at)}", month, cause, at, plan)
            for at in dict.fromkeys((0.0, *plan.late_months)):
                grid = f"{block}.grid.{month_name(at)}"
                out.add(f"{grid}.n_risk", int((month >= at).sum()), NUMPY)
                out.add(f"{grid}.n_censored", int(((cause == 0) & (month <= at)).sum()), NUMPY)
