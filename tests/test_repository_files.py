"""The files at the top that a machine reads agree with each other."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.repository

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read_yaml(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_citation_is_of_this_version():
    citation = read_yaml("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    released = f"## {citation['version']} ({citation['date-released']})"
    assert released in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()


def test_the_workflow_runs_every_supported_python():
    classifiers = "\n".join(PROJECT["classifiers"])
    supported = re.findall(r"Python :: (3\.\d+)", classifiers)
    for job in read_yaml(".github/workflows/ci.yml")["jobs"].values():
        assert job["strategy"]["matrix"]["python"] == supported


def test_the_workflow_runs_what_the_makefile_has():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    steps = [step.get("run", "") for step in read_yaml(".github/workflows/ci.yml")["jobs"]["check"]["steps"]]
    called = {
        word for line in steps if line.startswith("make") for word in line.split()[1:] if "=" not in word
    }
    assert called == {"lint", "types", "docs", "test", "test-reports"}
    assert called <= targets


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_has_hashes_and_names_no_index(name: str):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
    assert all("--hash=sha256:" in lines[number + 1] for number in packages)
    assert not any("://" in line or line.startswith(("-i", "--index", "--extra", "--find")) for line in lines)


def test_every_page_is_in_the_navigation_and_in_the_index():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    index = "".join(
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("index.md", "decisions/index.md")
    )
    for page in sorted((ROOT / "docs").rglob("*.md")):
        name = page.relative_to(ROOT / "docs").as_posix()
        assert name in navigation
        assert name == "index.md" or name.removeprefix("decisions/") in index, name


def test_contributing_explains_every_marker():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"][
        "ini_options"
    ]
    registered = options["markers"]
    assert [
        f"| `{name}` | {words} |" for name, _, words in (marker.partition(": ") for marker in registered)
    ] == (re.findall(r"^\| `[a-z_]+` \| .* \|$", text.split("## Tests")[1].split("## Doc")[0], re.MULTILINE))


def test_the_files_contributing_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:duonen_stats|tests|docs|reports|tools|benchmarks)/[\w./]*)`", text)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


WALK = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The walk of a value")[2]
PARTS = dict(re.findall(r"^\* \*\*([^*]+)\*\*(.*?)(?=^\* |^## |\Z)", WALK, re.MULTILINE | re.DOTALL))
STOP = re.compile(r"`([a-z_/]+\.py): ([\w.]+)`")


def test_every_stop_of_a_walk_is_a_function_of_its_file():
    stops = [stop for part in PARTS.values() for stop in STOP.findall(part)]
    assert len(stops) > 30
    for file, name in stops:
        owner, _, method = name.rpartition(".")
        tree = ast.parse((ROOT / "duonen_stats" / file).read_text(encoding="utf-8"))
        bodies = (
            [tree.body] if not owner else [one.body for one in tree.body if getattr(one, "name", "") == owner]
        )
        named = {one.name for body in bodies for one in body if isinstance(one, ast.FunctionDef)}
        assert method in named, (file, name)


@pytest.mark.parametrize(
    ("value", "number"),
    [("Then a laboratory value", "Its number"), ("Or an organ dose", "Its number"),
     ("Or an adverse event", "Its number"), ("Then a laboratory value", "Or a p-value")],
)  # fmt: skip
def test_no_walk_has_more_than_25_stops(value, number):
    walk = [PARTS[name] for name in ("Any raw value", value, number, "To the page")]
    assert 15 < sum(part.count("→") for part in walk) + len(walk) <= 25
