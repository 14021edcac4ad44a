import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed.harm.values_over_time import (
    CENSORED,
    EVENT,
    RIVAL,
    add_times,
    first_rival,
    times_to,
    values_after,
)

TREATED = pd.DataFrame({"FIRST": day(10), "TREATED": list("AABB")}, index=list("1234"))


def days(**known):
    return pd.to_datetime(pd.Series({name[1:]: day(on) for name, on in known.items()}))


def test_values_are_those_after_the_first_administration_with_the_highest_grade_before():
    rows = [
        ("1", 5, "Y", 0, 1, 1),
        ("1", 10, None, 2, 2, 2),
        ("1", 40, None, 3, 3, 4),
        ("1", 40, None, 2, 2, 3),
    ]
    adlb = pd.DataFrame(rows, columns=["SUBJID", "ADT", "ABLFL", "ATOXGRMN", "ATOXGRMX", "LBSEQ"])
    adlb = adlb.assign(ADT=[day(on) for on in adlb["ADT"]], PARAMCD="HGB", DTYPE=None, AVAL=9.0)
    found = values_after(adlb, "HGB", TREATED)
    assert [*found["LBSEQ"]] == [3, 4]
    assert [*found["AT_FIRST"]] == [1, 1]


def test_an_event_comes_before_a_rival_of_its_day_and_a_rival_before_the_last_value():
    rivals = pd.DataFrame({"DEATH": days(_1=40, _2=40, _3=5)})
    found = times_to(
        TREATED["FIRST"], days(_1=40, _2=41), days(_1=20, _2=40, _3=60), days(_1=90, _2=90, _3=60), rivals
    )
    assert [*found.cause] == [EVENT, RIVAL, CENSORED]  # one that died before the start did not
    assert [*found.days] == [30, 30, 50]
    assert [*found.without] == [False, False, False, True]
    assert [*found.maybe] == [True, False, False]
    assert first_rival(rivals, TREATED["FIRST"]).isna()["3"]


def test_counts_and_incidence_by_arm(study):
    rivals = pd.DataFrame({"DEATH": days(_2=40)})
    found = times_to(TREATED["FIRST"], days(_1=20), days(), days(_1=90, _2=90, _3=90, _4=90), rivals)
    numbers = values(add_times, "x", found, TREATED, (2.0,), plan(), study)
    assert (numbers["x.A.events"], numbers["x.A.competing"], numbers["x.B.events"]) == (1, 1, 0)
    assert numbers["x.A.rate.2.incidence"] == 0.5
    assert numbers["x.all.rate.2.incidence"] == 0.25
    assert numbers["x.B.rate.2.ci_high"] == pytest.approx(1 - 0.025 ** (1 / 2))  # exact, none of two
