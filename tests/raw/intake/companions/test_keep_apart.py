"""Tests of duonen_stats.raw.intake.companions.keep_apart, by itself and as cells are brought into the standard form."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from made_sheet import made_sheet

from duonen_stats.raw.intake.companions.keep_apart import MissingCodes, kept_apart
from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.forms import in_standard_form
from duonen_stats.raw.intake.mapping import LongForm, SourceMapping
from duonen_stats.raw.intake.reshape.apply import reshaped
from duonen_stats.raw.intake.sheet import UserMissing


def labs(study, values, **more):
    """A sheet of results, brought into the standard form."""
    columns = {"SUBJID": ["P"] * len(values), "VALUE": values, **more}
    return in_standard_form(made_sheet(columns, first=2), study.table("labs"))


def cells(sheet, name):
    return [*sheet.cells[name]] if name in sheet.columns else None


def notes(sheet, rule):
    return [one.message for one in sheet.findings if one.rule == rule]


def test_what_contradicts_the_column_beside_it_stays_and_is_an_error(study):
    more = {"BOUND": ["<0.5", "<0.3", "", ""], "REASND": ["", "", "clot", "brak"]}
    out = labs(study, ["<0.3", "<0.3", "hemoliza", "brak"], **more)
    assert cells(out, "VALUE") == ["<0.3", "", "hemoliza", ""]
    assert (cells(out, "BOUND"), cells(out, "REASND")) == (more["BOUND"], more["REASND"])
    _, found = typed_table(out, study.table("labs"))
    assert [(one.rule, one.row) for one in found if one.column == "VALUE"] == [("DD-TYPE", 2), ("DD-TYPE", 4)]


def test_a_bound_is_kept_with_a_decimal_point_and_no_value(study):
    out = labs(study, ["12,5", "<0,3", "≥ 90", "14,1 L"])
    assert cells(out, "VALUE") == ["12.5", "", "", "14.1"]
    assert cells(out, "BOUND") == ["", "<0.3", ">=90", ""]
    (note,) = notes(out, "RD-CENSORED")
    assert "2 cells, lines 3, 4" in note
    done = {one.what: one.cells for one in out.converted}
    assert done["marks behind a number left out"] == 1
    assert done["censored results kept apart"] == 2


def test_a_bound_tells_what_the_comma_means(study):
    assert cells(labs(study, ["1,234", "<0,3"]), "VALUE") == ["1.234", ""]
    assert notes(labs(study, ["1,234", "2,345"]), "RD-AMBIGUOUS")


def test_bounds_of_a_column_that_cannot_be_read_are_not_read_either(study):
    out = labs(study, ["1,234", "2,345", "<5,678"])
    assert cells(out, "VALUE") == cells(out, "BOUND") == ["", "", ""]


def test_a_word_in_place_of_a_result_is_kept_as_delivered(study):
    out = labs(study, ["12.5", "Hemoliza", "brak", "Hemoliza", "NAV"])
    assert cells(out, "VALUE") == ["12.5", "", "", "", ""]
    assert cells(out, "REASND") == ["", "Hemoliza", "brak", "Hemoliza", "NAV"]
    assert len(notes(out, "RD-NORESULT")) == 3
    assert any(
        "'Hemoliza' in place of a result; 2 cells, lines 3, 5" in note for note in notes(out, "RD-NORESULT")
    )


@pytest.mark.parametrize("cell", ["12.3 g/L", "negative", "n.d.", "12a", "1-2", "12.3 hemoliza"])
def test_what_is_not_certain_is_an_error_of_the_cell(study, cell):
    frame, found = typed_table(labs(study, ["12.5", cell]), study.table("labs"))
    assert [one.rule for one in found if one.column == "VALUE"] == ["DD-TYPE"]
    assert frame["VALUE"].isna().tolist() == [False, True]
    assert frame["REASND"].isna().all()


def test_what_stands_in_the_columns_already_stays(study):
    out = labs(study, ["<1", "", "brak"], BOUND=["", "<0.3", ""], REASND=["", "", "clot"])
    assert cells(out, "BOUND") == ["<1", "<0.3", ""]
    assert cells(out, "REASND") == ["", "", "clot"]


def test_a_code_that_the_file_declares_as_missing_is_the_reason(study):
    sheet = made_sheet(
        {"VALUE": [12.5, None, None]},
        typed=True,
        missing=(UserMissing(2, "VALUE", "-99", "not done"), UserMissing(3, "VALUE", ".A", "")),
    )
    assert cells(in_standard_form(sheet, study.table("labs")), "REASND") == ["", "not done", ".A"]


def test_words_for_a_missing_value_in_columns_of_each_type(study):
    sheet = made_sheet(
        {
            "DSDT": ["2023-01-01", "brak", "NA"],
            "REASON": ["DEATH", "NA", "brak"],
            "DETAIL": ["NA", "brak", ""],
        },
        first=2,
    )
    out = kept_apart(sheet, study.table("disposition"))
    assert cells(out, "DSDT") == ["2023-01-01", "", ""]
    assert cells(out, "REASON") == ["DEATH", "", "brak"]  # among codes a word may be one
    assert cells(out, "DETAIL") == ["NA", "brak", ""]  # a text is a text
    assert len(notes(out, "RD-MISSING")) == 3


def test_a_word_that_is_a_code_is_no_missing_value(study):
    out = kept_apart(made_sheet({"OUTCOME": ["UNKNOWN"], "ACTION": ["NONE"]}), study.table("adverse_events"))
    assert cells(out, "OUTCOME") == ["UNKNOWN"]
    assert cells(out, "ACTION") == ["NONE"]


def test_codes_stated_by_a_mapping_file(study):
    stated = MissingCodes(
        everywhere={"-99": "not done", "NAV": "not available"}, by_column={"LLN": {"0": "none"}}
    )
    sheet = made_sheet(
        {
            "VALUE": ["1", "-99", "-99.0", "nav"],
            "LLN": ["0", "0,0", "3", "-99"],
            "ULN": ["0", "5", "NAV", "1"],
            "LABORATORY": ["NAV", "L", "L", "L"],
        }
    )
    out = kept_apart(sheet, study.table("labs"), stated)
    assert cells(out, "VALUE") == ["1", "", "", ""]
    assert cells(out, "REASND") == ["", "-99", "-99.0", "nav"]
    assert cells(out, "LLN") == ["", "", "3", ""]
    assert cells(out, "ULN") == ["0", "5", "", "1"]
    assert cells(out, "LABORATORY") == ["", "L", "L", "L"]
    assert any("'-99' (not done)" in note for note in notes(out, "RD-NORESULT"))


def test_a_stated_code_does_not_hide_a_code_of_the_dictionary(study):
    stated = MissingCodes(everywhere={"N": "", "NE": ""}, by_column={"RESPONSE": {"NE": "not done"}})
    sheet = made_sheet({"NEWLESION": ["N", "Y"], "RESPONSE": ["NE", "SD"]})
    out = kept_apart(sheet, study.table("tumour_assessments"), stated)
    assert cells(out, "NEWLESION") == ["N", "Y"]
    assert cells(out, "RESPONSE") == ["", "SD"]


def test_an_end_that_goes_on_is_empty_and_an_unknown_one_is_kept(study):
    sheet = made_sheet({"ENDDT": ["ongoing", "Trwa", "2023-02-01", "UNK"], "STARTDT": ["2023-01-01"] * 4})
    out = kept_apart(sheet, study.table("adverse_events"))
    assert cells(out, "ENDDT") == ["", "", "2023-02-01", ""]
    assert cells(out, "ENDDTC") == ["", "", "", "UNK"]
    assert {one.what: one.cells for one in out.converted}["words for what has not ended"] == 2


def test_only_an_end_can_go_on(study):
    _, found = typed_table(
        in_standard_form(made_sheet({"STARTDT": ["ongoing"]}), study.table("adverse_events")),
        study.table("adverse_events"),
    )
    assert "DD-TYPE" in {one.rule for one in found}


def test_partial_dates_are_kept_apart_and_whole_ones_read(study):
    sheet = made_sheet({"STARTDT": ["13/08/2022", "UN/08/2022", "2022", "01/09/2022"]})
    out = in_standard_form(sheet, study.table("adverse_events"))
    assert cells(out, "STARTDT") == ["2022-08-13", "", "", "2022-09-01"]
    assert cells(out, "STARTDTC") == ["", "2022-08", "2022", ""]


def test_a_date_that_must_be_whole_is_not_taken_in_part(study):
    table = study.table("labs")
    frame, found = typed_table(
        in_standard_form(made_sheet({"LBDT": ["2022-08", "2022-08-01"]}), table), table
    )
    assert [one.row for one in found if one.rule == "DD-TYPE"] == [1]
    assert frame["LBDT"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("2022-02-01T10:30:00", "2022-02-01", "10:30"),
        ("2022-02-01 10:30", "2022-02-01", "10:30"),
        ("2022-02-01T23:30:00Z", "2022-02-01", "23:30"),  # the date as it is written: no shift
        ("2022-02-01T00:10:00+02:00", "2022-02-01", "00:10"),
        ("2022-02-01T10:30:00.000-0500", "2022-02-01", "10:30"),
        ("13.02.2022 7:05", "2022-02-13", "07:05"),
        ("2/13/2022 1:05 PM", "2022-02-13", "13:05"),
        ("2/13/2022 12:05 AM", "2022-02-13", "00:05"),
        ("13FEB2022:10:30:00", "2022-02-13", "10:30"),
    ],
)
def test_a_time_of_day_is_kept_out_of_the_date(study, text, day, time):
    out = in_standard_form(made_sheet({"LBDT": [text]}), study.table("labs"))
    assert cells(out, "LBDT") == [day]
    assert cells(out, "LBTM") == [time]
    assert {one.what: one.cells for one in out.converted}["dates whose time of day was left out"] == 1


def test_stored_moments_lose_their_time_too(study):
    sheet = made_sheet({"ASSESSDT": [datetime(2022, 2, 1, 10, 30), datetime(2022, 2, 13)]}, typed=True)
    out = in_standard_form(sheet, study.table("tumour_assessments"))
    assert cells(out, "ASSESSDT") == ["2022-02-01", "2022-02-13"]


def test_a_column_of_midnights_has_no_times(study):
    out = in_standard_form(made_sheet({"LBDT": ["2022-02-01 00:00:00"] * 2}), study.table("labs"))
    assert cells(out, "LBDT") == ["2022-02-01"] * 2
    assert "LBTM" not in out.columns


def test_each_code_of_a_line_that_becomes_several_rows_is_the_reason_of_its_own_row(study):
    sheet = made_sheet(
        {"SUBJID": ["a", "b"], "HGB": ["12.5", ""], "ALT": ["", ""], "AST": ["20", "30"]},
        missing=(
            UserMissing(1, "ALT", "NAV", "not available"),
            UserMissing(2, "ALT", "NA", "not applicable"),
            UserMissing(2, "HGB", "NASK", "not asked"),
        ),
    )
    mapping = SourceMapping(
        source="x",
        table="labs",
        long=LongForm(
            value="VALUE", names=("ANALYTE",), columns={name: (name,) for name in ("HGB", "ALT", "AST")}
        ),
    )
    table = study.table("labs")
    out = in_standard_form(reshaped(sheet, mapping, table, study).sheet, table, mapping)
    assert [*zip(*(cells(out, name) for name in ("ANALYTE", "VALUE", "REASND")), strict=True)] == [
        ("HGB", "12.5", ""),
        ("ALT", "", "not available"),
        ("AST", "20", ""),
        ("HGB", "", "not asked"),
        ("ALT", "", "not applicable"),
        ("AST", "30", ""),
    ]


def test_a_code_that_may_be_of_several_empty_rows_is_the_reason_of_none(study):
    sheet = made_sheet({"VALUE": ["", "", "1"]}, missing=(UserMissing(1, "VALUE", "NAV", ""),))
    sheet = replace(sheet, numbers=np.array([1, 1, 1]))
    assert cells(in_standard_form(sheet, study.table("labs")), "REASND") == ["", "", ""]


@pytest.mark.parametrize("text", ["2023-01-05 24:00", "2023-01-05T24:00:00", "05.01.2023 24:00"])
def test_24_00_is_of_the_next_day_and_no_date(worked, text):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "T1"}, LBDT=text)
    found = [one for one in worked.findings() if one.rule == "DD-TYPE"]
    assert {(one.table, one.column) for one in found} == {("labs", "LBDT")}
    assert all("24:00 is 00:00 of the next day" in one.message for one in found)
