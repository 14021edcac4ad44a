import pandas as pd
import pytest

from duonen_stats.verification.verdicts import Verification


def verification(*rows, altered=()):
    columns = ["analysis_id", "verdict", "engine", "version", "reason", "stat", "second"]
    return Verification(compared=pd.DataFrame([*rows], columns=columns), altered=altered)


AGREES = ("table1.N.all.n", "agrees", "pandas", "2", "", 3.0, 3.0)
EXPLAINED = ("os.km.A.median", "explained", "lifelines", "0.30", "the middle", 9.0, 8.0)
DIFFERS = ("os.km.B.median", "differs", "lifelines", "0.30", "", 9.0, 8.0)
NONE = ("os.primary.firth.hr", "not covered", "", "", "no library", 0.5, None)


def test_a_difference_fails_and_is_named():
    found = verification(AGREES, EXPLAINED, DIFFERS, NONE)
    assert not found.passed
    assert found.counts == {"agrees": 1, "explained": 1, "differs": 1, "not covered": 1}
    assert found.confirmed == pytest.approx(0.5)
    assert found.differences() == ["DIFFERS: os.km.B.median is 9.0, lifelines gives 8.0."]
    assert "1 not covered: no library" in found.text()
    assert found.by_engine().to_dict() == {"pandas 2": 1, "lifelines 0.30": 1}
    assert found.by_family().loc["Progression and survival"].tolist() == [0, 1, 1, 1]


def test_an_altered_file_fails_without_any_difference():
    assert verification(AGREES).passed
    found = verification(AGREES, altered=("raw/labs.csv is missing",))
    assert not found.passed
    assert "ALTERED: raw/labs.csv is missing." in found.text()


def test_of_many_differences_the_first_are_named():
    found = verification(*[(f"x.{number}.n", *DIFFERS[1:]) for number in range(30)])
    assert len(found.differences()) == 21
    assert found.differences()[-1] == "... and 10 more numbers that differ."


def test_nothing_verified_is_no_success():
    found = Verification(compared=verification().compared, failed="it stopped")
    assert not found.passed
    assert found.text() == "Nothing was verified: it stopped"


def test_a_reason_where_the_second_engine_has_a_number_is_a_difference():
    found = verification(AGREES, ("a.p", "differs", "scipy", "1", "no number here: nobody", None, 0.5))
    assert not found.passed
    assert found.differences() == ["DIFFERS: a.p has a reason instead of a number, scipy gives 0.5."]


def test_a_number_where_the_second_engine_finds_none_is_said_so():
    found = verification(("a.median", "differs", "lifelines", "0.30", "", 9.0, float("nan")))
    assert found.differences() == ["DIFFERS: a.median is 9.0, lifelines finds no number here."]
