from dataclasses import replace

import pytest

from duonen_stats.results.adverse_events import analyse_adverse_events
from duonen_stats.results.table import Results
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.worked


def test_categories_add_up_to_the_total(results, study):
    parts = sum(results.value(f"table5.{category.code.lower()}.any.n") for category in study.ae_categories)
    assert parts == results.value("table5.total.any.n") == 38


def test_a_patient_counts_once(results):
    assert results.value("table5.total.any.patients.all.n") < results.value("table5.total.any.n")
    assert results.value("ae.patients_with_event.n") == results.value("table5.total.any.patients.all.n")


def test_only_treatment_emergent_events_count(datasets, study):
    events = datasets.adae.copy()
    events.loc[events.index[0], "TRTEMFL"] = None
    rows = Results(analyse_adverse_events(replace(datasets, adae=events), study, INTERIM))
    assert rows.value("table5.total.any.n") == 37


def test_without_events_counts_are_zero_and_percentages_reasons(datasets, study):
    rows = Results(analyse_adverse_events(replace(datasets, adae=datasets.adae.head(0)), study, INTERIM))
    assert rows.value("table5.total.any.n") == 0
    assert rows.row("table5.total.any.pct").note == "no events to count"
    assert rows.value("ae.worst_grade.0.all.n") == 56
    assert rows.value("ae.worst_grade.0.all.pct") == 100


def test_all_severe_events_stopped_treatment(results):
    assert results.value("ae.severe_discontinued.n") == 5
    assert results.value("ae.severe_discontinued.pct") == 100


def test_discontinuations_for_blood_counts_are_of_all_discontinuations(results):
    stopped = results.row("ae.haematological_discontinued.n")
    assert stopped.n == results.value("disposition.discontinued.all.n")
    assert 0 <= stopped.stat <= stopped.n
