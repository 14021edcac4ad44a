"""What planning reads of a cut, and what it says of it: nothing that could tell an arm."""

import openpyxl
import pandas as pd
import pytest

from duonen_stats.raw import read_cut
from duonen_stats.raw.blinded_view import blinded_view, check_blinded_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.checks.schema import REFERENCE
from duonen_stats.raw.planning_cut import (
    _ABOUT_CELLS,
    NEEDED,
    check_planning_cut,
    read_planning_cut,
    without_places,
)


def edited(folder, table, change):
    path = folder / f"{table}.csv"
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)


def test_it_reads_what_it_needs_and_leaves_the_rest_empty(study, cohort_copy):
    cut, whole = read_planning_cut(study, cohort_copy), read_cut(study, cohort_copy)
    assert {*cut.tables} == {*whole.tables}
    for name, frame in cut.tables.items():
        assert [*frame.columns] == [*whole.tables[name].columns] or {*frame.columns} == {
            *whole.tables[name].columns
        }
        filled = {column for column in frame.columns if column != "_ROW" and frame[column].notna().any()}
        assert filled <= {*NEEDED.get(name, ())}
    for name in ("subjects", "follow_up"):
        columns = [*NEEDED[name]]
        pd.testing.assert_frame_equal(cut.tables[name][columns], whole.tables[name][columns])
    assert check_planning_cut(cut, study) == ()


def test_a_cut_blinded_at_its_source_is_sound(study, cohort_copy):
    for name in ("administrations", "dosimetry", "labs", "adverse_events"):
        (cohort_copy / f"{name}.csv").unlink()
    edited(cohort_copy, "subjects", lambda rows: rows[["SUBJID", "RANDDT", "SITEID"]])
    edited(cohort_copy, "follow_up", lambda rows: rows[["SUBJID", "LASTDT", "STATUS", "DEATHDT"]])
    assert check_planning_cut(read_planning_cut(study, cohort_copy), study) == ()


def test_faults_of_what_is_not_needed_do_not_matter(study, cohort_copy):
    edited(cohort_copy, "subjects", lambda rows: rows.assign(ARM="Z", AGE="old"))
    edited(cohort_copy, "administrations", lambda rows: rows.assign(LU177_MBQ="a lot"))
    (cohort_copy / "dosimetry.csv").write_bytes(b"\xff\xfe\x00")
    assert check_planning_cut(read_planning_cut(study, cohort_copy), study) == ()


def test_findings_name_no_line_and_quote_no_cell(study, cohort_copy):
    def spoil(rows):
        rows.loc[3, "STATUS"] = "arm B, 1850 MBq of Y90"
        rows.loc[4, "LASTDT"] = "after 7400 MBq"
        return rows

    edited(cohort_copy, "follow_up", spoil)
    edited(cohort_copy, "disposition", lambda rows: pd.concat([rows, rows.iloc[[0]]]))
    findings = check_planning_cut(read_planning_cut(study, cohort_copy), study)
    assert {one.rule for one in findings} >= {"DD-CODE", "DD-TYPE", "DD-KEY"}
    for one in findings:
        assert one.row is None
        assert "MBq" not in one.message
        assert "line" not in one.message
        assert "arm" not in one.message.lower()


@pytest.mark.parametrize("rule", _ABOUT_CELLS, ids=lambda rule: rule.id)
def test_what_is_said_of_cells_has_neither_their_places_nor_their_contents(rule):
    one = rule.found(
        "follow_up", "'arm B' in C7, lines 7, 9 and 2 more", row=7, lines=(7, 9), column="LASTDT"
    )
    told = without_places(one, (), ())
    assert (told.row, told.lines, told.places) == (None, (), ())
    assert told.message.startswith(rule.text)
    assert "arm B" not in told.message


@pytest.mark.parametrize("places", ["line 7", "lines 7 and 9", "lines 7, 9, 12", "lines 7-9, 12"])
def test_lines_in_a_message_are_taken_out(places):
    told = without_places(REFERENCE.found("follow_up", f"As on {places}; correct it.", row=7), (), ())
    assert told.message == "As on another line; correct it."


def test_words_and_comments_in_a_workbook_tell_nothing_of_the_order_of_its_rows(study, cohort_copy):
    """A workbook sorted by arm, with a comment, a partial date and a word for a missing value in one patient's row."""

    def workbook(rows):
        book = openpyxl.Workbook()
        book.active.title = "follow_up"
        book.active.append([*rows.columns])
        for number, row in enumerate(rows.itertuples(index=False), 2):
            book.active.append([value or None for value in row])
            if one == row.SUBJID:
                book.active.cell(number, 2).comment = openpyxl.comments.Comment("arm B", "monitor")
        book.save(cohort_copy / "follow_up.xlsx")

    path = cohort_copy / "follow_up.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).assign(LASTDTC="")
    path.unlink()
    one = rows["SUBJID"].iloc[11]
    rows.loc[11, ["LASTDT", "LASTDTC", "NEWTRTDT"]] = ["", rows.loc[11, "LASTDT"][:7], "n/a"]
    said = []
    for seed in (1, 2):
        workbook(rows.sample(frac=1, random_state=seed))
        said.append(check_planning_cut(read_planning_cut(study, cohort_copy), study))
    assert "RD-PARTIAL" in {finding.rule for finding in said[0]}
    assert said[0] == said[1]
    assert not any("arm" in finding.message for finding in said[0])


def test_the_order_of_the_lines_changes_nothing_that_is_said(study, cohort_copy):
    def spoil(rows):
        return rows.assign(STATUS=["?" if i % 9 == 0 else s for i, s in enumerate(rows["STATUS"])])

    edited(cohort_copy, "follow_up", spoil)
    told = check_planning_cut(read_planning_cut(study, cohort_copy), study)
    edited(cohort_copy, "follow_up", lambda rows: rows.sample(frac=1, random_state=1))
    edited(cohort_copy, "subjects", lambda rows: rows.sort_values("ARM"))
    assert check_planning_cut(read_planning_cut(study, cohort_copy), study) == told


def test_a_needed_table_that_lacks_is_an_error(study, cohort_copy):
    (cohort_copy / "follow_up.csv").unlink()
    findings = check_planning_cut(read_planning_cut(study, cohort_copy), study)
    assert [(one.rule, one.table) for one in findings] == [("RD-FILE", "follow_up")]


def test_a_file_for_each_arm_is_not_named(study, cohort_copy):
    """Whose record is faulty is then told by the name of its file."""
    path = cohort_copy / "subjects.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[rows.index[3], "RANDDT"] = "2031-01-01"
    rows.loc[rows.index[5], "RANDDT"] = "soon"
    path.unlink()
    for arm, members in rows.groupby("ARM"):
        members.to_csv(cohort_copy / f"group_{arm}.csv", index=False)
    (cohort_copy / "mapping.yaml").write_text("sources:\n  - {source: group_*.csv, table: subjects}\n")
    whole = check_cut(read_cut(study, cohort_copy), study)
    found = check_planning_cut(read_planning_cut(study, cohort_copy), study)
    assert any("group_" in one.message for one in whole)
    assert len([one for one in found if one.table == "subjects"]) >= 2
    assert not [one for one in found if "group_" in one.message]
    dry = blinded_view(read_cut(study, cohort_copy), study)
    assert not [one for one in check_blinded_cut(dry, study) if "group_" in one.message]
