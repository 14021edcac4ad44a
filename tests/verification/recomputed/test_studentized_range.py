import numpy as np
import pytest
from scipy import stats

from duonen_stats.verification.recomputed.studentized_range import range_quantile, range_tail

Q, DF = np.array([0.4, 2.0, 3.5, 6.0, 9.0]), np.array([3.0, 7.5, 20.0, 52.3, 88.0])


@pytest.mark.independent
@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_tail_is_that_of_scipy(k):
    tail, density = range_tail(Q, k, DF)
    assert tail == pytest.approx(stats.studentized_range.sf(Q, k, DF), rel=1e-7, abs=1e-11)
    step = 1e-5
    slope = (range_tail(Q - step, k, DF)[0] - range_tail(Q + step, k, DF)[0]) / (2 * step)
    assert density == pytest.approx(slope, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("df", [2.0, 5.0, 40.0])
def test_a_quantile_has_the_tail_it_was_asked_for(df):
    q = range_quantile(0.95, 4, np.array([df]))
    assert range_tail(q, 4, np.array([df]))[0][0] == pytest.approx(0.05, rel=1e-10)


@pytest.mark.independent
@pytest.mark.parametrize("df", [1.0, 1.01, 1.4, 2.0, 2.9, 3.0, 6.0])
def test_few_degrees_of_freedom_lose_no_digits(df):
    q = np.array([0.3, 1.0, 2.4, 12.0])
    assert range_tail(q, 4, np.full(4, df))[0] == pytest.approx(
        stats.studentized_range.sf(q, 4, df), rel=1e-8
    )
    limit = range_quantile(0.95, 4, np.array([df]))[0]
    assert limit == pytest.approx(stats.studentized_range.ppf(0.95, 4, df), rel=1e-7)
