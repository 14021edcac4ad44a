from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from patients import day

from duonen_stats.datasets.baseline import add_baseline, flag_baseline
from duonen_stats.errors import DataError
from duonen_stats.sap import INTERIM

LAST = replace(INTERIM, baseline_rule="last_before_treatment")


def labs(*rows, treated=0):
    """Rows: visit assigned, whether it was named, day."""
    frame = pd.DataFrame(rows, columns=["AVISIT", "SCHEDULED", "ADT"])
    start = pd.NaT if treated is None else pd.Timestamp(day(treated))
    return frame.assign(
        ADT=pd.to_datetime([day(d) for d in frame["ADT"]]),
        TRTSDT=pd.Series([start] * len(frame), dtype="datetime64[ns]"),
        SUBJID="1",
        PARAMCD="HGB",
        REASON=None,
        LBSEQ=range(1, len(frame) + 1),
    )


@pytest.mark.parametrize(
    ("rows", "planned", "last"),
    [
        ([("T1", True, -7), ("T1", False, -2)], 1, 2),  # the visit's own record, although older
        ([("T1", True, -7), ("T1", True, 0)], 2, 2),
        ([("T1", True, 0), ("T1", False, 0)], 1, 1),  # same day: the scheduled one
        ([(None, False, -60), (None, False, -40)], 2, 2),  # no T1: the last before treatment
        ([("V1", True, 14), (None, False, -40)], 2, 2),
        ([("V1", True, 14)], None, None),
        ([("T1", True, 3)], None, None),  # after the first administration it is no baseline
    ],
)
def test_which_record_is_the_baseline(rows, planned, last):
    for plan, expected in ((INTERIM, planned), (LAST, last)):
        out = flag_baseline(labs(*rows), plan)
        assert out.loc[out["ABLFL"] == "Y", "LBSEQ"].tolist() == ([expected] if expected else [])
        assert out.loc[out["ABLFL"] == "Y", "AVISIT"].tolist() == (["T1"] if expected else [])


def test_never_treated_has_the_baseline_of_the_visit():
    out = flag_baseline(labs(("T1", True, -3), (None, False, 9), treated=None), INTERIM)
    assert out["ABLFL"].tolist() == ["Y", None]


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
