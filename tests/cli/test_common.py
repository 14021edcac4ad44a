from dataclasses import replace

import click
from click.testing import CliRunner

from duonen_stats.cli.common import (
    common_options,
    counted,
    guarded,
    print_findings,
    print_intake,
    progress,
    visible,
)
from duonen_stats.errors import DataError, FaultyCutError
from duonen_stats.raw import Finding, SourceFile
from duonen_stats.raw.intake.sheet import Converted

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


def test_ctrl_c_is_a_line_and_exit_code_130():
    shown = command(KeyboardInterrupt())
    assert shown.exit_code == 130
    assert shown.stderr.strip().startswith("duonen: stopped.")


def test_what_a_terminal_would_obey_is_made_visible(capsys):
    assert visible("Łódź ≥ 5\n\x1b[2J\u202e\x00") == "Łódź ≥ 5\n\ufffd[2J\ufffd\ufffd"
    print_findings([Finding(severity="error", rule="R", table="odd\x1b[2J", message="wrong")], err=False)
    assert "\x1b" not in capsys.readouterr().out


def test_of_many_findings_all_errors_are_shown(capsys):
    print_findings([*(replace(NOTE, table=f"t{number}") for number in range(60)), ERROR], err=False)
    shown = capsys.readouterr().out
    assert shown.startswith("\n1 error:\nerror")
    assert "\n\n60 notes:\nnote" in shown
    assert "and 21 more" in shown
    assert "R-LONGRULENAME  t0 line 3" in shown


def test_findings_that_read_the_same_are_one_line_with_their_places(capsys):
    print_findings([replace(NOTE, row=row) for row in range(2, 62)], err=False)
    assert "labs lines 2, 3, 4, 5, 6 ...: by the way (60 lines)" in capsys.readouterr().out
    print_findings([replace(NOTE, row=2, lines=(2, 9))], err=False)
    assert "labs lines 2, 9: by the way\n" in capsys.readouterr().out


def test_many_findings_of_a_column_that_read_differently_are_few_lines(capsys):
    print_findings([replace(ERROR, row=row, message=f"wrong by {row}") for row in range(2, 42)], err=False)
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("error")]
    assert len(shown) == 4
    assert shown[3].endswith(
        "labs lines 5, 6, 7, 8, 9 ...: wrong by 5 (37 lines; the first of 37 different messages)"
    )


def test_messages_that_differ_in_words_are_lines_of_their_own(capsys):
    said = [f"{name} {number} g/dL, check the unit" for name in ("HGB", "CREAT") for number in range(5)]
    print_findings([replace(ERROR, row=row + 2, message=one) for row, one in enumerate(said)], err=False)
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("error")]
    assert ["HGB 0 g/dL" in shown[0], "CREAT 0 g/dL" in shown[1]] == [True, True]
    assert all(line.endswith("(the first of 5 different messages)") for line in shown)
    print_findings([replace(ERROR, row=row + 2, message=chr(97 + row)) for row in range(20)], err=False)
    assert "(8 lines; the first of 8 different messages)" in capsys.readouterr().out


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


def test_findings_of_several_patients_that_read_the_same_are_one_line(capsys):
    def lacking(subject, **more):
        return Finding(
            severity="note", rule="LAB-NONE", table="labs", subject=subject, message="None.", **more
        )

    print_findings([lacking("P-1", site="01"), lacking("P-2"), lacking("P-3", column="VISIT")], err=False)
    print_findings([lacking("P-1", row=2), lacking("P-2", row=2)], err=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if "LAB-NONE" in line]
    assert [line.partition("LAB-NONE")[2].strip() for line in lines] == [
        "labs: None. (2 patients)",
        "labs, VISIT: None.",
        "labs line 2: None. (2 patients)",
    ]


def test_one_thing_is_singular():
    assert [counted(number, "error") for number in (0, 1, 2)] == ["0 errors", "1 error", "2 errors"]
