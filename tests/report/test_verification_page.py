import math

import pandas as pd
import pytest

from duonen_stats.report.verification_page import NOT_ASKED, Checked, checks_of, verification_listings
from duonen_stats.verification.second_numbers import COLUMNS
from duonen_stats.verification.verdicts import Verification

NO_NUMBER = "the report has no number here: no maximum"
AGREES = ("table1.age.all.mean", 61.0, 61.0, 0.0, "pandas", "2.3.3", "agrees", "")
EXPLAINED = ("os.km.A.median", 9.0, 8.0, -1.0, "lifelines", "0.30.3", "explained", "the middle")
DIFFERS = ("os.km.B.median", 9.0, 8.0, -1.0, "lifelines", "0.30.3", "differs", "lifelines gives 8.0")
REASON = ("os.km.C.median", math.nan, 8.0, math.nan, "lifelines", "0.30.3", "differs", NO_NUMBER)
NONE = ("os.primary.firth.hr", 0.5, None, None, "", "", "not covered", "no library")


def checked(*rows):
    return Checked(found=Verification(compared=pd.DataFrame([*rows], columns=[*COLUMNS])))


def test_only_what_there_is_has_a_listing():
    assert verification_listings(Checked()) == ()
    keys = [one.key for one in verification_listings(checked(AGREES, NONE))]
    assert keys == ["verification_parts", "verification_engines", "verification_not_covered"]
    keys = [one.key for one in verification_listings(checked(AGREES, EXPLAINED, DIFFERS, NONE))]
    assert keys[0] == "verification_differing"
    assert "verification_explained" in keys


def test_numbers_are_counted_by_part_engine_and_reason():
    differing, parts, engines, explained, without = verification_listings(
        checked(AGREES, EXPLAINED, DIFFERS, NONE)
    )
    assert differing.rows == (("os.km.B.median", "9.0", "8.0", "lifelines 0.30.3"),)
    assert parts.rows == (
        ("Patients and baseline", "1", "0", "0", "0"),
        ("Progression and survival", "0", "1", "1", "1"),
        ("All numbers", "1", "1", "1", "1"),
    )
    assert parts.note.startswith("50.0 % of the numbers")
    assert engines.rows == (("pandas 2.3.3", "1"), ("lifelines 0.30.3", "1"))
    assert explained.rows == (("the middle", "1"),)
    assert without.rows == (("no library", "1"),)


def test_a_reason_instead_of_a_number_stands_in_a_column_of_its_own():
    differing = verification_listings(checked(DIFFERS, REASON))[0]
    assert differing.columns == ("Number id", "Number", "Second number", "Engine", "Reason")
    assert differing.rows == (
        ("os.km.B.median", "9.0", "8.0", "lifelines 0.30.3", ""),
        ("os.km.C.median", "–", "8.0", "lifelines 0.30.3", NO_NUMBER),
    )
    assert "Reason" not in verification_listings(checked(DIFFERS))[0].columns


def test_every_number_is_told_what_became_of_it():
    said = checks_of(checked(AGREES, EXPLAINED, DIFFERS, NONE))
    assert said["table1.age.all.mean"] == ("confirmed by pandas 2.3.3", 61.0)
    assert said["os.km.A.median"] == ("explained (the middle); lifelines 0.30.3", 8.0)
    assert said["os.km.B.median"] == ("DIFFERS from lifelines 0.30.3", 8.0)
    assert said["os.primary.firth.hr"] == ("not covered: no library", None)


def test_a_difference_fails_and_no_verification_does_not():
    assert not checked(DIFFERS).passed
    assert checked(AGREES, EXPLAINED, NONE).passed
    assert Checked().passed
    assert Checked().line() == f"Not verified: {NOT_ASKED}."
    assert checked(AGREES, DIFFERS).line().splitlines() == [
        "Second engine: 1 of 2 numbers confirmed, 1 differ.",
        "DIFFERS: os.km.B.median is 9.0, lifelines gives 8.0.",
    ]


@pytest.mark.parametrize("rows", [(AGREES,), (NONE,)])
def test_a_listing_without_rows_is_still_one(rows):
    assert all(
        len(row) == len(one.columns) for one in verification_listings(checked(*rows)) for row in one.rows
    )


def test_a_number_where_the_second_engine_finds_none_has_no_second_number():
    none = (
        "os.km.B.median",
        9.0,
        math.nan,
        math.nan,
        "lifelines",
        "0.30.3",
        "differs",
        "finds no number here",
    )
    row = verification_listings(checked(AGREES, none))[0].rows[0]
    assert row[1] == "9.0"
    assert "nan" not in row
    assert checks_of(checked(none)) == {"os.km.B.median": ("DIFFERS from lifelines 0.30.3", None)}
