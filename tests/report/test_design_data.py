"""A data cut without arms."""

import pytest

from duonen_stats.report.design_answer import Answer
from duonen_stats.report.design_data import marked, read_blinded

pytestmark = pytest.mark.worked


def test_the_shipped_cohort_is_read_without_arms_and_marked():
    blinded, cut = read_blinded(None)
    assert blinded.n_patients == 56
    assert 0 < blinded.n_events < 56
    assert str(blinded.date_at(blinded.cut_months)) == f"{cut.cut_date:%Y-%m-%d}"
    answer = marked(Answer(question="project", title="Projection"), cut)
    assert answer.title == "SIMULATED DATA · Projection"
    assert answer.data["simulated"] is True


def test_a_longer_lag_loses_fewer():
    assert (
        read_blinded(None, lag_months=24.0)[0].n_dropouts < read_blinded(None, lag_months=0.5)[0].n_dropouts
    )
