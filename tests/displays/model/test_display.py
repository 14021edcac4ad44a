from dataclasses import replace

import pytest
from plan_cases import Trial

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.catalogue import FINAL_DISPLAYS, INTERIM_DISPLAYS
from duonen_stats.displays.exposure import modifications
from duonen_stats.displays.model.content import TableContent, plain
from duonen_stats.displays.model.display import (
    EXPLORATORY,
    Material,
    lay_out,
    produce,
    with_result,
)
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety import laboratory
from duonen_stats.errors import PlanError, UnknownResultError
from duonen_stats.plan import FINAL, INTERIM, status_of
from duonen_stats.results.rows.table import About, Results


def test_produce_answers_a_question_from_datasets(datasets, study):
    table = produce(laboratory.SUMMARY, datasets, study, INTERIM)
    shown = str(table)
    assert shown.startswith("Table 4. Laboratory safety summary")
    assert "Hemoglobin" in shown
    assert "SIMULATED DATA" in shown
    assert plain(EXPLORATORY) in shown


def test_a_sensitivity_analysis_is_one_replace(datasets, study):
    strict = produce(laboratory.SUMMARY, datasets, study, replace(INTERIM, alpha=1e-9))
    between = [plain(row.cells[4]) for row in strict.content.rows]
    assert set(between) == {"none"}


def test_a_layout_without_its_analyses_stops(datasets, study):
    material = Material(look=Lookup(Results([])), data=datasets, study=study, plan=INTERIM)
    with pytest.raises(UnknownResultError):
        lay_out(laboratory.SUMMARY, material)


@pytest.mark.parametrize("display", INTERIM_DISPLAYS.values(), ids=INTERIM_DISPLAYS.keys())
def test_each_display_needs_only_its_own_analyses(display, datasets, study):
    produced = produce(display, datasets, study, INTERIM)
    assert plain(produced.population)
    assert produced.cut.startswith("SIMULATED DATA.")
    if isinstance(produced.content, TableContent):
        assert produced.content.rows
    else:
        assert len(produced.content.alt) > 40


def test_datasets_of_another_plan_are_refused(datasets, study):
    """They already hold the tolerance: a table from them would say one thing and show another."""
    with pytest.raises(PlanError, match="modification_tolerance"):
        produce(modifications.TABLE_2, datasets, study, replace(INTERIM, modification_tolerance=0.5))


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [{"between_arm_test": "routed"}, {"posthoc_after_rank": "dunn"}, {"paired_test": "paired_t"},
     {"correlation": "pearson"}, {"quantile_type": 7}, {"alpha": 0.01}, {"modification_counting": "any_cycle"}],
    ids=str,
)  # fmt: skip
def test_a_changed_decision_changes_what_is_shown(change, as_planned, trial, datasets, study):
    """Analyses that do not read the decision are not run again."""
    plan = replace(INTERIM, **change)
    assert _everything(trial.analysed(plan).results, datasets, study, plan) != as_planned


@pytest.fixture(scope="module")
def trial(cut):
    return Trial("interim", cut)


@pytest.fixture(scope="module")
def as_planned(trial, datasets, study):
    return _everything(trial.analysed(INTERIM).results, datasets, study, INTERIM)


def _everything(results, datasets, study, plan):
    material = Material(look=Lookup.of_plan(results, plan), data=datasets, study=study, plan=plan)
    return [str(lay_out(display, material)) for display in INTERIM_DISPLAYS.values()]


FIGURES = {key: display for key, display in FINAL_DISPLAYS.items() if key.startswith("figure_")}


@pytest.mark.parametrize("display", FIGURES.values(), ids=FIGURES.keys())
def test_a_figure_of_simulated_or_permuted_data_is_marked_where_it_is_drawn(
    display, final_datasets, final_results, study
):
    """A figure drawn in Python says what the report's says; one of real data bears no mark."""

    def marks(stamp):
        data = replace(final_datasets, stamp=stamp)
        material = Material(look=Lookup.of_plan(final_results, FINAL), data=data, study=study, plan=FINAL)
        figure = lay_out(display, material).content.draw()
        return [text.get_text() for text in figure.texts if text.get_zorder() < 0]

    assert final_datasets.stamp == Stamp(simulated=True)
    assert marks(Stamp(simulated=True)) == ["SIMULATED DATA"]
    assert marks(Stamp(simulated=True, blinded=True)) == ["SIMULATED DATA\nBLINDED DRY RUN"]
    assert marks(Stamp(simulated=False)) == []


def test_the_reason_of_a_test_without_p_can_end_a_sentence():
    why = "The variance is zero."
    row = About(id="pfs.primary.log_rank", display="Efficacy", population="Randomised").row(
        "p", None, note=why
    )
    assert with_result(status_of(FINAL), Results([row])).why_not_confirmatory.endswith(
        "(The variance is zero)"
    )
