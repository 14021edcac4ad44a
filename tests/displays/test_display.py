from dataclasses import replace

import pytest

from duonen_stats.displays import safety
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.content import TableContent, plain
from duonen_stats.displays.display import EXPLORATORY, Material, lay_out, produce
from duonen_stats.displays.lookup import Lookup
from duonen_stats.results.table import Results, UnknownResultError
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.worked


def test_produce_answers_a_question_from_datasets(datasets, study):
    table = produce(safety.SUMMARY, datasets, study, INTERIM)
    shown = str(table)
    assert shown.startswith("Table 4. Laboratory safety summary")
    assert "Hemoglobin" in shown
    assert "SIMULATED DATA" in shown
    assert plain(EXPLORATORY) in shown


def test_a_sensitivity_analysis_is_one_replace(datasets, study):
    strict = produce(safety.SUMMARY, datasets, study, replace(INTERIM, alpha=1e-9))
    between = [plain(row.cells[4]) for row in strict.content.rows]
    assert set(between) == {"none"}


def test_a_layout_without_its_analyses_stops(datasets, study):
    material = Material(look=Lookup(Results([])), data=datasets, study=study, plan=INTERIM)
    with pytest.raises(UnknownResultError):
        lay_out(safety.SUMMARY, material)


@pytest.mark.parametrize("display", INTERIM_DISPLAYS.values(), ids=INTERIM_DISPLAYS.keys())
def test_each_display_needs_only_its_own_analyses(display, datasets, study):
    produced = produce(display, datasets, study, INTERIM)
    assert plain(produced.population)
    assert produced.cut.startswith("SIMULATED DATA.")
    if isinstance(produced.content, TableContent):
        assert produced.content.rows
    else:
        assert len(produced.content.alt) > 40
