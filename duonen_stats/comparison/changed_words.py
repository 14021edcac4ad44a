"""The words of each section of a report, so that a text that changed without a number is seen as well."""

from collections.abc import Iterator, Mapping

from duonen_stats.comparison.read_output import Output
from duonen_stats.displays.model.content import Line
from duonen_stats.document.content_model import Block, Bullets, KeyFigures, Listing, Paragraph
from duonen_stats.document.stored import DOCUMENT, read_document
from duonen_stats.errors import DataError

_COMPARED_APART = frozenset({"provenance", "verification", "changes_since"})
"""Sections of what a report was made from and by, and of what changed: they differ where nothing else does."""
_NUMBER = "\0"


def section_words(old: Output, new: Output) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read the words of each section of two reports, by ``section:`` and its key; numbers and tables are no words.

    Returns
    -------
    tuple of dict
        Without the date of the data cut. Both are empty if one of the two has no pages that can be read, or if they are
        of different languages.
    """
    pages = [_language_and_words(output) for output in (old, new)]
    if pages[0] is None or pages[1] is None or pages[0][0] != pages[1][0]:
        return {}, {}
    return pages[0][1], pages[1][1]


def _language_and_words(output: Output) -> tuple[str, dict[str, str]] | None:
    if DOCUMENT not in output.files:
        return None
    try:
        document = read_document(output.files[DOCUMENT], output.name)
    except DataError:
        return None
    words = {
        f"section:{section.key}": "\n".join(line for block in section.blocks for line in _lines(block))
        for section in document.sections
        if section.key not in _COMPARED_APART
    }
    return document.language, {key: text.replace(output.cut_date, "") for key, text in words.items()}


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(line):
            yield _text(line)
        case Bullets(items):
            yield from map(_text, items)
        case KeyFigures(items):
            yield from (f"{label} {_text(line)}" for label, line in items)
        case Listing():
            yield from (
                block.title,
                *block.columns,
                *(cell for row in block.rows for cell in row),
                block.note,
            )
        case _:
            return


def _text(line: Line) -> str:
    return "".join(part if isinstance(part, str) else _NUMBER for part in line)
