"""A report compared with an earlier one: marks at its numbers and a section on what changed since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
from duonen_stats.displays.model.content import (
    CHANGED,
    FigureContent,
    Line,
    Number,
    ProducedDisplay,
    TableContent,
)
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
    block_numbers,
    display_numbers,
)
from duonen_stats.study import Study

# Numbers of a report that differ from an earlier one, marked where they stand.


Texts = Mapping[str, tuple[str, ...]]
"""How an earlier report wrote each number of a place: by the id of its row, in order."""

_FEW = 12


def mark_document(document: Document, earlier: Mapping[str, Texts], since: str) -> Document:
    """Mark every number whose text differs from the one in the same place of an earlier report.

    Parameters
    ----------
    document
        The later report.
    earlier
        For the key of each display, and of each section as ``section:key``, what was there. Numbers of a
        place that the earlier report did not have are not marked: all of them are new.
    since
        Names the earlier report in the footnote of each display that bears marks.

    Returns
    -------
    Document
        The same, its numbers compared as shown, that is after rounding.
    """
    return replace(document, sections=tuple(_section(item, earlier, since) for item in document.sections))


def _section(section: Section, earlier: Mapping[str, Texts], since: str) -> Section:
    words = [
        number
        for block in section.blocks
        if not isinstance(block, DisplayBlock)
        for number in block_numbers(block)
    ]
    marker = _Marker(words, earlier.get(f"section:{section.key}"))
    return replace(section, blocks=tuple(_block(block, marker, earlier, since) for block in section.blocks))


def _block(block: Block, marker: "_Marker", earlier: Mapping[str, Texts], since: str) -> Block:
    match block:
        case Paragraph(line):
            return Paragraph(marker.line(line))
        case Bullets(items):
            return Bullets(tuple(marker.line(item) for item in items))
        case KeyFigures(items):
            return KeyFigures(tuple((label, marker.line(line)) for label, line in items))
        case DisplayBlock(produced):
            return DisplayBlock(_display(produced, earlier.get(produced.key), since))
        case Listing():
            return block


def _display(produced: ProducedDisplay, texts: Texts | None, since: str) -> ProducedDisplay:
    marker = _Marker(list(display_numbers(produced)), texts)
    content: TableContent | FigureContent
    if isinstance(produced.content, TableContent):
        table = produced.content
        content = replace(
            table,
            columns=tuple(replace(column, below=marker.line(column.below)) for column in table.columns),
            rows=tuple(
                replace(row, cells=tuple(marker.line(cell) for cell in row.cells)) for row in table.rows
            ),
        )
    else:
        content = replace(
            produced.content, numbers=tuple(marker.number(one) for one in produced.content.numbers)
        )
    marked = replace(
        produced,
        content=content,
        sentence=marker.line(produced.sentence),
        population=marker.line(produced.population),
        footnotes=tuple(marker.line(note) for note in produced.footnotes),
    )
    return replace(marked, footnotes=(*marked.footnotes, *_legend(marked, since)))


def _legend(produced: ProducedDisplay, since: str) -> tuple[Line, ...]:
    """Say once under a display what the mark means; of a figure, whose drawing bears none, which numbers it is of."""
    changed = [number for number in display_numbers(produced) if number.before is not None]
    if not changed:
        return ()
    if isinstance(produced.content, TableContent):
        return ((f"{CHANGED} Differs from {since}.",),)
    differing = dict.fromkeys(f"{one.text} (before: {one.before or 'not there'})" for one in changed)
    more = f" and {len(differing) - _FEW} more" if len(differing) > _FEW else ""
    return (
        (
            f"{CHANGED} Numbers of this figure that differ from {since}: {', '.join([*differing][:_FEW])}{more}.",
        ),
    )


class _Marker:
    """Knows for each number of one place how the earlier report wrote it there."""

    def __init__(self, numbers: Sequence[Number], texts: Texts | None) -> None:
        self._before: dict[tuple[str, str], str | None] = {}
        if texts is None:
            return
        now: dict[str, list[str]] = defaultdict(list)
        for number in numbers:
            if number.text not in now[number.id]:
                now[number.id].append(number.text)
        for key, written in now.items():
            # A number may be written in several ways in one place, with and without decimals; the order shows which.
            former = texts.get(key, ()) or ("",)
            for i, text in enumerate(written):
                was = former[min(i, len(former) - 1)]
                self._before[key, text] = None if text == was else was

    def number(self, number: Number) -> Number:
        before = self._before.get((number.id, number.text))
        return number if before is None else replace(number, before=before)

    def line(self, line: Line) -> Line:
        return tuple(part if isinstance(part, str) else self.number(part) for part in line)


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
        Its keys of raw tables distinguish records.

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
    sections = (*marked.sections[:1], _changes_section(found, number), *marked.sections[1:])
    meta = (*marked.meta, ("Compared with", f"data cut {old.cut_date}, data {old.fingerprint}"))
    files = {f"changes/{name}": content for name, content in comparison_csvs(found).items()}
    return Marked(replace(marked, sections=sections, meta=meta), files, found)


def _changes_section(found: Comparison, number: int) -> Section:
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
