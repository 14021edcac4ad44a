from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.claims import NOT_EVALUABLE, PREDICATES, evaluate_claim


def test_every_claim_has_a_predicate_or_a_reason_and_none_twice():
    claims = {entry.id for entry in load_ledger() if entry.kind == "claim"}
    assert claims == set(PREDICATES) | set(NOT_EVALUABLE)
    assert not set(PREDICATES) & set(NOT_EVALUABLE)


def test_every_answer_has_numbers_from_rows_that_are_there(results, study):
    for entry in load_ledger():
        if entry.kind == "claim" and entry.id not in NOT_EVALUABLE:
            found = evaluate_claim(entry, results, study, INTERIM)
            assert found.evidence
            assert all(name in results for name in found.ids)
            if found.verdict != "not evaluable" and not found.evidence.startswith("data dictionary"):
                assert found.ids, entry.id


def test_a_judgement_is_not_evaluable(results, study):
    found = evaluate_claim(load_ledger().entry("table1.claim.balance"), results, study, INTERIM)
    assert (found.verdict, found.ids) == ("not evaluable", ())
