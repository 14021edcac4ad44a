"""Rules about administrations: order and spacing, isotopes, activities, discontinuation criteria."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.cycles import activities
from duonen_stats.raw.questions import (
    CHECK_ACTIVITY,
    CHECK_CYCLE,
    CHECK_DATE,
    CONFIRM_CONTINUATION,
    ENTER_VALUE,
    GIVE_REASON,
)

_TABLE = "administrations"
_NEEDS = ("subjects", _TABLE)
_CYCLE = ["SUBJID", "CYCLE"]


@cross_rule(
    "TRT-SKIPPED", "error", "A cycle was given without the one before it.", _NEEDS, question=CHECK_CYCLE
)
def _skipped_cycle(data: CutView) -> Iterator[Hit]:
    previous = data.cycles.groupby("SUBJID")["NUMBER"].shift(fill_value=0)
    skipped = data.cycles[data.cycles["NUMBER"] != previous + 1]
    message = (
        "{CYCLE} without the cycle before it; add that, with 0 MBq if it was skipped, or correct the cycle."
    )
    yield from hits(skipped, _TABLE, "CYCLE", message)


def _with_previous(data: CutView) -> pd.DataFrame:
    """Dated cycles that were given, with the date of the one before (``BEFORE``) and the days since (``DAYS``).

    ``STEPS`` says how many cycles later it is: 2 if one was skipped.
    """
    cycles = data.given_cycles.dropna(subset=["EXDT"])
    patients = cycles.groupby("SUBJID")
    before = patients["EXDT"].shift()
    return cycles.assign(
        BEFORE=before, DAYS=(cycles["EXDT"] - before).dt.days, STEPS=patients["NUMBER"].diff()
    )


@cross_rule(
    "TRT-ORDER",
    "error",
    "A cycle was given before, or on the day of, the one before it.",
    _NEEDS,
    question=CHECK_DATE,
)
def _cycles_out_of_order(data: CutView) -> Iterator[Hit]:
    cycles = _with_previous(data)
    message = "{CYCLE} on {EXDT:%Y-%m-%d}, the cycle before it on {BEFORE:%Y-%m-%d}; correct the dates."
    yield from hits(cycles[cycles["DAYS"] <= 0], _TABLE, "EXDT", message)


@cross_rule(
    "TRT-SPACING",
    "warning",
    "Two cycles lie closer together or farther apart than planned.",
    _NEEDS,
    question=CHECK_DATE,
)
def _cycle_spacing(data: CutView) -> Iterator[Hit]:
    design = data.study.design
    low = 7 * (design.cycle_interval_weeks - design.cycle_interval_tolerance_weeks)
    high = 7 * (design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks)
    cycles = _with_previous(data)
    steps = cycles["STEPS"]
    off = cycles[(cycles["DAYS"] > 0) & ~cycles["DAYS"].between(low * steps, high * steps)]
    off = off.assign(LOW=low * off["STEPS"], HIGH=high * off["STEPS"])
    message = (
        "{CYCLE} {DAYS:.0f} days after the cycle before it, planned {LOW:.0f} to {HIGH:.0f}. Check the dates."
    )
    yield from hits(off, _TABLE, "EXDT", message)


@cross_rule("TRT-EARLY", "error", "Treatment was given before randomisation.", _NEEDS, question=CHECK_DATE)
def _before_randomisation(data: CutView) -> Iterator[Hit]:
    early = data.given_cycles[data.given_cycles["EXDT"] < data.given_cycles["RANDDT"]]
    message = "Given on {EXDT:%Y-%m-%d}, randomised on {RANDDT:%Y-%m-%d}; correct one of the dates."
    yield from hits(early, _TABLE, "EXDT", message)


@cross_rule(
    "TRT-ISOTOPE",
    "error",
    "An isotope was given that the patient's arm does not have.",
    _NEEDS,
    question=CHECK_ACTIVITY,
)
def _foreign_isotope(data: CutView) -> Iterator[Hit]:
    given = _foreign(data).merge(
        _lacking(data)[[*_CYCLE, "ISOTOPE"]], on=_CYCLE, how="left", suffixes=("", "_OWN")
    )
    given = given.drop_duplicates([*_CYCLE, "ISOTOPE"])
    message = (
        "{ISOTOPE} given in arm {ARM}, which does not have it; correct the activity or the arm, or enter the arm of "
        "the treatment given in ACTARM."
    )
    exchanged = (
        "{ISOTOPE} given in arm {ARM}, which does not have it, and {ISOTOPE_OWN} is empty: the activity is probably in "
        "the wrong column."
    )
    for isotope, rows in given.groupby("ISOTOPE"):
        alone = rows["ISOTOPE_OWN"].isna()
        yield from hits(rows[alone], _TABLE, f"{isotope}_MBQ", message)
        yield from hits(rows[~alone], _TABLE, f"{isotope}_MBQ", exchanged)


def _foreign(data: CutView) -> pd.DataFrame:
    """Take the isotopes given that the patient's arm does not have."""
    given = data.given[data.given["ARM"].isin(data.nominal["ARM"])]
    given = given.merge(data.nominal, on=["ARM", "ISOTOPE"], how="left")
    return given[given["NOMINAL"].isna()]


def _lacking(data: CutView) -> pd.DataFrame:
    """List the isotopes of an arm that have no activity at a cycle at which another isotope has one."""
    key = [*_CYCLE, "ISOTOPE"]
    some = data.cycles[activities(data.cycles, data.study).notna().any(axis=1)].merge(data.nominal, on="ARM")
    held = some.merge(data.activities[[*key, "ACTIVITY"]], on=key, how="left")
    return held[held["ACTIVITY"].isna()]


@cross_rule(
    "TRT-NOTHING", "error", "An administration has no activity of any isotope.", _NEEDS, question=ENTER_VALUE
)
def _no_activity(data: CutView) -> Iterator[Hit]:
    amounts = activities(data.cycles, data.study)
    nothing = data.cycles[amounts.isna().all(axis=1)]
    yield from hits(nothing, _TABLE, "CYCLE", "No activity; enter what was given, or delete the row.")


@cross_rule(
    "TRT-LACKING",
    "error",
    "An isotope of the patient's arm has no activity at a cycle.",
    _NEEDS,
    question=ENTER_VALUE,
)
def _lacking_isotope(data: CutView) -> Iterator[Hit]:
    lacking, foreign = _lacking(data), _foreign(data)
    # TRT-ISOTOPE says of these that the activity stands in the wrong column
    asked = pd.MultiIndex.from_frame(lacking[_CYCLE]).isin(pd.MultiIndex.from_frame(foreign[_CYCLE]))
    message = "No {ISOTOPE} activity in arm {ARM}, which has it. Enter the activity, or 0 if it was really not given."
    for isotope, rows in lacking[~asked].groupby("ISOTOPE"):
        yield from hits(rows, _TABLE, f"{isotope}_MBQ", message)


@cross_rule(
    "TRT-OMITTED",
    "note",
    "An isotope of the patient's arm, or a whole cycle, was not given (0 MBq).",
    _NEEDS,
    question=CHECK_ACTIVITY,
)
def _omitted(data: CutView) -> Iterator[Hit]:
    cycles = data.cycles
    yield from hits(
        cycles[~cycles["GIVEN"]], _TABLE, "CYCLE", "{CYCLE} was not given (0 MBq); it is skipped."
    )
    own = data.activities.merge(data.nominal, on=["ARM", "ISOTOPE"])
    own = own[own["GIVEN"] & (own["ACTIVITY"] == 0)]
    for isotope, rows in own.groupby("ISOTOPE"):
        message = "No {ISOTOPE} at {CYCLE} (0 MBq) in arm {ARM}, which has it; counted as 0 MBq."
        yield from hits(rows, _TABLE, f"{isotope}_MBQ", message)


@cross_rule("TRT-NODATE", "error", "A cycle that was given has no date.", _NEEDS, question=ENTER_VALUE)
def _undated(data: CutView) -> Iterator[Hit]:
    undated = data.given_cycles[data.given_cycles["EXDT"].isna()]
    yield from hits(undated, _TABLE, "EXDT", "Date of administration is empty; fill it in.")


@cross_rule(
    "TRT-OTHERARM",
    "warning",
    "A patient was treated as another arm than the one randomised to.",
    ("subjects",),
    question=CHECK_ACTIVITY,
)
def _another_arm(data: CutView) -> Iterator[Hit]:
    other = data.subjects[data.subjects["ACTARM"].notna() & (data.subjects["ACTARM"] != data.subjects["ARM"])]
    message = "Randomised to arm {ARM}, treated as arm {ACTARM}. Confirm it, and report a protocol deviation."
    yield from hits(other, "subjects", "ACTARM", message)


@cross_rule(
    "TRT-ACTIVITY",
    "warning",
    "A first activity, or one the arm keeps fixed, is not nominal, and the reason is neither TOXICITY nor OTHER.",
    _NEEDS,
    question=CHECK_ACTIVITY,
)
def _off_nominal(data: CutView) -> Iterator[Hit]:
    given = data.sound_activities.merge(data.nominal, on=["ARM", "ISOTOPE"])
    fixed = given[(given["NUMBER"] == 1) | ~given["MODIFIED"]]
    # What was left out has a finding of its own.
    fixed = fixed[~fixed["REASON"].isin(["TOXICITY", "OTHER"]) & (fixed["ACTIVITY"] > 0)]
    allowed = fixed["NOMINAL"] * (data.study.design.activity_tolerance + 1e-9)
    off = fixed[(fixed["ACTIVITY"] - fixed["NOMINAL"]).abs() > allowed]
    message = "{ACTIVITY:g} MBq of {ISOTOPE}, nominal {NOMINAL:g} MBq. Check activity, unit and reason."
    for isotope, rows in off.groupby("ISOTOPE"):
        yield from hits(rows, _TABLE, f"{isotope}_MBQ", message)


@cross_rule(
    "TRT-SET",
    "warning",
    "The activity given is not the one that was set for the cycle, and the reason is neither TOXICITY nor OTHER.",
    _NEEDS,
    question=CHECK_ACTIVITY,
)
def _off_set(data: CutView) -> Iterator[Hit]:
    tolerance = data.study.design.activity_tolerance + 1e-9
    # An isotope without an activity, or with one of another unit, has a finding of its own.
    given = data.sound_activities[data.sound_activities["GIVEN"]]
    given = given[~given["REASON"].isin(["TOXICITY", "OTHER"])]
    for isotope in data.study.isotopes:
        column = f"{isotope.code}_SET_MBQ"
        if column not in given:
            continue
        own = given[given["ISOTOPE"].eq(isotope.code) & given[column].notna()]
        own = own.assign(SET=own[column])
        off = own[(own["ACTIVITY"] - own["SET"]).abs() > own["SET"] * tolerance]
        message = (
            "{ACTIVITY:g} MBq of {ISOTOPE} at {CYCLE}, {SET:g} MBq set. Check both, their unit and reason."
        )
        yield from hits(off, _TABLE, column, message)


@cross_rule(
    "TRT-REASON",
    "warning",
    "Dosimetry is the reason where the arm has a fixed activity, or at cycle 1.",
    _NEEDS,
    question=GIVE_REASON,
)
def _impossible_reason(data: CutView) -> Iterator[Hit]:
    cycles = data.cycles[data.cycles["REASON"].isin(["DOSIMETRY_INCREASE", "DOSIMETRY_REDUCTION"])]
    fixed = [arm.code for arm in data.study.arms if arm.modified_isotope is None]
    odd = cycles[cycles["ARM"].isin(fixed) | (cycles["NUMBER"] == 1)]
    yield from hits(odd, _TABLE, "REASON", "Reason {REASON} at {CYCLE} in arm {ARM}. Check the reason.")


@cross_rule(
    "TRT-CONTINUED",
    "warning",
    "Treatment went on after a laboratory value met a discontinuation criterion.",
    (_TABLE, "labs"),
    question=CONFIRM_CONTINUATION,
)
def _continued_after_stop(data: CutView) -> Iterator[Hit]:
    labs = data.labs.dropna(subset=["LOWEST", "LBDT"]).merge(data.span, left_on="SUBJID", right_index=True)
    during = labs[(labs["LBDT"] > labs["FIRST"]) & (labs["LBDT"] < labs["LAST"])]
    during = during.sort_values(["LBDT", "_ROW"])
    for rule in data.study.stopping_rules:
        own = during[during["ANALYTE"] == rule.variable]
        bound = own["ANRHI"] * rule.value if rule.relative else data.study.threshold(rule)
        met = meets(own["LOWEST"], rule.comparator, bound) & meets(own["HIGHEST"], rule.comparator, bound)
        first = own[met].drop_duplicates("SUBJID")
        message = f"{rule.label} at {{VISIT}} ends treatment, but a later cycle was given. Ask the centre."
        yield from hits(first, "labs", "VALUE", message)
