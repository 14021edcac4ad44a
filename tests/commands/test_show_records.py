"""``duonen records``: a number's patients from a report folder alone."""

import json
import shutil

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.commands.show_records import find_records
from duonen_stats.errors import DataError, DuonenError


def run(*arguments):
    return CliRunner().invoke(main, ["records", *map(str, arguments)])


def test_patients_above_a_limit_are_listed(written_report):
    found = find_records(written_report, "limit.kidney.course.all.n")
    assert len(found.patients) == float(found.row["stat"])
    assert {float(dose) > 23 for dose in found.records["AVAL"]} == {True}
    answer = run(written_report, "limit.kidney.course.all.n")
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith(f"limit.kidney.course.all.n: {len(found.patients)}\n")
    assert "Dataset: ADDOS" in answer.output
    assert all(patient in answer.output for patient in found.patients)


def test_json_has_the_same(written_report):
    answer = run(written_report, "table1.sex.female.B.n", "--json")
    found = json.loads(answer.output)
    assert found["dataset"] == "ADSL"
    assert found["filter"] == 'SEX = "F" and RANDFL = "Y" and TRT01P = "B"'
    assert len(found["patients"]) == float(found["stat"])


def test_what_is_of_no_single_selection_says_so(written_report):
    answer = run(written_report, "disposition.planned.n")
    assert answer.exit_code == 0
    assert "no single selection of records" in answer.output


def test_what_an_open_session_leaves_out_is_not_said_to_be_of_nobody(written_report):
    answer = run(written_report, "disposition.died.all.n")
    assert answer.exit_code == 0, answer.output
    assert "for the open session, whose records do not say DTHDT" in answer.output
    assert "0 records" not in answer.output


def test_an_unknown_number_is_wrong_usage_and_the_nearest_is_named(written_report):
    answer = run(written_report, "table1.sex.femal.B.n")
    assert answer.exit_code == 2
    assert "table1.sex.female.B.n" in answer.output
    with pytest.raises(DataError):
        find_records(written_report, "nothing.like.it")


def test_a_changed_file_is_refused(written_report, tmp_path):
    shutil.copytree(written_report, tmp_path / "report")
    with (tmp_path / "report" / "datasets" / "addos.csv").open("a") as file:
        file.write("x\n")
    with pytest.raises(DuonenError, match="not what was written"):
        find_records(tmp_path / "report", "limit.kidney.course.all.n")
