import pytest
from small_ledger import entry, ledger

from duonen_stats.publication.checks.quartile_definition import check_quartile_definition


def quartiles(median: str, q1: str, q3: str):
    stats = {"median": median, "q1": q1, "q3": q3}
    return ledger(*(entry(stat, value, row="alt", stat=stat) for stat, value in stats.items()))


def test_a_quarter_needs_interpolation():
    (finding,) = check_quartile_definition(quartiles("-2.0", "-7.25", "0.5"))
    assert finding.ids == ("q1",)
    assert "definition 6 or 7" in finding.proof


@pytest.mark.parametrize(
    "cell", [("-2.0", "-7.5", "1.0"), ("-2.13", "-7.25", "0.75"), ("0.50", "0.25", "0.75")]
)
def test_halves_and_values_with_decimals_tell_nothing(cell):
    assert check_quartile_definition(quartiles(*cell)) == []
