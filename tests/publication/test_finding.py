import pytest

from duonen_stats.publication.finding import CANNOT_HOLD, NATURES, LedgerFinding

pytestmark = pytest.mark.worked


def test_only_contradictions_of_numbers_make_a_number_impossible():
    assert set(CANNOT_HOLD) < set(NATURES)
    assert "words" not in CANNOT_HOLD
    assert "unstated" not in CANNOT_HOLD


def test_a_finding_is_a_fact_and_cannot_be_changed():
    finding = LedgerFinding(check="c", nature="words", ids=("a",), proof="p")
    with pytest.raises(AttributeError):
        finding.proof = "other"  # type: ignore[misc]
