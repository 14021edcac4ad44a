from dataclasses import replace

import pytest

from duonen_stats.commands.make_report import analyse_cut
from duonen_stats.displays.model.content import Column, ProducedDisplay, TableContent, plain
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.displays.patients.tabulation import table_of
from duonen_stats.errors import PlanError
from duonen_stats.formats.csv_files import displays_csv
from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.report.kinds import INTERIM_REPORT
from duonen_stats.report.own_displays import OWN_SECTION, account_of_own, numbered, require_own

BY_SEX = table_of(key="by_sex", rows=["AGE", "PRIMSITE"], by="SEX", title="Patients by sex")
DEATHS = table_of(key="deaths_by_arm", rows=["DCSREAS"], title="Reasons by arm", test=False)


@pytest.fixture(scope="module")
def analysed(cut, study):
    own = require_own((BY_SEX, DEATHS), INTERIM_REPORT)
    return analyse_cut(cut, (), study, INTERIM, session="open", own=own)


@pytest.fixture(scope="module")
def shown(analysed):
    return lay_out_all(analysed)


def test_own_displays_have_numbers_a_section_and_places_in_the_registers(analysed, shown):
    assert [shown[key].label for key in ("by_sex", "deaths_by_arm")] == ["Table O1", "Table O2"]
    document = compose(analysed, shown)
    keys = [section.key for section in document.sections]
    assert keys.index(OWN_SECTION) == keys.index("appendix") - 1
    section = document.sections[keys.index(OWN_SECTION)]
    assert "2 displays were added" in plain(section.blocks[0].line)
    assert [display.key for display in document.displays()].count("by_sex") == 1
    assert b"by_sex,table,Table O1,Patients by sex,own.by_sex.AGE.measure.all.mean" in displays_csv(document)
    row = analysed.results.row("own.by_sex.AGE.measure.M.median")
    assert row.population == "Patients of ADSL (SIMULATED)"


def test_an_open_session_shows_nothing_by_arm_that_it_withholds(shown):
    cells = {plain(cell) for row in shown["deaths_by_arm"].content.rows for cell in row.cells[1:]}
    assert cells <= {"", "0 (–)", "16", "12", "56", "0"}, cells


def test_the_report_is_as_without_them_but_for_their_section(analysed, shown, cut, study):
    without = analyse_cut(cut, (), study, INTERIM, session="open")
    plain_shown = lay_out_all(without)
    assert {key: str(one) for key, one in plain_shown.items()} == {
        key: str(one) for key, one in shown.items() if key not in {"by_sex", "deaths_by_arm"}
    }
    assert [section.key for section in compose(without, plain_shown).sections] == [
        section.key for section in compose(analysed, shown).sections if section.key != OWN_SECTION
    ]


def test_the_manifest_names_the_program_of_each(shown):
    first, _ = account_of_own((BY_SEX, DEATHS), shown)
    assert first["label"] == "Table O1"
    assert first["program"].startswith("duonen_stats.displays.patients.tabulation.")
    assert len(first["sha256"]) == 64
    typed = replace(BY_SEX, layout=eval("lambda material: None"))  # noqa: S307 - a layout without a text
    assert account_of_own([typed], shown)[0]["sha256"] is None


def test_a_label_of_ones_own_is_kept():
    produced = {"a": replace_label(""), "b": replace_label("Table 6"), "c": replace_label("")}
    assert [one.label for one in numbered(produced).values()] == ["Table O1", "Table 6", "Table O2"]


def replace_label(label):
    content = TableContent(columns=(Column(header=""),), rows=())
    return ProducedDisplay(key="x", label=label, ich_number="", title="t", population=(), content=content)


@pytest.mark.parametrize(
    ("displays", "message"),
    [
        ((TABLE_1,), "two displays of the key 'table_1'"),
        ((BY_SEX, BY_SEX), "two displays of the key 'by_sex'"),
        ((replace(BY_SEX, label="Table 1"),), "two displays of the label 'Table 1'"),
        ((replace(BY_SEX, key="own_displays"),), "two displays of the key"),
        ((replace(BY_SEX, key="a/b"),), "cannot be the key"),
        (("table",), "is no display"),
    ],
)
def test_what_cannot_be_added_is_refused_before_the_work(displays, message):
    with pytest.raises(PlanError, match=message):
        require_own(displays, INTERIM_REPORT)
