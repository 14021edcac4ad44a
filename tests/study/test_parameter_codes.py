import re
from pathlib import Path

import duonen_stats
from duonen_stats.study.parameter_codes import activity_parameter, dose_parameter


def test_the_codes_are_those_of_the_datasets(datasets, study):
    doses = {
        dose_parameter(o.code, i) for o in study.organs for i in (None, *(i.code for i in study.isotopes))
    }
    assert doses == {*datasets.addos["PARAMCD"].unique()}
    assert {activity_parameter(i.code) for i in study.isotopes} == {*datasets.adex["PARAMCD"].unique()}
    assert all(len(code) <= 8 for code in doses)  # PARAMCD has eight characters


def test_a_code_made_of_the_dictionary_is_typed_nowhere_else():
    """Docstrings may show one; the parts it is made of are put together in one module."""
    folder = Path(duonen_stats.__file__).parent
    typed = re.compile(r"""(?<!`)(?<!\()["'](KID|MAR)(TOT|LU|Y)["']|["']A(177LU|90Y)["']|\[:3\] \+""")
    found = [
        f"{path.name}: {line.strip()}"
        for path in folder.rglob("*.py")
        if path.name != "parameter_codes.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if typed.search(line) and "``" not in line
    ]
    assert found == []
