"""Records of two cuts are paired by their key, and by what is left of it where part of it was corrected."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.comparison.pair_records import pair_records
from duonen_stats.comparison.read_output import Sheet

COLUMNS = ("ID", "VISIT", "DATE", "VALUE", "UNIT", "_ROW")
TIERS = (("ID", "VISIT", "DATE"), ("ID", "VISIT"))


def sheet(*rows):
    return Sheet(COLUMNS, tuple((*row, str(line)) for line, row in enumerate(rows, 2)))


def paired(old, new):
    pairs, removed, added = pair_records(old, new, TIERS)
    return (
        [(a["VALUE"], b["VALUE"]) for a, b in pairs],
        [r["VALUE"] for r in removed],
        [r["VALUE"] for r in added],
    )


def test_a_corrected_date_is_one_changed_record():
    old = sheet(("1", "V1", "2024-01-01", "5", "g"), ("1", "V2", "2024-02-01", "6", "g"))
    new = sheet(("1", "V1", "2024-01-02", "5", "g"), ("1", "V2", "2024-02-01", "7", "g"))
    assert paired(old, new) == ([("5", "5"), ("6", "7")], [], [])


def test_another_record_of_the_same_visit_is_no_correction():
    old = sheet(("1", "V1", "2024-01-01", "5", "g"))
    new = sheet(("1", "V1", "2024-03-01", "9", "mg"))
    assert paired(old, new) == ([], ["5"], ["9"])


def test_two_candidates_are_left_apart():
    old = sheet(("1", "UNS", "2024-01-01", "5", "g"))
    new = sheet(("1", "UNS", "2024-01-02", "5", "g"), ("1", "UNS", "2024-01-03", "5", "g"))
    assert paired(old, new) == ([], ["5"], ["5", "5"])


def test_of_several_records_with_one_key_those_alike_are_paired_first():
    old = sheet(("1", "V1", "d", "5", "g"), ("1", "V1", "d", "6", "g"), ("1", "V1", "d", "7", "g"))
    new = sheet(("1", "V1", "d", "7", "g"), ("1", "V1", "d", "8", "g"), ("1", "V1", "d", "5", "g"))
    pairs, removed, added = paired(old, new)
    assert sorted(pairs) == [("5", "5"), ("6", "8"), ("7", "7")]
    assert (removed, added) == ([], [])


ROWS = st.lists(
    st.tuples(
        st.sampled_from("123"), st.sampled_from(["V1", "V2", "UNS"]), st.sampled_from("abc"), st.sampled_from("567"),
        st.just("g"),
    ),
    max_size=12,
)  # fmt: skip


@pytest.mark.law
@given(ROWS, ROWS)
def test_every_record_is_paired_or_listed_once(first, second):
    pairs, removed, added = pair_records(sheet(*first), sheet(*second), TIERS)
    olds = [pair[0]["_ROW"] for pair in pairs] + [record["_ROW"] for record in removed]
    news = [pair[1]["_ROW"] for pair in pairs] + [record["_ROW"] for record in added]
    assert sorted(olds, key=int) == [str(i) for i in range(2, 2 + len(first))]
    assert sorted(news, key=int) == [str(i) for i in range(2, 2 + len(second))]


@pytest.mark.law
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_a_file_is_no_difference(rows, draw: random.Random):
    mixed = draw.sample(rows, len(rows))
    pairs, removed, added = pair_records(sheet(*rows), sheet(*mixed), TIERS)
    assert (removed, added) == ([], [])
    assert all(old[name] == new[name] for old, new in pairs for name in COLUMNS[:-1])
