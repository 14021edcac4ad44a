"""Write the report of a qualification: HTML, PDF and every value as CSV."""

from pathlib import Path

from duonen_stats.report.exports import rows_csv
from duonen_stats.report.html import render_html
from duonen_stats.report.pdf import render_pdf
from duonen_stats.report.qualification import Qualification
from duonen_stats.report.qualification_document import qualification_document
from duonen_stats.report.write import write_file

_COLUMNS = (
    "case",
    "procedure",
    "quantity",
    "expected",
    "obtained",
    "error",
    "tolerance",
    "passed",
    "message",
)


def write_qualification(qualification: Qualification, out: Path) -> None:
    """Write ``qualification.html``, ``.pdf`` and ``.csv`` into a folder, each whole or not at all.

    Raises ``DuonenError`` if the disk refuses.
    """
    document = qualification_document(qualification)
    contents = {
        "qualification.html": render_html(document, {}).encode(),
        "qualification.pdf": render_pdf(document, {}, qualification.started),
        "qualification.csv": values_csv(qualification),
    }
    for name, content in contents.items():
        write_file(out / name, content)


def values_csv(qualification: Qualification) -> bytes:
    """Return every expected and obtained value, one a row; a case that broke is a row with its message."""
    rows: list[tuple[object, ...]] = []
    for outcome in qualification.outcomes:
        head = (outcome.case.id, outcome.case.procedure)
        if not outcome.comparisons:
            rows.append((*head, "", "", "", "", "", str(outcome.passed), outcome.message))
        rows += [
            (
                *head,
                one.quantity,
                one.expected,
                one.obtained,
                one.error,
                str(one.tolerance),
                str(one.passed),
                "",
            )
            for one in outcome.comparisons
        ]
    return rows_csv(_COLUMNS, rows)
