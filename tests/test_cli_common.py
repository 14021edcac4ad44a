import click
import pytest
from click.testing import CliRunner

from duonen_stats.cli_common import common_options, guarded, print_findings, print_intake, progress
from duonen_stats.errors import DataError, FaultyCutError
from duonen_stats.raw import Finding, SourceFile
from duonen_stats.raw.sheet import Converted

pytestmark = pytest.mark.worked

NOTE = Finding(severity="note", rule="R-LONGRULENAME", table="labs", row=3, message="by the way")
ERROR = Finding(severity="error", rule="R", table="labs", message="wrong")


def command(fault=None, **options):
    @click.command()
    @common_options
    @guarded
    def run(quiet):
        if fault is not None:
            raise fault
        click.echo(f"quiet {quiet}")

    return CliRunner().invoke(run, **options)


def test_an_error_is_one_paragraph_and_exit_code_1():
    shown = command(DataError("No folder."))
    assert (shown.exit_code, shown.stderr) == (1, "duonen: No folder.\n")


def test_a_faulty_cut_lists_its_findings():
    shown = command(FaultyCutError("Nothing was written.", [ERROR]))
    assert "wrong" in shown.stderr
    assert shown.exit_code == 1


def test_what_the_disk_says_is_told_with_the_place():
    shown = command(OSError(28, "No space left on device", "out"))
    assert shown.stderr == "duonen: cannot read or write (out): No space left on device.\n"


def test_of_many_findings_all_errors_are_shown(capsys):
    print_findings([*[NOTE] * 60, ERROR], err=False)
    shown = capsys.readouterr().out
    assert shown.startswith("error")
    assert "and 21 more" in shown
    assert "R-LONGRULENAME  labs line 3" in shown


def test_steps_are_plain_lines_where_there_is_no_terminal(capsys):
    with progress(False) as step:
        step("PDF", 6, 7)
    assert capsys.readouterr().err == "[6/7] PDF\n"
    with progress(True) as step:
        step("PDF", 6, 7)
    assert capsys.readouterr().err == ""


def test_how_files_were_read_is_printed_unless_all_are_standard(capsys):
    standard = SourceFile(
        name="labs.csv",
        sha256="",
        rows=3,
        columns=2,
        form={"format": "CSV", "encoding": "UTF-8", "separator": "comma"},
    )
    print_intake([standard])
    assert capsys.readouterr().out == ""
    book = SourceFile(
        name="cut.xlsx", sha256="", rows=3, columns=2, form={"format": "Excel", "worksheet": "labs"},
        converted=(Converted("decimal commas", "VALUE", 2), Converted("decimal commas", "ULN", 1)),
    )  # fmt: skip
    print_intake([standard, book])
    assert capsys.readouterr().out.splitlines() == [
        "labs.csv: CSV, UTF-8, comma; 3 records, 2 columns",
        "cut.xlsx, labs: Excel; 3 records, 2 columns",
        "    decimal commas: VALUE 2, ULN 1",
    ]
