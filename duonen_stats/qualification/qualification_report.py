"""The qualification report: result, machine and versions, rules, and every expected and obtained value."""

import json
from pathlib import Path

from duonen_stats.document.content_model import (
    Block,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.folder.provenance import MANIFEST, QUALIFICATION, listed
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats.csv_files import rows_csv
from duonen_stats.qualification.compare_case import ValueComparison
from duonen_stats.qualification.run_cases import (
    Outcome,
    Qualification,
    error_text,
    unstated_text,
)
from duonen_stats.results.rows.table import Results

_RULES = (
    "Every expected value of a case is compared with the value obtained. The relative error may be 1e-8 at "
    "most, with these exceptions: Shapiro–Wilk 1e-6; p of Tukey and Games–Howell 1e-7 absolutely, their "
    "limits 1e-5; limits of Hedges' g and Cohen's d 1e-4; p below 1e-10, and values below 1e-10, 1e-10 "
    "absolutely; and where a case has its own tolerance for a quantity (simulation), that one. A case "
    "also fails if it lacks an expected value that its procedure asks for. A policy case passes if the "
    "statistic is refused for the reason expected. Words, counts and undefined values must be equal."
)
_SUMMARY_COLUMNS = (
    "Procedure",
    "Cases",
    "Passed",
    "Values",
    "Rel. error",
    "Abs. error",
    "Tolerance",
    "Reference",
)
_SUMMARY_WEIGHTS = (2.0, 0.6, 0.7, 0.7, 0.8, 0.8, 1.8, 4.4)
_CASE_COLUMNS = ("Case", "Data", "Value", "Expected", "Obtained", "Error", "Tolerance", "Result")
_CASE_WEIGHTS = (2.2, 2.2, 2.2, 2.4, 2.4, 1.0, 1.3, 0.9)


def qualification_document(qualification: Qualification) -> Document:
    """Build the report of a qualification run.

    Parameters
    ----------
    qualification
        The run.

    Returns
    -------
    Document
        Ready for HTML and PDF; it holds no figures, so neither needs drawings.
    """
    package = dict(qualification.environment.packages)["duonen-stats"]
    date = qualification.started.strftime("%Y-%m-%d %H:%M %Z").strip()
    return Document(
        title="Operational qualification",
        subtitle=f"Statistical methods of duonen-stats {package} against reference cases",
        simulated=False,
        banner="",
        meta=_meta(qualification, date),
        sections=(_result(qualification), _conditions(qualification), *_cases(qualification)),
        results=Results(()),
        cut_line=f"Run on {date}",
        running_title=f"Operational qualification · duonen-stats {package}",
    )


def _meta(qualification: Qualification, date: str) -> tuple[tuple[str, str], ...]:
    total = len(qualification.outcomes)
    verdict = "PASSED" if qualification.passed else "FAILED"
    return (
        ("Result", f"{verdict}: {qualification.n_passed} of {total} cases"),
        ("Date", date),
        ("Cases from", ", ".join(qualification.sources)),
        ("Machine", f"{qualification.environment.machine}, {qualification.environment.cores} cores"),
        ("System", qualification.environment.system),
        ("Python", qualification.environment.python),
    )


def _result(qualification: Qualification) -> Section:
    total = len(qualification.outcomes)
    values = sum(summary.values for summary in qualification.procedures)
    failed = [outcome for outcome in qualification.outcomes if not outcome.passed]
    return Section(
        key="result",
        title="Result",
        blocks=(
            KeyFigures(
                (
                    ("cases passed", (f"{qualification.n_passed} of {total}",)),
                    ("procedures", (str(len(qualification.procedures)),)),
                    ("values compared", (str(values),)),
                )
            ),
            Listing(
                key="failures",
                title="Failed cases",
                columns=("Case", "Procedure", "Why"),
                rows=tuple((o.case.id, o.case.procedure, _why(o)) for o in failed),
                weights=(1.5, 1.5, 4.0),
            ),
            Listing(
                key="procedures",
                title="Agreement by procedure: largest errors",
                columns=_SUMMARY_COLUMNS,
                rows=tuple(
                    (
                        s.procedure,
                        str(s.cases),
                        str(s.passed),
                        str(s.values),
                        error_text(s.largest_relative),
                        error_text(s.largest_absolute),
                        ", ".join(s.tolerances),
                        s.reference,
                    )
                    for s in qualification.procedures
                ),
                landscape=True,
                weights=_SUMMARY_WEIGHTS,
            ),
        ),
    )


def _why(outcome: Outcome) -> str:
    wrong = [item.quantity for item in outcome.comparisons if not item.passed]
    outside = f"Outside the tolerance: {', '.join(wrong)}." if wrong else ""
    return outcome.message or " ".join(part for part in (outside, unstated_text(outcome)) if part)


def _conditions(qualification: Qualification) -> Section:
    blocks: tuple[Block, ...] = (
        Paragraph((_RULES,)),
        Listing(
            key="versions",
            title="Versions in use",
            columns=("Package", "Version"),
            rows=(("Python", qualification.environment.python), *qualification.environment.packages),
        ),
    )
    return Section(key="conditions", title="Rules and versions", blocks=blocks)


def _cases(qualification: Qualification) -> tuple[Section, ...]:
    head = Section(
        key="cases",
        title="Every case",
        blocks=(Paragraph(("Values are unrounded, as the reference program and this package gave them.",)),),
    )
    return head, *(_procedure(qualification, s.procedure) for s in qualification.procedures)


def _procedure(qualification: Qualification, procedure: str) -> Section:
    outcomes = [o for o in qualification.outcomes if o.case.procedure == procedure]
    listing = Listing(
        key=f"values-{procedure}",
        title=f"{procedure}: expected and obtained",
        columns=_CASE_COLUMNS,
        rows=tuple(row for outcome in outcomes for row in _rows(outcome)),
        landscape=True,
        weights=_CASE_WEIGHTS,
    )
    return Section(key=f"procedure-{procedure}", title=procedure, level=2, blocks=(listing,))


def _rows(outcome: Outcome) -> list[tuple[str, ...]]:
    options = ", ".join(
        f"{name} {value}" for name, value in outcome.case.options.items() if value is not None
    )
    about = "; ".join(part for part in (outcome.case.dataset, options) if part)
    if not outcome.comparisons:
        return [(outcome.case.id, about, "", "", outcome.message, "–", "–", "FAILED")]
    lacking = [(name, "not stated", "", "–", "–", "FAILED") for name in outcome.unstated]
    first, *rest = [_values(item) for item in outcome.comparisons] + lacking
    return [(outcome.case.id, about, *first), *(("", "", *values) for values in rest)]


def _values(item: ValueComparison) -> tuple[str, ...]:
    return (
        item.quantity,
        _written(item.expected),
        _written(item.obtained),
        error_text(item.error),
        "equal" if item.error is None else str(item.tolerance),
        "passed" if item.passed else "FAILED",
    )


def _written(value: float | str | bool | None) -> str:
    if value is None:
        return "not defined"
    return value if isinstance(value, str) else str(value)


# Write the report of a qualification: HTML, PDF and every value as CSV.


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
