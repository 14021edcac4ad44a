"""Tables as shown. A changed snapshot is a changed report: renew it with ``DUONEN_SNAPSHOTS=renew`` and name why."""

import os
from pathlib import Path

import pytest
from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.catalogue import EFFICACY, FINAL_DISPLAYS, INTERIM_DISPLAYS, PUBLISHED
from duonen_stats.displays.model.content import FigureContent, TableContent
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import FINAL

FOLDER = Path(__file__).parents[1] / "snapshots"
TABLES = [key for key in INTERIM_DISPLAYS if key.startswith("table")]


@pytest.mark.snapshot
@pytest.mark.parametrize("key", TABLES)
def test_a_table_is_as_it_was(key, shown):
    assert isinstance(shown[key].content, TableContent)
    path, text = FOLDER / f"{key}.txt", f"{shown[key]}\n"
    if os.environ.get("DUONEN_SNAPSHOTS") == "renew":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_labels_and_numbers_are_given_once():
    displays = INTERIM_DISPLAYS.values()
    assert len({display.label for display in displays}) == len(INTERIM_DISPLAYS)
    assert len({display.ich_number for display in displays}) == len(INTERIM_DISPLAYS)
    assert [display.label for display in PUBLISHED] == [
        *(f"Table {number}" for number in range(1, 6)),
        *(f"Figure {number}" for number in range(1, 8)),
    ]


TABLES_FINAL_CATALOGUE = [display.key for display in EFFICACY if display.key.startswith("table")]
FIGURES = [display.key for display in EFFICACY if display.key.startswith("figure")]


@pytest.mark.snapshot
@pytest.mark.parametrize("key", TABLES_FINAL_CATALOGUE)
def test_a_table_is_as_it_was_of_final_catalogue(key, final_shown):
    assert isinstance(final_shown[key].content, TableContent)
    path, text = FOLDER / f"{key}.txt", f"{final_shown[key]}\n"
    if os.environ.get("DUONEN_SNAPSHOTS") == "renew":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", FIGURES)
def test_every_number_of_a_figure_is_traceable_and_legible(key, final_shown):
    content = final_shown[key].content
    assert isinstance(content, FigureContent)
    assert_traceable(content)
    assert_legible(content.draw())


def test_efficacy_comes_first_and_nothing_of_the_interim_report_is_lost():
    assert list(FINAL_DISPLAYS) == [*(display.key for display in EFFICACY), *INTERIM_DISPLAYS]


def test_labels_and_numbers_are_given_once_of_final_catalogue():
    displays = FINAL_DISPLAYS.values()
    assert len({display.label for display in displays}) == len(FINAL_DISPLAYS)
    assert len({display.ich_number for display in displays}) == len(FINAL_DISPLAYS)
    assert [display.label for display in EFFICACY] == [
        *(f"Figure E{number}" for number in range(1, 14)),
        *(f"Table E{number}" for number in (*range(1, 17), 18, 19, 20)),
    ]


@pytest.mark.parametrize("display", EFFICACY, ids=lambda display: display.key)
def test_a_display_names_the_analyses_it_needs(display, final_datasets, study, final_shown):
    """Made alone, from its own analyses, a display shows what it shows in the report."""
    if display.key == "table_e4":  # its imputations are the slow part of a run
        pytest.skip("made whole in the report")
    assert str(produce(display, final_datasets, study, FINAL)) == str(final_shown[display.key])


def test_only_the_primary_comparison_is_not_exploratory():
    compared = [d for d in EFFICACY if not d.exploratory]
    assert {display.key for display in compared} == {
        "figure_e1",
        "figure_e2",
        "figure_e3",
        "figure_e13",
        "table_e1",
        "table_e2",
        "table_e16",
        "table_e4",  # its own footnote names the one p-value that is confirmatory
    }
