from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from duonen_stats.errors import DataError, MissingLibraryError
from duonen_stats.raw import read_cut
from duonen_stats.raw.intake.mapping import CutMapping, SourceMapping
from duonen_stats.raw.intake.readers import optional
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sources import find_sources


def _workbook(**sheets: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _found(path: Path, study, *entries: SourceMapping):
    sources, findings = find_sources(path, study, CutMapping(sources=entries))
    return [(one.table, one.shown) for one in sources], [
        (one.rule, one.table) for one in findings if one.rule != "RD-FILE"
    ]


def test_files_of_several_formats_and_worksheets_beside_them(tmp_path, study):
    (tmp_path / "labs.csv").write_bytes(b"")
    (tmp_path / "Subjects.SAV").write_bytes(b"")
    (tmp_path / "rest.xlsx").write_bytes(_workbook(**{"Adverse events": [["SUBJID"]], "notes": [["x"]]}))
    (tmp_path / "notes.docx").write_bytes(b"")
    (tmp_path / "~$rest.xlsx").write_bytes(b"")
    (tmp_path / "mapping.yaml").write_bytes(b"")
    assert _found(tmp_path, study) == (
        [
            ("subjects", "Subjects.SAV"),
            ("labs", "labs.csv"),
            ("adverse_events", "Adverse events of rest.xlsx"),
        ],
        [("RD-OTHER", "notes.docx"), ("RD-OTHER", "notes of rest.xlsx")],
    )


def test_a_mapping_names_files_and_worksheets(tmp_path, study):
    (tmp_path / "wyniki 2025.csv").write_bytes(b"")
    (tmp_path / "rest.xlsx").write_bytes(_workbook(Pacjenci=[["SUBJID"]]))
    entries = [
        SourceMapping(source="wyniki 2025.csv", table="labs"),
        SourceMapping(source="Pacjenci", table="subjects"),
        SourceMapping(source="gone.csv", table="disposition"),
    ]
    sources, findings = _found(tmp_path, study, *entries)
    assert sources == [("subjects", "Pacjenci of rest.xlsx"), ("labs", "wyniki 2025.csv")]
    assert findings == []
    lacking = find_sources(tmp_path, study, CutMapping(sources=tuple(entries)))[1]
    assert [one.message for one in lacking if one.table == "disposition"] == [
        "The mapping file names gone.csv, which is not there; add it."
    ]


def test_a_source_that_is_not_there_is_an_error_even_where_its_table_has_another(tmp_path, study):
    (tmp_path / "centre 1.csv").write_bytes(b"")
    entries = [
        SourceMapping(source="centre 1.csv", table="labs"),
        SourceMapping(source="centre 2.csv", table="labs"),
        SourceMapping(source="norms.xlsx", sheet="Normy", table="reference_ranges"),
    ]
    findings = find_sources(tmp_path, study, CutMapping(sources=tuple(entries)))[1]
    assert [(one.severity, one.table, one.message) for one in findings if one.rule == "RD-ABSENT"] == [
        ("error", "labs", "The mapping file names centre 2.csv, which is not there; correct the mapping."),
        ("error", "reference_ranges",
         "The mapping file names Normy of norms.xlsx, which is not there; correct the mapping."),
    ]  # fmt: skip


def test_one_workbook_is_a_cut(tmp_path, study):
    path = tmp_path / "cut.xlsx"
    path.write_bytes(_workbook(subjects=[["SUBJID"], ["P-1"]], labs=[["SUBJID"]]))
    sources, findings = find_sources(path, study, CutMapping())
    assert [one.table for one in sources] == ["subjects", "labs"]
    sheet, digest = sources[0].read(FileDescription())
    assert (sheet.lines, len(digest)) == (1, 64)
    assert {one.message for one in findings if one.table == "follow_up"} == {
        "No worksheet follow_up in cut.xlsx; add it."
    }


def test_a_table_in_two_files(tmp_path, study):
    for name in ("labs.csv", "labs.parquet"):
        (tmp_path / name).write_bytes(b"")
    assert _found(tmp_path, study)[1] == [("RD-TWICE", "labs")]


@pytest.mark.parametrize("name", ["cut.csv", "cut.zip"])
def test_a_file_that_is_no_workbook(tmp_path, study, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match="not a folder or a file with several tables"):
        find_sources(tmp_path / name, study, CutMapping())


def test_a_damaged_workbook(tmp_path, study):
    (tmp_path / "cut.xlsx").write_bytes(b"x")
    assert _found(tmp_path / "cut.xlsx", study)[1] == [("RD-UNREADABLE", "cut.xlsx")]
    sources, findings = find_sources(tmp_path, study, CutMapping())
    assert (sources, [one.rule for one in findings]) == ((), ["RD-UNREADABLE"])
    assert "It may hold data_cut, subjects" in findings[0].message
    for table in study.tables:
        (tmp_path / f"{table.name}.csv").write_bytes(b"")
    assert _found(tmp_path, study)[1] == [("RD-OTHER", "cut.xlsx")]


def test_what_is_there_is_named_where_a_table_is_missing(tmp_path, study):
    path = tmp_path / "cut.xlsx"
    path.write_bytes(_workbook(subjects=[["SUBJID"], ["P-1"]], Wyniki=[["x"]], Notatki=[["x"]]))
    _, findings = find_sources(path, study, CutMapping())
    (labs,) = (one for one in findings if one.table == "labs")
    assert labs.message == (
        "No worksheet labs in cut.xlsx; of no known table: 'Wyniki', 'Notatki'. Name the right one in the mapping "
        "file, or add the table."
    )


def test_without_the_library_a_workbook_stops_only_where_it_is_the_cut(tmp_path, study, monkeypatch):
    def missing(name):
        raise ImportError(name)

    (tmp_path / "cut.xlsx").write_bytes(_workbook(subjects=[["SUBJID"]]))
    monkeypatch.setattr(optional, "import_module", missing)
    assert _found(tmp_path, study)[1] == [("RD-OTHER", "cut.xlsx")]
    with pytest.raises(MissingLibraryError, match="pip install"):
        find_sources(tmp_path / "cut.xlsx", study, CutMapping())


def test_an_odm_file_is_a_cut_whose_item_groups_a_mapping_names(tmp_path, study):
    group = '<ItemGroupData ItemGroupOID="IG_DEMO"><ItemData ItemOID="SEX" Value="F"/></ItemGroupData>'
    (tmp_path / "export.xml").write_text(
        '<ODM><ClinicalData StudyOID="S"><SubjectData SubjectKey="1"><StudyEventData StudyEventOID="SE">'
        f'<FormData FormOID="F">{group}</FormData></StudyEventData></SubjectData></ClinicalData></ODM>'
    )
    (tmp_path / "define.xml").write_text("<ODM/>")
    (tmp_path / "page.xml").write_text("<html/>")
    entry = SourceMapping(source="IG_DEMO", table="subjects")
    sources, _ = find_sources(tmp_path, study, CutMapping(sources=(entry,)))
    assert [one.shown for one in sources] == ["IG_DEMO of export.xml"]
    sheet, _ = sources[0].read(FileDescription())
    assert [cells["SEX"] for _, cells in sheet.rows] == ["F"]
    assert _found(tmp_path, study, entry)[1] == [("RD-OTHER", "define.xml"), ("RD-OTHER", "page.xml")]
    assert _found(tmp_path / "page.xml", study)[1] == [("RD-UNREADABLE", "page.xml")]


def test_a_damaged_worksheet_of_a_whole_workbook_is_a_finding(tmp_path, study):
    good = BytesIO(_workbook(subjects=[["SUBJID"], ["P-1"]], labs=[["SUBJID"], ["P-1"]]))
    with ZipFile(good) as old, ZipFile(tmp_path / "cut.xlsx", "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[: len(part) // 2] if name.endswith("sheet2.xml") else part)
    cut = read_cut(study, tmp_path)
    assert len(cut.tables["subjects"]) == 1
    assert [one.rule for one in cut.findings if one.table == "labs"] == ["RD-UNREADABLE"]


def test_the_worksheets_of_a_workbook_without_a_table_are_named(tmp_path, study):
    (tmp_path / "book.xlsx").write_bytes(_workbook(Leczenie=[["x"]], Notatki=[["x"]]))
    findings = find_sources(tmp_path, study, CutMapping())[1]
    (found,) = (one for one in findings if one.rule == "RD-OTHER")
    assert found.message.endswith("was not read. It has 'Leczenie', 'Notatki'.")


@pytest.mark.parametrize(
    ("name", "saved"), [("labs.xlsb", ".xlsx"), ("Labs.XLS", ".xlsx"), ("labs.dta", ".csv")]
)
def test_a_format_that_is_not_read_is_named_with_what_to_save_it_as(tmp_path, study, name, saved):
    (tmp_path / name).write_bytes(b"PK")
    _, findings = find_sources(tmp_path, study, CutMapping())
    (absent,) = (one for one in findings if one.table == "labs")
    assert f"is not read; save it as {saved}." in absent.message
    (other,) = (one for one in findings if one.rule == "RD-OTHER")
    assert f"is not read; save it as {saved}." in other.message
    _, findings = find_sources(
        tmp_path, study, CutMapping(sources=(SourceMapping(source=name, table="labs"),))
    )
    (absent,) = (one for one in findings if one.table == "labs")
    assert f"save it as {saved}, and name that" in absent.message


def test_a_worksheet_of_a_workbook_that_is_called_like_a_table_may_be_named(tmp_path, study):
    (tmp_path / "labs.xlsx").write_bytes(_workbook(Wyniki=[["SUBJID"]], Uwagi=[["x"]]))
    entry = SourceMapping(source="labs.xlsx", sheet="Wyniki", table="labs")
    sources, findings = _found(tmp_path, study, entry)
    assert (sources, findings) == ([("labs", "Wyniki of labs.xlsx")], [("RD-OTHER", "Uwagi of labs.xlsx")])
