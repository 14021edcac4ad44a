import pytest
from small_ledger import entry, ledger

from duonen_stats.publication.checks.repeats import check_repeats


@pytest.mark.parametrize(("again", "number"), [("29.1", 0), ("29", 0), ("≈29", 0), ("29.2", 1), ("30", 1)])
def test_a_repeat_may_be_coarser_but_not_another_number(again, number):
    found = check_repeats(ledger(entry("a", "29.1"), entry("b", again, same_as="a", where="Abstract")))
    assert len(found) == number
    assert all(finding.ids == ("a", "b") for finding in found)
