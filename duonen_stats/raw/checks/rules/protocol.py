"""Rules about the protocol: what went on after a limit, activities nobody explained, deviations as recorded."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.checks.rules.dosimetry import ABOVE, shown_above
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.date_bounds import latest
from duonen_stats.raw.questions import CHECK_DATE, CONFIRM_CONTINUATION, CORRECT_ENTRY, GIVE_REASON

_TABLE = "administrations"
_NEEDS = ("subjects", _TABLE)
_DEVIATIONS = "protocol_deviations"
_SCREENING_DAYS = 28
"""Consent and eligibility may deviate before randomisation, during screening."""


@cross_rule(
    "DOS-CONTINUED",
    "warning",
    "A cycle was given after the dose of an organ had exceeded its limit over all cycles.",
    (*_NEEDS, "dosimetry"),
    question=CONFIRM_CONTINUATION,
)
def _continued_above_limit(data: CutView) -> Iterator[Hit]:
    cycles = data.given_cycles[["SUBJID", "CYCLE", "NUMBER", "EXDT", "_ROW"]]
    for organ in data.study.organs:
        own = data.sound_doses[data.sound_doses["ORGAN"] == organ.code]
        doses = own.groupby(["SUBJID", "CYCLE"], as_index=False).agg(DOSE_GY=("DOSE_GY", "sum"))
        held = cycles.merge(doses, on=["SUBJID", "CYCLE"], how="left").sort_values(["SUBJID", "NUMBER"])
        so_far = held["DOSE_GY"].fillna(0).groupby(held["SUBJID"]).cumsum()
        before = so_far.groupby(held["SUBJID"]).shift(fill_value=0.0)
        over = held.assign(BEFORE=before)[before > organ.limit_total * ABOVE].drop_duplicates("SUBJID")
        message = (
            f"{{CYCLE}} given after {{SHOWN}} Gy to the {organ.label.lower()}, limit {organ.limit_total:g} Gy. "
            "Ask the centre why."
        )
        yield from hits(shown_above(over, "BEFORE", organ.limit_total, 4), _TABLE, "CYCLE", message)


@cross_rule(
    "TRT-AFTERPD",
    "warning",
    "A cycle was given after progressive disease.",
    (_TABLE, "tumour_assessments"),
    question=CONFIRM_CONTINUATION,
)
def _treated_after_progression(data: CutView) -> Iterator[Hit]:
    # Progression at the baseline is why a patient is treated.
    seen = data.scans[data.scans["PROGRESSION"] & ~data.scans["PRIOR"]]
    first = seen.groupby("SUBJID")["ASSESSDT"].min().rename("PD")
    cycles = data.given_cycles.merge(first, left_on="SUBJID", right_index=True)
    late = cycles[cycles["EXDT"] > cycles["PD"]].drop_duplicates("SUBJID")
    message = "{CYCLE} on {EXDT:%Y-%m-%d} after progression on {PD:%Y-%m-%d}. Check both; ask the centre why."
    yield from hits(late, _TABLE, "EXDT", message)


@cross_rule(
    "AE-TREATED",
    "warning",
    "A cycle was given after an event that ended treatment.",
    (*_NEEDS, "adverse_events"),
    question=CONFIRM_CONTINUATION,
)
def _treated_after_event(data: CutView) -> Iterator[Hit]:
    events = data.tables["adverse_events"].dropna(subset=["SUBJID", "STARTDT"])
    events = events.assign(STARTDT=latest(events, "STARTDT"))
    ended = events[events["ACTION"] == "DISCONTINUED"].groupby("SUBJID")["STARTDT"].min().rename("ENDED")
    cycles = data.given_cycles.merge(ended, left_on="SUBJID", right_index=True)
    late = cycles[cycles["EXDT"] > cycles["ENDED"]].drop_duplicates("SUBJID")
    message = "{CYCLE} on {EXDT:%Y-%m-%d}; an event of {ENDED:%Y-%m-%d} had ended treatment. Check action and dates."
    yield from hits(late, _TABLE, "EXDT", message)


@cross_rule(
    "PAT-DELAY",
    "note",
    "The first cycle came later after randomisation than its visit allows.",
    _NEEDS,
    question=CHECK_DATE,
)
def _late_start(data: CutView) -> Iterator[Hit]:
    first = data.study.cycles[0].code
    (visit,) = (one for one in data.study.visits if one.cycle == first and one.position == "before")
    cycles = data.given_cycles
    days = (cycles["EXDT"] - cycles["RANDDT"]).dt.days
    late = cycles.assign(DAYS=days)[(cycles["CYCLE"] == first) & (days > -visit.day_low)]
    message = (
        f"{{DAYS:.0f}} days from randomisation to {{CYCLE}}, more than {-visit.day_low}. Check both dates."
    )
    yield from hits(late, _TABLE, "EXDT", message)


def _changes(data: CutView) -> pd.DataFrame:
    """Activities the arm adapts, after cycle 1: relative change from cycle 1 (``TOTAL``) and from the one before."""
    given = data.sound_activities.merge(data.nominal, on=["ARM", "ISOTOPE"])
    given = given[given["MODIFIED"] & (given["ACTIVITY"] > 0)].sort_values(["SUBJID", "NUMBER"])
    groups = given.groupby("SUBJID")
    start = given["ACTIVITY"].where(given["NUMBER"] == 1).groupby(given["SUBJID"]).transform("first")
    given = given.assign(
        FIRST=start,
        TOTAL=given["ACTIVITY"] / start - 1,
        STEP=given["ACTIVITY"] / groups["ACTIVITY"].shift() - 1,
    )
    return given[(given["NUMBER"] > 1) & given["TOTAL"].notna()]


@cross_rule(
    "TRT-UNEXPLAINED",
    "warning",
    "An adapted activity differs from that of cycle 1, and the reason is: as planned.",
    _NEEDS,
    question=GIVE_REASON,
)
def _unexplained_change(data: CutView) -> Iterator[Hit]:
    changes = _changes(data)
    tolerance = data.study.design.activity_tolerance + 1e-9
    odd = changes[(changes["REASON"] == "PLANNED") & (changes["TOTAL"].abs() > tolerance)]
    message = "{ACTIVITY:g} MBq of {ISOTOPE} at {CYCLE}, {FIRST:g} at cycle 1, as planned. Check activity and reason."
    yield from hits(odd, _TABLE, "REASON", message)


@cross_rule(
    "TRT-DIRECTION",
    "warning",
    "An activity changed against the reason given for it.",
    _NEEDS,
    question=GIVE_REASON,
)
def _against_reason(data: CutView) -> Iterator[Hit]:
    changes = _changes(data)
    tolerance = data.study.design.activity_tolerance + 1e-9
    sign = np.where(changes["REASON"] == "DOSIMETRY_INCREASE", 1, -1)
    meant = changes["REASON"].isin(["DOSIMETRY_INCREASE", "DOSIMETRY_REDUCTION"])
    # Beyond tolerance against both the first cycle and the one before: a step back may follow a large one.
    against = (sign * changes["TOTAL"] < -tolerance) & (sign * changes["STEP"] < -tolerance)
    message = "{ACTIVITY:g} MBq of {ISOTOPE} after {FIRST:g} MBq, reason {REASON}. Check activity and reason."
    yield from hits(changes[meant & against], _TABLE, "REASON", message)


# Deviations as the centre recorded them.


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
