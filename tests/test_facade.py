"""The package's front: few names, sorted, each of them there, none loaded before it is used."""

import subprocess
import sys

import pytest

import duonen_stats


def test_the_names_are_few_sorted_and_there():
    names = duonen_stats.__all__
    assert len(names) <= 30
    # Constants, then classes, then functions and subpackages, each by the alphabet.
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    for name in names:
        assert getattr(duonen_stats, name) is not None
    assert set(names) <= set(dir(duonen_stats))


def test_the_fixed_names_of_the_interface_are_public():
    fixed = {"load_study", "read_cut", "check_cut", "build_datasets", "INTERIM", "FINAL", "Plan", "run_analysis",
             "produce", "write_report", "simulate_cut", "methods", "design", "displays"}  # fmt: skip
    assert fixed <= set(duonen_stats.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = duonen_stats.nonsense


def test_nothing_heavy_is_loaded_at_import():
    code = (
        "import sys, duonen_stats, duonen_stats.cli;"
        "heavy = {'numpy', 'pandas', 'scipy', 'matplotlib', 'pandera', 'jinja2', 'typst', 'rich'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
