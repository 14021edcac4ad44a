"""The options of every command are one typed object, and what is wrong with one is wrong usage."""

from dataclasses import dataclass, fields, is_dataclass
from inspect import get_annotations
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner
from comparison.small_output import RESULTS, folder_of
from every_command import commands

from duonen_stats.cli.app import main
from duonen_stats.cli.options import (
    CommaList,
    CommonOptions,
    DataOptions,
    ListOption,
    PlanOptions,
    argument,
    declared,
    option,
    taking,
)


def run(*args):
    return CliRunner().invoke(main, list(map(str, args)), prog_name="duonen")


COMMANDS = dict(commands(main))
OPTIONS = {path: command.callback.options for path, command in COMMANDS.items()}
"""The dataclass of each command; one that is not declared so has none, and fails here."""
READING = [
    path for path, options in OPTIONS.items() if issubclass(options, DataOptions) and path[0] != "design"
]


def test_the_parameters_of_a_command_are_the_fields_of_its_options():
    assert len(OPTIONS) > 20
    for path, options in OPTIONS.items():
        assert is_dataclass(options)
        assert {item.name for item in COMMANDS[path].params} - {"version"} == {
            item.name for item in fields(options)
        }


LISTS = [
    (path, item)
    for path, command in COMMANDS.items()
    for item in command.params
    if isinstance(item.type, CommaList)
]


@pytest.mark.parametrize(("path", "item"), LISTS, ids=lambda one: one if isinstance(one, str) else None)
def test_a_list_is_written_with_commas_and_given_once(path, item):
    assert isinstance(item, ListOption)
    assert item.metavar.endswith(",…")
    assert "Write several with commas." in item.help
    name = item.opts[0]
    for typed in (
        (name, "0.1", name, "0.2"),
        (f"{name}=0.1", f"{name}=0.2"),
        (name, "0.1", "--quiet", name, "0.2"),
    ):
        shown = run(*path, *typed)
        assert shown.exit_code == 2, shown.output
        assert f"It is given 2 times; give it once, with commas: {name} 0.1,0.2." in " ".join(
            shown.stderr.split()
        )


def test_every_option_of_several_values_is_a_list_or_adds_up():
    assert {path for path, _ in LISTS} >= {
        ("design", name) for name in ("toxicity", "precision", "project", "power")
    }
    for path, command in COMMANDS.items():
        for item in command.params:
            several = isinstance(item.default, tuple) or "," in (item.metavar or "")
            assert not several or item.multiple or item.nargs != 1 or isinstance(item, ListOption), (
                path,
                item,
            )


def test_who_takes_data_takes_a_mapping_and_a_day_and_who_analyses_takes_a_plan():
    reads = {path for path, command in COMMANDS.items() if "data" in {one.name for one in command.params}}
    assert reads >= {
        ("report", "interim"),
        ("check",),
        ("convert",),
        ("design", "project"),
        ("design", "reestimate"),
    }
    for path in reads - {("mapping", "suggest")}:  # which makes the mapping, of files as they are
        names = {name for one in COMMANDS[path].params for name in one.opts}
        assert {"--mapping", "--cut"} <= names, path
        assert path == ("convert",) or {"--plan", "--set"} <= names, path


def test_own_options_come_first_and_shared_ones_are_declared_once():
    assert [item.name for item in COMMANDS["report", "final"].params if isinstance(item, click.Option)] == [
        "blinded", "out", "also", "against", "allow_stage", "aggregate_only", "no_verify", "mapping", "cut_date",
        "plan_file", "settings", "language", "quiet", "version",
    ]  # fmt: skip
    own = {path: get_annotations(options) for path, options in OPTIONS.items()}
    # It reads files as they are, and no simulated cohort in their place.
    del own["mapping", "suggest"]["data"]
    for shared in (DataOptions, PlanOptions):
        for name in shared.__annotations__:
            assert not any(name in declared_here for declared_here in own.values())


def test_options_are_declared_by_a_dataclass_and_passed_as_one_frozen_object():
    @dataclass(frozen=True, kw_only=True)
    class Sum(CommonOptions):
        numbers: tuple[int, ...] = argument(nargs=-1, type=int)
        factor: int = option("--times", "-t", default=1)

    taken = []

    @click.command()
    @taking(Sum)
    def total(options: Sum) -> None:
        """Multiply."""
        taken.append(options)

    assert len(declared(Sum)) == 3
    assert CliRunner().invoke(total, ["1", "2", "-t", "3", "-q"]).exit_code == 0
    assert taken == [Sum(numbers=(1, 2), factor=3, quiet=True)]
    with pytest.raises(AttributeError):
        taken[0].factor = 4
    assert (total.name, total.help) == ("total", "Multiply.")


def _required(command, folder):
    """What a command cannot do without, and a place to write that is not there."""
    names = [one.opts[0] for one in COMMANDS[command].params if one.required]
    values = {"--out": folder / "out", "--format": "csv"}
    return [
        part
        for name in {*names, *(["--out"] if command != ("check",) else [])}
        for part in (name, values[name])
    ]


FAULTY = {"unknown.yaml": "sourcez: []\n", "broken.yaml": "sources: [\n", "empty.yaml": ""}


@pytest.mark.parametrize("name", FAULTY)
@pytest.mark.parametrize(
    "command",
    [("report", "interim"), ("report", "final"), ("check",), ("build",), ("audit",), ("convert",)],
    ids=" ".join,
)
def test_a_faulty_mapping_file_is_wrong_usage_of_every_command(command, name, tmp_path):
    (tmp_path / name).write_text(FAULTY[name], encoding="utf-8")
    shown = run(*command, "--mapping", tmp_path / name, *_required(command, tmp_path))
    assert shown.exit_code == 2
    assert "Invalid value for '--mapping'" in shown.stderr
    assert "Traceback" not in shown.output
    assert [path.name for path in tmp_path.iterdir()] == [name]


WRITING = [
    ("report", "interim"), ("report", "final"), ("check",), ("build",), ("audit",), ("convert", "--format", "csv"),
    ("convert", "--format", "workbook"), ("simulate",), ("qualify",), ("plan",), ("design", "report"),
    ("design", "power"), ("design", "project"), ("design", "reestimate"), ("profiles",),
]  # fmt: skip
ENDING = {"check": ".csv", "plan": ".yaml", "workbook": ".xlsx"}


@pytest.fixture
def idle(monkeypatch):
    """Fail whatever would begin the work: reading a cut, simulating one, running cases, computing a design."""

    def begun(*_args, **_options):
        raise AssertionError("the work has begun")

    for place in (
        "duonen_stats.raw.checks.check.read_cut",
        "duonen_stats.commands.convert_cut.read_cut",
        "duonen_stats.commands.make_report.simulate_cut",
        "duonen_stats.commands.simulate_cut.simulate_cut",
        "duonen_stats.qualification.run_cases.read_cases",
        "duonen_stats.design_report.planning_report.compute_design",
        "duonen_stats.design_report.fixed_answers.power_answer",
        "duonen_stats.design_report.cut_data.read_planning_cut",
    ):
        monkeypatch.setattr(place, begun)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_an_output_that_cannot_be_written_is_wrong_usage_before_the_work_begins(command, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    ending = ENDING.get(command[-1], "")
    shown = run(*command, "--out", tmp_path / "file" / f"new{ending}")
    assert shown.exit_code == 2, shown.output
    assert "cannot be written" in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_what_the_package_did_not_write_is_kept(command, tmp_path):
    ending = ENDING.get(command[-1], "")
    own = tmp_path / f"own{ending}" if ending else tmp_path / "own" / "notes.txt"
    own.parent.mkdir(exist_ok=True)
    own.write_bytes(b"mine")
    shown = run(*command, "--out", own if ending else own.parent)
    assert shown.exit_code == 2, shown.output
    assert "ame another f" in " ".join(shown.stderr.split())
    assert own.read_bytes() == b"mine"


def test_a_comparison_is_not_begun_if_its_output_has_no_place(tmp_path, monkeypatch):
    one = folder_of(tmp_path / "one", {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.5,g/dL,3,t,\n"})
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "notes.txt").write_bytes(b"mine")
    monkeypatch.setattr("duonen_stats.comparison.compare_outputs.compare_folders", lambda *_, **__: 1 / 0)
    for out in (tmp_path / "own", tmp_path / "own" / "notes.txt" / "new"):
        shown = run("compare", one, one, "--out", out)
        assert shown.exit_code == 2, shown.output
        assert "--out: " in shown.stderr


def test_findings_replace_earlier_findings_and_no_answered_listing(tmp_path):
    for name in ("findings.csv", "queries.xlsx"):
        for _ in range(2):
            assert run("check", "--out", tmp_path / name, "--quiet").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "queries.xlsx")
    book["Summary"]["J9"] = "checked with the ward, GFR is right"
    book.save(tmp_path / "queries.xlsx")
    answered = (tmp_path / "queries.xlsx").read_bytes()
    shown = run("check", "--out", tmp_path / "queries.xlsx")
    assert shown.exit_code == 2
    assert "is not a query listing as this package wrote it" in " ".join(shown.stderr.split())
    assert (tmp_path / "queries.xlsx").read_bytes() == answered


def test_cases_that_are_no_cases_are_wrong_usage_and_not_a_failed_qualification(tmp_path):
    (tmp_path / "cases.json").write_text("{", encoding="utf-8")
    shown = run("qualify", tmp_path / "cases.json")
    assert (shown.exit_code, "is not a JSON file" in shown.stderr) == (2, True)


def test_a_dry_run_is_not_compared_with_an_earlier_report(tmp_path):
    earlier = folder_of(tmp_path / "one", {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.5,g/dL,3,t,\n"})
    shown = run("report", "final", "--blinded", "--against", earlier, "--out", tmp_path / "out")
    assert shown.exit_code == 2
    assert "--against has an effect only without --blinded" in " ".join(shown.stderr.split())


@pytest.mark.usefixtures("idle")
def test_the_figure_of_a_projection_takes_the_place_of_no_other_file(tmp_path):
    own = tmp_path / "fan.svg"
    own.write_bytes(b"<svg/>")
    for figure, words in (
        (own, "is not a figure as this package wrote it"),
        (own / "fan.pdf", "cannot be written"),
    ):
        shown = run("design", "project", "--figure", figure)
        assert shown.exit_code == 2
        assert "--figure: " in shown.stderr
        assert words in " ".join(shown.stderr.split())
    assert own.read_bytes() == b"<svg/>"


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_file_that_holds_no_tables_is_wrong_usage(command, tmp_path):
    (tmp_path / "cut.txt").write_bytes(b"labs")
    shown = run(*command, tmp_path / "cut.txt", *_required(command, tmp_path))
    assert shown.exit_code == 2
    assert "is not a folder or a file with several tables" in " ".join(shown.stderr.split())


@pytest.mark.parametrize(
    ("words", "place", "offered"),
    [
        ("duonen re", 1, {"records", "report"}),
        ("duonen report i", 2, {"interim"}),
        ("duonen build --fo", 2, {"--format"}),
        ("duonen build --format x", 3, {"xpt", "xpt8"}),
        ("duonen design pr", 2, {"precision", "project"}),
    ],
)
def test_the_tab_key_completes_commands_options_and_values(words, place, offered):
    shown = CliRunner().invoke(
        main, prog_name="duonen",
        env={"_DUONEN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)},
    )  # fmt: skip
    assert {line.partition(",")[2] for line in shown.stdout.splitlines()} == offered


@pytest.mark.repository
def test_the_readme_says_how_the_tab_key_is_set_up():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for shell in ("bash", "zsh", "fish"):
        assert f"{shell}_source" in readme
        shown = CliRunner().invoke(main, prog_name="duonen", env={"_DUONEN_COMPLETE": f"{shell}_source"})
        assert "_duonen_completion" in shown.stdout
        assert shown.exit_code == 0


def test_a_mapping_that_cannot_be_written_is_wrong_usage_before_the_files_are_read(tmp_path, monkeypatch):
    def begun(*_args, **_options):
        raise AssertionError("the work has begun")

    monkeypatch.setattr("duonen_stats.commands.suggest_mapping.suggested_mapping", begun)
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "labs.csv").write_text("SUBJID\n1\n")
    shown = run("mapping", "suggest", tmp_path / "cut", "--out", tmp_path / "file" / "mapping.yaml")
    assert shown.exit_code == 2, shown.output
    assert "cannot be written" in " ".join(shown.stderr.split())
