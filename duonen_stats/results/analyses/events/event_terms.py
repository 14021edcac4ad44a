"""Adverse events by class and term of the dictionary: patients, events, worst grades, durations and outcomes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.adae import FOLLOW_UP, TREATMENT
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count
from duonen_stats.results.rows.groups import ALL, ARM, arm_codes, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

NO_CLASS, NO_TERM = "No class recorded", "No term recorded"
GRADES = (1, 2, 3, 4, 5)
OUTCOMES = ("recovered", "sequelae", "recovering", "not_recovered", "fatal")
_DISPLAY = "Adverse events by term"
_CLASS, _TERM = "CLASS", "TERM"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportedEvents:
    """Every reported event of the treated patients, each under its class and term, and the patients themselves.

    ``events`` is ADAE with ``CLASS`` and ``TERM``; ``sizes`` is the number of patients of all arms and of each.
    """

    events: pd.DataFrame
    patients: pd.DataFrame
    sizes: Mapping[str, int]

    def of_kind(self, kind: str) -> pd.DataFrame:
        """Return the events of one of ``ids.EVENT_KINDS``; the terms that a registry wants are not yet chosen."""
        return self.events[_KINDS[kind](self.events).fillna(value=False).astype(bool)]


def _emergent(events: pd.DataFrame) -> pd.Series:
    return events["APHASE"].eq(TREATMENT)


def _serious(events: pd.DataFrame) -> pd.Series:
    return events["AESER"].eq("Y").fillna(value=False).astype(bool)


_KINDS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "any": _emergent,
    "related": lambda events: _emergent(events) & events["AEREL"].eq("Y"),
    "serious": lambda events: _emergent(events) & _serious(events),
    "severe": lambda events: _emergent(events) & events["AETOXGR"].ge(SEVERE),
    "follow_up": lambda events: events["APHASE"].eq(FOLLOW_UP),
    "registry_serious": lambda events: events["APHASE"].isin([TREATMENT, FOLLOW_UP]) & _serious(events),
    "registry_other": lambda events: _emergent(events) & ~_serious(events),
}


def reported_events(data: Datasets, study: Study) -> ReportedEvents:
    """Put every event of a treated patient under its class and its term.

    A cut that has no class at all is shown by the categories of its events. Otherwise an event without a class is under
    ``NO_CLASS``. Terms that differ in spaces or capitals alone are one, written as most of them are.
    """
    patients = flagged(data.adsl, "SAFFL")
    events = data.adae[data.adae["USUBJID"].isin(patients["USUBJID"])]
    labels = {category.code: category.label for category in study.ae_categories}
    categories = events["AECAT"].map(labels).fillna(events["AECAT"])
    classes = events["AESOC"] if events["AESOC"].notna().any() else categories
    return ReportedEvents(
        events=events.assign(
            **{_CLASS: one_spelling(classes, NO_CLASS), _TERM: one_spelling(events["AEDECOD"], NO_TERM)}
        ),
        patients=patients,
        sizes={arm: len(members) for arm, members in each_group(patients, study)},
    )


def one_spelling(texts: "pd.Series[str]", missing: str) -> "pd.Series[str]":
    """Write texts that differ in spaces or capitals alone as most of them are.

    Parameters
    ----------
    texts
        As they were recorded; one that is missing or empty becomes ``missing``.
    missing
        What stands for no text.

    Returns
    -------
    pandas.Series
        Indexed like ``texts``. Of spellings that are as frequent the first of the alphabet is taken.

    Examples
    --------
    >>> one_spelling(pd.Series(["Nausea", "nausea ", "Nausea", None]), "No term").tolist()
    ['Nausea', 'Nausea', 'Nausea', 'No term']
    """
    written = [" ".join(text.split()) if isinstance(text, str) else "" for text in texts]
    chosen: dict[str, str] = {}
    for text, _ in sorted(Counter(written).items(), key=lambda one: (-one[1], one[0])):
        chosen.setdefault(text.casefold(), text or missing)
    return pd.Series([chosen[text.casefold()] for text in written], index=texts.index, dtype=object)


def tally(events: pd.DataFrame, *keys: str, once: bool) -> Counter[tuple[str, ...]]:
    """Count events, or (``once``) patients with one, by the columns ``keys`` and by arm; the last level is the arm.

    The arms together are ``ALL``. What did not happen counts 0.
    """
    chosen = events.drop_duplicates([*keys, "USUBJID"]) if once else events
    levels = [chosen[key] for key in keys]
    return Counter(zip(*levels, chosen[ARM], strict=True)) + Counter(
        zip(*levels, [ALL] * len(chosen), strict=True)
    )


def ordered_lines(events: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every class and its terms, both in decreasing order of all their patients; ties are alphabetical."""
    classes, terms = tally(events, _CLASS, once=True), tally(events, _CLASS, _TERM, once=True)
    for name in _by_patients({key[0]: n for key, n in classes.items() if key[-1] == ALL}):
        own = {key[1]: n for key, n in terms.items() if key[0] == name and key[-1] == ALL}
        yield name, _by_patients(own)


def _by_patients(patients: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(patients, key=lambda name: (-patients[name], name.casefold(), name)))


def frequent(events: pd.DataFrame, reported: ReportedEvents, study: Study, plan: Plan) -> pd.DataFrame:
    """Return the events of terms that the least percentage of the plan of an arm's patients have, in any arm."""
    patients = tally(events, _CLASS, _TERM, once=True)
    kept = {
        key[:-1]
        for key, n in patients.items()
        if key[-1] in arm_codes(study) and 100 * n >= plan.ae_term_percent * reported.sizes[key[-1]]
    }
    pairs = zip(events[_CLASS], events[_TERM], strict=True)
    return events[pd.Series([pair in kept for pair in pairs], index=events.index, dtype=bool)]


def analyse_event_terms(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients and events by class and term of the dictionary, for each kind of event.

    A patient counts once in a line, whatever the number of events; with the worst grade of them where grades are
    counted. Classes and terms are in decreasing order of the patients of all arms.

    Source: ICH E3, sections 12.2.2 and 12.2.3; 42 CFR 11.48 for the registry's table.
    """
    reported = reported_events(data, study)
    rows = [*_coding(reported.events), *_worsened_before(reported.events)]
    for kind in ids.EVENT_KINDS:
        events = reported.of_kind(kind)
        if kind == "registry_other":
            events = frequent(events, reported, study, plan)
        rows += _lines(kind, events, reported, study, plan)
    return rows


def about_events(**changes: str) -> About:
    """Identity of rows about adverse events of the safety population."""
    return About(display=_DISPLAY, population=Population.SAFETY, **changes)


def _coding(events: pd.DataFrame) -> list[ResultRow]:
    names = sorted({" ".join(name.split()) for name in events["AEDICTV"].dropna().unique()})
    counted = {
        "coded": ("AEDECOD", int(events["AECODFL"].eq("Y").sum()), ""),
        "classed": ("AESOC", int(events["AESOC"].notna().sum()), ""),
        "dictionaries": ("AEDICTV", len(names), ", ".join(names)),
    }
    return [
        about_events(id=ids.event_coding(what), variable=variable, variable_level=level).row(
            "n", number, n=len(events), unit="",
            label="Number of dictionaries and versions" if what == "dictionaries" else "Number of events",
        )
        for what, (variable, number, level) in counted.items()
    ]  # fmt: skip


def _worsened_before(events: pd.DataFrame) -> list[ResultRow]:
    before = events["APHASE"].eq("BEFORE TREATMENT").fillna(value=False).astype(bool)
    worse = before & events["AETOXGR"].gt(events["AETOXGRI"]).fillna(value=False).astype(bool)
    about = about_events(
        id=ids.events_worsened(), variable="AETOXGR", context="began before the first administration, worst grade above"
        " that at the start",
    )  # fmt: skip
    return [
        about.row("n", int(worse.sum()), unit="", label="Number of events"),
        about.row(
            "patients", int(events.loc[worse, "USUBJID"].nunique()), unit="", label="Number of patients"
        ),
    ]


def _lines(
    kind: str, events: pd.DataFrame, reported: ReportedEvents, study: Study, plan: Plan
) -> list[ResultRow]:
    groups = (ALL, *arm_codes(study))
    whole = about_events(variable="AEDECOD", context=kind)
    rows: list[ResultRow] = []
    every = (tally(events, once=True), tally(events, once=False))
    for group in groups:
        of_kind = whole.of(ids.kind_patients(kind, group), group1=ARM, group1_level=group)
        rows += _counted((group,), of_kind, reported.sizes[group], every)
    if kind == "any":
        rows += _outcomes_by_arm(events, groups, whole, plan)
    classes = tuple(tally(events, _CLASS, once=once) for once in (True, False))
    terms = tuple(tally(events, _CLASS, _TERM, once=once) for once in (True, False))
    for name, own in ordered_lines(events):
        block = ids.event_class(kind, name)
        about = about_events(variable="AESOC", variable_level=name, context=kind)
        rows.append(about.of(block).row("terms", len(own), unit="", label="Number of terms"))
        rows += _line(block, (name,), about, groups, reported, classes)
        in_class = events[events[_CLASS].eq(name)]
        if kind == "any":
            rows += _graded(block, in_class, about, groups, reported, plan)
        for place, term in enumerate(own, 1):
            line = ids.event_term(block, term)
            about = about_events(variable="AEDECOD", variable_level=term, context=kind)
            rows.append(about.of(line).row("place", place, unit="", label="Place of the term in its class"))
            rows += _line(line, (name, term), about, groups, reported, terms)
            if kind == "any":
                rows += _graded(line, in_class[in_class[_TERM].eq(term)], about, groups, reported, plan)
    return rows


_Tallies = Sequence[Counter[tuple[str, ...]]]
"""Patients, and events."""


def _line(
    block: ids.Block, key: tuple[str, ...], about: About, groups: Sequence[str], reported: ReportedEvents,
    tallies: _Tallies,
) -> list[ResultRow]:  # fmt: skip
    rows = []
    for group in groups:
        own = about.of(ids.line_patients(block, group), group1=ARM, group1_level=group)
        rows += _counted((*key, group), own, reported.sizes[group], tallies)
    return rows


def _counted(key: tuple[str, ...], block: About, size: int, tallies: _Tallies) -> list[ResultRow]:
    patients, events = (found[key] for found in tallies)
    return [
        *count(patients, size, block),
        block.row("events", events, n=size, unit="", label="Number of events"),
    ]


def _graded(
    block: ids.Block, events: pd.DataFrame, about: About, groups: Sequence[str], reported: ReportedEvents, plan: Plan
) -> list[ResultRow]:  # fmt: skip
    found = worst_grades(events)
    arms = events.drop_duplicates("USUBJID").set_index("USUBJID")[ARM].reindex(found.index)
    seen = Counter(zip(found, arms, strict=True)) + Counter((grade, ALL) for grade in found)
    rows = []
    for grade in (*map(str, GRADES), "unknown"):
        for group in groups:
            own = about.of(
                ids.line_worst(block, grade, group), group1=ARM, group1_level=group, context=f"worst grade {grade}"
            )  # fmt: skip
            rows.append(
                own.row("n", seen[grade, group], n=reported.sizes[group], unit="", label="Number of patients")
            )
    return rows + _outcome(events, about.of(ids.line_outcome(block)), plan)


def worst_grades(events: pd.DataFrame) -> "pd.Series[str]":
    """Find the worst grade of each patient's events: ``"1"`` to ``"5"``, or ``"unknown"``.

    It is unknown if an event has no grade, unless another is of the highest.

    Examples
    --------
    >>> frame = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AETOXGR": pd.array([1, 3, None], dtype="Int64")})
    >>> worst_grades(frame).to_dict()
    {'1': '3', '2': 'unknown'}
    """
    grades = events.groupby("USUBJID", observed=True)["AETOXGR"]
    worst, without = grades.max(), events["AETOXGR"].isna().groupby(events["USUBJID"], observed=True).any()
    known = worst.notna() & (~without.reindex(worst.index) | worst.eq(GRADES[-1]).fillna(value=False))
    return worst.astype("string").where(known, "unknown").astype(object)


def _outcomes_by_arm(
    events: pd.DataFrame, groups: Sequence[str], whole: About, plan: Plan
) -> list[ResultRow]:
    rows = []
    for group in groups:
        own = events if group == ALL else events[events[ARM].eq(group)]
        rows += _outcome(
            own, whole.of(ids.event_outcome(group), group1=ARM, group1_level=group), plan
        )  # fmt: skip
    return rows


_DURATION = {
    "median": "Median",
    "q1": "First quartile",
    "q3": "Third quartile",
    "min": "Shortest",
    "max": "Longest",
}


def _outcome(events: pd.DataFrame, about: About, plan: Plan) -> list[ResultRow]:
    """Describe the durations that were recorded in full, and count events by outcome and by change of grade."""
    days = numbers(events["ADURN"])
    known = days[~np.isnan(days)]
    rows = [
        about.row("events", len(events), unit="", label="Number of events"),
        about.row("n", known.size, unit="", n=len(events), label="Number of events whose two dates are recorded"),
        about.row("no_end", int(events["AENDT"].isna().sum()), unit="", n=len(events),
                  label="Number of events without an end"),
    ]  # fmt: skip
    try:
        found = methods.describe(known, quantile_type=plan.quantile_type)
    except NotEstimable:
        why = "no event has both its dates recorded in full"
        rows += [
            about.row(name, None, unit="days", n=0, label=label, note=why)
            for name, label in _DURATION.items()
        ]
    else:
        values = {
            "median": found.median, "q1": found.q1, "q3": found.q3, "min": found.minimum, "max": found.maximum
        }  # fmt: skip
        rows += [
            about.row(
                name, value, unit="days", n=known.size, label=_DURATION[name], method="each event counts"
            )
            for name, value in values.items()
        ]
    seen = Counter(events["AEOUT"].dropna().str.lower())
    counted = {name: seen[name] for name in OUTCOMES}
    counted["unknown"] = len(events) - sum(counted.values())
    twice = events["AETOXGR"].notna() & events["AETOXGRI"].notna()
    counted["graded_twice"] = int(twice.sum())
    counted["worsened"] = int((twice & events["AETOXGR"].gt(events["AETOXGRI"]).fillna(value=False)).sum())
    return rows + [
        about.row(name, number, unit="", n=len(events), label="Number of events") for name, number in counted.items()
    ]  # fmt: skip
