import pandas as pd
import pytest

from duonen_stats.datasets.patients.courses import build_course_events, build_courses
from duonen_stats.errors import DataError

MONTH = 30.4375


def day(number):
    return pd.Timestamp("2024-01-01") + pd.Timedelta(days=number)


def adsl(**changes):
    facts = {
        "USUBJID": ["1", "2", "3"], "TRT01P": ["A", "A", "B"], "RANDFL": ["Y", "Y", "Y"], "RANDDT": [day(0)] * 3,
        "TRTSDT": [day(7), pd.NaT, day(14)], "TRTEDT": [day(180), pd.NaT, day(14)],
        "DTHDT": [day(487), pd.NaT, pd.NaT], "LSTALVDT": [pd.NaT, day(974), pd.NaT],
    }  # fmt: skip
    return pd.DataFrame({**facts, **changes})


def test_a_course_ends_with_death_or_the_last_day_known_of():
    found = build_courses(adsl(), days_per_month=MONTH).set_index("USUBJID")
    assert found.loc["1", "END"] == pytest.approx(16.0)
    assert found.loc["2", "END"] == pytest.approx(32.0)
    assert found.loc["3", "END"] == pytest.approx(14 / MONTH)  # nothing known after the last administration
    assert found.loc["1", ["FIRST", "LAST"]].tolist() == pytest.approx([7 / MONTH, 180 / MONTH])
    assert found.loc["2", ["FIRST", "LAST"]].isna().all()


def test_longest_follow_up_first_within_an_arm():
    assert build_courses(adsl(), days_per_month=MONTH)["USUBJID"].tolist() == ["2", "1", "3"]


def test_only_the_randomised_have_a_course():
    assert len(build_courses(adsl(RANDFL=["Y", None, "Y"]), days_per_month=MONTH)) == 2


def test_events_come_from_their_datasets():
    adex = pd.DataFrame(
        {"USUBJID": ["1"] * 4, "ASTDT": [day(7), day(7), day(70), pd.NaT], "DTYPE": [None, None, None, "SUM"]}
    )
    adrs = pd.DataFrame({"USUBJID": ["1", "1"], "PARAMCD": ["FRESP", "BOR"], "ADT": [day(90), day(90)]})
    adtte = pd.DataFrame(
        {
            "USUBJID": ["1", "3", "2"], "PARAMCD": ["PFS"] * 3, "CNSR": [0, 0, 1],
            "SRCDOM": ["tumour_assessments", "follow_up", "tumour_assessments"], "ADT": [day(400), day(500), day(900)],
        }
    )  # fmt: skip
    found = build_course_events(adsl(), adex, adrs, adtte, days_per_month=MONTH)
    assert list(zip(found["USUBJID"], found["KIND"], found["MONTH"].mul(MONTH).round(), strict=True)) == [
        ("1", "cycle", 7), ("1", "cycle", 70), ("1", "response", 90), ("1", "progression", 400), ("1", "death", 487),
        ("2", "followed", 974),
    ]  # fmt: skip


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match="DTHDT"):
        build_courses(adsl().drop(columns="DTHDT"), days_per_month=MONTH)
