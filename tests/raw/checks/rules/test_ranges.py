import pytest

from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut import read_cut


def _range(worked, **cells: str) -> None:
    worked.add(
        "reference_ranges",
        **({"LABORATORY": "L1", "ANALYTE": "HGB", "LLN": "12", "ULN": "16", "UNIT": "g/dL"} | cells),
    )


@pytest.mark.parametrize(
    ("analyte", "value", "hint"),
    [
        ("CREAT", "88", "88 umol/L = 0.99525 mg/dL"),
        ("HGB", "131", "131 g/L = 13.1 g/dL"),
        ("BILI", "400", None),
        ("PLAT", "230000", "230000 /uL = 230 10^9/L"),
    ],
)
def test_a_value_that_would_be_plausible_in_another_unit(worked, analyte, value, hint):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": analyte}, VALUE=value)
    found = [one for one in worked.findings() if one.rule == "LAB-OTHERUNIT"]
    if hint is None:
        value_in_unit = [one for one in worked.findings() if one.rule == "LAB-IMPLAUSIBLE"]
        assert value_in_unit
        return
    ((message, severity),) = [(one.message, one.severity) for one in found]
    assert hint in message
    assert "was not changed" in message
    assert severity == "note"
    assert worked.places("LAB-IMPLAUSIBLE")


def test_a_value_plausible_in_the_own_unit_is_not_converted_to_itself(worked):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB"}, VALUE="12.1", UNIT="g/L")
    (message,) = [one.message for one in worked.findings() if one.rule == "LAB-OTHERUNIT"]
    assert message == (
        "Not plausible in g/L, but 12.1 mmol/L = 19.4973 g/dL or 12.1 g/dL would be. Ask for the unit; the value was "
        "not changed."
    )


def test_limits_in_another_unit_than_the_value(worked):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "CREAT"}, VALUE="80", UNIT="umol/L")
    line = worked.line("labs", SUBJID="P-1", VISIT="V1", ANALYTE="CREAT")
    assert worked.places("LAB-LIMITUNIT") == [("labs", line, "ULN", "P-1")]


def test_a_cut_without_reference_ranges_has_no_finding_of_them(worked):
    worked.read()
    (worked.folder / "reference_ranges.csv").unlink()
    cut = read_cut(worked.study, worked.folder)
    assert check_cut(cut, worked.study) == ()
    assert cut.tables["reference_ranges"].empty


def test_a_unit_that_is_not_known(worked):
    _range(worked, UNIT="stone")
    assert worked.places("RANGE-UNIT") == [("reference_ranges", 2, "UNIT", None)]


def test_limits_crossed_or_absent(worked):
    _range(worked, LLN="17")
    _range(worked, ANALYTE="ALT", LLN="", ULN="", UNIT="U/L")
    assert worked.places("RANGE-LIMITS") == [
        ("reference_ranges", 2, "LLN", None),
        ("reference_ranges", 3, "ULN", None),
    ]


def test_several_ranges_for_values_without_limits(worked):
    _range(worked)
    _range(worked, SEX="F", LLN="11")
    assert worked.places("RANGE-SEVERAL") == []
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB"}, LLN="")
    assert worked.places("RANGE-SEVERAL") == [("reference_ranges", None, "LLN", None)]


def test_own_limits_that_differ_from_the_range(worked):
    _range(worked, LLN="120", ULN="160", UNIT="g/L")
    assert worked.places("RANGE-DIFFERS") == []
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB"}, LLN="11.5")
    line = worked.line("labs", SUBJID="P-1", VISIT="V1", ANALYTE="HGB")
    assert worked.places("RANGE-DIFFERS") == [("labs", line, "LLN", None)]


def test_a_range_fills_the_limit_that_grading_needs(worked):
    worked.change("labs", {"ANALYTE": "HGB"}, LLN="")
    assert worked.places("LAB-NOLIMIT")
    _range(worked)
    assert worked.places("LAB-NOLIMIT") == []
