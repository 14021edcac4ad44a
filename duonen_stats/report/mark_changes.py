"""A report compared with an earlier one: marks at its numbers and a section on what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from duonen_stats.comparison.changed_displays import read_register
from duonen_stats.comparison.compare_outputs import Comparison, compare_outputs
from duonen_stats.comparison.comparison_document import (
    context,
    displays,
    summary,
    tables,
)
from duonen_stats.comparison.comparison_files import comparison_csvs
from duonen_stats.comparison.read_output import Output
from duonen_stats.displays.model.content import CHANGED
from duonen_stats.document.content_model import (
    Bullets,
    Document,
    Paragraph,
    Section,
)
from duonen_stats.report.marks import mark_document
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True)
class Marked:
    """A report with its changes marked, and the files that list them."""

    document: Document
    files: Mapping[str, bytes]
    comparison: Comparison


def mark_changes(document: Document, old: Output, new: Output, study: Study) -> Marked:
    """Compare a report with an earlier output, mark its numbers and say what changed.

    Parameters
    ----------
    document
        The report, without marks.
    old
        The earlier output.
    new
        The files the report consists of, HTML and PDF not needed.
    study
        Its keys of raw tables tell records apart.

    Returns
    -------
    Marked
        The report with a section after its first one; every change as CSV under ``changes/``.

    Raises
    ------
    DuonenError
        The earlier output has nothing in common with the report.
    """
    found = compare_outputs(old, new, study=study)
    since = f"the earlier report (data cut {old.cut_date})"
    register = read_register(old) or {}
    marked = mark_document(document, {key: item.texts for key, item in register.items()}, since)
    number = sum(one.before is not None for one in marked.numbers())
    sections = (*marked.sections[:1], _section(found, number), *marked.sections[1:])
    meta = (*marked.meta, ("Compared with", f"data cut {old.cut_date}, data {old.fingerprint}"))
    files = {f"changes/{name}": content for name, content in comparison_csvs(found).items()}
    return Marked(replace(marked, sections=sections, meta=meta), files, found)


def _section(found: Comparison, number: int) -> Section:
    if not found.different:
        words = (
            "Nothing differs from it: neither a record, nor a statistic, nor what they were made from and by."
        )
    elif not number:
        words = "No number of this report is shown otherwise than in it."
    else:
        words = (
            f"{CHANGED} marks each of the {number} numbers shown otherwise than in it. Numbers are compared as "
            "shown, after rounding; a statistic may have changed without a mark. Displays that are new bear no marks."
        )
    return Section(
        key="changes_since",
        title=f"Changes since the report of data cut {found.old.cut_date}",
        blocks=(
            Paragraph((f"This report was compared with that of data cut {found.old.cut_date}. {words}",)),
            Bullets(summary(found)),
            tables(found, key="since_tables"),
            displays(found, key="since_displays"),
            context(found, key="since_context"),
            Paragraph(("Every record, statistic and finding that differs is listed in the folder changes.",)),
        ),
    )
