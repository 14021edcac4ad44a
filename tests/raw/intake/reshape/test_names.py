import unicodedata

import pytest

from duonen_stats.raw.intake.reshape.names import column_and_unit, is_among, is_name, lookup, parts_by
from duonen_stats.study.unit_spelling import unit_readings


def test_letters_composed_or_not_are_one_name():
    assert is_name("Ośrodek *", unicodedata.normalize("NFD", "ośrodek 01"))


def test_a_space_beside_a_star_is_needed():
    assert is_name("Cykl 1 *", "cykl_1_data")
    assert not is_name("Cykl 1 *", "Cykl 10 data")


def test_only_the_star_stands_for_something():
    assert not is_name("NEUT#", "NEUT")
    assert not is_name("a.c", "abc")
    assert is_name("NEUT (abs.)*", "neut_(ABS.) [G/l]")


def test_an_exact_code_comes_before_one_in_another_case_and_that_before_a_star():
    find = lookup({"k": "F", "K": "M", "*": "OTHER"})
    assert [find(text) for text in ("k", "K", " K ", "x")] == ["F", "M", "M", "OTHER"]
    assert lookup({"Tak": "Y"})("TAK") == "Y"


def test_what_the_star_stands_for_takes_the_place_of_the_star():
    find = lookup({"przed C*": "T*", "3 *": "UNS", "trwa*": None})
    assert [find(text) for text in ("Przed C2", "3 cycle_1_arm_1", "trwa nadal", "po C2")] == [
        "T2",
        "UNS",
        "",
        None,
    ]
    assert is_among(["cycle_*"])("CYCLE_9")


@pytest.mark.parametrize(
    ("header", "found", "unit"),
    [
        ("HGB [g/l]", True, "g/l"),
        ("hgb (g/dl)", True, "g/dl"),
        ("HGB, g/dL", True, "g/dL"),
        ("HGB g/l", True, "g/l"),
        ("HGB", True, ""),
        ("HGB [%]", False, ""),
        ("HGB after transfusion", False, ""),
        ("HGB2 [g/l]", False, ""),
        ("eGFR (ml/min/1,73 m2)", False, ""),
    ],
)
def test_a_unit_stands_behind_the_name(header, found, unit):
    assert column_and_unit("HGB", header, lambda text: bool(unit_readings(text))) == (found, unit)


def test_parts_of_a_text():
    split = parts_by("pacjent {SUBJID} wizyta {VISIT}*")
    assert split("Pacjent_01-007_wizyta_T1") == {"SUBJID": "01-007", "VISIT": "T1"}
    assert parts_by("pacjent {SUBJID} wizyta {VISIT}")("pacjent 01-007 wizyta T1") == {
        "SUBJID": "01-007",
        "VISIT": "T1",
    }
    assert split("01-007") is None
