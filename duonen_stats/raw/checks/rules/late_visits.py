"""Rules about late follow-up, vital signs and performance status."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import CHECK_DATE, CORRECT_ENTRY, SEND_RECORDS

_LABS, _SIGNS = "labs", "vital_signs"
_NEEDS = ("subjects", "administrations", _LABS)


@cross_rule(
    "LATE-WINDOW",
    "warning",
    "A visit of late follow-up lies outside its window.",
    _NEEDS,
    question=CHECK_DATE,
)
def _outside_window(data: CutView) -> Iterator[Hit]:
    message = (
        "{VISIT} on day {DAY:.0f} after the last cycle, window {FROM:.0f} to {TO:.0f}. Check date and visit."
    )
    for table, column, rows in data.late_visits:
        odd = rows[(rows["DAY"] > 0) & ~rows["DAY"].between(rows["FROM"], rows["TO"])]
        yield from hits(odd, table, column, message)


@cross_rule(
    "LATE-SIDE",
    "warning",
    "A visit of late follow-up is not dated after the last administration: it is used for no visit.",
    _NEEDS,
    question=CHECK_DATE,
)
def _before_the_last_cycle(data: CutView) -> Iterator[Hit]:
    message = (
        "{VISIT} on {DATE:%Y-%m-%d}, last administration on {LAST:%Y-%m-%d}. Check both dates and the visit."
    )
    for table, column, rows in data.late_visits:
        yield from hits(rows[rows["DAY"] <= 0], table, column, message)


@cross_rule(
    "LATE-ORDER",
    "warning",
    "Visits of late follow-up are not dated in the order of their numbers.",
    _NEEDS,
    question=CHECK_DATE,
)
def _out_of_order(data: CutView) -> Iterator[Hit]:
    for table, column, rows in data.late_visits:
        ordered = rows.sort_values(["SUBJID", "PLACE", "DATE"], kind="stable")
        before = ordered.groupby("SUBJID")
        odd = ordered.assign(EARLIER=before["DATE"].shift(), OTHER=before["VISIT"].shift())
        odd = odd[(odd["DATE"] <= odd["EARLIER"]) & (odd["VISIT"] != odd["OTHER"])]
        message = "{VISIT} on {DATE:%Y-%m-%d}, not after {OTHER} on {EARLIER:%Y-%m-%d}; correct the dates."
        yield from hits(odd, table, column, message)


@cross_rule(
    "LATE-NONE",
    "note",
    "A patient known alive long after the last cycle has no visit of late follow-up.",
    (*_NEEDS, "follow_up"),
    question=SEND_RECORDS,
)
def _no_late_visit(data: CutView) -> Iterator[Hit]:
    followed = {name for _, _, rows in data.late_visits for name in rows["SUBJID"]}
    if not followed:  # a cut from before late follow-up was recorded
        return
    series = data.study.follow_up_visits
    due = pd.Timedelta(days=2 * 7 * series.interval_weeks + series.day_high)
    after = (
        data.tables["follow_up"]
        .drop_duplicates("SUBJID")
        .merge(data.span[["LAST"]], left_on="SUBJID", right_index=True)
    )
    odd = after[(after["LASTDT"] > after["LAST"] + due) & ~after["SUBJID"].isin(followed)]
    message = (
        "Known alive on {LASTDT:%Y-%m-%d}, last administration on {LAST:%Y-%m-%d}, and no visit of late follow-up. "
        "Check that its records were sent."
    )
    yield from hits(odd, "follow_up", "LASTDT", message)


def _known_signs(data: CutView) -> pd.DataFrame:
    """Vital signs of the dictionary with their ``OWNUNIT``, bounds and ``STEP``."""
    rows = {
        one.code: (one.unit, one.plausible_low, one.plausible_high, np.nan if one.step is None else one.step)
        for one in data.study.vital_signs
    }
    facts = pd.DataFrame.from_dict(rows, orient="index", columns=["OWNUNIT", "FROM", "TO", "STEP"])
    return data.tables[_SIGNS].dropna(subset=["SUBJID", "TEST"]).join(facts, on="TEST", how="inner")


@cross_rule(
    "VS-UNIT", "error", "A vital sign is in another unit than that of the dictionary.", (_SIGNS,),
    question=CORRECT_ENTRY,
)  # fmt: skip
def _other_unit(data: CutView) -> Iterator[Hit]:
    signs = _known_signs(data)
    odd = signs[signs["UNIT"].notna() & (signs["UNIT"] != signs["OWNUNIT"])]
    message = (
        "{TEST} in {UNIT}; the unit is {OWNUNIT}. Convert the value, or translate it in the mapping file."
    )
    yield from hits(odd, _SIGNS, "UNIT", message)


@cross_rule(
    "VS-IMPLAUSIBLE",
    "warning",
    "A vital sign lies outside its plausible range.",
    (_SIGNS,),
    question=CORRECT_ENTRY,
)
def _implausible(data: CutView) -> Iterator[Hit]:
    signs = _known_signs(data)
    signs = signs[signs["VALUE"].notna() & (signs["UNIT"] == signs["OWNUNIT"])]
    odd = signs[~signs["VALUE"].between(signs["FROM"], signs["TO"])]
    yield from hits(
        odd, _SIGNS, "VALUE", "{TEST} {VALUE:g} {UNIT}, plausible from {FROM:g} to {TO:g}. Check it."
    )


@cross_rule(
    "VS-STEP",
    "warning",
    "A value is not in the steps of its scale, such as a Karnofsky status of 85.",
    (_SIGNS,),
    question=CORRECT_ENTRY,
)
def _between_steps(data: CutView) -> Iterator[Hit]:
    signs = _known_signs(data).dropna(subset=["VALUE", "STEP"])
    odd = signs[(signs["VALUE"] % signs["STEP"]) != 0]
    yield from hits(odd, _SIGNS, "VALUE", "{TEST} {VALUE:g}; it goes in steps of {STEP:g}. Correct the cell.")


@cross_rule(
    "VS-PRESSURE",
    "warning",
    "The diastolic blood pressure is not below the systolic one.",
    (_SIGNS,),
    question=CORRECT_ENTRY,
)
def _pressures_crossed(data: CutView) -> Iterator[Hit]:
    key = ["SUBJID", "VISIT", "VSDT"]
    signs = data.tables[_SIGNS].dropna(subset=[*key, "VALUE"]).drop_duplicates([*key, "TEST"])
    high = signs[signs["TEST"] == "SYSBP"].set_index(key)["VALUE"].rename("HIGH")
    odd = signs[signs["TEST"] == "DIABP"].join(high, on=key)
    odd = odd[odd["VALUE"] >= odd["HIGH"]]
    yield from hits(
        odd,
        _SIGNS,
        "VALUE",
        "Diastolic {VALUE:g}, systolic {HIGH:g} mmHg. Check that they are not exchanged.",
    )


@cross_rule(
    "VS-BASELINE",
    "note",
    "The Karnofsky status at the first visit is not that of the baseline characteristics.",
    (_SIGNS, "subjects"),
    question=CORRECT_ENTRY,
)
def _two_baselines(data: CutView) -> Iterator[Hit]:
    signs = data.tables[_SIGNS]
    first = signs[(signs["VISIT"] == data.plan.baseline_visit) & (signs["TEST"] == "KPS")]
    first = first.dropna(subset=["VALUE"]).merge(data.subjects[["SUBJID", "KPS"]], on="SUBJID")
    odd = first[first["KPS"].notna() & (first["VALUE"] != first["KPS"])]
    yield from hits(
        odd, _SIGNS, "VALUE", "Karnofsky status {VALUE:g}, in subjects {KPS:g}. Check which is right."
    )
