"""Cuts with gaps: records and values missing at random, as a cut in the middle of a trial has them."""

from dataclasses import replace

import numpy as np

from duonen_stats.raw import Cut

_LOST = {
    "dosimetry": 0.12,
    "labs": 0.12,
    "administrations": 0.04,
    "adverse_events": 0.10,
    "disposition": 0.30,
    "tumour_assessments": 0.15,
}
"""Share of the records of each table that are not there."""

_EMPTY = {
    "subjects": ("BMI", "GRADE", "PRIMSITE", "KPS", "AGE", "DXDUR", "METLIV"),
    "adverse_events": ("STARTDT", "ENDDT"),
}
"""Columns of which a tenth of the values is missing."""


def with_gaps(cut: Cut, seed: int) -> Cut:
    """Lose records and values at random, and everything of dosimetry in a few patients; the cut is not changed."""
    rng = np.random.default_rng(seed)
    tables = dict(cut.tables)
    for name, share in _LOST.items():
        frame = tables[name]
        tables[name] = frame[rng.random(len(frame)) >= share].reset_index(drop=True)
    patients = sorted(tables["subjects"]["SUBJID"])
    without = set(rng.choice(patients, size=len(patients) // 10, replace=False))
    dosimetry = tables["dosimetry"]
    tables["dosimetry"] = dosimetry[~dosimetry["SUBJID"].isin(without)].reset_index(drop=True)
    for name, columns in _EMPTY.items():
        frame = tables[name].copy()
        for column in columns:
            if column in frame:
                frame[column] = frame[column].mask(rng.random(len(frame)) < 0.1)
        tables[name] = frame
    return replace(cut, tables=tables)


def exceeding_in_the_control_arm(cut: Cut, arm: str = "A") -> Cut:
    """Give an arm 12 Gy to the kidney per cycle, and take one record from a patient of four cycles.

    The patient is above the limit already, and incomplete: among the patients above it, not among the complete.
    """
    subjects, dosimetry = cut.tables["subjects"], cut.tables["dosimetry"].copy()
    own = dosimetry["SUBJID"].isin(subjects.loc[subjects["ARM"].eq(arm), "SUBJID"]) & dosimetry["ORGAN"].eq(
        "KIDNEY"
    )
    dosimetry.loc[own, "DOSE_GY"] = 12.0
    counts = dosimetry[own].groupby("SUBJID").size()
    who = counts[counts == counts.max()].index[0]
    lost = dosimetry[own & dosimetry["SUBJID"].eq(who)].index[-1]
    return replace(cut, tables={**cut.tables, "dosimetry": dosimetry.drop(lost).reset_index(drop=True)})
