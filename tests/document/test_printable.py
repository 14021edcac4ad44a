import pytest

from duonen_stats.document.printable import printable


@pytest.mark.parametrize(
    "sign", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800", "\uffff"]
)
def test_signs_that_are_not_seen_or_reorder_others_are_replaced(sign):
    assert printable(f"a{sign}b") == "a\ufffdb"


def test_words_lines_and_signs_of_the_field_are_kept():
    text = "Łódź – ≥ 5 µmol/L\n\tΔ ¹⁷⁷Lu\u00a0−1"
    assert printable(text) == text
