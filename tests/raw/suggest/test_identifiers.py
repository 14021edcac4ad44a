"""Tests of duonen_stats.raw.suggest.identifiers: where a source names its patients."""

import pytest
from made_sheet import made_sheet

from duonen_stats.raw.suggest.identifiers import known_patients, other_spelling, patient_in_names

KNOWN = frozenset({"01-002", "01-003", "1"})


@pytest.mark.parametrize(
    ("file", "title", "above", "source", "sheet", "fields"),
    [
        ("pacjent 01-002.xlsx", "Wyniki", (), "pacjent *.xlsx", "Wyniki", {"file_name": "pacjent {SUBJID}"}),
        ("a.xlsx", "pat 01-002", (), "a.xlsx", "pat *", {"sheet_name": "pat {SUBJID}"}),
        ("a.csv", None, ("Pacjent: 01-003",), "a.csv", None, {"title": "Pacjent: {SUBJID}"}),
        ("a.xlsx", "Pacjent 1", (), "a.xlsx", "Pacjent *", {"sheet_name": "Pacjent {SUBJID}"}),
        (
            "pat_01_002 wyniki.csv",
            None,
            (),
            "pat_*_* wyniki.csv",
            None,
            {"file_name": "pat_{P1}_{P2} wyniki", "join": {"SUBJID": "{P1}-{P2}"}},
        ),
        ("a.csv", None, ("01-003 (01-003)",), "a.csv", None, {"title": "{SUBJID} ({SUBJID})"}),
    ],
)
def test_a_known_patient_in_a_name_or_title(file, title, above, source, sheet, fields):
    found = patient_in_names(file, title, made_sheet({"x": []}, above=above), KNOWN)
    assert found is not None
    assert (found.source, found.sheet, found.fields) == (source, sheet, fields)


@pytest.mark.parametrize(
    "name", ["wyniki 2021.xlsx", "pacjent 01-0021.xlsx", "x.csv", "wizyta 1.csv", "x_101_002.csv"]
)
def test_a_number_that_is_no_patient_is_not_taken_for_one(name):
    assert patient_in_names(name, None, made_sheet({"x": []}), KNOWN) is None


def test_patients_are_those_of_the_source_most_like_their_table(study):
    labs = made_sheet({"SUBJID": ["P-9"], "VISIT": ["T1"]})
    subjects = made_sheet({"PACJENT": ["P-1", ""], "WIEK": ["70", ""], "SEX": ["F", ""]})
    assert known_patients([labs, subjects], study) == {"P-1"}
    assert known_patients([], study) == frozenset()


def test_identifiers_that_are_known_or_alike_in_nothing_are_left():
    assert other_spelling(["01-002", "x"], KNOWN, "Nr") == {}
    assert other_spelling(["a", "b"], KNOWN, "Nr") == {}
    assert other_spelling(["DUONEN_1"], ["1"], "Nr") == {"parts": {"Nr": "DUONEN_{SUBJID}"}}


def test_identifiers_with_another_sign_between_their_pieces():
    assert other_spelling(["01/002", "01/003"], KNOWN, "Nr") == {"codes": {"SUBJID": {"01/*": "01-*"}}}
    assert other_spelling(["(01/002)", "(01/003)", "2"], KNOWN, "Nr") == {}


@pytest.mark.parametrize(
    ("written", "known"),
    [
        (["1-2", "1-3"], True),
        (["1-002", "01-3"], True),
        (["01002", "01003"], True),
        (["1002", "1003"], True),
        (["1002", "7", "8"], False),  # most are of nobody
        (["1-2", "01-2"], False),  # two of one patient: one of them is a slip
    ],
)
def test_identifiers_that_lack_zeros_or_signs_are_told_one_by_one(written, known):
    wanted = dict(zip(written, ["01-002", "01-003"], strict=False))
    assert other_spelling(written, KNOWN, "Nr") == ({"codes": {"SUBJID": wanted}} if known else {})


def test_an_identifier_that_could_be_of_two_patients_is_left_to_be_stated():
    assert other_spelling(["0111", "0112"], ["01-11", "011-1", "01-12"], "Nr") == {}
