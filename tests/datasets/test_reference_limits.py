from dataclasses import replace

import pandas as pd
from patients import cycles, frame, lab, make_cut, subject

from duonen_stats.datasets.build import accounting, build_datasets
from duonen_stats.datasets.reference_limits import add_reference_limits
from duonen_stats.sap import INTERIM


def _range(**values):
    usual = dict.fromkeys(("SEX", "AGE_LOW", "AGE_HIGH", "FROMDT", "TODT", "LLN", "ULN"))
    return usual | {"LABORATORY": "LAB-01", "ANALYTE": "HGB", "UNIT": "g/dL"} | values


RANGES = [
    _range(SEX="F", LLN=120.0, ULN=160.0, UNIT="g/L"),
    _range(SEX="M", LLN=13.0, ULN=17.0),
    _range(ANALYTE="ALT", UNIT="stone", ULN=1.0),
]


def _cut(ranges):
    return make_cut(
        subjects=[subject("1"), subject("2", SEX="M")],
        administrations=[*cycles("1", [7400.0]), *cycles("2", [7400.0])],
        labs=[
            lab("1", "T1", -1, 11.0, LLN=None, ULN=None),
            lab("1", "V1", 14, 11.0, LLN=10.0, ULN=None),
            lab("2", "T1", -1, 12.5, LLN=None),
        ],
        reference_ranges=ranges,
    )


def test_limits_come_from_the_range_unless_the_value_has_its_own(study):
    adlb = build_datasets(_cut(RANGES), study, INTERIM).adlb
    rows = adlb[adlb["DTYPE"].isna()].round({"ANRLO": 9, "ANRHI": 9})
    found = [tuple(row) for row in rows[["SUBJID", "AVISIT", "ANRLO", "ANRHI", "ANRIND"]].to_numpy()]
    assert found == [
        ("1", "T1", 12.0, 16.0, "LOW"),
        ("1", "V1", 10.0, 16.0, "NORMAL"),
        ("2", "T1", 13.0, 16.0, "LOW"),
    ]


def test_every_range_is_used_or_set_aside(study):
    cut = _cut(RANGES)
    datasets = build_datasets(cut, study, INTERIM)
    row = accounting(cut, datasets).set_index("table").loc["reference_ranges"]
    assert row.to_dict() == {"read": 3, "used": 2, "set_aside": 1}
    aside = datasets.set_aside[datasets.set_aside["table"] == "reference_ranges"]
    assert aside["reason"].tolist() == ["unit cannot be converted"]


def test_without_ranges_nothing_changes(study):
    cut = _cut([])
    labs = pd.DataFrame(
        {
            "SUBJID": ["1"],
            "PARAMCD": ["HGB"],
            "ADT": [pd.NaT],
            "LBNAM": ["L"],
            "ANRLO": [None],
            "ANRHI": [1.0],
        }
    )
    same = add_reference_limits(labs, frame("reference_ranges", []), cut.tables["subjects"], study)
    assert same is labs
    tables = {name: table for name, table in cut.tables.items() if name != "reference_ranges"}
    without = build_datasets(replace(cut, tables=tables), study, INTERIM)
    pd.testing.assert_frame_equal(without.adlb, build_datasets(cut, study, INTERIM).adlb)
