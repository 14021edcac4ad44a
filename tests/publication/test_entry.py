from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.publication.entry import Entry, read_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("69", ("=", Decimal(69), 0)),
        ("-0.90", ("=", Decimal("-0.90"), 2)),
        ("<0.0001", ("<", Decimal("0.0001"), 4)),
        ("≈60", ("≈", Decimal(60), 0)),
        (">= 1.5", (">=", Decimal("1.5"), 1)),
    ],
)
def test_a_printed_number_carries_its_relation_and_decimals(text, expected):
    assert read_value(text) == expected


@pytest.mark.parametrize("text", ["", "about 3", "1,5", "<<3", "3 (4%)", "nan"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        read_value(text)


@pytest.mark.law
@given(st.integers(-9999, 9999), st.integers(0, 4), st.sampled_from(["", "<", ">", "≈"]))
def test_text_and_number_are_inverse(units, decimals, sign):
    printed = f"{sign}{Decimal(units).scaleb(-decimals):.{decimals}f}"
    relation, value, read = read_value(printed)
    entry = Entry(id="x", where="", kind="result", quantity="", value=value, relation=relation, decimals=read)
    assert entry.text.replace("−", "-") == printed
    assert entry.high - entry.low == Decimal(1).scaleb(-decimals)


def test_a_claim_has_no_number():
    claim = Entry(id="x", where="", kind="claim", quantity="", states="no difference")
    assert claim.text == ""
    with pytest.raises(ValueError, match="claim"):
        _ = claim.number
