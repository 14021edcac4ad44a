"""Tests of duonen_stats.raw.intake.reshape.cell_units: units in cells, and which texts are none."""

import pytest
from made_sheet import made_sheet

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.reshape.cell_units import with_cell_units, with_spelt_units
from duonen_stats.raw.intake.reshape.layout import UNIT_OF


def _split(study, table, column, *texts, **others):
    sheet = made_sheet({column: texts, **others})
    found = with_cell_units(sheet, study.table(table))
    units = found.cells.get(UNIT_OF + column) or found.cells.get("UNIT")
    return [*found.cells[column]], [] if units is None else [*units]


@pytest.mark.parametrize(
    ("table", "column", "text", "number", "unit"),
    [
        ("administrations", "LU177_MBQ", "3,64 GBq", "3,64", "GBq"),
        ("administrations", "LU177_MBQ", "3640MBq", "3640", "MBq"),
        ("administrations", "LU177_MBQ", "3 640 MBQ", "3 640", "MBQ"),
        ("administrations", "LU177_MBQ", "3640000 kBq", "3640000", "kBq"),
        ("administrations", "LU177_MBQ", "3640 mBq", "3640", "mBq"),  # not mega
        ("dosimetry", "DOSE_GY", "830 mGy", "830", "mGy"),
        ("dosimetry", "DOSE_GY", "0.83 [Gy]", "0.83", "Gy"),
        ("subjects", "AGE", "72 lat", "72", "lat"),
        ("subjects", "KPS", "90%", "90", "points"),
        ("tumour_assessments", "SUMDIAM", "2.4 cm", "2.4", "cm"),
    ],
)
def test_a_unit_of_its_kind_is_split_off(study, table, column, text, number, unit):
    assert _split(study, table, column, text, "1") == ([number, "1"], [unit, ""])


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("administrations", "LU177_MBQ", "3.64 Gy"),
        ("administrations", "LU177_MBQ", "3640 mbq"),  # mega or milli
        ("dosimetry", "DOSE_GY", "0.3 Gy/GBq"),
        ("subjects", "AGE", "72 r"),
        ("subjects", "AGE", "old"),
    ],
)
def test_what_is_no_unit_of_its_kind_stays(study, table, column, text):
    assert _split(study, table, column, text) == ([text], [])


def test_a_stated_unit_settles_the_case_of_one_in_a_cell(study):
    stated = {UNIT_OF + "LU177_MBQ": ["MBq"]}
    assert _split(study, "administrations", "LU177_MBQ", "3640 mbq", **stated) == (["3640"], ["MBq"])
    assert _split(study, "administrations", "LU177_MBQ", "3640 mBq", **stated) == (["3640"], ["mBq"])


def test_a_result_has_its_unit_in_the_cell_where_no_column_has_it(study):
    cells = ("13,1 g/dl", "168 10^9/L", "<0,3 mg%", "12 L", "5 %", "7.1")
    found = _split(study, "labs", "VALUE", *cells)
    assert found == (["13,1", "168", "<0,3", "12 L", "5", "7.1"], ["g/dl", "10^9/L", "mg%", "", "%", ""])
    same = _split(study, "labs", "VALUE", "13,1 g/dl", "13,1 g/l", UNIT=["g/dL", "g/dL"])
    assert same == (["13,1", "13,1 g/l"], ["g/dL", "g/dL"])


def test_units_are_spelt_as_in_the_dictionary_and_of_the_analyte_they_belong_to(study):
    sheet = made_sheet({"ANALYTE": ["HGB", "PLAT", "PLAT"], "UNIT": ["G/L", "G/l", "stone"]})
    assert [*with_spelt_units(sheet, study).cells["UNIT"]] == ["g/L", "10^9/L", "stone"]


def test_a_file_with_units_in_its_cells_is_read_without_a_mapping(tmp_path, study):
    text = (
        "SUBJID,CYCLE,EXDT,LU177_MBQ,Y90_MBQ,REASON\nP-1,T1,2024-01-01,3.64 GBq,1800 MBq,PLANNED\n"
        "P-1,T2,2024-03-01,3700,50 mCi,PLANNED\nP-1,T3,2024-05-01,3700,1850 Gy,PLANNED\n"
    )
    (tmp_path / "administrations.csv").write_text(text, encoding="utf-8")
    cut = read_cut(study, tmp_path)
    given = cut.tables["administrations"]
    assert given["LU177_MBQ"].tolist() == [3640, 3700, 3700]
    assert given["Y90_MBQ"].tolist()[:2] == [1800, 1850]
    (wrong,) = (one for one in cut.findings if one.table == "administrations")
    assert (wrong.rule, wrong.row, wrong.column) == ("DD-TYPE", 4, "Y90_MBQ")


def test_a_share_in_the_unit_of_its_row_is_a_number(study):
    """A worksheet shows 0.01 as 1%, and its column is called "Blasty [%]"."""
    found = _split(study, "labs", "VALUE", "1%", "2 %", "3%", ANALYTE=["BLAST"] * 3, UNIT=["%", "%", "G/l"])
    assert found == (["1", "2", "3%"], ["%", "%", "G/l"])
