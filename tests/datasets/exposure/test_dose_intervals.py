import pandas as pd
import pytest
from patients import day

from duonen_stats.datasets.efficacy.survival_records import PUBLISHED_RULES
from duonen_stats.datasets.exposure.dose_intervals import activity_measure, dose_intervals, dose_steps

MONTH = 30.4375


def times(*rows):
    return pd.DataFrame(
        [(who, pd.Timestamp(day(0)), days / MONTH, event) for who, days, event in rows],
        columns=["SUBJID", "STARTDT", "AVAL", "EVENT"],
    )


def steps(*rows):
    table = pd.DataFrame(rows, columns=["SUBJID", "ADT", "DOSE"])
    return table.assign(ADT=pd.to_datetime([day(on) for on in table["ADT"]]))


def test_a_dose_counts_only_from_the_day_it_was_given():
    found = dose_intervals(
        times(("1", 100, 1), ("2", 30, 0), ("3", 0, 1)),
        steps(("1", 10, 7.0), ("1", 66, 5.0), ("1", 122, 5.0), ("2", 30, 7.0)),
        PUBLISHED_RULES,
    )
    assert [tuple(row) for row in found[["SUBJID", "DOSE", "EVENT"]].to_numpy()] == [
        ("1", 0.0, 0),
        ("1", 7.0, 0),
        ("1", 12.0, 1),
        ("2", 0.0, 0),
    ]
    assert found["BEGIN"].tolist() == pytest.approx([0, 10 / MONTH, 66 / MONTH, 0])
    assert found["END"].tolist() == pytest.approx([10 / MONTH, 66 / MONTH, 100 / MONTH, 30 / MONTH])


def test_intervals_add_up_to_the_time_and_the_events():
    whole = times(("1", 400, 1), ("2", 300, 0))
    found = dose_intervals(
        whole, steps(*((who, on, 1.0) for who in "12" for on in (5, 60, 120))), PUBLISHED_RULES
    )
    lengths = (found["END"] - found["BEGIN"]).groupby(found["SUBJID"]).sum()
    assert lengths.tolist() == pytest.approx(whole["AVAL"].tolist())
    assert found.groupby("SUBJID")["EVENT"].sum().tolist() == [1, 0]


def test_steps_of_the_shipped_cohort(datasets):
    cycles = datasets.adex[datasets.adex["DTYPE"].isna()]
    for isotope in ("LU177", "Y90"):
        activity, unknown = dose_steps(activity_measure(isotope), datasets.adex, datasets.addos)
        own = cycles[cycles["ISOTOPE"].eq(isotope)]
        assert unknown == set()
        assert activity["DOSE"].sum() == pytest.approx(own["AVAL"].sum() / 1000)
        assert set(activity["SUBJID"]) == set(own["SUBJID"])
    activity, _ = dose_steps("activity_lu177", datasets.adex, datasets.addos)  # every arm gives it
    kidney, unknown = dose_steps("kidney", datasets.adex, datasets.addos)
    assert len(kidney) == len(activity)
    assert set(kidney.loc[kidney["DOSE"].isna(), "SUBJID"]) == unknown
