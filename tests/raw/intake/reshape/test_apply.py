import pytest
from made_sheet import made_sheet

from duonen_stats.raw.intake.mapping import LongForm, SourceMapping
from duonen_stats.raw.intake.reshape.apply import reshaped


def _labs(study, sheet, **fields):
    return reshaped(sheet, SourceMapping(source="x", table="labs", **fields), study.table("labs"), study)


def _column(found, name):
    return [*found.sheet.cells[name]]


def _found(found):
    return [(one.rule, one.column) for one in found.sheet.findings]


def test_columns_codes_constants_and_names_in_any_case(study):
    sheet = made_sheet(
        {"nr_pacjenta": ["P"], "TYP": ["PRZED c1"], "VALUE": ["1"], "REST": ["x"], "NAME": ["hgb"]}
    )
    found = _labs(
        study, sheet, columns={"Nr Pacjenta": ("SUBJID",), "typ": ("VISIT",), "name": ("ANALYTE",)},
        codes={"VISIT": {"przed C*": "T*"}}, constants={"LABORATORY": "LAB-01"},
    )  # fmt: skip
    assert [_column(found, name) for name in ("SUBJID", "VISIT", "VALUE", "ANALYTE", "LABORATORY", "LLN")] == [
        ["P"], ["T1"], ["1"], ["HGB"], ["LAB-01"], [""],
    ]  # fmt: skip
    assert found.used == {"nr_pacjenta", "TYP", "VALUE", "NAME"}
    assert _found(found) == []


def test_units_are_spelt_as_in_the_dictionary_and_of_the_analyte_they_belong_to(study):
    long = LongForm(value="VALUE", names=("ANALYTE",), columns={"Hb": ("HGB",), "PLT": ("PLAT",)})
    sheet = made_sheet({"Hb [G/L]": ["120"], "PLT [G/l]": ["200"]})
    assert _column(_labs(study, sheet, long=long), "UNIT") == ["g/L", "10^9/L"]


def test_what_stands_in_one_column_only_under_a_condition(study):
    table = study.table("follow_up")
    sheet = made_sheet({"ID": ["1", "2"], "STATE": ["Dead", "alive"], "DATE": ["2024-01-01", "2024-02-01"]})
    entry = SourceMapping(
        source="x", table="follow_up", columns={"ID": ("SUBJID",), "State": ("STATUS",), "Date": ("LASTDT", "DEATHDT")},
        only={"DEATHDT": {"State": ("dead",)}},
    )  # fmt: skip
    found = reshaped(sheet, entry, table, study)
    assert _column(found, "DEATHDT") == ["2024-01-01", ""]
    assert _column(found, "STATUS") == ["DEAD", "ALIVE"]


def test_texts_are_taken_apart_and_put_together(study):
    sheet = made_sheet({"ID": ["01-001", "x"], "A": ["1", ""], "B": ["c2", "c3"], "C": ["", "d"]})
    entry = SourceMapping(
        source="x", table="subjects", columns={"ID": ("SUBJID",)}, parts={"ID": "{SITEID}-*"},
        join={"RACE": ("A", "B")}, first={"PRIMSITE": ("C", "B")},
    )  # fmt: skip
    found = reshaped(sheet, entry, study.table("subjects"), study)
    assert _column(found, "SITEID") == ["01", ""]
    assert _column(found, "RACE") == ["1 c2", "c3"]
    assert _column(found, "PRIMSITE") == ["c2", "d"]
    assert [(one.rule, one.row) for one in found.sheet.findings] == [("RD-PATTERN", 2)]


def test_a_reference_range_in_another_unit_than_its_row_is_not_taken(study):
    sheet = made_sheet({"UNIT": ["g/dL", "g/dL", "U/L"], "R": ["12-16", "120-160 g/l", "do 41 u/l"]})
    found = _labs(study, sheet, limits="R")
    assert _column(found, "LLN") == ["12", "", ""]
    assert _column(found, "ULN") == ["16", "", "41"]
    assert _found(found) == [("RD-PATTERN", "LLN")]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"columns": {"Gone": ("SUBJID",)}}, [("RD-MAPPING", "SUBJID")]),
        ({"rows": {"Gone": ("1",)}}, [("RD-MAPPING", None)]),
        ({"columns": {"ID": ("SUBJID",), "V": ("VALUE",)}}, [("RD-MAPPING", "VALUE")]),
        ({"limits": "Gone"}, [("RD-MAPPING", None)]),
    ],
)
def test_a_column_that_is_not_there_and_two_that_become_one_are_found(study, fields, rules):
    sheet = made_sheet({"ID": ["1"], "VALUE": ["1"], "V": ["2"]})
    assert _found(_labs(study, sheet, **fields)) == rules


def test_labels_of_values_are_codes_too(study):
    sheet = made_sheet(
        {"V": ["1", "2"]}, labels={"V": {"1": "before cycle 1", "2": "after cycle 1"}}, typed=True
    )
    found = _labs(
        study,
        sheet,
        columns={"V": ("VISIT",)},
        codes={"VISIT": {"before cycle *": "T*", "after cycle *": "V*"}},
    )
    assert _column(found, "VISIT") == ["T1", "V1"]
