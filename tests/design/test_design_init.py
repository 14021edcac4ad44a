"""The public names of planning."""

import ast
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
