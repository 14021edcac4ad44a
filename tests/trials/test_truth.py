import math

import numpy as np
import pytest

from duonen_stats.plan import FINAL
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.trials.truth import truths


def test_the_truth_of_constant_hazards(study):
    found = truths(study, FINAL, OutcomeAssumptions(hazard_per_month=0.02, hazard_ratios={"D": 0.8}))
    # B and C have the dictionary's ratio of 0.5, so arms B, C and D together have no hazard ratio.
    assert "pfs.primary.hr.hr" not in found
    assert found["pfs.D_vs_A.hr.hr"].value == pytest.approx(0.8)
    assert found["pfs.D_vs_A.cox.coef"].value == pytest.approx(math.log(0.8))
    assert found["pfs.km.D.median"].value == pytest.approx(math.log(2) / 0.016)
    assert found["pfs.km.A.rate.12.survival"].value == pytest.approx(math.exp(-0.24))
    assert not [name for name in found if name.startswith("os.")]
    same = truths(study, FINAL, OutcomeAssumptions(hazard_ratios=dict.fromkeys("BCD", 1.0)))
    assert same["pfs.primary.firth.hr"].value == 1.0
    assert same["pfs.primary.firth.hr"].low == "pfs.primary.firth.ci_low"
    mean = same["pfs.primary.rmst.control"].value
    times = np.linspace(0, FINAL.rmst_months, 20001)
    assert mean == pytest.approx(np.trapezoid(np.exp(-0.0235 * times), times), rel=1e-6)
