"""What is personal in a folder: every file of a report, a cut, and pages of patients, told by what it holds."""

import json
import shutil

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.commands.personal_files import find_personal
from duonen_stats.errors import DataError
from duonen_stats.study.shipped_files import cohort_path


def _named(folder):
    return {one.name: one.what for one in find_personal(folder).files}


def test_of_a_data_cut_every_table_of_patients_is_named(tmp_path):
    shutil.copytree(cohort_path(), tmp_path / "cut")
    found = _named(tmp_path / "cut")
    assert found["subjects.csv"] == "56 rows of 56 patients"
    assert found["labs.csv"].endswith("of 56 patients")
    assert "data_cut.csv" not in found
    assert find_personal(tmp_path / "cut").unknown == ()


@pytest.fixture
def report(tmp_path):
    """A folder as a report writes it, with few files and an account of the kind it is."""

    def make(**about):
        folder = tmp_path / "report"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "figures").mkdir(parents=True)
        for name, text in {
            "report.html": "<html>", "report.pdf": "%PDF", "results.csv": "analysis_id,stat\na,1\n",
            "findings.csv": "severity,subject\nnote,\n", "figures/figure_1.svg": "<svg>",
            "figures/figure_2.png": "", "figures/figure_3.svg": "<svg>",
        }.items():  # fmt: skip
            (folder / name).write_text(text)
        about = {"made_by": "duonen_stats", "kind": "report", "outputs": [], **about}
        (folder / "manifest.json").write_text(json.dumps(about))
        return folder

    return make


def test_pages_and_figures_of_a_report_are_named_unless_it_is_for_circulation(report):
    assert set(_named(report())) == {
        "report.html", "report.pdf", "figures/figure_2.png", "figures/figure_3.svg"
    }  # fmt: skip
    assert _named(report(aggregate_only=True)) == {}
    pages = report(kind="patient profiles")
    assert _named(pages)["report.html"] == "a page for each patient"
    assert _named(pages)["figures/figure_1.svg"] == "draws a single patient"
    assert _named(pages)["manifest.json"] == "names the files of each patient"
    compared = report(kind="comparison")
    assert _named(compared)["report.html"] == "lists changed records and findings with their patients"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "\ufeffUSUBJID;AVAL\nx;1\nx;2\n", "2 rows of 1 patient"),
        ("a.csv", "Patient,Reason\n01-001,x\n", "1 row of 1 patient"),
        ("a.csv", "table,row,subject,reason\nlabs,,01-001,x\n", "1 row of 1 patient"),
        (
            "a.csv",
            'record,new\n"SUBJID 01-001, CYCLE 2",x\n"SUBJID 01-001",y\nCUTDT 2026-01-01,z\n',
            "2 rows of 1 patient",
        ),
        ("a.csv", "USUBJID,AVAL\n", None),
        ("a.csv", "stat,n\n1,2\n", None),
        ("a.sav", "", "SPSS file, which may hold a row for each patient"),
    ],
)
def test_a_file_is_told_by_what_it_holds(tmp_path, name, text, what):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert _named(tmp_path).get(name) == what


def test_what_cannot_be_told_is_said(tmp_path):
    (tmp_path / "scan.dcm").write_bytes(b"\x00")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    assert find_personal(tmp_path).unknown == ("a.csv", "scan.dcm")
    made = CliRunner().invoke(main, ["doctor", str(tmp_path)])
    assert made.exit_code == 1
    assert "UNKNOWN   scan.dcm" in made.output


def test_pages_and_columns_that_nobody_knows_are_not_called_free_of_patients(tmp_path):
    (tmp_path / "export.csv").write_text("record_id;hgb\n01-001;12\n")
    (tmp_path / "forms.xml").write_text("<ODM/>")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    (tmp_path / "labels.csv").write_text("PARAMCD,AVAL\n")
    (tmp_path / "data_cut.csv").write_text("CUTDT\n2026-01-01\n")
    found = find_personal(tmp_path)
    assert found.unknown == ("export.csv", "forms.xml", "labels.csv", "letter.pdf")
    assert found.files == ()


def test_the_doctor_answers_for_a_folder(report, tmp_path):
    made = CliRunner().invoke(main, ["doctor", str(report())])
    assert (made.exit_code, "PERSONAL  report.html: listings name patients" in made.output) == (1, True)
    assert "--aggregate-only" in made.output
    clean = CliRunner().invoke(main, ["doctor", str(report(aggregate_only=True))])
    assert clean.exit_code == 0
    assert "names a patient" in clean.output
    with pytest.raises(DataError, match="not a folder"):
        find_personal(tmp_path / "none")
