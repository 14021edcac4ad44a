from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duonen_stats.raw.checks.check import CROSS_RULES, catalogue, check_cut
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.findings import SEVERITIES


def test_everything_wrong_is_found_at_once_the_gravest_first(worked):
    worked.change("subjects", {"SUBJID": "P-1"}, ARM="E", AGE="old")
    worked.change("administrations", {"SUBJID": "P-2", "CYCLE": "T2"}, CYCLE="T1")
    worked.change("labs", {"SUBJID": "P-2", "VISIT": "V1", "ANALYTE": "HGB"}, UNIT="spoons")
    worked.tables["dosimetry"] = []
    worked.read()
    (worked.folder / "follow_up.csv").unlink()
    (worked.folder / "notes.txt").write_text("?")
    findings = check_cut(read_cut(worked.study, worked.folder), worked.study)
    wanted = {"DD-CODE", "DD-TYPE", "DD-KEY", "LAB-UNIT", "DD-ROWS", "RD-FILE", "RD-OTHER"}
    assert wanted <= {one.rule for one in findings}
    gravity = [SEVERITIES.index(one.severity) for one in findings]
    assert gravity == sorted(gravity)


@pytest.mark.parametrize("table", ["subjects", "administrations", "labs", "data_cut"])
def test_a_table_that_cannot_be_read_is_one_error(worked, table):
    worked.read()
    (worked.folder / f"{table}.csv").unlink()
    findings = check_cut(read_cut(worked.study, worked.folder), worked.study)
    assert [(one.severity, one.rule, one.table) for one in findings] == [("error", "RD-FILE", table)]


def test_a_missing_column_is_one_error_not_one_for_each_row(worked):
    worked.read()
    path = worked.folder / "subjects.csv"
    path.write_text(path.read_text().replace("RANDDT", "WHEN"))
    findings = check_cut(read_cut(worked.study, worked.folder), worked.study)
    assert [(one.rule, one.column) for one in findings] == [("DD-COLUMN", "RANDDT"), ("DD-UNKNOWN", "WHEN")]


def test_a_missing_key_column_is_one_error(worked):
    worked.read()
    path = worked.folder / "administrations.csv"
    path.write_text(path.read_text().replace("SUBJID", "WHO"))
    findings = check_cut(read_cut(worked.study, worked.folder), worked.study)
    assert [one.rule for one in findings] == ["DD-COLUMN", "DD-UNKNOWN"]


def test_all_tables_empty(worked):
    worked.tables = {name: [] for name in worked.tables}
    severities = Counter(one.severity for one in worked.findings())
    assert severities == {"error": 7, "warning": 2}


def test_the_shipped_cohort_has_no_errors(cut, study):
    assert [one for one in check_cut(cut, study) if one.severity == "error"] == []


def test_rule_ids_are_unique_and_texts_are_sentences():
    rules = catalogue()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.text.endswith(".") and rule.severity in SEVERITIES for rule in rules)


def test_every_rule_has_a_test():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert [rule.id for rule in catalogue() if f'"{rule.id}"' not in tests] == []


def test_cross_rules_ask_for_tables_of_the_dictionary(study):
    tables = {table.name for table in study.tables}
    assert all(set(one.tables) <= tables and one.tables for one in CROSS_RULES)


_WORDS = st.sampled_from(
    ["", "P-1", "T1", "T9", "A", "2023-01-10", "1999-12-31", "0", "-1", "1e300", "x", "DEAD", "{", "NaN"]
)


@pytest.mark.law
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), _WORDS), min_size=5, max_size=40))
def test_no_content_of_cells_ends_in_an_exception(worked, changes):
    whole = worked.tables
    worked.tables = deepcopy(whole)
    names = [name for name, rows in worked.tables.items() if rows]
    for place, cell, word in changes:
        table = worked.study.table(names[place % len(names)])
        row = worked.tables[table.name][cell % len(whole[table.name])]
        row[table.columns[(place + cell) % len(table.columns)].name] = word
    findings = worked.findings()
    worked.tables = whole
    assert not any("P-1" in one.message or "P-2" in one.message for one in findings if one.column != "SUBJID")
    assert len(set(findings)) == len(findings)
