from duonen_stats.displays.model.content import plain
from duonen_stats.document.content_model import Paragraph
from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.audit_document import audit_document
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.results import Results


def document(results, study, *, simulated: bool):
    audit = audit_publication(load_ledger(), results, study, INTERIM)
    rows = Results([*results, *analyse_audit(audit)])
    return audit_document(audit, rows, study, simulated=simulated, cut_line="Data cut", meta=())


def words(found) -> str:
    blocks = [block for section in found.sections for block in section.blocks]
    return " ".join(plain(block.line) for block in blocks if isinstance(block, Paragraph))


def test_simulated_data_prove_nothing_about_the_trial(results, study):
    found = document(results, study, simulated=True)
    assert found.title == "Audit of the interim publication"
    assert "it proves nothing about the trial" in words(found)
    assert [section.key for section in found.sections] == [
        "summary", "contradicted", "findings", "claims", "design", "entries",
    ]  # fmt: skip


def test_data_of_the_trial_are_compared(results, study):
    found = document(results, study, simulated=False)
    assert found.title == "Comparison with the interim publication"
    assert "this is a comparison" in words(found)
    assert "simulated" not in words(found)


def test_numbers_in_the_words_are_rows_of_the_results_table(results, study):
    found = document(results, study, simulated=True)
    assert {number.id for number in found.numbers()} >= {
        "audit.result.reproduced.n",
        "audit.findings.derived.n",
    }
