import pytest

from duonen_stats.publication import load_ledger
from duonen_stats.publication.checks.all_checks import derive_findings
from duonen_stats.publication.finding import (
    CANNOT_HOLD,
    NATURES,
    LedgerFinding,
    Numbered,
    by_number,
    load_numbering,
    number_of,
)


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


CERTAIN = {f"A{number:02}" for number in (*range(1, 12), 14)}


@pytest.fixture(scope="module")
def named():
    return by_number(derive_findings(load_ledger()), load_numbering())


def test_there_are_27_names_for_entries_that_exist():
    numbering = load_numbering()
    assert [item.number for item in numbering] == [f"A{number:02}" for number in range(1, 28)]
    assert all(name in load_ledger() for item in numbering for name in item.ids)


def test_every_certain_matter_is_derived_with_all_its_entries(named):
    for item in load_numbering():
        if item.number in CERTAIN:
            concerned = {name for finding in named[item.number] for name in finding.ids}
            assert item.certain
            assert set(item.ids) <= concerned, item.number


def test_each_matter_is_either_derived_or_says_what_it_takes(named):
    derived = {item.number for item in load_numbering() if named[item.number]}
    reasoned = {item.number for item in load_numbering() if item.why}
    assert derived == CERTAIN | {"A12", "A13", "A15", "A17", "A21", "A23"}
    assert reasoned == {item.number for item in load_numbering()} - derived


def test_what_has_no_name_is_about_hidden_numbers_and_definitions(named):
    assert {finding.nature for finding in named[""]} == {"unstated"}


def test_a_name_goes_by_the_entries_shared():
    names = (
        Numbered(number="X1", matter="", certain=True, ids=("a",)),
        Numbered(number="X2", matter="", certain=True, ids=("b", "c")),
        Numbered(number="X3", matter="", certain=False, ids=("d",), why="a judgement"),
    )

    def finding(*ids: str) -> LedgerFinding:
        return LedgerFinding(check="", nature="words", ids=ids, proof="")

    assert number_of(finding("a", "b", "c"), names) == "X2"
    assert number_of(finding("d"), names) == ""
    assert number_of(finding("a"), ()) == ""
