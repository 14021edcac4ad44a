import pytest

from duonen_stats.publication.finding import CANNOT_HOLD, NATURES, LedgerFinding


def test_only_contradictions_of_numbers_make_a_number_impossible():
    assert set(CANNOT_HOLD) < set(NATURES)
    assert "words" not in CANNOT_HOLD
    assert "unstated" not in CANNOT_HOLD


def test_a_finding_is_a_fact_and_cannot_be_changed():
    finding = LedgerFinding(check="c", nature="words", ids=("a",), proof="p")
    with pytest.raises(AttributeError):
        finding.proof = "other"  # type: ignore[misc]


def test_a_proof_rests_on_the_other_numbers_or_on_the_counts():
    sums = LedgerFinding(check="c", nature="impossible", ids=("total", "a", "b"), proof="p")
    assert sums.premises("total") == {"a", "b"}
    rounded = LedgerFinding(check="c", nature="rounding", ids=("pct1", "pct2"), by=("n1", "n2"), proof="p")
    assert rounded.premises("pct1") == {"n1", "n2"}
