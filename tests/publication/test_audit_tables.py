import pytest

from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import INTERIM
from duonen_stats.publication import audit_tables, load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.results import Results


@pytest.fixture(scope="module")
def audit(results, study):
    return audit_publication(load_ledger(), results, study, INTERIM)


def test_the_summary_shows_every_count_from_the_results_table(audit):
    look = Lookup(Results(analyse_audit(audit)))
    shown = str(audit_tables.audit_summary(look, "Data cut 2025-06-30", "shipped"))
    for words in ("reproduced", "557", "impossible", "17", "not reproduced", "All entries", "745"):
        assert words in shown


def test_what_a_difference_means_follows_from_what_the_data_are(audit):
    look = Lookup(Results(analyse_audit(audit)))
    shown = {
        origin: str(audit_tables.audit_summary(look, "Data cut 2025-06-30", origin))
        for origin in ("shipped", "simulated", "trial")
    }
    said = {
        "shipped": "nothing printed speaks against the publication",
        "simulated": "other patients, who were never meant to give the printed number",
        "trial": "another data cut, another definition, or an error on either side",
    }
    for origin, text in shown.items():
        assert [words for words in said.values() if words in text] == [said[origin]]
        assert "differs" in text  # the verdict itself is the same for all


def test_numbers_that_are_not_as_printed_stand_with_their_proof(audit):
    listing = audit_tables.contradicted(audit)
    assert len(listing.rows) == 17
    first = dict(zip(listing.columns, listing.rows[0], strict=True))
    assert (first["Printed"], first["Here"], first["Finding"]) == ("43", "30", "A01")
    assert "The arms add to 11 + 11 + 5 + 3 = 30" in first["Why the printed number cannot hold"]


def test_every_name_is_listed_once_with_proof_or_what_it_takes(audit):
    rows = audit_tables.findings(audit).rows
    assert len({row[0] for row in rows} - {"–"}) == 27
    assert all(row[3] for row in rows)
    assert sum(row[2] == "needs reasoning" for row in rows) == 9


def test_claims_and_entries_are_complete(audit):
    assert len(audit_tables.claims(audit).rows) == 46
    assert len(audit_tables.entries(audit).rows) == 745


def test_the_short_list_of_the_design_is_what_formulas_and_plan_answer(audit):
    whole, short = (audit_tables.design(audit, whole=flag) for flag in (True, False))
    assert len(whole.rows) == 116
    assert 10 < len(short.rows) < 30
    assert sum(row[5] == "not reproduced" for row in short.rows) == 4
