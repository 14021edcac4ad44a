"""The public names of planning."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from duonen_stats import design


def test_every_public_name_is_there_and_sorted():
    assert design.__all__ == sorted(design.__all__)
    for name in design.__all__:
        assert getattr(design, name) is not None
    assert set(design.__all__) <= set(dir(design))


def test_no_module_hides_a_function():
    modules = {path.stem for path in Path(design.__file__).parent.iterdir()}
    assert not modules & set(design.__all__)


def test_the_type_stub_has_the_same_names():
    stub = ast.parse(Path(design.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    typed = {
        name.asname: line.module.removeprefix("duonen_stats.design.")
        for line in ast.walk(stub)
        if isinstance(line, ast.ImportFrom)
        for name in line.names
    }
    assert typed == design._MODULES


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_design"):
        design.no_such_design  # noqa: B018


def test_planning_loads_no_large_library():
    program = """
import sys
from duonen_stats.design import SimulationScenario, sample_size, simulate_grid
print(*sorted({"pandas", "statsmodels", "lifelines", "matplotlib", "scipy.stats", "distributed"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def uses(path: Path) -> set[str]:
    """Names that a module loads, calls or imports: what it defines itself is no use of it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            names.update(name.name for name in node.names)
    return names


def test_functions_without_a_command_are_documented_as_such():
    """What nothing in the package calls is either told of in the docstring of the package, or it goes."""
    package = Path(design.__file__).parent
    called = set().union(
        *(uses(path) for path in package.parent.rglob("*.py") if path != package / "__init__.py")
    )
    functions = {name for name in design.__all__ if callable(getattr(design, name)) and name.islower()}
    documented = set(re.findall(r"``(\w+)``", design.__doc__.split("for programs and notebooks:")[1]))
    assert documented == functions - called


def test_functions_without_a_command_have_an_example_and_a_test_of_their_own():
    root = Path(design.__file__).parents[2]
    tested = set().union(*(uses(path) for path in (root / "tests").rglob("test_*.py")))
    for name in re.findall(r"``(\w+)``", design.__doc__.split("for programs and notebooks:")[1]):
        assert name in tested, name
        assert ">>>" in getattr(design, name).__doc__, name
