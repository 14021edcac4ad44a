"""The house keeps its order: a test beside each module, small files, no trace of any machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.repository

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "duonen_stats"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_small_documented_and_has_its_test(module: Path):
    relative = module.relative_to(PACKAGE)
    if module.name != "__main__.py":
        assert (ROOT / "tests" / relative.parent / f"test_{module.name}").is_file()
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_hides_in_a_function(module: Path):
    if module.name.startswith("cli"):  # their imports wait, so that --help answers at once
        return
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert not any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)), (
                node.name
            )


def test_rounding_happens_in_one_module():
    """Shown numbers are rounded in ``displays/model/format.py``; methods and datasets round only before ranking."""
    for module in sorted((PACKAGE / "displays").glob("*.py")) + sorted((PACKAGE / "report").glob("*.py")):
        if module.name in {"format.py", "provenance.py", "columns.py"}:  # seconds of a run, widths of columns
            continue
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "round" not in calls, module.name


# Names of the web that the repository may hold: namespaces of standards, and names reserved for examples.
SITES = {"www.w3.org", "www.cdisc.org", "schemas.openxmlformats.org", "semver.org", "example.org"}
# Paths from the root of a file system that are the same on every machine, or the subject of a test.
PATHS = {
    "/usr/bin",
    "/usr/bin/env",
    "/dev/null",
    "/etc/passwd",
    "/etc/hostname",
    "/absolute/path",
    "/path/to/python",
}
SITE = re.compile(
    r"(?:https?|ftp|ssh|git|file)://[^\s/\"'`<>)]*"
    r"|(?<![\w.@/-])(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev|edu)\b(?![(\w])"
)
PATH = re.compile(r"(?:^|(?<=[\s\"'`(=:,;\[{|]))(?:/[\w.~@+-]+){2,}|\b[A-Z]:\\{1,2}\w+", re.MULTILINE)


def strange_addresses(text: str) -> list[str]:
    """Web sites and absolute paths in a text that are not among the allowed ones."""
    sites = [
        found for found in SITE.findall(text) if found.partition("://")[2] not in SITES and found not in SITES
    ]
    paths = [found for found in PATH.findall(text) if found.rstrip(".") not in PATHS]
    return sites + paths


def test_the_repository_speaks_of_the_project_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".png", ".pdf"} or not path.is_file():
            continue
        assert strange_addresses(path.read_text(encoding="utf-8", errors="replace")) == [], name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://example.org/x and `/usr/bin/env bash`", []),
        ("mg/kg/day, t4/HGB/T1, </td>, ../data/x.csv and 3 /uL", []),
        ("results.items(), rich.console and np.random", []),
        ("index = 'https:§mirror.invalid/simple'", ["https:§mirror.invalid"]),
        ("--index mirror¤example¤com", ["mirror¤example¤com"]),
        ("cd ¬mnt¬disk¬project", ["¬mnt¬disk¬project"]),
        ("DATA=¬mnt¬cut", ["¬mnt¬cut"]),
        ("open C:¦Users¦x", ["C:¦Users"]),
    ],
)
def test_addresses_of_a_machine_are_recognised(text: str, found: list[str]):
    # The strange ones are written with other signs, or this file would be found itself.
    signs = str.maketrans({"§": "//", "¤": ".", "¬": "/", "¦": "\\"})
    assert strange_addresses(text.translate(signs)) == [item.translate(signs) for item in found]
