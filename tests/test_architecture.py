"""The house keeps its order: a test beside each module, small files, no trace of any machine."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from duonen_stats import design

pytestmark = pytest.mark.repository

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "duonen_stats"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


# The rules of proportion. Folders that hold more: causes of the simulator, steps of its calibration.
WIDE = {"simulated/calibration", "simulated/model"}
MOST_FILES, MOST_LINES, SLIVER = 15, 500, 40


def module_name(path: Path) -> str:
    """Dotted name of a module or package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, modules: set[str]) -> set[str]:
    """Return the modules of the package that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                full if (full := f"{node.module}.{alias.name}") in modules else node.module
                for alias in node.names
            }
    return (found & modules) - {module_name(path)}


@pytest.fixture(scope="module")
def readers() -> dict[str, set[str]]:
    """Who imports each module of the package."""
    files = {module_name(path): path for path in PACKAGE.rglob("*.py")}
    found: dict[str, set[str]] = {name: set() for name in files}
    for name, path in files.items():
        for other in imported(path, set(files)):
            found[other].add(name)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_documented_and_has_its_test(module: Path):
    relative = module.relative_to(PACKAGE)
    if module.name != "__main__.py":
        assert (ROOT / "tests" / relative.parent / f"test_{module.name}").is_file()
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_no_folder_is_wide():
    for folder in {path.parent for path in PACKAGE.rglob("*.py")}:
        name = folder.relative_to(PACKAGE).as_posix()
        assert name in WIDE or len(list(folder.glob("*.py"))) <= MOST_FILES, name


def test_no_module_is_long():
    lines = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in PACKAGE.rglob("*.py")}
    assert {str(module): n for module, n in lines.items() if n > MOST_LINES} == {}


def test_no_module_is_a_sliver(readers):
    """A module of a few lines with one reader belongs into that reader."""
    for module in MODULES:
        if len(module.read_text(encoding="utf-8").splitlines()) < SLIVER and module.name != "__main__.py":
            assert len(readers[module_name(module)]) > 1, module_name(module)


def test_no_two_classes_have_one_name():
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module_name(module))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_no_ring_of_imports(readers):
    """Nor one that imports for type annotations would close. Doors of packages count as modules."""
    left = {name: set(found) for name, found in readers.items()}
    while free := {name for name, found in left.items() if not found}:
        left = {name: found - free for name, found in left.items() if name not in free}
    assert sorted(left) == []


def test_what_nothing_calls_is_listed_as_library():
    """Functions of planning without a command are named where ``duonen_stats.design`` says so, and no others are."""
    tree = ast.parse((PACKAGE / "design" / "__init__.py").read_text(encoding="utf-8"))
    listed = {*re.findall(r"``(\w+)``", ast.get_docstring(tree) or "")}
    public = {name for name in design._MODULES if name[0].islower()}
    called = Counter(
        node.id if isinstance(node, ast.Name) else node.attr
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
    )
    assert {name for name in public if not called[name]} == listed


def test_every_room_has_its_place_in_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["type"] == "layers")
    placed = [room for line in layers for room in line.split(" | ")]
    assert len(placed) == len(set(placed))
    children = {
        path for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    rooms = {path.stem for path in children} - {"__init__", "__main__"}
    assert {room.removeprefix("duonen_stats.") for room in placed} == rooms


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_hides_in_a_function(module: Path):
    if module.relative_to(PACKAGE).parts[0] == "cli":  # their imports wait, so that --help answers at once
        return
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert not any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)), (
                node.name
            )


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
