"""A link that leads out of the folder of a data cut is a finding, and is not read."""

import os
import sys

import pytest

from duonen_stats.raw import read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.intake.links import inside


def found(folder, study):
    cut = read_cut(study, folder)
    return cut, [one for one in check_cut(cut, study, among=()) if one.rule == "RD-LINK"]


def test_a_table_that_is_a_link_to_elsewhere_is_not_read(edit, study, tmp_path):
    outside = tmp_path / "secret.csv"
    (edit.folder / "subjects.csv").rename(outside)
    (edit.folder / "subjects.csv").symlink_to(outside)
    cut, links = found(edit.folder, study)
    assert [(one.severity, one.table) for one in links] == [("error", "subjects")]
    assert "secret" not in links[0].message
    assert cut.tables["subjects"].empty
    assert "subjects.csv" not in {file.name for file in cut.files}


def test_so_is_any_other_link_to_elsewhere(edit, study, tmp_path):
    (edit.folder / "notes.txt").symlink_to(tmp_path / "not" / "there")
    assert [one.table for one in found(edit.folder, study)[1]] == ["notes"]


def test_links_within_the_folder_are_read(edit, study):
    (edit.folder / "subjects.csv").rename(edit.folder / ".stored")
    (edit.folder / "subjects.csv").symlink_to(edit.folder / ".stored")
    cut, links = found(edit.folder, study)
    assert links == []
    assert len(cut.tables["subjects"]) == 56


def test_the_folder_itself_may_be_a_link(edit, study, tmp_path):
    (tmp_path / "latest").symlink_to(edit.folder)
    cut, links = found(tmp_path / "latest", study)
    assert links == []
    assert len(cut.tables["subjects"]) == 56


def test_each_path_is_kept_or_found(tmp_path):
    (tmp_path / "cut").mkdir()
    plain, link = tmp_path / "cut" / "a.csv", tmp_path / "cut" / "b.csv"
    plain.write_text("")
    link.symlink_to(tmp_path)
    kept, findings = inside(tmp_path / "cut", [plain, link])
    assert kept == [plain]
    assert len(findings) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
@pytest.mark.parametrize("kind", ["a link to itself", "a ring of links", "a pipe", "a folder", "a device"])
def test_what_is_no_file_is_a_finding_and_never_waited_for(edit, study, kind):
    path = edit.folder / "subjects.csv"
    path.unlink()
    if kind == "a link to itself":
        path.symlink_to(path)
    elif kind == "a ring of links":
        (edit.folder / "x.csv").symlink_to(path)
        path.symlink_to(edit.folder / "x.csv")
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null")
    cut = read_cut(study, edit.folder)
    own = [one for one in cut.findings if one.table == "subjects" and one.severity == "error"]
    assert {one.rule for one in own} & {"RD-IRREGULAR", "RD-LINK", "RD-FILE"}
    assert cut.tables["subjects"].empty


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_names_that_are_no_utf8_can_be_written(edit, study, tmp_path):
    folder = tmp_path / ("cut" + chr(0xDCFF))
    edit.folder.rename(folder)
    (folder / ("x" + chr(0xDCFF) + ".csv")).write_text("")
    cut = read_cut(study, folder)
    assert cut.name == "cut\ufffd"
    assert "x\ufffd.csv" in {one.table for one in cut.findings}
    assert all(f"{one.table}{one.message}".encode() for one in check_cut(cut, study, among=()))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names cannot have them")
def test_control_characters_of_a_name_stay_out_of_lists_and_the_screen(edit, study):
    (edit.folder / "x\n\x07\x1b[31m.csv").write_text("")
    (edit.folder / "y\u2028.csv").symlink_to("/dev/null")
    cut = read_cut(study, edit.folder)
    assert {"x\ufffd\ufffd\ufffd[31m.csv", "y\ufffd"} <= {one.table for one in cut.findings}
    assert all(one.message.isprintable() for one in cut.findings)
