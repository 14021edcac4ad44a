from pathlib import Path

import pytest
from click.testing import CliRunner
from every_command import commands

from duonen_stats.cli.app import main
from duonen_stats.cli.settings import (
    COMMANDS,
    Settings,
    parameter,
    read_settings,
    settings_path,
)
from duonen_stats.commands import make_report
from duonen_stats.commands.simulate_cut import write_simulation
from duonen_stats.design_report import cut_data
from duonen_stats.errors import DuonenError


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working folder, where a duonen.toml is read as it is outside the tests."""
    monkeypatch.delenv("DUONEN_SETTINGS")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """What a command asks of ``write_report``, which is not run."""
    calls = []

    def write(_data, **options):
        calls.append(options)
        return make_report.Written(
            out=Path(options["out"]), simulated=True, results=1, findings={"error": 0}, seconds={"PDF": 1.0}
        )

    monkeypatch.setattr(make_report, "write_report", write)
    return calls


def settings(folder, text):
    path = folder / "duonen.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*args):
    return CliRunner().invoke(main, list(args), prog_name="duonen")


def test_the_keys_of_each_command_are_options_it_has():
    found = {path: {option.name for option in command.params} for path, command in commands(main)}
    for command, keys in COMMANDS.items():
        assert {parameter(key) for key in keys} <= found[command], command
    for command, options in found.items():
        missing = {"mapping", "cut_date", "plan_file"} & options - {
            parameter(key) for key in COMMANDS.get(command, ())
        }
        assert not missing, command


def test_options_stand_in_the_file_and_the_command_line_wins(folder, asked):
    settings(folder, 'plan = "plans/mine.yaml"\ncut = 2024-01-31\nout = "there"\nmapping = "map.yaml"\n')
    (folder / "plans").mkdir()
    (folder / "plans" / "mine.yaml").write_text("alpha: 0.01\n", encoding="utf-8")
    (folder / "map.yaml").write_text("sources: []\n", encoding="utf-8")
    shown = run("report", "interim")
    assert shown.exit_code == 0, shown.output
    (options,) = asked
    assert options["plan"].alpha == 0.01
    assert options["out"] == folder / "there"
    assert (options["cut_date"], options["mapping"]) == ("2024-01-31", folder / "map.yaml")
    assert "From duonen.toml: " in shown.stderr
    assert f"--plan {folder / 'plans' / 'mine.yaml'}" in shown.stderr
    shown = run("report", "final", "--out", "here", "--cut", "2024-02-01", "--set", "alpha=0.02", "--quiet")
    assert (asked[1]["out"], asked[1]["cut_date"], asked[1]["plan"].alpha) == (
        Path("here"),
        "2024-02-01",
        0.02,
    )
    assert "From duonen.toml" not in shown.stderr


@pytest.mark.parametrize("question", ["project", "reestimate"])
def test_design_questions_about_a_cut_take_the_file_too(question, folder, monkeypatch):
    asked = []

    def read(_data, options, *, rules):
        asked.append((options.mapping, options.cut_date, rules.days_per_month))
        raise DuonenError("asked")

    monkeypatch.setattr(cut_data, "read_blinded", read)
    settings(folder, 'plan = "mine.yaml"\ncut = 2024-01-31\nmapping = "map.yaml"\n')
    (folder / "mine.yaml").write_text("days_per_month: 30\n", encoding="utf-8")
    (folder / "map.yaml").write_text("sources: []\n", encoding="utf-8")
    shown = run("design", question)
    assert asked == [(folder / "map.yaml", "2024-01-31", 30)]
    assert "From duonen.toml: " in shown.stderr
    shown = run("design", question, "--cut", "2024-02-01", "--set", "days_per_month=29")
    assert asked[1][1:] == ("2024-02-01", 29)


def test_the_file_plays_no_part_where_numbers_stand_for_the_cut(folder):
    settings(folder, "cut = 2024-01-31\n")
    numbers = ("--entered", "60", "--events", "25", "--cut-month", "40")
    shown = run("design", "project", *numbers, "--simulations", "50")
    assert shown.exit_code == 0, shown.output
    assert "From duonen.toml" not in shown.stderr
    shown = run("design", "project", *numbers, "--set", "days_per_month=30")
    assert shown.exit_code == 2
    assert "--set has an effect only without --entered" in shown.stderr


def test_a_required_option_may_stand_in_the_file(folder):
    settings(folder, 'out = "sets"\n')
    write_simulation(folder / "cut", seed=3, patients=4)
    assert run("build", "cut").exit_code == 0
    assert (folder / "sets" / "adsl.csv").is_file()
    assert run("convert", "--format", "csv").exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('plann = "x.yaml"\n', "unknown key 'plann'. Is plan meant? It may have mapping, plan, cut, out, against, "
         "language."),
        ("out = 3\n", "out is 3; it has to be a path in quotes"),
        ('out = ["a"]\n', "out is ['a']"),
        ('out = ""\n', "out is ''"),
        ('cut = "soon"\n', "cut is 'soon'; it has to be a date"),
        ("cut = 2024-01-31T10:00:00\n", "it has to be a date"),
        ("cut = 20240131\n", "it has to be a date"),
        ('out = "a"\nout = "b"\n', "is not valid TOML"),
        ("out = a\n", "is not valid TOML"),
        ("[report]\nout = 'a'\n", "unknown key 'report'"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_wrong_usage_of_every_command_and_shown_by_doctor(text, words, folder):
    settings(folder, text)
    for command in (("check",), ("report", "interim"), ("simulate", "--out", "x")):
        shown = run(*command)
        assert shown.exit_code == 2
        assert words in shown.stderr
        assert "Traceback" not in shown.output
    assert [path.name for path in folder.iterdir()] == ["duonen.toml"]
    assert run("report", "interim", "--help").exit_code == 0
    shown = run("doctor")
    assert shown.exit_code == 1
    assert words in shown.stdout


def test_a_file_that_is_no_text_is_refused(folder):
    (folder / "duonen.toml").write_bytes(b"out = '\xff'")
    with pytest.raises(DuonenError, match="not UTF-8"):
        read_settings()
    with pytest.raises(DuonenError, match="cannot be read"):
        read_settings(folder)


def test_what_the_file_names_is_checked_as_if_it_were_typed(folder):
    settings(folder, 'plan = "none.yaml"\n')
    shown = run("report", "interim")
    assert shown.exit_code == 2
    assert "none.yaml" in shown.stderr


def test_doctor_shows_what_is_taken_from_where(folder):
    assert "none in this folder" in run("doctor").stdout
    path = settings(folder, 'cut = "2024-01-31"\nagainst = "old"\n')
    shown = run("doctor").stdout
    assert str(path) in shown
    assert "2024-01-31   (for duonen report interim, report final, build, audit, check, convert, " in shown
    assert f"{folder / 'old'}   (for duonen report interim, report final)" in shown


def test_the_variable_names_another_file_or_none(folder, monkeypatch):
    settings(folder, 'out = "a"\n')
    assert settings_path() == Path("duonen.toml")
    monkeypatch.setenv("DUONEN_SETTINGS", "")
    assert settings_path() is None
    assert read_settings() == Settings()
    (folder / "other.toml").write_text('out = "b"\n', encoding="utf-8")
    monkeypatch.setenv("DUONEN_SETTINGS", "other.toml")
    assert read_settings().values == {"out": str(folder / "b")}


def test_a_language_is_one_that_reports_are_made_in(folder, asked):
    settings(folder, 'language = "pl"\n')
    assert run("report", "interim").exit_code == 0
    assert asked[0]["language"] == "pl"
    settings(folder, 'language = "de"\n')
    refused = run("report", "interim")
    assert refused.exit_code == 2
    assert "language is 'de'" in refused.stderr
    assert "en or pl" in refused.stderr.replace("\n", " ")
