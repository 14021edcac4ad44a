"""The house keeps its order: a test beside each module, small files, no trace of any machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.worked

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
    """Shown numbers are rounded in ``displays/format.py``; methods and datasets round only before ranking."""
    for module in sorted((PACKAGE / "displays").glob("*.py")) + sorted((PACKAGE / "report").glob("*.py")):
        if module.name in {"format.py", "provenance.py", "columns.py"}:  # seconds of a run, widths of columns
            continue
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "round" not in calls, module.name


def test_the_repository_speaks_of_the_project_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    trace = re.compile(r"/work/|/root/|/home/\w+/|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path == Path(__file__) or path.suffix in {".png", ".pdf"} or not path.is_file():
            continue
        found = trace.search(path.read_text(encoding="utf-8", errors="replace"))
        assert found is None, f"{name}: {found[0] if found else ''}"
