"""The filtration rate by CKD-EPI 2021."""

import numpy as np
import pytest

from duonen_stats.simulated.model.renal import ckd_epi_2021


@pytest.mark.parametrize(
    ("female", "age", "creatinine", "expected"),
    [(True, 55, 0.9, 75.5), (True, 69, 0.8, 79.7), (False, 69, 0.9, 92.5), (False, 69, 1.2, 65.5)],
)
def test_known_values(female, age, creatinine, expected):
    rate = ckd_epi_2021(np.array([creatinine]), np.array([age]), np.array([female]))
    assert rate[0] == pytest.approx(expected, abs=0.06)
