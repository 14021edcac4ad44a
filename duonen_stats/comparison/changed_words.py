"""The words of each section of a report, so that a text that changed without a number is seen as well."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from duonen_stats.comparison.read_output import Output
from duonen_stats.displays.model.content import Line
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.document.stored import DOCUMENT, read_document
from duonen_stats.errors import DataError

_COMPARED_APART = frozenset({"provenance", "verification", "changes_since"})
"""Sections of what a report was made from and by, and of what changed: they differ where nothing else does."""
_NUMBER = "\0"
_END = re.compile(r"(?<=[.!?]) (?=[A-ZĄĆĘŁŃÓŚŹŻ0-9\0])")
_LONGEST, _BEFORE = 160, 40


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


def section_sentences(old: Output, new: Output) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Give the sentences of running text that differ, before and now, by ``section:`` and its key.

    Parameters
    ----------
    old, new
        Two reports; nothing is returned where ``section_words`` returns nothing.

    Returns
    -------
    dict
        Pairs of texts, empty on the side that has no such sentence. A number stands as ``[number]``. Listings, which
        may name patients, are left out.
    """
    pages = [_document(output) for output in (old, new)]
    if pages[0] is None or pages[1] is None or pages[0].language != pages[1].language:
        return {}
    before, after = (
        {section.key: _sentences(section, output.cut_date) for section in page.sections}
        for page, output in zip(pages, (old, new), strict=True)
        if page is not None
    )
    return {
        f"section:{key}": changed
        for key, now in after.items()
        if key in before and (changed := changed_sentences(before[key], now))
    }


def changed_sentences(before: Sequence[str], now: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pair the sentences that differ between two texts, in their order.

    Examples
    --------
    >>> changed_sentences(["One.", "It rose.", "Last."], ["One.", "It fell.", "Last.", "New."])
    (('It rose.', 'It fell.'), ('', 'New.'))
    """
    found: list[tuple[str, str]] = []
    for kind, i, j, k, end in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind != "equal":
            found += zip_longest(before[i:j], now[k:end], fillvalue="")
    return tuple(found)


def shortened(before: str, now: str) -> tuple[str, str]:
    """Cut a pair of sentences to what differs, with some words around it; an ellipsis stands for what is left out.

    A text of up to 160 characters stays whole. Of a longer one, 160 characters are shown, from 40 before the first
    difference.

    Examples
    --------
    >>> shortened("a" * 100 + " old " + "b" * 200, "a" * 100 + " new " + "b" * 200)[0][:45]
    '…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa old '
    """
    ends = (place for place, (one, other) in enumerate(zip(before, now, strict=False)) if one != other)
    same = next(ends, min(len(before), len(now)))
    return _cut(before, same), _cut(now, same)


def _cut(text: str, difference: int) -> str:
    if len(text) <= _LONGEST:
        return text
    start = max(0, min(difference - _BEFORE, len(text) - _LONGEST))
    end = start + _LONGEST
    return f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}"


def _sentences(section: Section, cut_date: str) -> list[str]:
    """Divide the running text of a section; the date of the data cut and numbers are no words."""
    if section.key in _COMPARED_APART:
        return []
    lines = [line for block in section.blocks if not isinstance(block, Listing) for line in _lines(block)]
    text = [line.replace(cut_date, "") if cut_date else line for line in lines]
    return [
        sentence.replace(_NUMBER, "[number]") for line in text for sentence in _END.split(line) if sentence
    ]


def _document(output: Output) -> Document | None:
    if DOCUMENT not in output.files:
        return None
    try:
        return read_document(output.files[DOCUMENT], output.name)
    except DataError:
        return None


def _language_and_words(output: Output) -> tuple[str, dict[str, str]] | None:
    document = _document(output)
    if document is None:
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
