"""Table 5: adverse events as reported, and the patients behind them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import bounds, count, lower_rate, rate
from duonen_stats.results.rows.groups import ALL, ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

# Late and lasting harm that publications of this treatment report by name, also when there is none.


_LIFE_THREATENING = 4
HAEMATOLOGICAL = ("ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA")
_LASTING = ("NOT_RECOVERED", "FATAL")

_Chosen = Callable[[pd.DataFrame], pd.Series]


def _term(*parts: str) -> _Chosen:
    """Events whose reported or preferred term contains one of ``parts``, whatever the case."""

    def named(events: pd.DataFrame) -> pd.Series:
        found = events["AEDECOD"].str.contains("|".join(parts), case=False, na=False, regex=True)
        reported = events.get("AETERM", events["AEDECOD"])
        return found | reported.str.contains("|".join(parts), case=False, na=False, regex=True)

    return named


def _lasting(events: pd.DataFrame) -> pd.Series:
    return events["AEOUT"].isin(_LASTING)


OF_INTEREST: Mapping[
    str, tuple[str, str, _Chosen]
] = {  # part of the id: what it is, how it is described, the rule
    "mds": ("Myelodysplastic syndrome", "reported term", _term("myelodysplas", r"\bMDS\b")),
    "renal_failure": (
        "Permanent renal failure",
        "renal event of grade 4 or 5 that has not recovered",
        lambda events: (
            events["AECAT"].eq("RENAL_IMPAIRMENT")
            & events["AETOXGR"].ge(_LIFE_THREATENING)
            & _lasting(events)
        ),
    ),
    "renal_replacement": (
        "Renal replacement therapy",
        "reported term",
        _term("dialysis", "renal replacement", "kidney transplant", "haemofiltration", "hemofiltration"),
    ),
    "persistent_severe_haematological": (
        "Persistent severe haematological toxicity",
        "haematological event of grade 3 or higher that has not recovered",
        lambda events: events["AECAT"].isin(HAEMATOLOGICAL) & events["AETOXGR"].ge(SEVERE) & _lasting(events),
    ),
}


def count_events_of_interest(
    events: pd.DataFrame, patients: pd.DataFrame, population: str, study: Study, plan: Plan
) -> list[ResultRow]:
    """Count the patients with each event of interest.

    Parameters
    ----------
    events
        Reported events from the first administration on: ``USUBJID, AEDECOD, AECAT, AETOXGR, AEOUT``. There is no end:
        a late neoplasm of the marrow comes in the second to eighth year (Bergsma et al. 2018, J Nucl Med 59:452).
    patients
        The population counted in, one row per patient: ``USUBJID``, ``TRT01P``.
    population
        Its name.
    study, plan
        Arms; level and kind of the limits.

    Returns
    -------
    list[ResultRow]
        ``ae.interest.<event>``, and ``ae.interest.<event>.<arm>``, with n, pct and limits;
        ``context`` says how an event is recognised.

    References
    ----------
    Interim publication, section 3.9, which names the four and says that none was seen.
    """
    rows = []
    for name, (label, told_by, rule) in OF_INTEREST.items():
        about = About(
            id=ids.event_of_interest(name),
            display="Table 5",
            population=population,
            variable="AEDECOD" if told_by == "reported term" else "AECAT",
            variable_level=label,
            context=told_by,
        )
        chosen = rule(events).fillna(value=False).astype(bool)
        affected = set(events.loc[chosen, "USUBJID"])
        for arm, members in each_group(patients, study):
            harm = ids.event_of_interest(name)
            block = about.of(
                harm if arm == ALL else ids.event_of_interest_arm(harm, arm), group1=ARM, group1_level=arm
            )
            rows += rate(int(members["USUBJID"].isin(affected).sum()), len(members), block, plan)
    return rows


GRADES = (1, 2, 3, 4, 5)


def analyse_adverse_events(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count events and patients, by category, arm and worst grade, while they are treatment-emergent.

    Percentages of events are of all events, as the publication prints them; percentages of patients are of the
    safety population of the arm.

    What began before the first administration, or after the end of reporting, is counted apart. Late and lasting harm
    that is named is counted from the first administration on without an end, because it comes years later.

    Source: interim publication, Table 5 and section 3.9.
    """
    patients = flagged(data.adsl, "SAFFL")
    reported = data.adae[data.adae["USUBJID"].isin(patients["USUBJID"])]
    events = flagged(reported, "TRTEMFL")
    rows: list[ResultRow] = []
    for arm, members in each_group(patients, study):
        about = About(
            id=ids.safety_patients(arm), display="Table 5", population=Population.SAFETY, variable="SAFFL"
        )
        about = replace(about, group1=ARM, group1_level=arm)
        rows.append(about.row("n", len(members), n=len(members), unit="", label="Number of treated patients"))
    for code, label in [("total", "Total"), *((c.code, c.label) for c in study.ae_categories)]:
        chosen = events if code == "total" else events[events["AECAT"].eq(code)]
        about = About(
            display="Table 5",
            population=Population.SAFETY,
            variable="AECAT",
            variable_level=label,
        )
        for level, part in (("any", chosen), ("grade_ge3", chosen[chosen["AETOXGR"] >= SEVERE])):
            context = "any grade" if level == "any" else f"grade {SEVERE} or higher"
            block = about.of(ids.events(code, level), context=context)
            rows += count(len(part), len(events), replace(block, population=Population.EVENTS), of="events")
            for arm, members in each_group(patients, study):
                affected = part.loc[part["USUBJID"].isin(members["USUBJID"]), "USUBJID"].nunique()
                own = block.of(ids.event_patients(code, level, arm), group1=ARM, group1_level=arm)
                if level == "any":
                    rows += rate(int(affected), len(members), own, plan)
                    continue
                unknown = _ungraded(chosen, members)
                rows += lower_rate(int(affected), len(members), own, plan, why=_why_no_limits(unknown))
                rows += _severe_bounds(
                    int(affected), unknown, len(members), replace(own, id=ids.events_ungraded(code, arm))
                )
    return [
        *rows,
        *_without(events),
        *_worst_grades(events, patients, study, plan),
        *_consequences(events, patients, plan),
        *_outside(reported),
        *count_events_of_interest(
            reported[~before_treatment(reported)], patients, Population.SAFETY, study, plan
        ),
    ]


def before_treatment(events: pd.DataFrame) -> pd.Series:
    """Return which events of treated patients began before the first administration.

    One without a date of onset did if it is not treatment-emergent: it is known to have ended before.
    """
    ended = events["ASTDT"].isna() & events["TRTEMFL"].isna()
    return events["ASTDY"].lt(0).fillna(value=False).astype(bool) | ended


def _ungraded(events: pd.DataFrame, members: pd.DataFrame) -> int:
    """Count the patients with an event without a grade and none of grade 3 or higher: either may be true of them."""
    own = events[events["USUBJID"].isin(members["USUBJID"])]
    severe = own.loc[own["AETOXGR"].ge(SEVERE).fillna(value=False), "USUBJID"]
    return int(own.loc[own["AETOXGR"].isna() & ~own["USUBJID"].isin(severe), "USUBJID"].nunique())


def _why_no_limits(unknown: int) -> str:
    """Say why a percentage is a lower bound; empty if it is not."""
    if not unknown:
        return ""
    who = "1 patient, who has" if unknown == 1 else f"{unknown} patients, who have"
    return f"no limits: not known of {who} an event without a grade"


def _severe_bounds(cases: int, unknown: int, whole: int, about: About) -> list[ResultRow]:
    return [
        about.row("n", unknown, unit="", n=whole, label="Patients who may have had a severe event"),
        *bounds(cases, unknown, whole, about),
    ]


def _without(events: pd.DataFrame) -> list[ResultRow]:
    """Count treatment-emergent events without a grade, and without a date of onset."""
    rows = []
    for what, variable in (("grade", "AETOXGR"), ("date", "ASTDT")):
        part = events[events[variable].isna()]
        about = About(
            id=ids.events_without(what),
            display="Table 5",
            population=Population.SAFETY,
            variable=variable,
            context=f"treatment-emergent events without a {what}",
        )
        rows += [
            about.row("n", len(part), unit="", label="Number of events"),
            about.row("patients", int(part["USUBJID"].nunique()), unit="", label="Number of patients"),
        ]
    return rows


def _outside(reported: pd.DataFrame) -> list[ResultRow]:
    """Count what is not treatment-emergent although its date is known: events, and the patients who had them."""
    before = before_treatment(reported)
    after = reported["ASTDY"].gt(0).fillna(value=False).astype(bool) & reported["TRTEMFL"].isna()
    rows = []
    for when, chosen in (("before", before), ("after", after)):
        context = "before the first administration" if when == "before" else "after the end of reporting"
        for level, least in (("any", 0), ("grade_ge3", SEVERE)):
            part = reported[chosen & (reported["AETOXGR"].ge(least).fillna(value=False) | (least == 0))]
            about = About(
                id=ids.events_outside(when, level),
                display="Table 5",
                population=Population.SAFETY,
                variable="ASTDY",
                context=context,
            )
            patients = int(part["USUBJID"].nunique())
            rows += [
                about.row("n", len(part), unit="", label="Number of events"),
                about.row("patients", patients, unit="", label="Number of patients"),
            ]
    return rows


def _worst_grades(events: pd.DataFrame, patients: pd.DataFrame, study: Study, plan: Plan) -> list[ResultRow]:
    """Patients by the worst grade of any of their events; grade 0 is no event.

    It is unknown of who has an event without a grade, unless another is of the highest grade.
    """
    worst = events.groupby("USUBJID", observed=True)["AETOXGR"].max()
    missing = events.loc[events["AETOXGR"].isna(), "USUBJID"]
    rows = []
    for arm, members in each_group(patients, study):
        known = members["USUBJID"].map(worst).astype("Float64").fillna(0)
        open_ = members["USUBJID"].isin(missing) & known.lt(GRADES[-1])
        grade = known.mask(open_)
        for level in (0, *GRADES, "unknown"):
            block = About(
                id=ids.worst_event(level, arm),
                display="Table 5",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=arm,
                variable="AETOXGR",
                variable_level=str(level),
                context="worst grade of a patient",
            )
            if level == "unknown":
                rows += rate(int(open_.sum()), len(members), block, plan)
            else:
                found = int(grade.eq(level).sum())
                why = _why_no_limits(int(open_.sum())) if level else ""
                rows += lower_rate(found, len(members), block, plan, why=why)
    return rows


def _consequences(events: pd.DataFrame, patients: pd.DataFrame, plan: Plan) -> list[ResultRow]:
    severe = events[events["AETOXGR"] >= SEVERE]
    stopped = severe[severe["AEACN"].eq("DISCONTINUED")]
    about = About(display="Table 5", population=Population.SAFETY, variable="AEACN")
    rows = count(
        len(stopped),
        len(severe),
        about.of(ids.event_consequence("severe_discontinued"), population=Population.EVENTS),
        of="events of grade 3 or higher",
    )
    rows += _stopped_by_blood_counts(events, patients, about, plan)
    serious = events[events["AESER"].eq("Y")]
    of_serious = about.of(ids.event_consequence("serious"), population=Population.EVENTS, variable="AESER")
    rows += count(len(serious), len(events), of_serious, of="events")
    block = about.of(ids.consequence("patients_with_event"))
    return rows + rate(int(events["USUBJID"].nunique()), len(patients), block, plan)


def _stopped_by_blood_counts(
    events: pd.DataFrame, patients: pd.DataFrame, about: About, plan: Plan
) -> list[ResultRow]:
    """Of the patients who discontinued, those with a haematological event that led to it."""
    stopped = patients.loc[patients["EOTSTT"].eq("DISCONTINUED"), "USUBJID"]
    cause = events[events["AEACN"].eq("DISCONTINUED") & events["AECAT"].isin(HAEMATOLOGICAL)]
    affected = cause.loc[cause["USUBJID"].isin(stopped), "USUBJID"].nunique()
    block = about.of(
        ids.consequence("haematological_discontinued"), context="haematological event led to discontinuation"
    )
    return rate(int(affected), len(stopped), block, plan, of="patients who discontinued")
