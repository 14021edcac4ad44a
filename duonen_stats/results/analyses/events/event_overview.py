"""The overview of adverse events: which consequences, in how many patients and events of each arm."""

from collections.abc import Mapping

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.stamp import DRY_RUN_WITHHOLDS
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.adae import FOLLOW_UP, TREATMENT
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import lower_rate, rate
from duonen_stats.results.rows.groups import ALL, ARM, each_group, flagged
from duonen_stats.results.rows.table import About, NoteKind, ResultRow
from duonen_stats.study import Study

PHASES: Mapping[str, str] = dict(zip(ids.OVERVIEW_PHASES, (TREATMENT, FOLLOW_UP), strict=True))
"""Part of the id: ``APHASE``."""

NO_PRODUCT = "the data do not say to which product an event is related"
_DEADLY = 5
_PRODUCTS = {"LU177": "AERELLU", "Y90": "AERELY90"}
_WITHHELD = ("delayed", "reduced", "discontinued", *(f"related_{code.lower()}" for code in _PRODUCTS))
_ROWS = ("n", "pct", "events", "ci_low", "ci_high")


def analyse_event_overview(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients with an event, and events, by what they were and what followed, on treatment and after it.

    An answer that is missing may be yes: where a patient has no event that is known to count, and one that may, the
    percentage is a lower bound and has no limits. Deaths of treated patients are counted from any cause.

    Source: ICH E3, section 12.2.1; ICH E9, section 6.
    """
    patients = flagged(data.adsl, "SAFFL")
    events = data.adae[data.adae["USUBJID"].isin(patients["USUBJID"])]
    rows: list[ResultRow] = []
    for phase, name in PHASES.items():
        own = events[events["APHASE"].eq(name).fillna(value=False).astype(bool)]
        for line, holds in event_lines(own, study).items():
            about = About(
                display="Overview of adverse events",
                population=Population.SAFETY,
                variable="APHASE",
                variable_level=name,
                context=line.replace("_", " "),
            )
            why, kind = _why_none(line, data)
            for arm, members in each_group(patients, study):
                block = about.of(ids.event_overview(line, phase, arm), group1=ARM, group1_level=arm)
                if why:
                    rows += [block.row(stat, None, n=len(members), note=why, kind=kind) for stat in _ROWS]
                else:
                    rows += _counted(own, holds, members, block, plan)
    return rows + _deaths(patients, study, plan)


def event_lines(events: pd.DataFrame, study: Study) -> dict[str, "pd.Series[bool]"]:
    """Say of each line of the overview and each event whether it counts.

    Returns
    -------
    dict
        By line, indexed like ``events``; ``pd.NA`` where an answer is missing, or the action is ``UNKNOWN``. An event
        led to death if its outcome is fatal or its grade 5. A product that an arm does not have is related to none of
        its events.
    """
    related, serious = (_answer(events[name]) for name in ("AEREL", "AESER"))
    severe = events["AETOXGR"].ge(SEVERE).astype("boolean")
    answered = events["AEACN"].astype("string")
    action = answered.mask(answered.eq("UNKNOWN").fillna(value=False))
    fatal = events["AEOUT"].astype("string").eq("FATAL") | events["AETOXGR"].eq(_DEADLY).astype("boolean")
    products = {
        f"related_{isotope.code.lower()}": _related_to(isotope.code, events, study)
        for isotope in study.isotopes
    }
    return {
        "any": pd.Series(True, index=events.index, dtype="boolean"),
        "related": related,
        **products,
        "severe": severe,
        "severe_related": severe & related,
        "serious": serious,
        "serious_related": serious & related,
        "delayed": action.eq("DELAYED"),
        "reduced": action.eq("REDUCED"),
        "discontinued": action.eq("DISCONTINUED"),
        "fatal": fatal,
    }


def _related_to(isotope: str, events: pd.DataFrame, study: Study) -> "pd.Series[bool]":
    column = _PRODUCTS.get(isotope)
    if column is None:
        return pd.Series(pd.NA, index=events.index, dtype="boolean")
    having = [arm.code for arm in study.arms if isotope in arm.isotopes]
    answers = _answer(events[column])
    return answers.mask(answers.isna() & ~events[ARM].isin(having), other=False)


def _answer(codes: pd.Series) -> "pd.Series[bool]":
    return codes.map({"Y": True, "N": False}).astype("boolean")


def _why_none(line: str, data: Datasets) -> tuple[str, NoteKind]:
    """Say why a line cannot be counted, and of what kind that is; empty if it can."""
    if data.stamp.blinded and line in _WITHHELD:
        return DRY_RUN_WITHHOLDS, "withheld"
    column = _PRODUCTS.get(line.removeprefix("related_").upper())
    if line.startswith("related_") and (column is None or not data.adae[column].notna().any()):
        return NO_PRODUCT, "no_product"
    return "", ""


def _counted(
    events: pd.DataFrame, holds: "pd.Series[bool]", members: pd.DataFrame, block: About, plan: Plan
) -> list[ResultRow]:
    inside = events["USUBJID"].isin(members["USUBJID"])
    yes = (inside & holds.fillna(value=False)).astype(bool)
    maybe = inside & holds.isna()
    cases = set(events.loc[yes, "USUBJID"])
    unknown = len(set(events.loc[maybe, "USUBJID"]) - cases)
    why = ""
    if unknown:
        who = "1 patient, who has" if unknown == 1 else f"{unknown} patients, who have"
        why = f"no limits: not known of {who} an event without an answer"
    number = block.row("events", int(yes.sum()), n=len(members), unit="", label="Number of events")
    return [*lower_rate(len(cases), len(members), block, plan, why=why), number]


def _deaths(patients: pd.DataFrame, study: Study, plan: Plan) -> list[ResultRow]:
    rows = []
    for arm, members in each_group(patients, study):
        block = About(
            id=ids.deaths_from_treatment(arm),
            display="Overview of adverse events",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=arm,
            variable="DTHDT",
            variable_level="Death of any cause" if arm == ALL else "",
            context="from the first administration on",
        )
        rows += rate(int(members["DTHDT"].notna().sum()), len(members), block, plan)
    return rows
