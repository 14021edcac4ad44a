"""The faults that benchmarks/seeded_faults.py puts into the package still have their place in it."""

import importlib.util
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def program():
    spec = importlib.util.spec_from_file_location("seeded_faults", _ROOT / "benchmarks" / "seeded_faults.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_each_of_ten_faults_has_one_place(program):
    assert len(program.FAULTS) == 10
    places = {
        fault.what: (_ROOT / "duonen_stats" / fault.module).read_text(encoding="utf-8").count(fault.right)
        for fault in program.FAULTS
    }
    assert {what: number for what, number in places.items() if number != 1} == {}
