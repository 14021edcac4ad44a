"""Second programming: the studentized range by the library's numerical integration."""

import pytest
from scipy import stats

from duonen_stats.methods.groups.pairwise import range_sf

pytestmark = pytest.mark.independent


@pytest.mark.parametrize("k", [2, 3, 4, 10])
@pytest.mark.parametrize("df", [1.0, 2.5, 17.3, 120.0])
@pytest.mark.parametrize("q", [0.05, 1.0, 3.5, 9.0])
def test_tail_by_the_library(q, k, df):
    assert range_sf(q, k, df) == pytest.approx(stats.studentized_range.sf(q, k, df), abs=1e-10)
