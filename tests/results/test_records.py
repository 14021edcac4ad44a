"""Filters of records: how they are written, read again and applied."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.errors import DataError
from duonen_stats.results.records import (
    Condition,
    RecordFilter,
    absent,
    equal,
    present,
    read_filter,
)

ADSL = pd.DataFrame({"USUBJID": ["1", "2", "3"], "SAFFL": ["Y", "Y", "N"], "SITEID": ["03", "04", "03"]})
ADLB = pd.DataFrame(
    {
        "USUBJID": ["1", "1", "2", "3", "3"],
        "AVISIT": ["T1", "V1", "V1", "V1", None],
        "CHG": ["", "-1.5", "2", "10", "0.5"],
    }
)
DATASETS = {"ADSL": ADSL, "ADLB": ADLB}
SAFETY = RecordFilter("ADSL", (equal("SAFFL", "Y"),))


@pytest.mark.parametrize(
    ("conditions", "rows"),
    [
        ((present("CHG"),), [1, 2, 3, 4]),
        ((absent("CHG"),), [0]),
        ((absent("AVISIT"),), [4]),
        ((equal("AVISIT", "V1"),), [1, 2, 3]),
        ((equal("AVISIT", "T1", "V1"),), [0, 1, 2, 3]),
        ((Condition("AVISIT", "<>", ("T1",)),), [1, 2, 3]),
        ((Condition("CHG", ">=", ("2",)),), [2, 3]),
        ((Condition("CHG", "<", ("0",)),), [1]),
        ((equal("CHG", "2"),), [2]),
        ((equal("AVISIT", "V1"), Condition("CHG", ">", ("0",))), [2, 3]),
    ],
)
def test_a_record_is_taken_where_every_condition_holds(conditions, rows):
    assert [*RecordFilter("ADLB", conditions).select(DATASETS).index] == rows


def test_numbers_are_compared_as_numbers_whether_a_column_is_text_or_not():
    typed = {"ADLB": ADLB.assign(CHG=pd.to_numeric(ADLB["CHG"]))}
    chosen = RecordFilter("ADLB", (Condition("CHG", ">", ("2",)),))
    assert [*chosen.select(typed).index] == [*chosen.select(DATASETS).index] == [3]


def test_patients_within_and_outside_another_selection():
    visit = (equal("AVISIT", "V1"),)
    assert [*RecordFilter("ADLB", visit, (SAFETY,)).select(DATASETS)["USUBJID"]] == ["1", "2"]
    assert [*RecordFilter("ADLB", visit, (), (SAFETY,)).select(DATASETS)["USUBJID"]] == ["3"]


def test_what_is_not_there_is_named():
    with pytest.raises(DataError, match="no variable NOPE"):
        RecordFilter("ADLB", (present("NOPE"),)).select(DATASETS)
    with pytest.raises(DataError, match="ADXX"):
        RecordFilter("ADXX").select(DATASETS)


@pytest.mark.parametrize(
    "text", ["CHG", 'CHG = "x', "CHG = ", "USUBJID in (ADSL where SAFFL = 1", "CHG is missing )", "; CHG = 1"]
)
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(DataError):
        read_filter("ADLB", text)


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip)
variables = st.sampled_from(["AVISIT", "CHG", "PARAMCD", "AECAT", "A1LOFL"])
single = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
conditions = st.one_of(
    st.builds(absent, variables),
    st.builds(present, variables),
    st.builds(lambda name, how, value: Condition(name, how, (value,)), variables, single, words),
    st.builds(lambda name, how, value: Condition(name, how, (str(value),)), variables, single, st.integers()),
    st.builds(lambda name, values: equal(name, *values), variables, st.lists(words, min_size=2, max_size=4)),
)
plain = st.builds(lambda name, found: RecordFilter(name, tuple(found)), st.sampled_from(["ADSL", "ADAE"]),
                  st.lists(conditions, min_size=1, max_size=3))  # fmt: skip


@pytest.mark.law
@given(st.lists(conditions, max_size=4), st.lists(plain, max_size=2), st.lists(plain, max_size=2))
def test_a_filter_that_is_written_can_be_read_again(own, within, outside):
    chosen = RecordFilter("ADLB", tuple(own), tuple(within), tuple(outside))
    assert read_filter("ADLB", str(chosen)) == chosen
