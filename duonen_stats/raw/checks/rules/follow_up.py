"""Rules about death and its cause, survival follow-up, other therapies and tumour assessments."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.date_bounds import earliest, latest
from duonen_stats.raw.questions import (
    CHECK_DATE,
    CHECK_RESPONSE,
    CONFIRM_STATUS,
    CORRECT_ENTRY,
    ENTER_VALUE,
)

_TABLE = "follow_up"
_EVENTS, _THERAPIES = "adverse_events", "concomitant_therapies"
_SEEN = (
    "administrations.EXDT",
    "labs.LBDT",
    "tumour_assessments.ASSESSDT",
    "adverse_events.STARTDT",
    "vital_signs.VSDT",
)
"""Dates on which the patient was certainly alive."""
_ENDS = (
    "adverse_events.ENDDT",
    "disposition.DSDT",
    "follow_up.NEWTRTDT",
    "concomitant_therapies.STARTDT",
    "concomitant_therapies.ENDDT",
)
STALE_DAYS = 180


@cross_rule(
    "FUP-DEATH",
    "error",
    "Status and date of death contradict each other.",
    (_TABLE,),
    question=CONFIRM_STATUS,
)
def _status_and_death(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE]
    dead = after["STATUS"] == "DEAD"
    undated = after[dead & after["DEATHDT"].isna()]
    yield from hits(undated, _TABLE, "DEATHDT", "Dead, without a date of death; add it.")
    odd = after[~dead & after["STATUS"].notna() & after["DEATHDT"].notna()]
    yield from hits(odd, _TABLE, "STATUS", "Status {STATUS} with a date of death; correct one of them.")


@cross_rule(
    "FUP-LAST", "error", "The patient is known alive after the date of death.", (_TABLE,), question=CHECK_DATE
)
def _alive_after_death(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE]
    odd = after[earliest(after, "LASTDT") > latest(after, "DEATHDT")]
    message = "Last known alive on {LASTDT:%Y-%m-%d}, died on {DEATHDT:%Y-%m-%d}; correct the dates."
    yield from hits(odd, _TABLE, "LASTDT", message)


def _after_death(data: CutView) -> pd.DataFrame:
    """List the dates of records that are certainly after the patient's death."""
    deaths = data.tables[_TABLE].dropna(subset=["SUBJID", "DEATHDT"]).drop_duplicates("SUBJID")
    deaths = deaths.assign(DEATHDT=latest(deaths, "DEATHDT"))
    records = data.dates.merge(deaths[["SUBJID", "DEATHDT"]], on="SUBJID")
    return records[records["DATE"] > records["DEATHDT"]]


@cross_rule(
    "FUP-POSTMORTEM",
    "error",
    "A visit, a cycle or an event is dated after the patient's death.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _record_after_death(data: CutView) -> Iterator[Hit]:
    odd = _after_death(data)
    message = "{DATE:%Y-%m-%d} is after the patient's death on {DEATHDT:%Y-%m-%d}; correct one of the dates."
    for (table, column), rows in odd.groupby(["TABLE", "COLUMN"], sort=False):
        if f"{table}.{column}" in _SEEN:
            yield from hits(rows, str(table), str(column), message)


@cross_rule(
    "FUP-BEHIND",
    "warning",
    "The last date known alive lies before a record of the patient.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _behind_records(data: CutView) -> Iterator[Hit]:
    records = data.dates.dropna(subset=["SUBJID"])
    seen = records[(records["TABLE"] + "." + records["COLUMN"]).isin(_SEEN)]
    last_seen = seen.groupby("SUBJID", as_index=False)["DATE"].max()
    after = data.tables[_TABLE].merge(last_seen, on="SUBJID")
    odd = after[(latest(after, "LASTDT") < after["DATE"]) & after["DEATHDT"].isna()]
    message = "Last known alive on {LASTDT:%Y-%m-%d}, but there is a record of {DATE:%Y-%m-%d}. Update it."
    yield from hits(odd, _TABLE, "LASTDT", message)


@cross_rule(
    "FUP-NEWTREATMENT",
    "warning",
    "Another treatment has a name without a date, or precedes randomisation.",
    (_TABLE, "subjects"),
    question=CHECK_DATE,
)
def _new_treatment(data: CutView) -> Iterator[Hit]:
    subjects = data.tables["subjects"].dropna(subset=["SUBJID"]).drop_duplicates("SUBJID")
    after = data.tables[_TABLE]
    undated = after[after["NEWTRT"].notna() & after["NEWTRTDT"].isna()]
    yield from hits(undated, _TABLE, "NEWTRTDT", "Another treatment without a start date; add it.")
    joined = after.merge(subjects[["SUBJID", "RANDDT"]], on="SUBJID")
    early = joined[latest(joined, "NEWTRTDT") < joined["RANDDT"]]
    yield from hits(
        early, _TABLE, "NEWTRTDT", "Another treatment on {NEWTRTDT:%Y-%m-%d}, before randomisation. Check it."
    )


@cross_rule(
    "FUP-AFTERDEATH",
    "warning",
    "An end or a start is dated after the patient's death.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _ends_after_death(data: CutView) -> Iterator[Hit]:
    odd = _after_death(data)
    message = "{DATE:%Y-%m-%d} is after the patient's death on {DEATHDT:%Y-%m-%d}. Check both dates."
    for (table, column), rows in odd.groupby(["TABLE", "COLUMN"], sort=False):
        if f"{table}.{column}" in _ENDS:
            yield from hits(rows, str(table), str(column), message)


@cross_rule(
    "FUP-LASTDEATH",
    "warning",
    "The last date of a patient who died is not the date of death.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _last_is_not_death(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE]
    odd = after[(after["STATUS"] == "DEAD") & (latest(after, "LASTDT") < earliest(after, "DEATHDT"))]
    message = "Died on {DEATHDT:%Y-%m-%d}, last date {LASTDT:%Y-%m-%d}. Give the date of death as last date."
    yield from hits(odd, _TABLE, "LASTDT", message)


@cross_rule(
    "FUP-STALE",
    "note",
    f"A patient called alive was last seen more than {STALE_DAYS} days before the data cut.",
    (_TABLE,),
    question=CONFIRM_STATUS,
)
def _not_seen_lately(data: CutView) -> Iterator[Hit]:
    day = data.cut.cut_date
    if day is None:
        return
    after = data.tables[_TABLE]
    after = after.assign(DAYS=(day - latest(after, "LASTDT")).dt.days)
    odd = after[(after["STATUS"] == "ALIVE") & (after["DAYS"] > STALE_DAYS)]
    yield from hits(odd, _TABLE, "LASTDT", "Last known alive {DAYS:.0f} days before the data cut. Ask again.")


@cross_rule(
    "FUP-DURING",
    "warning",
    "Another treatment began before the last cycle.",
    (_TABLE, "administrations"),
    question=CHECK_DATE,
)
def _another_during(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE].merge(data.span, left_on="SUBJID", right_index=True)
    odd = after[latest(after, "NEWTRTDT") < after["LAST"]]
    message = "Another treatment on {NEWTRTDT:%Y-%m-%d}, last cycle on {LAST:%Y-%m-%d}. Check both dates."
    yield from hits(odd, _TABLE, "NEWTRTDT", message)


@cross_rule(
    "FUP-UNNAMED", "note", "Another treatment has a date without a name.", (_TABLE,), question=ENTER_VALUE
)
def _another_unnamed(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE]
    odd = after[after["NEWTRT"].isna() & after["NEWTRTDT"].notna()]
    yield from hits(odd, _TABLE, "NEWTRT", "Another treatment without a name; add it.")


@cross_rule(
    "TUM-NEWLESION",
    "warning",
    "A new lesion was seen, and the response is not progressive disease.",
    ("tumour_assessments",),
    question=CHECK_RESPONSE,
)
def _new_lesion(data: CutView) -> Iterator[Hit]:
    seen = data.tables["tumour_assessments"]
    odd = seen[(seen["NEWLESION"] == "Y") & seen["RESPONSE"].notna() & (seen["RESPONSE"] != "PD")]
    yield from hits(
        odd, "tumour_assessments", "RESPONSE", "New lesion with response {RESPONSE}. Check the response."
    )


@cross_rule(
    "FUP-CAUSE",
    "warning",
    "A death has no cause, or a patient who is not dead has one.",
    (_TABLE,),
    question=CONFIRM_STATUS,
)
def _cause_and_death(data: CutView) -> Iterator[Hit]:
    after = data.tables[_TABLE]
    dead = after["STATUS"] == "DEAD"
    odd = after[~dead & after["STATUS"].notna() & after["DTHCAUSE"].notna()]
    yield from hits(odd, _TABLE, "DTHCAUSE", "Status {STATUS} with a cause of death; correct one of them.")
    if after["DTHCAUSE"].notna().any():  # else causes are not recorded in this cut
        yield from hits(
            after[dead & after["DTHCAUSE"].isna()], _TABLE, "DTHCAUSE", "Dead, without a cause; add it."
        )


@cross_rule(
    "FUP-TOXIC",
    "warning",
    "A death of toxicity has no fatal event, or a fatal event that is related to the treatment another cause of death.",
    (_TABLE, _EVENTS),
    question=CONFIRM_STATUS,
)
def _toxic_death(data: CutView) -> Iterator[Hit]:
    after, events = data.tables[_TABLE], data.tables[_EVENTS]
    fatal = events[events["OUTCOME"] == "FATAL"]
    odd = after[(after["DTHCAUSE"] == "TOXICITY") & ~after["SUBJID"].isin(fatal["SUBJID"].dropna())]
    yield from hits(odd, _TABLE, "DTHCAUSE", "Died of toxicity, but no event was fatal. Check both.")
    related = fatal.loc[fatal["RELATED"] == "Y", "SUBJID"].dropna()
    other = after[after["DTHCAUSE"].isin(["PROGRESSION", "OTHER", "UNKNOWN"]) & after["SUBJID"].isin(related)]
    yield from hits(other, _TABLE, "DTHCAUSE", "Cause {DTHCAUSE}, but a related event was fatal. Check both.")


# Therapies beside and after the treatment.


@cross_rule("CM-DATES", "error", "A therapy ends before it starts.", (_THERAPIES,), question=CHECK_DATE)
def _therapy_reversed(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES]
    odd = given[latest(given, "ENDDT") < earliest(given, "STARTDT")]
    message = "From {STARTDT:%Y-%m-%d} to {ENDDT:%Y-%m-%d}: ends before it starts; correct the dates."
    yield from hits(odd, _THERAPIES, "ENDDT", message)


@cross_rule(
    "CM-NOEND",
    "warning",
    "A transfusion has no end: it counts as one that goes on.",
    (_THERAPIES,),
    question=ENTER_VALUE,
)
def _endless_transfusion(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].dropna(subset=["STARTDT"])
    if data.cut.cut_date is not None:
        given = given[given["STARTDT"] < data.cut.cut_date]
    open_ = given[given["CLASS"].eq("TRANSFUSION") & given["ENDDT"].isna() & given["ENDDTC"].isna()]
    message = (
        "Transfusion from {STARTDT:%Y-%m-%d} without an end; enter the day of its end, if only the same."
    )
    yield from hits(open_, _THERAPIES, "ENDDT", message)


@cross_rule(
    "CM-BIRTH", "error", "A therapy starts before the patient was born.", (_THERAPIES, "subjects"),
    question=CHECK_DATE,
)  # fmt: skip
def _before_birth(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].merge(data.subjects[["SUBJID", "AGE", "RANDDT"]], on="SUBJID")
    given = given.dropna(subset=["STARTDT", "AGE", "RANDDT"])
    # Aged 60 on a day means born after the day 61 years before. Years are counted by the calendar, not taken from a
    # date: of an age that was mistyped there need be no such date.
    start, randomised = _calendar(latest(given, "STARTDT")), _calendar(given["RANDDT"])
    odd = given[start + (given["AGE"].astype("int64") + 1) * _YEAR <= randomised]
    message = "Started on {STARTDT:%Y-%m-%d}; the patient, {AGE} years old at randomisation, was not born. Check it."
    yield from hits(odd, _THERAPIES, "STARTDT", message)


_YEAR = 10_000


def _calendar(dates: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """Write dates as numbers, year, month and day: 2 March 2024 is 20240302."""
    parts = pd.to_datetime(dates).dt
    return parts.year * _YEAR + parts.month * 100 + parts.day


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
        other,
        _THERAPIES,
        "LINE",
        "Not directed against the tumour, but line of therapy {LINE}; correct one of them.",
    )
    lines = given[given["LINE"].notna() & (given["ANTITUMOUR"] != "N")].dropna(subset=["STARTDT"])
    lines = lines.sort_values(["SUBJID", "STARTDT", "LINE"], kind="stable")
    before = lines.groupby("SUBJID")["LINE"].shift(fill_value=0)
    odd = lines.assign(BEFORE=before)
    step = odd["LINE"] - odd["BEFORE"]
    odd = odd[((step < 0) | (step > 1)).astype(bool)]
    message = (
        "Line of therapy {LINE} from {STARTDT:%Y-%m-%d} follows line of therapy {BEFORE}. "
        "Check both and their dates."
    )
    yield from hits(odd, _THERAPIES, "LINE", message)


@cross_rule(
    "CM-FOLLOWUP",
    "warning",
    "The first antitumour therapy after the treatment and that of survival follow-up differ.",
    (_THERAPIES, _TABLE),
    question=CHECK_DATE,
)
def _therapy_and_follow_up(data: CutView) -> Iterator[Hit]:
    given = data.tables[_THERAPIES].dropna(subset=["SUBJID"])
    if given.empty:  # a cut without the table
        return
    lines = given[(given["ANTITUMOUR"] == "Y") & given["LINE"].notna()].dropna(subset=["STARTDT"])
    first = lines.groupby("SUBJID")["STARTDT"].min()
    after = data.tables[_TABLE].dropna(subset=["SUBJID"]).drop_duplicates("SUBJID")
    after = after.assign(FIRST=after["SUBJID"].map(first))
    known, listed = after["NEWTRTDT"].notna(), after["FIRST"].notna()
    yield from hits(
        after[known & ~listed], _TABLE, "NEWTRTDT",
        "Another treatment on {NEWTRTDT:%Y-%m-%d}, but no therapy with a line is listed. Add it.",
    )  # fmt: skip
    yield from hits(
        after[~known & listed], _TABLE, "NEWTRTDT",
        "A therapy with a line from {FIRST:%Y-%m-%d} is listed, but no other treatment here. Add it.",
    )  # fmt: skip
    other = after[known & listed & (after["FIRST"] != after["NEWTRTDT"]) & after["NEWTRTDTC"].isna()]
    yield from hits(
        other, _TABLE, "NEWTRTDT",
        "Another treatment on {NEWTRTDT:%Y-%m-%d}, the first line listed from {FIRST:%Y-%m-%d}. Check the dates.",
    )  # fmt: skip
