from dataclasses import replace

import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients.protocol import ANALYSIS_SETS, DEVIATIONS
from duonen_stats.plan import INTERIM


def test_every_analysis_set_is_in_one_table(cells):
    rows = cells("table_s38")
    assert rows["Randomised"][-1] == "56 (100%)"
    assert rows["Safety: at least one cycle"][-1] == "56 (100%)"
    assert rows["Per protocol"] == ["14 (87.5%)", "16 (100%)", "12 (100%)", "12 (100%)", "54 (96.4%)"]


def test_recorded_deviations_are_counted(shown, cells):
    assert cells("table_s39")["Any deviation"][-1] == "10 (17.9%); 13"
    assert cells("table_s39")["Excluding from per protocol"][-1] == "2 (3.6%); 2"
    for key in ("table_s38", "table_s39"):
        assert "no records of protocol deviations" not in plain(shown[key].footnotes[-1])


@pytest.mark.parametrize(("display", "row"), [(ANALYSIS_SETS, "Per protocol"), (DEVIATIONS, "Any deviation")])
def test_a_dash_says_that_no_deviation_was_recorded(display, row, cut, study):
    tables = {name: rows for name, rows in cut.tables.items() if name != "protocol_deviations"}
    found = produce(display, build_datasets(replace(cut, tables=tables), study, INTERIM), study, INTERIM)
    rows = {plain(one.cells[0]): [plain(cell) for cell in one.cells[1:]] for one in found.content.rows}
    assert rows[row] == ["–"] * 5
    assert "no records of protocol deviations" in plain(found.footnotes[-1])


def test_the_rule_is_that_of_the_plan(cut, study):
    plan = replace(INTERIM, per_protocol="important")
    found = produce(ANALYSIS_SETS, build_datasets(cut, study, plan), study, plan)
    assert "without any important deviation" in plain(found.footnotes[0])
