from types import SimpleNamespace

import pytest

from duonen_stats.displays.efficacy.beside_primary import _what_is_exploratory
from duonen_stats.displays.model.content import plain


def test_every_analysis_beside_the_primary_one_is_said_to_be_exploratory(final_shown):
    notes = " ".join(plain(note) for note in final_shown["table_e12"].footnotes)
    assert "none replaces the primary comparison" in notes
    assert "Exploratory analysis" in notes


def test_the_first_row_repeats_the_primary_comparison(final_shown, final_results):
    first = final_shown["table_e12"].content.rows[0]
    assert first.cells[3][0].id == "pfs.primary.cox.hr"
    assert plain(first.cells[2]) == f"{final_results.value('pfs.km.all.events'):.0f}"


def test_the_covariates_of_the_plan_have_a_row_each(final_cells):
    rows = final_cells("table_e12")
    assert any(name.endswith("Age, per year") for name in rows)
    assert any(name.endswith("Liver metastases: yes") for name in rows)


def test_assessments_are_shown_of_every_group(final_cells):
    assert [*final_cells("table_e13")] == ["B + C + D", "Arm A", "Arm B", "Arm C", "Arm D", "Total"]


@pytest.mark.parametrize("confirmatory", [True, False])
def test_the_first_row_is_not_spared_where_nothing_is_confirmatory(confirmatory):
    said = plain(_what_is_exploratory(SimpleNamespace(status=SimpleNamespace(confirmatory=confirmatory))))
    assert ("All rows but the first" in said) is confirmatory
    assert ("All rows are exploratory" in said) is not confirmatory
