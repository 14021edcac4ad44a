"""Rules about records that seem to be there twice, though their keys differ."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.checks.schema import (
    bare,
    respelt,
    shape,
    usual_shape,
    without_zeros,
)
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.date_bounds import is_partial
from duonen_stats.raw.questions import CORRECT_SPELLING, SAY_WHICH_RECORD

NEAR_DAYS = 2
"""Two dates so close together may be one, mistyped."""
FEWEST_VALUES = 5
"""Fewer equal laboratory values of two samplings may be chance."""
FEWEST_DIGITS = 3
"""Doses given with fewer digits may be equal by chance."""

_TRAITS = ("SEX", "RACE", "BMI", "PRIMSITE", "GRADE", "KI67", "METLIV", "METLN", "METBON", "METOTH", "DXDUR")


@cross_rule(
    "DUP-SUBJECT",
    "error",
    "Two spellings of one patient's identifier: they differ only in case, spaces, punctuation or zeros in front.",
    ("subjects",),
    question=CORRECT_SPELLING,
)
def _spelled_twice(data: CutView) -> Iterator[Hit]:
    """Of patients randomised the later spelling is reported; between tables, each that is not the right one."""
    subjects = data.subjects
    keys = subjects["SUBJID"].map(bare)
    again = subjects[keys.duplicated() & keys.ne("")]
    message = "The same identifier as an earlier patient's except for case, spaces or punctuation; keep one of the two."
    yield from hits(again, "subjects", "SUBJID", message)
    numbered = subjects["SUBJID"].dropna().map(without_zeros)
    padded = subjects.loc[numbered.index[numbered.duplicated()]]
    message = "The same identifier as an earlier patient's except for zeros in front of numbers; keep one of the two."
    yield from hits(padded[~padded.index.isin(again.index)], "subjects", "SUBJID", message)
    known, twice = set(subjects["SUBJID"]), set(keys[keys.duplicated()])
    shaped = usual_shape(known)
    for key, named in _spellings(data, known).groupby("KEY", sort=False):
        records = named.groupby("SUBJID")["N"].sum()
        right = max(records.index, key=lambda one: (shape(one) == shaped, records[one], one in known))
        if key in twice or right in known:
            odd = named[~named["SUBJID"].isin(known)]
            message = "Not randomised under this spelling, but under another; write it as in table subjects."
        else:
            odd = named[named["SUBJID"] != right]
            message = (
                f"Other records of this patient ({records[right]}) spell the identifier differently, by case, spaces "
                "or punctuation only; correct it here."
            )
        for table, rows in odd.groupby("TABLE", sort=False):
            for several, alike in rows.groupby(rows["N"] > 1):
                count = " {N} records are spelt so, the first on this line." if several else ""
                yield from hits(alike, str(table), "SUBJID", message + count)


def _spellings(data: CutView, known: set[str]) -> pd.DataFrame:
    """List patients with a spelling not ``known``: a row per spelling and TABLE, N records, the first on _ROW."""
    frames = [
        frame[["SUBJID", "_ROW"]].dropna().assign(TABLE=table)
        for table, frame in data.tables.items()
        if "SUBJID" in frame.columns
    ]
    named = pd.concat(frames, ignore_index=True)
    others = named["SUBJID"][respelt(named["SUBJID"], known)].unique()
    named["KEY"] = named["SUBJID"].map({one: bare(one) for one in named["SUBJID"].unique()})
    named = named[named["KEY"].isin({bare(one) for one in others})]
    groups = named.groupby(["KEY", "SUBJID", "TABLE"], sort=False, as_index=False)
    return groups.agg(N=("_ROW", "size"), _ROW=("_ROW", "min"))


@cross_rule(
    "DUP-PATIENT",
    "warning",
    "Two patients have the same baseline characteristics.",
    ("subjects",),
    question=SAY_WHICH_RECORD,
)
def _same_person(data: CutView) -> Iterator[Hit]:
    whole = data.subjects.dropna(subset=["SEX", "AGE", "BMI", "DXDUR"])
    whole = whole.sort_values([*_TRAITS, "AGE"], kind="stable")
    near = whole["AGE"].astype("float64").groupby([whole[name] for name in _TRAITS], dropna=False).diff() <= 1
    message = "All characteristics are those of another patient. Check that it is not one patient twice."
    yield from hits(whole[near].sort_values("_ROW"), "subjects", "SUBJID", message)


@cross_rule(
    "DUP-LABS",
    "warning",
    "All values of a blood sample are those of another one.",
    ("labs",),
    question=SAY_WHICH_RECORD,
)
def _same_sample(data: CutView) -> Iterator[Hit]:
    key = ["SUBJID", "VISIT", "LBDT", "LBTM"]
    labs = (
        data.tables["labs"]
        .dropna(subset=[*key[:3], "ANALYTE", "VALUE"])
        .sort_values("ANALYTE", kind="stable")
    )
    labs = labs.assign(SIGN=labs["ANALYTE"] + "=" + labs["VALUE"].astype(str))
    samples = labs.groupby(key, sort=False, as_index=False, dropna=False).agg(
        SIGNS=("SIGN", ";".join), N=("SIGN", "size"), _ROW=("_ROW", "min")
    )
    samples = samples[samples["N"] >= FEWEST_VALUES].sort_values("_ROW", kind="stable")
    first = samples.groupby("SIGNS")["_ROW"].transform("min")
    again = samples.assign(FIRST=first)[samples.duplicated("SIGNS")]
    message = "All {N} values of {VISIT} are those of the sample that begins on line {FIRST}. Check both."
    yield from hits(again, "labs", "VALUE", message)


@cross_rule(
    "DUP-NEAR",
    "warning",
    f"Two records of a patient differ in nothing but a visit, or a date by {NEAR_DAYS} days or less.",
    ("labs", "tumour_assessments"),
    question=SAY_WHICH_RECORD,
)
def _nearly_the_same(data: CutView) -> Iterator[Hit]:
    for table, dated, filled in (("labs", "LBDT", "VALUE"), ("tumour_assessments", "ASSESSDT", "SUMDIAM")):
        frame = data.tables[table].dropna(subset=["SUBJID", dated, filled])
        if "VISIT" in frame.columns:  # unscheduled samples may well follow each other closely
            frame = frame[frame["VISIT"].isin([visit.code for visit in data.study.visits])]
        yield from hits(_differing_in(frame, dated), table, dated, _NEAR)
    labs = data.tables["labs"].dropna(subset=["SUBJID", "VISIT", "LBDT", "VALUE"])
    others = [name for name in labs.columns if name not in {"VISIT", "_ROW"}]
    labs = labs.sort_values("_ROW", kind="stable")
    alike = labs.groupby(others, dropna=False)[["_ROW", "VISIT"]].transform("first")
    again = labs.assign(FIRST=alike["_ROW"], BEFORE=alike["VISIT"])[labs.duplicated(others)]
    again = again[~again.duplicated(["SUBJID", "VISIT", "LBDT"])]
    yield from hits(again[again["VISIT"].ne(again["BEFORE"])], "labs", "VISIT", _NEAR)


_NEAR = "The same as line {FIRST} but for this. Check that it is another record."


def _differing_in(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows that equal an earlier row but for a date that lies 1 to ``NEAR_DAYS`` days apart; FIRST is its line."""
    others = [name for name in frame.columns if name not in {column, "_ROW"}]
    alike = frame[frame.duplicated(others, keep=False)].sort_values([column, "_ROW"])
    if alike.empty:
        return alike.assign(FIRST=0)
    groups = alike.groupby(others, dropna=False)
    days, before = groups[column].diff().dt.days, groups["_ROW"].shift()
    near: pd.DataFrame = alike.assign(FIRST=before)[days.between(1, NEAR_DAYS)]
    return near.astype({"FIRST": "int64"}).sort_values("_ROW")


@cross_rule(
    "DUP-DOSES",
    "warning",
    "All doses of a cycle are those of another cycle.",
    ("dosimetry",),
    question=SAY_WHICH_RECORD,
)
def _same_doses(data: CutView) -> Iterator[Hit]:
    doses = data.doses[data.doses["DOSE_GY"] > 0].sort_values(["ORGAN", "ISOTOPE"], kind="stable")
    digits = [len(f"{dose:.9e}".split("e", maxsplit=1)[0].rstrip("0")) - 1 for dose in doses["DOSE_GY"]]
    exact = doses[pd.Series(digits, index=doses.index, dtype="int64") >= FEWEST_DIGITS]
    exact = exact.assign(SIGN=exact["ORGAN"] + exact["ISOTOPE"] + exact["DOSE_GY"].astype(str))
    cycles = exact.groupby(["SUBJID", "CYCLE"], as_index=False).agg(
        SIGNS=("SIGN", ";".join), N=("SIGN", "size"), _ROW=("_ROW", "min")
    )
    cycles = cycles[cycles["N"] > 1].sort_values("_ROW", kind="stable")
    first = cycles.groupby("SIGNS")["_ROW"].transform("min")
    message = "All doses of {CYCLE} are those that begin on line {FIRST}. Check both."
    yield from hits(cycles.assign(FIRST=first)[cycles.duplicated("SIGNS")], "dosimetry", "DOSE_GY", message)


@cross_rule(
    "DUP-EVENT",
    "warning",
    f"Two events of a patient differ in one letter of the term, or a date by {NEAR_DAYS} days or less.",
    ("adverse_events",),
    question=SAY_WHICH_RECORD,
)
def _same_event(data: CutView) -> Iterator[Hit]:
    events = data.tables["adverse_events"].dropna(subset=["SUBJID", "TERM", "STARTDT"])
    events = events[~is_partial(events, "STARTDT")]
    recorded = pd.DataFrame(
        {
            "SUBJID": events["SUBJID"],
            "DAY": events["STARTDT"].to_numpy().astype("datetime64[D]").astype("int64"),
            "TERM": events["TERM"].astype(str).str.casefold(),
            "LINE": events["_ROW"],
        }
    )
    for subject, own in recorded.groupby("SUBJID", sort=False):
        records = [*zip(own["DAY"].tolist(), own["TERM"], own["LINE"].tolist(), strict=True)]
        for place, (day, term, line) in enumerate(records):
            for before, other, first in records[:place]:
                days = abs(day - before)
                # Same term and same day is AE-TWICE.
                if days <= NEAR_DAYS and (_distance(term, other) == 1 or (days > 0 and term == other)):
                    message = f"Nearly the event on line {first}. Check that it is another one."
                    yield Hit("adverse_events", message, row=line, column="TERM", subject=str(subject))


def _distance(one: str, other: str) -> int:
    """0 if two texts are equal, 1 if one letter was added, left out or changed, or two swapped; else 2."""
    if one == other:
        return 0
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, remains = one[start:], other[start:]
    swapped = rest[:2] == remains[:2][::-1] and rest[2:] == remains[2:]
    one_edit = rest[1:] == remains[1:] or rest[1:] == remains or rest == remains[1:]
    return 1 if one_edit or swapped else 2
