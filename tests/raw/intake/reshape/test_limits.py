import pytest

from duonen_stats.raw.intake.reshape.limits import limits_of


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("12,0-16,0", "12,0", "16,0", ""),
        ("12,0–16,0", "12,0", "16,0", ""),
        ("4.00 - 10.00", "4.00", "10.00", ""),
        ("[0.2 ; 1.2]", "0.2", "1.2", ""),
        ("150-400 10^9/L", "150", "400", "10^9/L"),
        ("4,0 - 10,0 10*3/uL", "4,0", "10,0", "10*3/uL"),
        ("< 400 109/L", "", "400", "109/L"),
        ("1 500-4 000 10³/µl", "1 500", "4 000", "10³/µl"),
        ("150 000 – 400 000 /µl", "150 000", "400 000", "/µl"),
        ("12-16 17", None, None, None),
        ("(150-400)", "150", "400", ""),
        ("<41", "", "41", ""),
        ("≤ 41", "", "41", ""),
        ("do 41", "", "41", ""),
        (">60", "60", "", ""),
        ("od 60", "60", "", ""),
        ("od 3,5 do 5,1", "3,5", "5,1", ""),
        ("-2,0 - 2,0", "-2,0", "2,0", ""),
        ("12-16 g/dl", "12", "16", "g/dl"),
        ("60 - 90 ml/min/1,73m2", "60", "90", "ml/min/1,73m2"),
        ("", "", "", ""),
        ("brak", "", "", ""),
        ("ujemny", None, None, None),
        ("1-2-3", None, None, None),
        ("K: 12-16 M: 14-18", None, None, None),
    ],
)
def test_ranges(text, low, high, unit):
    found = limits_of(text)
    assert (None if found is None else (found.low, found.high, found.unit)) == (
        None if low is None else (low, high, unit)
    )
