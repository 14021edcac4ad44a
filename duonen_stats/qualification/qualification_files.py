"""Write the report of a qualification: HTML, PDF and every value as CSV."""

import json
from pathlib import Path

from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.folder.provenance import MANIFEST, QUALIFICATION, listed
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats.csv_files import rows_csv
from duonen_stats.qualification.qualification_report import qualification_document
from duonen_stats.qualification.run_cases import Qualification

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
    """Write ``qualification.html``, ``.pdf`` and ``.csv`` with a manifest as a folder, whole or not at all.

    Raises ``DuonenError`` if ``out`` holds something other than an earlier qualification, or the disk refuses.
    """
    document = qualification_document(qualification)
    contents = {
        "qualification.html": render_html(document, {}).encode(),
        "qualification.pdf": render_pdf(document, {}, qualification.started),
        "qualification.csv": values_csv(qualification),
    }
    about = {
        "made_by": "duonen_stats",
        "kind": QUALIFICATION,
        "started": qualification.started.isoformat(),
        "outputs": listed(contents),
    }
    contents[MANIFEST] = (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode()
    write_outputs(out, contents)


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
        rows += [
            (*head, name, "", "", "", "", str(False), "The case states no expected value.")
            for name in outcome.unstated
        ]
    return rows_csv(_COLUMNS, rows)
