"""The counts of an audit as rows of the results table."""

from duonen_stats.publication.audit import ANSWERS, Audit
from duonen_stats.publication.entry import KINDS
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow

RESULT_VERDICTS = ("reproduced", "differs", "impossible", "not regenerable")


def analyse_audit(audit: Audit) -> list[ResultRow]:
    """Count entries by kind and verdict, claims and design numbers by answer, and derived findings.

    Of the names of findings, ``derived`` counts those of which a finding was derived, ``certain`` those of them that
    follow from printed numbers alone, ``reasoned`` the others; ``unnamed`` counts findings without a name.
    """
    about = About(id=ids.audit_entries(), display="Audit", population="Entries of the publication")
    rows = [about.row("n", len(audit.rows), label="Entries")]
    for kind in KINDS:
        number = sum(row.entry.kind == kind for row in audit.rows)
        rows.append(_counted(about, ids.audit_kind(kind), kind, number, f"Entries: {kind.replace('_', ' ')}"))
    for verdict in RESULT_VERDICTS:
        number = sum(row.entry.kind == "result" and row.verdict == verdict for row in audit.rows)
        rows.append(
            _counted(about, ids.audit_answer("result", verdict), verdict, number, f"Results {verdict}")
        )
    for index, answer in enumerate(ANSWERS):
        kind = "design" if index < len(ANSWERS) // 2 else "claim"
        number = sum(row.entry.kind == kind and row.answer == answer for row in audit.rows)
        rows.append(
            _counted(about, ids.audit_answer(kind, answer), answer, number, f"{kind.capitalize()}: {answer}")
        )
    derived = [item for item in audit.numbering if audit.named[item.number]]
    for name, number in (
        ("derived", len(derived)),
        ("certain", sum(item.certain for item in derived)),
        ("reasoned", len(audit.numbering) - len(derived)),
        ("unnamed", len(audit.named.get("", ()))),
    ):
        rows.append(_counted(about, ids.audit_findings(name), name, number, f"Findings {name}"))
    return rows


def _counted(about: About, block: ids.Block, level: str, number: int, label: str) -> ResultRow:
    return about.of(block, variable_level=level.replace(" ", "_")).row("n", number, label=label)
