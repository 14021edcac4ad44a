"""Rules about death, survival follow-up and tumour assessments."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.date_bounds import earliest, latest
from duonen_stats.raw.questions import CHECK_DATE, CHECK_RESPONSE, CONFIRM_STATUS, ENTER_VALUE

_TABLE = "follow_up"
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
