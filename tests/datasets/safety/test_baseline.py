import numpy as np
import pandas as pd
import pytest

from duonen_stats.datasets.safety.baseline import add_baseline
from duonen_stats.errors import DataError


def test_the_baseline_is_copied_to_every_record_of_the_analyte():
    rows = pd.DataFrame(
        {
            "SUBJID": ["1", "1", "1", "2"],
            "PARAMCD": ["HGB", "HGB", "WBC", "HGB"],
            "ABLFL": [None, "Y", None, None],
            "AVAL": [11.0, 13.0, 5.0, 12.0],
        }
    )
    out = add_baseline(rows, {"AVAL": "BASE"})
    np.testing.assert_array_equal(out["BASE"], [13.0, 13.0, np.nan, np.nan])
    assert out["AVAL"].tolist() == [11.0, 13.0, 5.0, 12.0]


def test_two_baselines_are_refused():
    rows = pd.DataFrame({"SUBJID": ["1"] * 2, "PARAMCD": ["HGB"] * 2, "ABLFL": ["Y"] * 2, "AVAL": [1.0, 2.0]})
    with pytest.raises(DataError, match="unique"):
        add_baseline(rows, {"AVAL": "BASE"})
