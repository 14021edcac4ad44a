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
_WORDS = frozenset({"mds", "aml", "mpn"})
_NEOPLASMS = (
    "myelodysplas", "acute myeloid", "acute myelogenous", "acute leuk", "myeloid leuk", "chronic myelomonocytic",
    "erythroleuk", "myeloproliferat", "myelofibrosis", "polycythemia vera", "essential thrombocyth",
    "myeloid neoplasm", "refractory anemia", "refractory cytopenia",
)  # fmt: skip
_FAILURES = (
    "marrow failure", "marrow aplasia", "aplastic anemia", "persistent hematological dysfunction",
    "unexplained cytopenia", "unexplained pancytopenia", "cytopenia of unknown",
)  # fmt: skip
"""Parts of the terms of each diagnosis, with ``ae`` written ``e``."""


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


def recompute_undated_harm(out: SecondNumbers, reported: pd.DataFrame) -> None:
    """Count the events of each late harm without a date of onset.

    Parameters
    ----------
    reported
        Events of treated patients: ``TERM``, ``PT``, ``CATEGORY``, ``STARTDT``, ``EMERGENT`` and ``SEVERE`` (bool).
    """
    undated = reported.loc[reported["STARTDT"].isna() & reported["EMERGENT"]]
    terms = [
        " / ".join(str(text).lower().replace("ae", "e") for text in both if isinstance(text, str))
        for both in zip(undated["TERM"], undated["PT"], strict=True)
    ]
    neoplasm = [
        any(part in text for part in _NEOPLASMS) or not _WORDS.isdisjoint(_words(text)) for text in terms
    ]
    failure = [any(part in text for part in _FAILURES) for text in terms]
    renal = undated["CATEGORY"].eq("RENAL_IMPAIRMENT") & undated["SEVERE"]
    out.add("late.undated.neoplasm.n", sum(neoplasm), PANDAS)
    either = (one or other for one, other in zip(neoplasm, failure, strict=True))
    out.add("late.undated.dysfunction.n", sum(either), PANDAS)
    out.add("late.undated.renal.n", int(renal.sum()), PANDAS)


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() or sign == "_" else " " for sign in text).split()
