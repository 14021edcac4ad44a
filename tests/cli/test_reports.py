from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from comparison.edited_cohort import EDITS
from comparison.small_output import RESULTS, folder_of

from duonen_stats.cli.app import main
from duonen_stats.commands import make_report
from duonen_stats.plan import FINAL
from duonen_stats.report import verify_report
from duonen_stats.report.verification_page import Checked
from duonen_stats.report.verify_report import Verified
from duonen_stats.verification.second_numbers import COLUMNS
from duonen_stats.verification.verdicts import Verification


@pytest.fixture
def asked(monkeypatch):
    """What the command asks of ``write_report``, which is not run."""
    calls = []

    def write(data, **options):
        calls.append((data, options))
        return make_report.Written(
            out=Path(options["out"]), simulated=True, results=1, findings={"error": 0}, seconds={"PDF": 1.0}
        )

    monkeypatch.setattr(make_report, "write_report", write)
    return calls


def run(*arguments):
    return CliRunner().invoke(main, ["report", "final", *arguments])


@pytest.mark.whole_report
def test_without_data_it_follows_the_final_plan(asked):
    answer = run("--out", "there")
    assert answer.exit_code == 0, answer.output
    ((data, options),) = asked
    assert data is None
    assert (options["plan"], options["out"], options["blinded"]) == (FINAL, Path("there"), None)
    assert "SIMULATED DATA" in answer.output


@pytest.mark.whole_report
@pytest.mark.parametrize(
    ("arguments", "seed"), [(("--blinded",), 2026), (("--blinded", "7"), 7), (("--blinded=0",), 0)]
)
def test_a_dry_run_has_a_seed_of_its_own_or_the_usual_one(asked, arguments, seed):
    assert run(*arguments).exit_code == 0
    assert asked[0][1]["blinded"] == seed


@pytest.mark.whole_report
def test_data_and_a_dry_run_go_together(asked, tmp_path):
    assert run(str(tmp_path), "--blinded", "--quiet").exit_code == 0
    assert asked[0][0] == tmp_path
    assert asked[0][1]["blinded"] == 2026


@pytest.mark.whole_report
@pytest.mark.parametrize("seed", ["-1", "seven"])
def test_a_seed_has_to_be_a_whole_number(asked, seed):
    answer = run(f"--blinded={seed}")
    assert answer.exit_code == 2
    assert not asked


@pytest.mark.whole_report
def test_help_has_an_example():
    answer = run("--help")
    assert answer.exit_code == 0
    assert "duonen report final my_cut --out report" in answer.output


@pytest.mark.whole_report
def test_a_report_of_another_stage_is_an_error_unless_it_is_stated(cohort_copy, tmp_path):
    out = tmp_path / "out"
    shown = run(str(cohort_copy), "--out", str(out))
    assert shown.exit_code == 1
    assert "is a data cut of stage INTERIM" in shown.stderr
    assert "--allow-stage" in shown.stderr
    assert not out.exists()


@pytest.mark.whole_report
def test_allow_stage_is_passed_on(asked):
    assert run("--allow-stage").exit_code == 0
    assert asked[0][1]["allow_stage"] is True


def run_audit(*args: str):
    return CliRunner().invoke(main, ["audit", *args])


def test_the_audit_prints_its_counts_and_the_same_data_give_the_same_bytes(written_audit, tmp_path: Path):
    found = run_audit("--out", str(tmp_path / "a"))
    assert found.exit_code == 0
    assert "of 574 results 557 reproduced, 17 impossible, 0 differ" in found.stdout.splitlines()[0]
    for file in written_audit.out.iterdir():
        if file.name != "manifest.json":
            assert (tmp_path / "a" / file.name).read_bytes() == file.read_bytes(), file.name


def test_data_that_do_not_pass_exit_1(edit, tmp_path: Path):
    edit.write("subjects", edit.read("subjects").assign(ARM="E"))
    found = run_audit(str(edit.folder), "--out", str(tmp_path / "a"))
    assert found.exit_code == 1
    assert "Traceback" not in found.output
    assert not (tmp_path / "a").exists()


def test_an_audit_never_replaces_the_data_it_reads(tmp_path: Path):
    cut = tmp_path / "cut"
    assert CliRunner().invoke(main, ["simulate", "--patients", "1", "--out", str(cut)]).exit_code == 0
    before = {file.name: file.read_bytes() for file in cut.iterdir()}
    found = run_audit(str(cut), "--out", str(cut))
    assert found.exit_code == 2
    assert "holds what is read" in " ".join(found.output.split())
    assert {file.name: file.read_bytes() for file in cut.iterdir()} == before


def test_wrong_usage_exits_2(tmp_path: Path):
    assert run_audit(str(tmp_path / "nowhere")).exit_code == 2


def test_help_ends_with_an_example_and_quiet_is_quiet():
    found = run_audit("--help")
    assert found.exit_code == 0
    assert "duonen audit my_cut --out audit" in found.stdout


ONE = {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.5,g/dL,3,t,\n"}
OTHER = {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.6,g/dL,3,t,\n"}


def run_compare(*args):
    return CliRunner().invoke(main, ["compare", *map(str, args)], prog_name="duonen")


def test_a_difference_exits_1_and_none_exits_0(tmp_path):
    one, other = folder_of(tmp_path / "one", ONE), folder_of(tmp_path / "other", OTHER)
    shown = run_compare(one, other)
    assert shown.exit_code == 1
    assert "Statistics, 1 → 1: 1 changed." in shown.stdout
    shown = run_compare(one, one)
    assert (shown.exit_code, shown.stdout.strip().splitlines()[-1]) == (0, "No difference.")
    assert run_compare(one, other, "--tolerance", "0.1").exit_code == 0
    assert run_compare(one, other, "--quiet").output == ""


def test_out_writes_every_change(tmp_path):
    one, other = folder_of(tmp_path / "one", ONE), folder_of(tmp_path / "other", OTHER)
    assert run_compare(one, other, "--out", tmp_path / "changes", "-q").exit_code == 1
    assert (tmp_path / "changes" / "compare.html").is_file()


def test_a_folder_that_is_no_report_is_one_clear_paragraph(tmp_path):
    (tmp_path / "photos").mkdir()
    shown = run_compare(folder_of(tmp_path / "one", ONE), tmp_path / "photos")
    assert shown.exit_code == 2
    assert "is no output of duonen report" in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.output


def test_wrong_usage_exits_2_of_compare(tmp_path):
    one = folder_of(tmp_path / "one", ONE)
    assert run_compare(one).exit_code == 2
    assert run_compare(one, tmp_path / "absent").exit_code == 2
    assert run_compare(one, one, "--tolerance", "much").exit_code == 2


def test_help_has_an_example_of_compare():
    shown = run_compare("--help")
    assert shown.exit_code == 0
    assert "Example:" in shown.stdout


def test_two_whole_reports_are_compared_and_no_patient_is_named(written_report: Path, edited_report: Path):
    shown = run_compare(written_report, edited_report)
    assert shown.exit_code == 1
    assert "Table 5. Adverse events" in shown.stdout
    for edit in EDITS:
        assert edit.record["SUBJID"] not in shown.output


def test_what_cannot_be_compared_exits_2(tmp_path):
    one = folder_of(tmp_path / "one", ONE)
    twice = folder_of(
        tmp_path / "twice", {"results.csv": ONE["results.csv"] + ONE["results.csv"].splitlines()[-1] + "\n"}
    )
    shown = run_compare(one, twice)
    assert shown.exit_code == 2
    assert "two rows a" in " ".join(shown.stderr.split())
    (one / "results.csv").write_text("edited", encoding="utf-8")
    assert run_compare(one, twice).exit_code == 2
    nothing = folder_of(tmp_path / "nothing", {"note.txt": "x"})
    assert run_compare(folder_of(tmp_path / "again", ONE), nothing).exit_code == 2


@pytest.mark.parametrize(("arguments", "verify"), [((), None), (("--no-verify",), False)])
def test_no_verify_is_passed_on(asked, arguments, verify):
    CliRunner().invoke(main, ["report", "interim", *arguments])
    ((_, options),) = asked
    assert options["verify"] is verify


@pytest.mark.parametrize(("arguments", "language"), [((), "en"), (("--language", "pl"), "pl")])
def test_language_is_passed_on(asked, arguments, language):
    CliRunner().invoke(main, ["report", "interim", *arguments])
    ((_, options),) = asked
    assert options["language"] == language


def test_a_number_that_differs_exits_1_and_the_report_is_written(monkeypatch, tmp_path):
    row = ("table1.age.all.mean", 61.0, 60.0, -1.0, "pandas", "2.3.3", "differs", "pandas gives 60.0")
    found = Verification(compared=pd.DataFrame([row], columns=[*COLUMNS]))

    def write(*_, out, **__):
        return make_report.Written(
            out=out, simulated=False, results=1, findings={}, seconds={}, checked=Checked(found=found)
        )

    monkeypatch.setattr(make_report, "write_report", write)
    said = CliRunner().invoke(main, ["report", "interim", "--out", str(tmp_path)])
    assert said.exit_code == 1
    assert "DIFFERS: table1.age.all.mean is 61.0, pandas gives 60.0." in said.output
    assert "the second engine did not confirm the report" in said.output


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_every_number_passed(passed, code, monkeypatch, tmp_path):
    monkeypatch.setattr(verify_report, "verify_report", lambda *_, **__: Verified(passed, "the outcome"))
    said = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert (said.exit_code, said.output) == (code, "the outcome\n")
    quiet = CliRunner().invoke(main, ["verify", str(tmp_path), "--quiet"])
    assert (quiet.exit_code, quiet.output) == (code, "")


@pytest.mark.parametrize("engine", ["python", "r"])
def test_a_folder_that_is_no_report_is_wrong_usage(engine, tmp_path):
    said = CliRunner().invoke(main, ["verify", str(tmp_path), "--engine", engine])
    assert said.exit_code == 2
    assert "is not a report: it has no manifest.json" in said.output


def test_an_engine_there_is_not_is_wrong_usage(tmp_path):
    assert CliRunner().invoke(main, ["verify", str(tmp_path), "--engine", "sas"]).exit_code == 2
