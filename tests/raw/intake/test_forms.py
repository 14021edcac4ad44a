import datetime as dt

import pytest
from made_sheet import made_sheet

from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.forms import in_standard_form
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.reshape.apply import reshaped
from duonen_stats.raw.intake.sheet import Sheet, UserMissing


def _labs(text: str, study, mapping: SourceMapping | None = None):
    table = study.table("labs")
    sheet = read_csv(text.encode(), "labs")
    return in_standard_form(
        sheet if mapping is None else reshaped(sheet, mapping, table, study).sheet, table, mapping
    )


def _cells(sheet: Sheet, column: str) -> list[str]:
    return [*sheet.cells[column]]


def _converted(sheet: Sheet) -> list[tuple[str, str, int]]:
    return [(one.what, one.column, one.cells) for one in sheet.converted]


def test_decimal_commas_points_for_nothing_and_dates(study):
    sheet = _labs("SUBJID;VALUE;ULN;LBDT\nP-1;12,5;.;13.02.2024\nP-2;0,5;40;3.2.2024\n", study)
    assert _cells(sheet, "VALUE") == ["12.5", "0.5"]
    assert _cells(sheet, "ULN") == ["", "40"]
    assert _cells(sheet, "LBDT") == ["2024-02-13", "2024-02-03"]
    assert _converted(sheet) == [
        ("points that stand for a missing value", "ULN", 1),
        ("decimal commas", "VALUE", 2),
        ("dates written day, month, year", "LBDT", 2),
    ]
    assert sheet.findings == ()


def test_a_clean_file_is_left_as_it_is(study):
    text = "SUBJID,VALUE,LBDT\nP-1,12.5,2024-02-13\n"
    as_read = read_csv(text.encode(), "labs")
    sheet = _labs(text, study)
    assert (sheet.rows, sheet.findings, sheet.converted) == (as_read.rows, (), ())


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("SUBJID;VALUE\nP-1;1,234\nP-2;2,345\n", "VALUE"),
        ("SUBJID;VALUE;ULN\nP-1;1,5;2.5\n", "VALUE"),
        ("SUBJID;LBDT\nP-1;01.02.2024\n", "LBDT"),
    ],
)
def test_what_cannot_be_told_is_one_finding_and_an_empty_column(study, text, column):
    sheet = _labs(text, study)
    assert [(one.rule, one.severity, one.table, one.column) for one in sheet.findings] == [
        ("RD-AMBIGUOUS", "error", "labs", column)
    ]
    assert set(_cells(sheet, column)) == {""}


def test_a_mapping_renames_and_recodes_and_settles(study):
    mapping = SourceMapping(
        source="x", table="labs", columns={"Pacjent": ("SUBJID",), "Data badania": ("LBDT",), "Visit": ("VISIT",)},
        codes={"VISIT": {"1": "T1"}}, dates={"LBDT": "DMY"}, decimal="comma",
    )  # fmt: skip
    sheet = _labs("Pacjent;data badania;Visit;VALUE\nP-1;01.02.2024;1;1,234\n", study, mapping)
    assert (
        sheet.rows[0][1].items()
        >= {"SUBJID": "P-1", "LBDT": "2024-02-01", "VISIT": "T1", "VALUE": "1.234"}.items()
    )
    assert ("codes of the mapping file", "VISIT", 1) in _converted(sheet)


def test_a_mapping_that_does_not_fit_its_source_is_found(study):
    mapping = SourceMapping(source="x", table="labs", columns={"Pacjent": ("SUBJID",), "Wynik": ("VALUE",)})
    sheet = _labs("Subjid,Wynik,Value\nP-1,1,2\n", study, mapping)
    assert [(one.rule, one.column) for one in sheet.findings] == [
        ("RD-MAPPING", "SUBJID"),
        ("RD-MAPPING", "VALUE"),
    ]


def test_labels_stand_for_codes_only_if_the_values_are_no_codes(study):
    table = study.table("subjects")
    labels = {"SEX": {"1": "male", "2": "F", "3": "?"}}
    coded = made_sheet({"SUBJID": ["P-1", "P-2", "P-3"], "SEX": [1, 2, None]}, labels=labels, typed=True)
    sheet = in_standard_form(coded, table)
    assert _cells(sheet, "SEX") == ["M", "F", ""]
    assert _converted(sheet) == [("codes by their labels", "SEX", 2)]
    own = made_sheet({"SEX": ["M", "F"]}, labels={"SEX": {"M": "F", "F": "M"}}, typed=True)
    assert _cells(in_standard_form(own, table), "SEX") == ["M", "F"]


def test_user_missing_cells_are_noted_with_their_reason(study):
    missing = (UserMissing(1, "KPS", "999", "not done"), UserMissing(1, "OTHER", "9", ""))
    sheet = in_standard_form(
        made_sheet({"SUBJID": ["P-1"], "KPS": [None]}, missing=missing, typed=True), study.table("subjects")
    )
    (found,) = sheet.findings
    assert (found.rule, found.severity, found.row, found.column, found.subject) == (
        "RD-USERMISSING",
        "note",
        1,
        "KPS",
        "P-1",
    )
    assert "'999' (not done)" in found.message


def _half_text(study, mapping: SourceMapping | None = None):
    days = (dt.date(2024, 4, 3), "25.04.2024", None)
    sheet = made_sheet({"SUBJID": ["P"] * 3, "LBDT": days}, typed=True)
    return in_standard_form(sheet, study.table("labs"), mapping)


def test_dates_beside_dates_as_text_are_in_doubt_until_their_order_is_stated(study):
    out = _half_text(study)
    assert [(one.rule, one.column) for one in out.findings] == [("RD-AMBIGUOUS", "LBDT")]
    assert set(_cells(out, "LBDT")) == {""}
    stated = _half_text(study, SourceMapping(source="x", table="labs", dates={"LBDT": "DMY"}))
    assert _cells(stated, "LBDT") == ["2024-04-03", "2024-04-25", ""]
    assert stated.findings == ()


def test_numbers_that_a_typed_format_holds_as_text_are_counted(study):
    sheet = made_sheet({"SUBJID": ["P"] * 3, "VALUE": [1.5, "2,5", 3]}, typed=True)
    out = in_standard_form(sheet, study.table("labs"))
    assert _cells(out, "VALUE") == ["1.5", "2.5", "3"]
    assert _converted(out) == [("decimal commas", "VALUE", 1), ("numbers stored as text", "VALUE", 1)]
    assert typed_table(out, study.table("labs"))[0]["VALUE"].tolist() == [1.5, 2.5, 3.0]


def _message(study, text: str, mapping: SourceMapping | None = None) -> str:
    (found,) = _labs(text, study, mapping).findings
    return found.message


def test_the_cell_that_is_written_otherwise_than_the_rest_is_named(study):
    values = "".join(f"P-1;1.{digit};2\n" for digit in (1, 2, 3))
    text = f"SUBJID;VALUE;ULN\n{values}P-1;1,4;2\n"
    assert "Written otherwise than the rest: VALUE on line 5. Correct the cell, or" in _message(study, text)
    stray = text.translate(str.maketrans(".,", ",."))
    assert "VALUE on line 5. Correct the cell, or" in _message(study, stray)
    stated = SourceMapping(source="x", table="labs", decimal="comma")
    assert "VALUE on line 5. Correct the cell. The" in _message(study, stray, stated)


def test_a_date_that_is_written_otherwise_than_the_rest_is_one_cell_that_cannot_be_read(study):
    """Three days above 12 settle the column; the fourth, with a month of 16, is not a date in it."""
    days = "".join(f"P-1;{day}.02.2024;1\n" for day in (13, 14, 15))
    sheet = _labs(f"SUBJID;LBDT;VALUE\n{days}P-1;02.16.2024;1\nP-1;03.04.2024;1\n", study)
    assert _cells(sheet, "LBDT")[3:] == ["02.16.2024", "2024-04-03"]
    assert sheet.findings == ()
    found = [one for one in typed_table(sheet, study.table("labs"))[1] if one.column == "LBDT"]
    assert [(one.rule, one.row) for one in found] == [("DD-TYPE", 5)]


def test_iso_dates_beside_others_stay_and_the_others_are_read_if_their_order_can_be_told(study):
    told = _labs("SUBJID;LBDT\nP-1;2024-02-03\nP-1;31.12.2023\nP-1;01.02.2024\n", study)
    assert _cells(told, "LBDT") == ["2024-02-03", "2023-12-31", "2024-02-01"]
    untold = _labs("SUBJID;LBDT\nP-1;2024-02-03\nP-1;01.02.2024\nP-1;2.3.2024\n", study)
    assert _cells(untold, "LBDT") == ["2024-02-03", "", ""]
    (found,) = untold.findings
    assert (found.rule, found.row, found.lines) == ("RD-AMBIGUOUS", 3, (3, 4))
    assert found.message.endswith("These cells were not read.")


def test_codes_in_another_case_or_with_spaces_are_codes(study):
    table = study.table("subjects")
    sheet = in_standard_form(
        made_sheet({"SUBJID": ["P"] * 3, "SEX": ["f", "M", " m"], "METLIV": ["y", "N", "yes"]}), table
    )
    assert (_cells(sheet, "SEX"), _cells(sheet, "METLIV")) == (["F", "M", "M"], ["Y", "N", "yes"])
    assert _converted(sheet) == [
        ("codes in other case or spaces", "SEX", 2),
        ("codes in other case or spaces", "METLIV", 1),
    ]


def _activities(study, text: str, mapping: SourceMapping | None = None) -> Sheet:
    return in_standard_form(
        read_csv(f"SUBJID;LU177_MBQ\n{text}".encode(), "administrations"),
        study.table("administrations"),
        mapping,
    )


def test_thousands_points_are_never_read_as_decimals(study):
    """7.400 MBq are 7400 where a decimal comma is stated; where nothing is, both readings are possible."""
    text = "P-1;7.400\nP-2;3.700\nP-3;850\n"
    stated = SourceMapping(source="x", table="administrations", decimal="comma")
    assert _cells(_activities(study, text, stated), "LU177_MBQ") == ["7400", "3700", "850"]
    unstated = _activities(study, text)
    assert set(_cells(unstated, "LU177_MBQ")) == {""}
    (found,) = unstated.findings
    assert (found.rule, found.column) == ("RD-AMBIGUOUS", "LU177_MBQ")
    assert "A point may mark the decimals or the thousands" in found.message
    assert _cells(_activities(study, text.replace(".", "\u202f")), "LU177_MBQ") == ["7400", "3700", "850"]
    assert _cells(_activities(study, text.replace(".", "'")), "LU177_MBQ") == ["7400", "3700", "850"]


def test_three_decimals_are_decimals_where_the_other_reading_is_outside_the_column(study):
    table = study.table("dosimetry")
    sheet = in_standard_form(read_csv(b"SUBJID,DOSE_GY\nP-1,1.657\nP-2,3.843\n", "dosimetry"), table)
    assert (_cells(sheet, "DOSE_GY"), sheet.findings) == (["1.657", "3.843"], ())


def test_of_many_that_differ_none_is_named(study):
    text = "SUBJID;LBDT\nP-1;13.02.2024\nP-1;02.16.2024\nP-1;14.02.2024\n"
    assert "State the form in the mapping file, or export" in _message(study, text)


def test_percentages_in_a_column_of_percent_lose_their_sign(study):
    table = study.table("subjects")
    sheet = in_standard_form(made_sheet({"KI67": ["20%", "1,5 %", "3"], "BMI": ["20%", "25", "25"]}), table)
    assert (_cells(sheet, "KI67"), _cells(sheet, "BMI")[0]) == (["20", "1.5", "3"], "20%")


def test_numbers_that_contradict_the_stated_sign_name_what_was_stated(study):
    mapping = SourceMapping(source="labs", table="labs", decimal="comma")
    rows = "\n".join(f"P-1,12.{number}" for number in range(1, 9))
    (found,) = _labs(f"SUBJID,VALUE\n{rows}\nP-1,13\n", study, mapping).findings
    assert found.rule == "RD-AMBIGUOUS"
    assert found.message.startswith(
        "The mapping file states a decimal comma, but decimals of this column stand"
    )
