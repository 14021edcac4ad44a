"""The counts of an audit as rows of the results table."""

from duonen_stats.publication.audit import ANSWERS, Audit
from duonen_stats.publication.entry import KINDS
from duonen_stats.results.about import About
from duonen_stats.results.table import ResultRow

RESULT_VERDICTS = ("reproduced", "differs", "impossible", "not regenerable")


def analyse_audit(audit: Audit) -> list[ResultRow]:
    """Count entries by kind and verdict, claims and design numbers by answer, and derived findings.

    Ids: ``audit.<kind>.n``, ``audit.result.<verdict>.n``, ``audit.design.<answer>.n``, ``audit.claim.<answer>.n``,
    ``audit.findings.derived.n`` (names of which a finding was derived), ``.reasoned.n`` (the others), ``.unnamed.n``
    (findings without a name) and ``.certain.n`` (derived ones that follow from printed numbers alone).
    """
    about = About(id="audit", display="Audit", population="Entries of the publication")
    rows = [about.row("n", len(audit.rows), label="Entries")]
    for kind in KINDS:
        number = sum(row.entry.kind == kind for row in audit.rows)
        rows.append(_counted(about, kind, number, f"Entries: {kind.replace('_', ' ')}"))
    for verdict in RESULT_VERDICTS:
        number = sum(row.entry.kind == "result" and row.verdict == verdict for row in audit.rows)
        rows.append(_counted(about, f"result.{as_id(verdict)}", number, f"Results {verdict}"))
    for index, answer in enumerate(ANSWERS):
        kind = "design" if index < len(ANSWERS) // 2 else "claim"
        number = sum(row.entry.kind == kind and row.answer == answer for row in audit.rows)
        rows.append(_counted(about, f"{kind}.{as_id(answer)}", number, f"{kind.capitalize()}: {answer}"))
    derived = [item for item in audit.numbering if audit.named[item.number]]
    for name, number in (
        ("derived", len(derived)),
        ("certain", sum(item.certain for item in derived)),
        ("reasoned", len(audit.numbering) - len(derived)),
        ("unnamed", len(audit.named.get("", ()))),
    ):
        rows.append(_counted(about, f"findings.{name}", number, f"Findings {name}"))
    return rows


def as_id(words: str) -> str:
    """Write a verdict or an answer as a part of an id."""
    return words.replace(" ", "_")


def _counted(about: About, suffix: str, number: int, label: str) -> ResultRow:
    return about.at(suffix, variable_level=suffix.rpartition(".")[2]).row("n", number, label=label)
