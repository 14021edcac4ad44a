from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.commands import make_report
from duonen_stats.plan import FINAL

pytestmark = pytest.mark.whole_report


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


def test_without_data_it_follows_the_final_plan(asked):
    answer = run("--out", "there")
    assert answer.exit_code == 0, answer.output
    ((data, options),) = asked
    assert data is None
    assert (options["plan"], options["out"], options["blinded"]) == (FINAL, Path("there"), None)
    assert "SIMULATED DATA" in answer.output


@pytest.mark.parametrize(
    ("arguments", "seed"), [(("--blinded",), 2026), (("--blinded", "7"), 7), (("--blinded=0",), 0)]
)
def test_a_dry_run_has_a_seed_of_its_own_or_the_usual_one(asked, arguments, seed):
    assert run(*arguments).exit_code == 0
    assert asked[0][1]["blinded"] == seed


def test_data_and_a_dry_run_go_together(asked, tmp_path):
    assert run(str(tmp_path), "--blinded", "--quiet").exit_code == 0
    assert asked[0][0] == tmp_path
    assert asked[0][1]["blinded"] == 2026


@pytest.mark.parametrize("seed", ["-1", "seven"])
def test_a_seed_has_to_be_a_whole_number(asked, seed):
    answer = run(f"--blinded={seed}")
    assert answer.exit_code == 2
    assert not asked


def test_help_has_an_example():
    answer = run("--help")
    assert answer.exit_code == 0
    assert "duonen report final my_cut --out report" in answer.output


def test_a_report_of_another_stage_is_an_error_unless_it_is_stated(cohort_copy, tmp_path):
    out = tmp_path / "out"
    shown = run(str(cohort_copy), "--out", str(out))
    assert shown.exit_code == 1
    assert "is a data cut of stage INTERIM" in shown.stderr
    assert "--allow-stage" in shown.stderr
    assert not out.exists()


def test_allow_stage_is_passed_on(asked):
    assert run("--allow-stage").exit_code == 0
    assert asked[0][1]["allow_stage"] is True
