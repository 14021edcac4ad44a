from dataclasses import replace

import pytest

from duonen_stats.commands.dictionary_page import _factor, dictionary_page
from duonen_stats.raw.checks.check import catalogue
from duonen_stats.study.entities import Conversion
from duonen_stats.study.shipped_files import dictionary_path

PAGE = dictionary_path().parent / "docs" / "data_dictionary.md"


@pytest.mark.snapshot
def test_the_committed_page_is_what_the_dictionary_gives(study):
    assert PAGE.read_text(encoding="utf-8") == dictionary_page(study, catalogue())


def test_every_noun_and_every_rule_has_its_row(study):
    page = dictionary_page(study, catalogue())
    rows = {line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")}
    for items in (study.arms, study.visits, study.organs, study.analytes, study.ae_categories):
        assert {item.code for item in items} <= rows
    for table in study.tables:
        assert {column.name for column in table.columns} <= rows
    assert {rule.id for rule in (*study.eligibility_rules, *study.stopping_rules, *catalogue())} <= rows


def test_rows_have_as_many_cells_as_their_heading(study):
    blocks = dictionary_page(study, catalogue()).split("\n\n")
    for block in blocks:
        if block.startswith("| "):
            assert len({line.count(" | ") for line in block.splitlines()}) == 1, block


def test_signs_of_markdown_in_the_dictionary_stay_signs(study):
    analyte = replace(
        study.analyte("HGB"), usual_units=(), conversions=(Conversion(unit="a|b*c", factor=2.0),)
    )
    page = dictionary_page(replace(study, analytes=(analyte,)), ())
    assert r"a\|b\*c (× 2)" in page


@pytest.mark.parametrize(
    ("factor", "shown"),
    [(1 / 88.42, "1/88.42"), (1 / 0.6206, "1/0.6206"), (1, "1"), (0.1, "0.1"), (0.7 / 3.3, repr(0.7 / 3.3))],
)
def test_a_factor_is_written_in_full(factor, shown):
    assert _factor(factor) == shown


def test_every_factor_of_the_page_gives_the_number_of_the_dictionary(study):
    page = dictionary_page(study, catalogue())
    for analyte in study.analytes:
        for unit, factor in [*analyte.factors.items()][1:]:
            assert f"{unit} (× {_factor(factor)})" in page
            top, _, bottom = _factor(factor).partition("/")
            assert float(top) / float(bottom or 1) == factor
