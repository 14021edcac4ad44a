from dataclasses import replace
from datetime import UTC, datetime

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.document.marked_results import date_of, marked


def test_simulated_results_say_so_in_every_row(results):
    assert all(
        row.population.endswith("(SIMULATED)") for row in marked(list(results)[:20], Stamp(True, False))
    )


def test_results_of_the_trial_stay_as_they_are(results):
    rows = list(results)[:5]
    assert list(marked(rows, Stamp(False, False))) == rows


def test_the_date_is_that_of_the_cut(cut):
    assert date_of(cut) == datetime(cut.cut_date.year, cut.cut_date.month, cut.cut_date.day, tzinfo=UTC)
    assert date_of(replace(cut, cut_date=None)).year == 2000
