"""The result of a test of all groups."""

from dataclasses import FrozenInstanceError

import pytest

from duonen_stats.methods import OmnibusResult, anova


def test_a_result_is_frozen_and_carries_its_counts():
    result = anova({"A": [1, 2, 4], "B": [2, 5, None], "C": [None]})
    assert isinstance(result, OmnibusResult)
    assert (result.n, result.n_missing) == ({"A": 3, "B": 2, "C": 0}, {"A": 0, "B": 1, "C": 1})
    assert result.note == "empty_group: C"
    assert (result.resamples, result.seed) == (None, None)
    with pytest.raises(FrozenInstanceError):
        result.p_value = 0.0
