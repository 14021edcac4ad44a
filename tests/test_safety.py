"""Data are never obeyed: a cut full of hostile texts, read-only, becomes a report of harmless files."""

import ast
import csv
import io
import os
import re
import shutil
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from shutil import which
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from exchanged_cuts import tables_of, write_tables

from duonen_stats.cli.app import main
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study.shipped_files import cohort_path
from duonen_stats.study.strict_yaml import _ShippedLoader, _StrictLoader

ROOT = Path(__file__).parents[1]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></svg><script>1</script>",
    "=cmd|' /C calc'!A0",
    "seen;=cmd|' /C calc'!A0",
    "+1+cmd|x",
    "@SUM(1+9)*cmd",
    "first\n=second",
    "#set text(size: 40pt) #[*x*] $x$ @ref <label>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %}",
    "a\x00b\x1b[2J\x07c",
    "gnp\u202e.exe\u2066",
    "x" * 20_000,
    "../../etc/passwd",
    "'; DROP TABLE labs; --",
    "Zażółć gęślą jaźń",
)


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, forms):
    """A report of a read-only cut with hostile texts wherever the dictionary lets text stand."""
    place = tmp_path_factory.mktemp("hostile")
    cut = place / "cut <b> $(id)"
    shutil.copytree(cohort_path(), cut)
    events = pd.read_csv(cut / "adverse_events.csv", dtype=str, keep_default_na=False)
    events["TERM"] = [HOSTILE[i % len(HOSTILE)] for i in range(len(events))]
    events.loc[: len(HOSTILE) - 1, "GRADE"] = "3"  # each text once in the listing of severe events
    events.to_csv(cut / "adverse_events.csv", index=False)
    ends = pd.read_csv(cut / "disposition.csv", dtype=str, keep_default_na=False)
    ends["DETAIL"] = [HOSTILE[i % len(HOSTILE)] for i in range(len(ends))]
    ends.to_csv(cut / "disposition.csv", index=False)
    about = pd.read_csv(cut / "data_cut.csv", dtype=str, keep_default_na=False)
    about.assign(LABEL=f"SIMULATED {HOSTILE[0]} {HOSTILE[8]}").to_csv(cut / "data_cut.csv", index=False)
    for path in (*cut.iterdir(), cut):
        path.chmod(0o555 if path.is_dir() else 0o444)
    former = os.umask(0o027)
    try:
        with forms("render_pdf"):
            shown = CliRunner().invoke(main, ["report", "interim", str(cut), "--out", str(place / "out")])
    finally:
        os.umask(former)
        cut.chmod(0o755)
    assert shown.exit_code == 0, shown.output
    return place / "out", shown.output


def test_nothing_of_the_data_becomes_markup(hostile):
    page = (hostile[0] / "report.html").read_text(encoding="utf-8")
    elements = Elements(page).tags
    scripts = [dict(attributes).get("id") for tag, attributes in elements if tag == "script"]
    assert scripts == ["results", "sources", None]  # the last is what the page does
    assert not [tag for tag, _ in elements if tag in {"img", "iframe", "object", "embed", "link", "form"}]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)
    assert "{{ 7 * 7 }}" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_cell_of_a_csv_file_is_a_formula(hostile):
    files = sorted(hostile[0].rglob("*.csv"))
    assert len(files) > 25
    seen = 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                for part in re.split(r"[;\r\n]", cell):
                    harmless = re.fullmatch(r"[+-]?(\d[\d.,]*([eE][+-]?\d+)?%?)?", part)
                    assert harmless or part[:1] not in tuple("=+-@\t＝＋－＠"), (path.name, cell[:60])
                    seen += part.startswith("'")
    assert seen > 10


def test_drawings_are_well_formed_and_hold_no_script(hostile):
    for path in (hostile[0] / "figures").glob("*.svg"):
        names = {element.tag.rsplit("}", 1)[-1] for element in ET.parse(path).iter()}  # noqa: S314 - our own
        assert not names & {"script", "foreignObject", "image", "a"}, path.name


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
def test_the_pdf_sets_hostile_texts_as_they_are(hostile):
    done = subprocess.run(
        ["pdftotext", "-raw", hostile[0] / "report.pdf", "-"], capture_output=True, check=True
    )
    text = "".join(done.stdout.decode().split())
    assert "#settext(size:40pt)" in text
    assert "<script>alert(1)</script>" in text
    assert "/etc/passwd'%}" in text


def test_no_patient_is_named_on_the_terminal_or_in_the_manifest(hostile):
    out, told = hostile
    subjects = pd.read_csv(cohort_path() / "subjects.csv", dtype=str)["SUBJID"]
    manifest = (out / "manifest.json").read_text(encoding="utf-8")
    for subject in subjects:
        assert subject not in told
        assert subject not in manifest


def test_rights_are_those_of_the_user(hostile):
    for path in (hostile[0], *hostile[0].rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o750 if path.is_dir() else 0o640), path


def test_errors_name_no_patient_and_obey_no_control_sign(edit, tmp_path):
    labs = edit.read("labs")
    first = labs.loc[0, "SUBJID"]
    labs.loc[0, ["VALUE", "UNIT"]] = [f"{first} \x1b[2J", "=cmd|x"]
    labs.loc[1, "SUBJID"] = "99-999"
    edit.write("labs", labs)
    (edit.folder / "odd\x1b[2J.csv").write_text("A\n1\n", encoding="utf-8")
    for command in (
        ["check", str(edit.folder)],
        ["report", "interim", str(edit.folder), "--out", str(tmp_path / "o")],
    ):
        shown = CliRunner().invoke(main, command)
        assert shown.exit_code == 1
        assert "\x1b" not in shown.output
        assert first not in shown.output
        assert "99-999" not in shown.output
        assert "Traceback" not in shown.output


STOPPED_AT_A_STEP = """
import signal, sys
from duonen_stats.cli import common
from duonen_stats.cli.app import main
from duonen_stats.commands import make_report
from duonen_stats.document.figure_files import figure_svg

make_report.figure_files = lambda shown, **_: {"svg": figure_svg(shown), "png": b"", "pdf": b""}
make_report.render_pdf = lambda *_, **__: b""
which, told = sys.argv.pop(1), common._Progress._step

def step(self, name, done, total):
    told(self, name, done, total)
    if done == {"first": 1, "last": total}[which]:
        signal.raise_signal(signal.SIGINT)

common._Progress._step = step
# A process started in the background inherits that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
main(prog_name="duonen")
"""
"""The program, which sends itself the signal of Ctrl-C as it begins a step: no moment depends on the machine."""


@pytest.fixture(scope="module")
def small_cut(study, tmp_path_factory):
    """A cut of eight patients in a folder."""
    folder = tmp_path_factory.mktemp("small") / "cut"
    write_tables(tables_of(simulate_cut(7, patients=8, study=study)), folder)
    return folder


@pytest.mark.whole_report
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of a POSIX system")
@pytest.mark.parametrize("step", ["first", "last"])
def test_ctrl_c_stops_cleanly_and_leaves_nothing(small_cut, tmp_path, step):
    out = tmp_path / "report"
    words = ["report", "interim", small_cut, "--no-verify", "--out", out]
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED_AT_A_STEP, step, *words],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    told = ended.stderr
    done, total = re.findall(r"^\[(\d+)/(\d+)\] ", told, re.MULTILINE)[-1]
    assert done == {"first": "1", "last": total}[step]
    assert told.strip().endswith("duonen: stopped. Nothing was written; an earlier output is as it was.")
    assert "Traceback" not in told
    assert ended.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_data_are_never_run():
    """No module unpickles, evaluates, starts a shell or reaches a network; YAML is read by a safe loader only.

    One module reaches a network: the cluster of the user's own address, which is asked whether it answers. Two start
    a process, without a shell: this Python and R, each with a fixed program of the package, told the name of a folder.
    """
    forbidden_calls = {"eval", "exec", "compile", "unsafe_load", "full_load", "load_all", "system", "popen"}
    forbidden_modules = {
        "pickle",
        "marshal",
        "shelve",
        "socket",
        "urllib",
        "http",
        "requests",
        "subprocess",
        "ftplib",
    }
    allowed = {"cluster.py": {"socket"}, "second_process.py": {"subprocess"}, "r_engine.py": {"subprocess"}}
    loaders, started = [], []
    for module in (ROOT / "duonen_stats").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                )
                found = {name.split(".")[0] for name in names if name != "urllib.parse"} & forbidden_modules
                found -= allowed.get(module.name, set())
                assert not found, (module.name, found)
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                owner = getattr(getattr(node.func, "value", None), "id", "")
                assert name not in forbidden_calls or owner in {"re", "typst"}, (module.name, name)
                if owner == "subprocess":
                    started.append((module.name, name, ast.unparse(node.args[0])))
                assert not any(word.arg == "shell" for word in node.keywords), module.name
                if owner == "yaml" and name.endswith("load"):
                    loaders.append((module.name, [ast.unparse(word.value) for word in node.keywords]))
    program = "[sys.executable, '-P', '-c', _PROGRAM, json.dumps(sys.path)]"
    assert sorted(started) == [("r_engine.py", "run", "command"), ("second_process.py", "Popen", program)]
    assert loaders == [("strict_yaml.py", ["_ShippedLoader if shipped else _StrictLoader"])]
    for loader in (_ShippedLoader, _StrictLoader):
        assert issubclass(loader, yaml.constructor.SafeConstructor)
        assert loader.yaml_constructors == yaml.SafeLoader.yaml_constructors
