import pandas as pd

from duonen_stats.datasets.exposure.limits import add_limits, dose_limits


def test_limits_of_the_protocol_in_order(study):
    limits = dose_limits(study)
    assert [(x.criterion, x.organ, x.per_cycle, x.gray) for x in limits] == [
        ("CRIT1", "KIDNEY", False, 23),
        ("CRIT2", "MARROW", True, 0.5),
        ("CRIT3", "MARROW", False, 2),
    ]
    assert limits[1].text == "Bone marrow dose of a cycle > 0.5 Gy"


def test_only_totals_beyond_their_own_limit_are_flagged(study):
    doses = pd.DataFrame(
        [
            ("KIDNEY", None, "SUM", 23.0),
            ("KIDNEY", None, "SUM", 23.01),
            ("KIDNEY", "Y90", "SUM", 30.0),
            ("KIDNEY", None, None, 30.0),
            ("MARROW", None, None, 0.1 + 0.2 + 0.2),
            ("MARROW", None, None, 0.51),
            ("MARROW", None, "SUM", 2.01),
        ],
        columns=["ORGAN", "ISOTOPE", "DTYPE", "AVAL"],
    )
    out = add_limits(doses, dose_limits(study))
    assert out["CRIT1FL"].tolist() == [None, "Y", None, None, None, None, None]
    assert out["CRIT2FL"].tolist() == [None, None, None, None, None, "Y", None]
    assert out["CRIT3FL"].tolist() == [None, None, None, None, None, None, "Y"]
    assert out["CRIT1"].notna().tolist() == [True, True, False, False, False, False, False]
