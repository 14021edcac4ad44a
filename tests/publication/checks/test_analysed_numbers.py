import pytest
from small_ledger import entry, ledger

from duonen_stats.publication.checks.analysed_numbers import check_analysed_n


@pytest.mark.parametrize(("told", "number"), [(14, 1), (16, 0)])
def test_another_number_analysed_is_found(told, number):
    table = entry("N", 16, row="t.N", arm="drug", stat="N")
    text = entry("analysed", told, arm="drug", stat="N", n_of="t.N", where="Results")
    found = check_analysed_n(ledger(table, text))
    assert len(found) == number
    assert all("Results says that 14 were analysed" in finding.proof for finding in found)
