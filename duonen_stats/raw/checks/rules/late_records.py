"""Rules about coded events, causes of death, therapies beside the treatment, and deviations from the protocol."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.cycles import treated_as
from duonen_stats.raw.derived.date_bounds import earliest, latest
from duonen_stats.raw.questions import (
    CHECK_DATE,
    CHECK_EVENT,
    CONFIRM_STATUS,
    CORRECT_ENTRY,
    ENTER_VALUE,
)

_EVENTS, _AFTER, _THERAPIES = "adverse_events", "follow_up", "concomitant_therapies"
_DEVIATIONS = "protocol_deviations"
_ISOTOPES = {"LU177": "RELLU", "Y90": "RELY90"}

# Coding.


@cross_rule(
    "AE-CODED",
    "warning",
    "An event has no preferred term or no class, or a coded one no version, although events of the cut are coded.",
    (_EVENTS,),
    question=ENTER_VALUE,
)
def _not_coded(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    if events[["PT", "SOC"]].isna().all(axis=None):  # a cut that is not coded
        return
    words = {"PT": "preferred term", "SOC": "system organ class", "DICTVER": "version of the dictionary"}
    for column, word in words.items():
        odd = events[events[column].isna()]
        yield from hits(odd, _EVENTS, column, f"The event has no {word}; add it.")


@cross_rule("AE-CLASSES", "warning", "A preferred term is in two classes.", (_EVENTS,), question=CHECK_EVENT)
def _two_classes(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["PT", "SOC"])
    terms = events["PT"].str.casefold()
    usual = events["SOC"].groupby(terms).transform(lambda classes: classes.mode().iloc[0])
    odd = events.assign(USUAL=usual)[events["SOC"] != usual]
    message = (
        "{PT} is in class {SOC}; elsewhere it is in {USUAL}. One version has one primary class: correct it."
    )
    yield from hits(odd, _EVENTS, "SOC", message)


@cross_rule(
    "AE-VERSIONS",
    "warning",
    "Events are coded by several versions of the dictionary.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _two_versions(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["DICTVER"])
    counts = events["DICTVER"].value_counts()
    if len(counts) < 2:  # noqa: PLR2004 - two versions
        return
    odd = events[events["DICTVER"] != counts.index[0]].assign(USUAL=counts.index[0])
    yield from hits(odd, _EVENTS, "DICTVER", "{DICTVER}, others by {USUAL}: code all events by one version.")


# Grade and relation.


@cross_rule(
    "AE-INITIAL",
    "warning",
    "The initial grade of an event is above its worst one.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _initial_above_worst(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    odd = events[(events["GRADEINI"] > events["GRADE"]).fillna(value=False).astype(bool)]
    message = "Grade {GRADEINI} at the start, {GRADE} at worst; correct one of them."
    yield from hits(odd, _EVENTS, "GRADEINI", message)


@cross_rule(
    "AE-ISOTOPE",
    "warning",
    "An event is judged for an isotope that the patient's arm does not have.",
    (_EVENTS, "subjects"),
    question=CHECK_EVENT,
)
def _isotope_of_another_arm(data: CutView) -> Iterator[Hit]:
    arms = treated_as(data.subjects).set_axis(data.subjects["SUBJID"])
    events = data.tables[_EVENTS].assign(ARM=lambda rows: rows["SUBJID"].map(arms)).dropna(subset=["ARM"])
    isotopes = {arm.code: arm.isotopes for arm in data.study.arms}
    for code, column in _ISOTOPES.items():
        lacking = (
            events["ARM"].map(lambda arm, code=code: code not in isotopes.get(arm, (code,))).astype(bool)
        )
        odd = events[lacking & (events[column] == "Y")]
        name = data.study.isotope(code).plain
        message = f"Related to {name}, which arm {{ARM}} does not have. Check the relation and the arm."
        yield from hits(odd, _EVENTS, column, message)


@cross_rule(
    "AE-RELATION",
    "warning",
    "The relation to the treatment and that to its isotopes are inconsistent.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _relations_differ(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    told = events[[*_ISOTOPES.values()]]
    some = (told == "Y").any(axis=1)
    odd = events[some & (events["RELATED"] == "N")]
    yield from hits(odd, _EVENTS, "RELATED", "Not related to the treatment, but to an isotope. Check both.")
    none = told.notna().any(axis=1) & ~some & (events["RELATED"] == "Y")
    yield from hits(
        events[none], _EVENTS, "RELATED", "Related to the treatment, but to no isotope. Check both."
    )


# Deaths.


@cross_rule(
    "FUP-CAUSE",
    "warning",
    "A death has no cause, or a patient who is not dead has one.",
    (_AFTER,),
    question=CONFIRM_STATUS,
)
def _cause_and_death(data: CutView) -> Iterator[Hit]:
    after = data.tables[_AFTER]
    dead = after["STATUS"] == "DEAD"
    odd = after[~dead & after["STATUS"].notna() & after["DTHCAUSE"].notna()]
    yield from hits(odd, _AFTER, "DTHCAUSE", "Status {STATUS} with a cause of death; correct one of them.")
    if after["DTHCAUSE"].notna().any():  # else causes are not recorded in this cut
        yield from hits(
            after[dead & after["DTHCAUSE"].isna()], _AFTER, "DTHCAUSE", "Dead, without a cause; add it."
        )


@cross_rule(
    "FUP-TOXIC",
    "warning",
    "A death of toxicity has no fatal event, or a fatal event that is related to the treatment another cause of death.",
    (_AFTER, _EVENTS),
    question=CONFIRM_STATUS,
)
def _toxic_death(data: CutView) -> Iterator[Hit]:
    after, events = data.tables[_AFTER], data.tables[_EVENTS]
    fatal = events[events["OUTCOME"] == "FATAL"]
    odd = after[(after["DTHCAUSE"] == "TOXICITY") & ~after["SUBJID"].isin(fatal["SUBJID"].dropna())]
    yield from hits(odd, _AFTER, "DTHCAUSE", "Died of toxicity, but no event was fatal. Check both.")
    related = fatal.loc[fatal["RELATED"] == "Y", "SUBJID"].dropna()
    other = after[after["DTHCAUSE"].isin(["PROGRESSION", "OTHER", "UNKNOWN"]) & after["SUBJID"].isin(related)]
    yield from hits(other, _AFTER, "DTHCAUSE", "Cause {DTHCAUSE}, but a related event was fatal. Check both.")


# Therapies beside and after the treatment.


@cross_rule("CM-DATES", "error", "A therapy ends before it starts.", (_THERAPIES,), question=CHECK_DATE)
def _therapy_reversed(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES]
    odd = given[latest(given, "ENDDT") < earliest(given, "STARTDT")]
    message = "From {STARTDT:%Y-%m-%d} to {ENDDT:%Y-%m-%d}: ends before it starts; correct the dates."
    yield from hits(odd, _THERAPIES, "ENDDT", message)


@cross_rule(
    "CM-BIRTH", "error", "A therapy starts before the patient was born.", (_THERAPIES, "subjects"),
    question=CHECK_DATE,
)  # fmt: skip
def _before_birth(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].merge(data.subjects[["SUBJID", "AGE", "RANDDT"]], on="SUBJID")
    given = given.dropna(subset=["STARTDT", "AGE", "RANDDT"])
    # Aged 60 on a day means born after the day 61 years before.
    born = [
        day - pd.DateOffset(years=int(age) + 1)
        for day, age in zip(given["RANDDT"], given["AGE"], strict=True)
    ]
    given = given.assign(BORN=pd.Series(born, index=given.index, dtype="datetime64[ns]"))
    odd = given[latest(given, "STARTDT") <= given["BORN"]]
    message = "Started on {STARTDT:%Y-%m-%d}; the patient, {AGE} years old at randomisation, was not born. Check it."
    yield from hits(odd, _THERAPIES, "STARTDT", message)


@cross_rule(
    "CM-LINE",
    "warning",
    "The lines of antitumour therapy do not count up with their dates, or another therapy has a line.",
    (_THERAPIES,),
    question=CORRECT_ENTRY,
)
def _lines(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].dropna(subset=["SUBJID"])
    other = given[(given["ANTITUMOUR"] == "N") & given["LINE"].notna()]
    yield from hits(
        other, _THERAPIES, "LINE", "Not directed against the tumour, but line {LINE}; correct one of them."
    )
    lines = given[given["LINE"].notna() & (given["ANTITUMOUR"] != "N")].dropna(subset=["STARTDT"])
    lines = lines.sort_values(["SUBJID", "STARTDT", "LINE"], kind="stable")
    before = lines.groupby("SUBJID")["LINE"].shift(fill_value=0)
    odd = lines.assign(BEFORE=before)
    step = odd["LINE"] - odd["BEFORE"]
    odd = odd[((step < 0) | (step > 1)).astype(bool)]
    message = "Line {LINE} from {STARTDT:%Y-%m-%d} follows line {BEFORE}. Check lines and dates."
    yield from hits(odd, _THERAPIES, "LINE", message)


@cross_rule(
    "CM-FOLLOWUP",
    "warning",
    "The first antitumour therapy after the treatment and that of survival follow-up differ.",
    (_THERAPIES, _AFTER),
    question=CHECK_DATE,
)
def _therapy_and_follow_up(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].dropna(subset=["SUBJID"])
    if given.empty:  # a cut without the table
        return
    lines = given[(given["ANTITUMOUR"] == "Y") & given["LINE"].notna()].dropna(subset=["STARTDT"])
    first = lines.groupby("SUBJID")["STARTDT"].min()
    after = data.tables[_AFTER].dropna(subset=["SUBJID"]).drop_duplicates("SUBJID")
    after = after.assign(FIRST=after["SUBJID"].map(first))
    known, listed = after["NEWTRTDT"].notna(), after["FIRST"].notna()
    yield from hits(
        after[known & ~listed], _AFTER, "NEWTRTDT",
        "Another treatment on {NEWTRTDT:%Y-%m-%d}, but no therapy with a line is listed. Add it.",
    )  # fmt: skip
    yield from hits(
        after[~known & listed], _AFTER, "NEWTRTDT",
        "A therapy with a line from {FIRST:%Y-%m-%d} is listed, but no other treatment here. Add it.",
    )  # fmt: skip
    other = after[known & listed & (after["FIRST"] != after["NEWTRTDT"]) & after["NEWTRTDTC"].isna()]
    yield from hits(
        other, _AFTER, "NEWTRTDT",
        "Another treatment on {NEWTRTDT:%Y-%m-%d}, the first line listed from {FIRST:%Y-%m-%d}. Check the dates.",
    )  # fmt: skip


# Deviations.


@cross_rule(
    "DEV-EXCLUDES",
    "warning",
    "A deviation excludes the patient from the per-protocol population, but is not called important.",
    (_DEVIATIONS,),
    question=CORRECT_ENTRY,
)
def _excludes_though_minor(data: CutView) -> Iterator[Hit]:
    found = data.tables[_DEVIATIONS]
    odd = found[(found["EXCLUDEPP"] == "Y") & (found["IMPORTANT"] == "N")]
    yield from hits(
        odd, _DEVIATIONS, "IMPORTANT", "Excludes from the per-protocol population; call it important."
    )


@cross_rule(
    "DEV-EARLY",
    "warning",
    "A deviation is dated before the patient was randomised.",
    (_DEVIATIONS, "subjects"),
    question=CHECK_DATE,
)
def _deviation_before_randomisation(data: CutView) -> Iterator[Hit]:
    found = data.tables[_DEVIATIONS].merge(data.subjects[["SUBJID", "RANDDT"]], on="SUBJID")
    odd = found[found["DVDT"] < found["RANDDT"] - pd.Timedelta(days=_SCREENING_DAYS)]
    message = "On {DVDT:%Y-%m-%d}, randomised on {RANDDT:%Y-%m-%d}. Check the date."
    yield from hits(odd, _DEVIATIONS, "DVDT", message)


_SCREENING_DAYS = 28
"""Consent and eligibility may deviate before randomisation, during screening."""
