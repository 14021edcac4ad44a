import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.datasets.metadata.limits_compared import difference, without_noise


def test_sums_and_differences_are_those_on_paper():
    assert 12.1 - 12.9 != -0.8
    assert difference([12.1, 0.3, 7400.0], [12.9, 0.1, 740.1]).tolist() == [-0.8, 0.2, 6659.9]
    assert without_noise(0.1 + 0.2, 0.3) == 0.3
    assert without_noise(sum([5.1, 5.2, 5.3]), 15.6) == without_noise(sum([5.3, 5.2, 5.1]), 15.6) == 15.6


def test_what_differs_on_paper_stays_different():
    assert difference(1000.0000001, 1000.0) == 1e-7
    assert difference(np.nan, 1.0) != difference(np.nan, 1.0)
    assert difference([0.0, -3.0, np.inf], [0.0, -3.0, 1.0]).tolist() == [0.0, 0.0, np.inf]
    assert difference(2e17, 1e17) == 1e17


@pytest.mark.law
@given(st.decimals(-9999, 9999, places=4), st.decimals(-9999, 9999, places=4))
def test_a_difference_of_decimals_is_their_exact_difference(later, earlier):
    assert difference(float(later), float(earlier)) == float(later - earlier)
