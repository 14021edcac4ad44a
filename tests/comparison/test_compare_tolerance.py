import pytest

from duonen_stats.comparison.compare_tolerance import Tolerance, read_tolerance
from duonen_stats.errors import DuonenError


def test_the_last_bits_of_a_computation_are_no_difference():
    assert Tolerance().same(0.1 + 0.2, 0.3)
    assert Tolerance().same(5.0, 5.0 + 3.6e-14)
    assert Tolerance().same(0.0, 1e-15)
    assert not Tolerance().same(1.0, 1.0 + 1e-8)
    assert not Tolerance().same(0.0, 1e-9)


def test_a_column_has_a_tolerance_in_its_own_unit():
    allowed = read_tolerance(["ADLB.CHG=0.1", "pchg=1"])
    assert allowed.same(1.2, 1.3, column="CHG", table="ADLB")
    assert not allowed.same(1.2, 1.31, column="CHG", table="ADLB")
    assert not allowed.same(1.2, 1.3, column="CHG", table="ADEX")
    assert allowed.same(10, 11, column="PCHG", table="ADEX")


def test_a_bare_number_is_relative_and_for_all():
    allowed = read_tolerance(["0.01"])
    assert allowed.same(100, 101)
    assert not allowed.same(100, 102)
    assert read_tolerance([]) == Tolerance()


@pytest.mark.parametrize("text", ["", "x", "CHG=", "CHG=much", "-1", "CHG=-0.1", "nan", "inf"])
def test_what_is_no_tolerance_is_refused(text):
    with pytest.raises(DuonenError, match="no tolerance"):
        read_tolerance([text])
