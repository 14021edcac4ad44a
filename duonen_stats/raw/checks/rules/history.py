"""Rules about values that do not fit the patient's own history: slips of a digit, a unit or a patient."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import CHECK_ACTIVITY, CHECK_LABORATORY, CONFIRM_DOSE

LAB_SPREADS = 7.0
LAB_FOLD = 1.4
"""A value is a jump if it differs from its neighbours and from the patient's median by more than 7 robust
standard deviations of the analyte within patients (on the log scale, from this cut) and 1.4-fold."""
FEWEST_OTHERS = 2
"""Fewer other values are no history."""
DOSE_FOLD = 2.0
"""Gy per GBq of an organ is a matter of the patient: between cycles it does not double."""
DOSE_OUTLIER = 10.0
"""Fold by which Gy per GBq may differ from the median of all patients: beyond it lies a wrong unit."""
ACTIVITY_FOLD = 10.0
"""Fold by which an activity may differ from that of the cycle before: GBq for MBq is 1000, mCi 37."""

_DOSES = ("subjects", "administrations", "dosimetry")
_MAD = 1.4826  # makes the median absolute deviation a standard deviation where values are normal


@cross_rule(
    "LAB-JUMP",
    "warning",
    f"A value is far from the patient's usual one and from those before and after it: over {LAB_FOLD:g}-fold, and "
    f"{LAB_SPREADS:g} times the usual spread.",
    ("labs",),
    question=CHECK_LABORATORY,
)
def _lab_jump(data: CutView) -> Iterator[Hit]:
    labs = _lab_history(data.labs)
    spread = labs["OFF"].groupby(labs["ANALYTE"]).transform("median") * _MAD
    allowed = np.maximum(LAB_SPREADS * spread, np.log(LAB_FOLD))
    # The first and the last value have one neighbour only, which decides for them.
    alone = labs[["BEFORE", "AFTER"]].min(axis=1) > allowed
    odd = labs[alone & (labs["OFF"] > allowed) & (labs["OTHERS"] >= FEWEST_OTHERS)]
    odd = odd.assign(FOLD=np.exp(odd["OFF"]), USUAL=np.exp(odd["MEDIAN"])).sort_values("_ROW")
    message = "{ANALYTE} {AVAL:g} at {VISIT}, {FOLD:.1f}-fold off this patient's usual {USUAL:.3g}. Check it."
    yield from hits(odd, "labs", "VALUE", message)


def _lab_history(labs: pd.DataFrame) -> pd.DataFrame:
    """Positive values with log distances: from the patient's MEDIAN (``OFF``), the one BEFORE and AFTER it."""
    labs = (
        labs[(labs["AVAL"] > 0) & labs["LIMIT"].isna()].dropna(subset=["LBDT"]).sort_values(["LBDT", "_ROW"])
    )
    logs = np.log(labs["AVAL"])
    groups = logs.groupby([labs["SUBJID"], labs["ANALYTE"]])
    median = groups.transform("median")
    return labs.assign(
        MEDIAN=median,
        OFF=(logs - median).abs(),
        BEFORE=groups.diff().abs(),
        AFTER=groups.diff(-1).abs(),
        OTHERS=groups.transform("size") - 1,
    )


def _per_activity(data: CutView) -> pd.DataFrame:
    """Plausible organ doses with ``RATIO``, Gy per GBq given, and its natural logarithm ``LOG``."""
    doses = data.dose_per_activity[data.dose_per_activity["SOUND"]]
    return doses.assign(LOG=np.log(doses["RATIO"]))


@cross_rule(
    "DOS-JUMP",
    "warning",
    f"Gy per GBq of an organ is more than {DOSE_FOLD:g}-fold off that of the patient's other cycles.",
    _DOSES,
    question=CONFIRM_DOSE,
)
def _dose_jump(data: CutView) -> Iterator[Hit]:
    doses = _per_activity(data)
    key = ["SUBJID", "ORGAN", "ISOTOPE"]
    if doses.empty:
        return
    logs = doses.pivot_table(index=key, columns="CYCLE", values="LOG", aggfunc="first")
    usual = pd.DataFrame({cycle: logs.drop(columns=cycle).median(axis=1) for cycle in logs.columns})
    others = usual.reset_index().melt(key, var_name="CYCLE", value_name="OTHERS").dropna()
    doses = doses.merge(others, on=[*key, "CYCLE"]).sort_values("_ROW")
    off = (doses["LOG"] - doses["OTHERS"]).abs()
    far = doses.assign(OFF=off, USUAL=np.exp(doses["OTHERS"]))[off > np.log(DOSE_FOLD)]
    # Of two cycles that differ nobody can know which is wrong: the later one is reported.
    worst = far.sort_values("OFF", kind="stable").groupby(key).tail(1).sort_values("_ROW")
    message = (
        "{ORGAN} {RATIO:.3g} Gy/GBq of {ISOTOPE} at {CYCLE}, {USUAL:.3g} otherwise. Check dose and activity."
    )
    yield from hits(worst, "dosimetry", "DOSE_GY", message)


@cross_rule(
    "DOS-OUTLIER",
    "warning",
    f"Gy per GBq of an organ is more than {DOSE_OUTLIER:g}-fold off the median of all patients.",
    _DOSES,
    question=CONFIRM_DOSE,
)
def _dose_outlier(data: CutView) -> Iterator[Hit]:
    doses = _per_activity(data)
    usual = doses.groupby(["ORGAN", "ISOTOPE"])["LOG"].transform("median")
    odd = doses.assign(USUAL=np.exp(usual))[(doses["LOG"] - usual).abs() > np.log(DOSE_OUTLIER)]
    message = "{ORGAN} {RATIO:.3g} Gy/GBq of {ISOTOPE}; the median of all is {USUAL:.3g}. Check the unit of the dose."
    yield from hits(odd, "dosimetry", "DOSE_GY", message)


@cross_rule(
    "TRT-STEP",
    "warning",
    f"An activity is more than {ACTIVITY_FOLD:g}-fold off that of the cycle before.",
    ("subjects", "administrations"),
    question=CHECK_ACTIVITY,
)
def _activity_step(data: CutView) -> Iterator[Hit]:
    given = data.sound_activities[data.sound_activities["ACTIVITY"] > 0].sort_values(
        ["SUBJID", "ISOTOPE", "NUMBER"]
    )
    before = given.groupby(["SUBJID", "ISOTOPE"])["ACTIVITY"].shift()
    odd = given.assign(FORMER=before)[
        (np.log(given["ACTIVITY"]) - np.log(before)).abs() > np.log(ACTIVITY_FOLD)
    ]
    message = "{ACTIVITY:g} MBq of {ISOTOPE} after {FORMER:g} MBq. Check the unit: MBq, not GBq or mCi."
    for isotope, rows in odd.groupby("ISOTOPE"):
        yield from hits(rows, "administrations", f"{isotope}_MBQ", message)
