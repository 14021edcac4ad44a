import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from patients import cycles, frame, lab, make_cut, subject

from duonen_stats.datasets.build import accounting, build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.record_order import in_record_order
from duonen_stats.raw.derived.reference_ranges import in_own_unit, laboratory_values, match_ranges

SUBJECTS = pd.DataFrame({"SUBJID": ["P-1", "P-2", "P-3"], "SEX": ["F", "M", None], "AGE": [40, 70, None]})


def _ranges(study, *rows: dict) -> pd.DataFrame:
    columns = [column.name for column in study.table("reference_ranges").columns]
    usual = {"LABORATORY": "L1", "ANALYTE": "HGB", "UNIT": "g/dL"}
    frame = pd.DataFrame([usual | row for row in rows], columns=columns)
    return frame.astype(
        {"AGE_LOW": "float64", "AGE_HIGH": "float64", "LLN": "float64", "ULN": "float64"}
    ).assign(FROMDT=pd.to_datetime(frame["FROMDT"]), TODT=pd.to_datetime(frame["TODT"]))


def _labs(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["SUBJID", "LBDT"]).assign(LABORATORY="L1", ANALYTE="HGB")
    return frame.assign(LBDT=pd.to_datetime(frame["LBDT"])).set_axis([10 * (n + 1) for n in range(len(rows))])


def _low(study, labs, *rows: dict) -> list[float | None]:
    found = match_ranges(labs, _ranges(study, *rows), SUBJECTS, study)
    assert list(found.index) == list(labs.index)
    return [None if math.isnan(value) else round(value, 6) for value in found["RANGELO"]]


def test_by_sex_and_unknown_sex(study):
    labs = _labs(("P-1", "2024-01-01"), ("P-2", "2024-01-01"), ("P-3", "2024-01-01"))
    assert _low(study, labs, {"SEX": "F", "LLN": 12}, {"SEX": "M", "LLN": 13}) == [12, 13, None]


def test_by_age_and_date_with_open_ends(study):
    labs = _labs(("P-1", "2024-01-01"), ("P-2", "2024-01-01"), ("P-1", "2025-06-01"))
    rows = (
        {"AGE_HIGH": 60, "TODT": "2024-12-31", "LLN": 11},
        {"AGE_HIGH": 60, "FROMDT": "2025-01-01", "LLN": 12},
        {"AGE_LOW": 61, "LLN": 13},
    )
    assert _low(study, labs, *rows) == [11, 13, 12]


def test_in_another_unit(study):
    assert _low(study, _labs(("P-1", "2024-01-01")), {"LLN": 120, "UNIT": "g/L"}) == [12]


def test_different_ranges_give_none_and_equal_ones_give_one(study):
    labs = _labs(("P-1", "2024-01-01"))
    assert _low(study, labs, {"LLN": 11}, {"LLN": 12}) == [None]
    assert match_ranges(labs, _ranges(study, {"LLN": 11}, {"LLN": 12}), SUBJECTS, study)[
        "RANGES"
    ].tolist() == [2]
    assert _low(study, labs, {"LLN": 11}, {"SEX": "F", "LLN": 11}) == [11]


@pytest.mark.parametrize(
    "row", [{"LABORATORY": "L2", "LLN": 1}, {"ANALYTE": "PLAT", "LLN": 1}, {"LLN": 1, "UNIT": "?"}, {}]
)
def test_ranges_of_others_and_useless_ones_do_not_hold(study, row):
    assert _low(study, _labs(("P-1", "2024-01-01")), row) == [None]


def test_limits_in_the_analytes_own_unit(study):
    frame = in_own_unit(
        _ranges(study, {"LLN": 120, "ULN": 160, "UNIT": "g/L"}, {"LLN": 1, "UNIT": "?"}), study
    )
    assert frame["RANGEHI"].round(6).tolist()[0] == 16
    assert frame["FACTOR"].isna().tolist() == [False, True]


def _of_lab(**values):
    usual = dict.fromkeys(("SEX", "AGE_LOW", "AGE_HIGH", "FROMDT", "TODT", "LLN", "ULN"))
    return usual | {"LABORATORY": "LAB-01", "ANALYTE": "HGB", "UNIT": "g/dL"} | values


OF_LAB = [
    _of_lab(SEX="F", LLN=120.0, ULN=160.0, UNIT="g/L"),
    _of_lab(SEX="M", LLN=13.0, ULN=17.0),
    _of_lab(ANALYTE="ALT", UNIT="stone", ULN=1.0),
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
    adlb = build_datasets(_cut(OF_LAB), study, INTERIM).adlb
    rows = adlb[adlb["DTYPE"].isna()].round({"ANRLO": 9, "ANRHI": 9})
    found = [tuple(row) for row in rows[["SUBJID", "AVISIT", "ANRLO", "ANRHI", "ANRIND"]].to_numpy()]
    assert found == [
        ("1", "T1", 12.0, 16.0, "LOW"),
        ("1", "V1", 10.0, 16.0, "NORMAL"),
        ("2", "T1", 13.0, 16.0, "LOW"),
    ]


def test_every_range_is_used_or_set_aside(study):
    cut = _cut(OF_LAB)
    datasets = build_datasets(cut, study, INTERIM)
    row = accounting(cut, datasets).set_index("table").loc["reference_ranges"]
    assert row.to_dict() == {"read": 3, "used": 2, "set_aside": 1}
    aside = datasets.set_aside[datasets.set_aside["table"] == "reference_ranges"]
    assert aside["reason"].tolist() == ["unit cannot be converted"]


def _values(study, *rows):
    subjects = frame("subjects", [subject("1")])
    return laboratory_values(frame("labs", [*rows]), frame("reference_ranges", []), subjects, study)


def test_value_and_limits_are_converted_together(study):
    out = _values(
        study,
        lab("1", "T1", 0, 120.0, UNIT="g/L", LLN=115.0, ULN=None),
        lab("1", "T1", 0, 88.42, "CREAT", UNIT="umol/L", LLN=50.0, ULN=100.0),
    )
    assert out["AVAL"].tolist() == pytest.approx([12.0, 1.0])
    assert out["ANRLO"].tolist() == pytest.approx([11.5, 0.565483], abs=1e-6)
    assert np.isnan(out["ANRHI"].iloc[0])


def test_the_own_unit_changes_nothing_and_an_unknown_one_gives_nothing(study):
    out = _values(study, lab("1", "T1", 0, 0.1 + 0.2, "WBC"), lab("1", "T1", 0, 13.0, UNIT="stone"))
    assert out["AVAL"].iloc[0] == 0.1 + 0.2
    assert out.loc[1, ["AVAL", "ANRLO", "ANRHI"]].isna().all()


def test_checks_and_datasets_read_the_same_values_and_limits(study):
    cut = _cut(OF_LAB)
    columns = ["AVAL", "ANRLO", "ANRHI"]
    adlb = build_datasets(cut, study, INTERIM).adlb
    rows = adlb[adlb["DTYPE"].isna()].set_index("LBSEQ")[columns]
    seen = CutView(in_record_order(cut, study), study).labs.set_index("_ROW")[columns]
    pd.testing.assert_frame_equal(
        rows.sort_index(), seen.sort_index(), check_names=False, check_index_type=False
    )


def test_without_the_table_of_ranges_nothing_changes(study):
    cut = _cut([])
    tables = {name: table for name, table in cut.tables.items() if name != "reference_ranges"}
    without = build_datasets(replace(cut, tables=tables), study, INTERIM)
    pd.testing.assert_frame_equal(without.adlb, build_datasets(cut, study, INTERIM).adlb)
