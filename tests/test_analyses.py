"""The programs of analyses/: each runs on the simulated cohort and is the page a statistician can read."""

import ast
import runpy
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole_report

FOLDER = Path(__file__).parents[1] / "analyses"
PROGRAMS = sorted(FOLDER.glob("*.py"))


def test_there_are_nine_in_reading_order():
    assert [int(path.name[0]) for path in PROGRAMS] == list(range(1, 10))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_runs(program: Path, tmp_path: Path, monkeypatch, capsys):
    """In the process of the tests, where a warning is an error too: a new one would load every library again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(program)])
    runpy.run_path(str(program), run_name="__main__")
    assert "SIMULATED" in capsys.readouterr().out


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_is_a_readable_page(program: Path):
    text = program.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= 60
    assert ast.get_docstring(tree)
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.While) for node in ast.walk(tree))
    assert "round(" not in text
