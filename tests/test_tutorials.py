"""The blocks of the tutorials, run in order in an empty folder: each must give what the page says."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main

pytestmark = [pytest.mark.documentation, pytest.mark.whole_report]

PAGES = sorted((Path(__file__).parents[1] / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_command(line: str) -> str:
    """Output of ``duonen …``, or of ``duonen … || echo TEXT``, as a shell would show it."""
    command, _, otherwise = line.partition("||")
    program, *words = shlex.split(command)
    assert program == "duonen", line
    ended = CliRunner().invoke(main, words)
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    if ended.exit_code == 0:
        return ended.stdout
    assert ended.exit_code == 1, f"{line}: {ended.output}"
    assert otherwise, f"{line} exits with 1: {ended.output}"
    return f"{ended.stdout}\n{shlex.split(otherwise)[1]}\n"


def check_console(block: str) -> None:
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, wanted = step.partition("\n")
        got = run_command(line)
        assert doctest.OutputChecker().check_output(wanted, got, OPTIONS), f"$ {line}\n{got}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_tutorial_give_what_it_says(page: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    kinds = set()
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        kinds.add(kind)
        if kind == "console":
            check_console(block)
            continue
        assert kind == "pycon", f"A block of {page.name} is neither console nor pycon."
        said: list[str] = []
        example = doctest.DocTestParser().get_doctest(block, names, page.name, None, None)
        runner = doctest.DocTestRunner(optionflags=OPTIONS)
        runner.run(example, out=said.append, clear_globs=False)
        assert runner.failures == 0, "".join(said)
        names = example.globs
    assert kinds == {"console", "pycon"}


def test_the_tutorials_are_there():
    assert [page.stem for page in PAGES] == [
        "final_analysis",
        "own_displays",
        "planning",
        "reestimation",
        "report_of_your_data",
    ]
