import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.results import Results, ids


@pytest.fixture(scope="module")
def rows(results, study):
    return Results(analyse_audit(audit_publication(load_ledger(), results, study, INTERIM)))


def test_kinds_add_to_all_entries(rows):
    kinds = ("result", "design", "claim", "figure_alt", "earlier_report")
    assert sum(rows.value(f"audit.{kind}.n") for kind in kinds) == rows.value("audit.n") == 745


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("result", ("reproduced", "differs", "impossible", "not regenerable")),
        ("design", ("agrees", "not reproduced", "not checkable")),
        ("claim", ("true", "false", "not evaluable")),
    ],
)
def test_verdicts_add_to_their_kind(rows, kind, answers):
    parts = [rows.value(ids.audit_answer(kind, answer).stat("n")) for answer in answers]
    assert sum(parts) == rows.value(f"audit.{kind}.n")


def test_findings_are_derived_or_reasoned(rows):
    derived, reasoned = rows.value("audit.findings.derived.n"), rows.value("audit.findings.reasoned.n")
    assert (derived, reasoned) == (18, 9)
    assert rows.value("audit.findings.certain.n") == 15
