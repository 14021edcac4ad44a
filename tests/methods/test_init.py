"""The public names of the mathematics."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from duonen_stats import methods


def test_every_public_name_is_there_documented_and_sorted():
    assert methods.__all__ == sorted(methods.__all__)
    for name in methods.__all__:
        assert getattr(methods, name).__doc__


def test_no_module_hides_a_function():
    modules = {path.stem for path in Path(methods.__file__).parent.iterdir()}
    assert not modules & set(methods.__all__)


def test_the_type_stub_has_the_same_names():
    stub = ast.parse(Path(methods.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    typed = {
        name.asname: line.module.removeprefix("duonen_stats.methods.")
        for line in ast.walk(stub)
        if isinstance(line, ast.ImportFrom)
        for name in line.names
    }
    assert typed == methods._MODULES


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_test"):
        methods.no_such_test  # noqa: B018


def test_simple_functions_load_no_large_library():
    program = """
import sys
from duonen_stats.methods import describe, kruskal_wallis, spearman, wilcoxon_signed_rank
print(*sorted({"pandas", "statsmodels", "lifelines", "matplotlib", "scipy.stats"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
