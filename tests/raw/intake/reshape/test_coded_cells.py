from made_sheet import made_sheet

from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.coded_cells import coded_cells, rows_of_codes
from duonen_stats.raw.intake.reshape.layout import layout_of


def _texts(*values):
    return made_sheet({"X": [*values]}).cells["X"]


def test_codes_of_the_mapping_file_come_before_codes_in_another_case(study):
    column = study.table("subjects").column("SEX")
    found = coded_cells("SEX", _texts("K", "m", "F", ""), column, {"K": "F"}, {})
    assert [*found.texts] == ["F", "M", "F", ""]
    assert [(one.what, one.cells) for one in found.converted] == [
        ("codes of the mapping file", 1),
        ("codes in other case or spaces", 1),
    ]


def test_what_a_source_says_of_its_values_is_looked_up_too(study):
    column = study.table("subjects").column("SEX")
    assert [*coded_cells("SEX", _texts("1", "2"), column, {"Kobieta": "F"}, {"1": "Kobieta"}).texts] == [
        "F",
        "2",
    ]
    assert coded_cells("NOTE", _texts("x"), None, {}, {}).named is None


def test_each_row_that_is_left_out_has_its_reason(study):
    sheet = made_sheet({"ANALYTE": ["HGB", "Glukoza", ""]}, first=2)
    entry = SourceMapping(source="x", table="labs", only_codes=("ANALYTE",))
    kept = rows_of_codes({"ANALYTE": sheet.cells["ANALYTE"]}, layout_of(sheet), entry, study.table("labs"))
    assert [*kept.cells["ANALYTE"]] == ["HGB"]
    assert kept.layout.numbers.tolist() == [2]
    assert kept.left_out == {
        3: "left out by the mapping file: ANALYTE is Glukoza",
        4: "left out by the mapping file: ANALYTE is empty",
    }
