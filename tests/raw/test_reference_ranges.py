import math

import pandas as pd
import pytest

from duonen_stats.raw.reference_ranges import in_own_unit, match_ranges

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
