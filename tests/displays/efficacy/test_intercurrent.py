from dataclasses import replace

from duonen_stats.datasets import build_datasets
from duonen_stats.displays.efficacy.intercurrent import FURTHER_THERAPIES
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import FINAL


def test_every_intercurrent_event_has_a_row(final_shown):
    rows = final_shown["table_e14"].content.rows
    assert len(rows) == 8
    assert plain(rows[0].cells[0]) == "Never treated"


def test_the_gap_of_missed_assessments_is_that_of_the_plan(final_shown):
    assert "missed if more than 182 days lie" in plain(final_shown["table_e14"].footnotes[0])


def test_further_therapies_of_the_simulated_cut_are_counted(final_shown, final_datasets):
    shown = final_shown["table_e15"]
    patients = final_datasets.adcm.loc[final_datasets.adcm["FURTHFL"].eq("Y"), "USUBJID"].nunique()
    assert plain(shown.content.rows[0].cells[-1]).startswith(f"{patients} (")
    assert not any("no records of" in plain(note) for note in shown.footnotes)


def test_without_records_the_table_of_therapies_says_so(final_cut, study):
    tables = {name: rows for name, rows in final_cut.tables.items() if name != "concomitant_therapies"}
    data = build_datasets(replace(final_cut, tables=tables), study, FINAL)
    shown = produce(FURTHER_THERAPIES, data, study, FINAL)
    assert plain(shown.content.rows[0].cells[1]) == "–"
    assert "no records of concomitant therapies" in plain(shown.footnotes[-1])
