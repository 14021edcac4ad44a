import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from small_ledger import entry, ledger

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.analysed_numbers import check_analysed_n, check_implied_n, implied_n


@pytest.mark.parametrize(("told", "number"), [(14, 1), (16, 0)])
def test_another_number_analysed_is_found(told, number):
    table = entry("N", 16, row="t.N", arm="drug", stat="N")
    text = entry("analysed", told, arm="drug", stat="N", n_of="t.N", where="Results")
    found = check_analysed_n(ledger(table, text))
    assert len(found) == number
    assert all("Results says that 14 were analysed" in finding.proof for finding in found)


def test_every_number_that_differs_is_found_whatever_agrees_before_it():
    tables = [
        entry(f"N{where}", n, row="t.N", arm="drug", stat="N", where=where)
        for where, n in (("A", 14), ("B", 16))
    ]
    text = entry("analysed", 14, arm="drug", stat="N", n_of="t.N", where="Results")
    (found,) = check_analysed_n(ledger(*tables, text))
    assert found.ids == ("analysed", "NB")


def pair(rho: str, p: str, name: str = "r"):
    shared = {"row": name, "arm": "drug", "n_of": "t.N"}
    return [entry(f"{name}.rho", rho, stat="rho", **shared), entry(f"{name}.p", p, stat="p", **shared)]


def printed_n(n: int):
    return entry("N", n, row="t.N", arm="drug", stat="N")


def test_only_eight_pairs_give_these_numbers():
    assert implied_n(*pair("-0.74", "0.037")) == (8,)
    (finding,) = check_implied_n(ledger(printed_n(12), *pair("-0.74", "0.037")))
    assert finding.nature == "unstated"
    assert "needs 8 pairs" in finding.proof
    assert check_implied_n(ledger(printed_n(8), *pair("-0.74", "0.037"))) == []


def test_several_correlations_share_what_fits_them_all():
    rows = [*pair("-0.40", "0.0047", "a"), *pair("-0.37", "0.010", "b"), *pair("-0.49", "0.0006", "c")]
    found = check_implied_n(ledger(printed_n(56), *rows))
    assert len(found) == 3
    assert all(finding.proof.endswith("All 3 correlations of it fit 47.") for finding in found)


def test_numbers_that_no_n_gives_say_so():
    (finding,) = check_implied_n(ledger(printed_n(12), *pair("0.01", "0.0001")))
    assert implied_n(*pair("0.90", "0.9")) == ()
    assert "pairs" in finding.proof


def test_a_large_n_that_fits_is_no_finding():
    p = 2 * student.sf(0.02 * (8998 / (1 - 0.0004)) ** 0.5, 8998)
    rows = pair("0.02", fixed(p, 3))
    assert check_implied_n(ledger(printed_n(9000), *rows)) == []
    assert len(check_implied_n(ledger(printed_n(90000), *rows))) == 1


@pytest.mark.law
@settings(max_examples=40, deadline=None)
@given(st.integers(3, 200), st.integers(-95, 95))
def test_the_true_n_is_always_among_the_implied(n, hundredths):
    rho = hundredths / 100
    p = 2 * student.sf(abs(rho) * ((n - 2) / (1 - rho * rho)) ** 0.5, n - 2)
    assert n in implied_n(*pair(f"{rho:.2f}", fixed(p, 6)))
