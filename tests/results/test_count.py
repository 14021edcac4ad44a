import pytest

from duonen_stats.results.about import About
from duonen_stats.results.count import count

pytestmark = pytest.mark.worked
ABOUT = About(id="x", display="Table 1", population="Safety")


def test_a_count_and_its_percentage_are_unrounded():
    rows = count(5, 16, ABOUT)
    assert [(row.analysis_id, row.stat, row.n) for row in rows] == [("x.n", 5.0, 16), ("x.pct", 31.25, 16)]


def test_of_nothing_there_is_no_percentage():
    number, share = count(0, 0, ABOUT, of="events")
    assert number.stat == 0
    assert share.stat is None
    assert share.note == "no events to count"
