"""A document put into another language: each text by the catalogue, decimal commas, and what stayed English marked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from matplotlib.figure import Figure
from matplotlib.text import Text

from duonen_stats.displays.drawings.text_layout import worded
from duonen_stats.displays.model.content import (
    FigureContent,
    Line,
    Number,
    ProducedDisplay,
    TableContent,
    plain,
)
from duonen_stats.displays.model.format import decimal_comma
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Sliders,
)
from duonen_stats.document.language.catalogue import (
    Catalogue,
    Language,
    load_catalogue,
    plural,
)

ENGLISH_MARK = "ᵉⁿ"
"""Stands behind words that are shown in English in a document of another language."""
_LETTERS = re.compile("[A-Za-zÀ-ÖØ-öø-žα-ωΑ-Ω]+")
_OF_THE_LANGUAGE = re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")
_VERSIONS = frozenset({"versions", "inputs"})
"""Listings whose numbers are versions and sizes of files, not quantities."""
_IDENTIFIERS = frozenset(
    {
        "Decision", "Value", "Preset", "This plan", "Rule", "Table", "Column", "File", "Component", "Version",
        "Number id",
    }
)  # fmt: skip
"""Columns of listings that hold what is typed or named in a file: it has no translation."""


class English(str):
    """Words that stayed English in a document of another language."""

    __slots__ = ()


def is_english(text: str) -> bool:
    """Whether a text, or a part of a line, is marked as having stayed English.

    Examples
    --------
    >>> is_english(f"A riddle{ENGLISH_MARK}"), is_english("Mediana")
    (True, False)
    """
    return isinstance(text, English) or text.endswith(ENGLISH_MARK)


class Translation:
    """Puts displays and documents into a language, and remembers which phrases stayed English.

    One translation serves one report: its figures are drawn once, in the language, and ``english`` counts over all.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.english: dict[str, None] = {}
        self._drawn: dict[str, tuple[Figure, tuple[str, ...]]] = {}

    def words(self, text: str) -> str:
        """Return a text in the language; what has no term is English with the mark."""
        line = self.line((text,)) if text else ()
        said = plain(line)
        return English(said) if any(isinstance(part, English) for part in line) else said

    def line(self, line: Line) -> Line:
        """Return a line in the language; the parts of a sentence that has no term are ``English``."""
        if not any(isinstance(part, str) and _LETTERS.search(part) for part in line):
            return tuple(
                decimal_comma(part) if isinstance(part, str) else self.catalogue.number(part) for part in line
            )
        said: list[str | Number] = []
        for translated, piece in self.catalogue.pieces(line):
            said += piece if translated else self._marked(piece)
        return tuple(said)

    def _marked(self, piece: Line) -> Line:
        text = plain(piece)
        if _OF_THE_LANGUAGE.search(
            text
        ):  # free text of the data, written in the language by who entered them
            return piece
        self.english[text.strip()] = None
        parts = [part if isinstance(part, Number) else English(part) for part in piece]
        last = parts[-1]
        marked = (
            (last, English(ENGLISH_MARK)) if isinstance(last, Number) else (English(f"{last}{ENGLISH_MARK}"),)
        )
        return (*parts[:-1], *marked)

    def display(self, produced: ProducedDisplay) -> ProducedDisplay:
        """Return a display in the language; a figure is drawn in it, with a footnote that lists what stayed English."""
        footnotes = tuple(map(self.line, produced.footnotes))
        content: TableContent | FigureContent
        if isinstance(produced.content, TableContent):
            content = self._table(produced.content)
        else:
            content, left = self._figure(produced.key, produced.content)
            if left:
                heading = self.catalogue.interface["In English in the drawing:"]
                footnotes = (*footnotes, (f"{heading} ", English(f"{'; '.join(left)}.{ENGLISH_MARK}")))
        return replace(
            produced,
            label=self.words(produced.label),
            title=self.words(produced.title),
            population=self.line(produced.population),
            content=content,
            footnotes=footnotes,
            source=self.words(produced.source),
            cut=self.words(produced.cut),
            sentence=self.line(produced.sentence),
        )

    def _table(self, content: TableContent) -> TableContent:
        columns = tuple(
            replace(column, header=self.words(column.header), below=self.line(column.below))
            for column in content.columns
        )
        rows = tuple(replace(row, cells=tuple(map(self.line, row.cells))) for row in content.rows)
        return replace(content, columns=columns, rows=rows)

    def _figure(self, key: str, content: FigureContent) -> tuple[FigureContent, tuple[str, ...]]:
        if key not in self._drawn:
            self._drawn[key] = drawn_in_words(content.draw, self.catalogue)
        figure, left = self._drawn[key]
        self.english |= dict.fromkeys(left)
        numbers = tuple(map(self.catalogue.number, content.numbers))
        points = tuple(
            replace(
                group,
                measures=tuple(map(self.words, group.measures)),
                patients=tuple((one, *map(decimal_comma, values)) for one, *values in group.patients),
            )
            for group in content.points
        )
        own = content.stacked
        return FigureContent(
            draw=lambda: figure,
            alt=self.words(content.alt),
            numbers=numbers,
            points=points,
            stacked=None if own is None else lambda: drawn_in_words(own, self.catalogue)[0],
        ), left

    def document(self, document: Document) -> Document:
        """Return a document in the language, which says on its first page how many phrases stayed English."""
        sections = tuple(
            replace(
                section,
                title=self.words(section.title),
                blocks=tuple(map(self._block, section.blocks)),
                sliders=None if section.sliders is None else self._sliders(section.sliders),
            )
            for section in document.sections
        )
        translated = replace(
            document,
            title=self.words(document.title),
            subtitle=self.words(document.subtitle),
            banner=self.words(document.banner),
            meta=tuple((self.words(label), self.words(value)) for label, value in document.meta),
            sections=sections,
            cut_line=self.words(document.cut_line),
            running_title=self.words(document.running_title),
            language=self.catalogue.language,
        )
        return replace(translated, meta=(*translated.meta, self._account()))

    def _account(self) -> tuple[str, str]:
        """Say, for the first page, in which language the report is and how many phrases stayed English."""
        number = len(self.english)
        interface = self.catalogue.interface
        forms = interface["phrase|phrases"].split("|")
        said = interface["language account"].format(
            number=number, phrases=plural(number, forms), mark=ENGLISH_MARK
        )
        return interface["Language"], said

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph(line):
                return Paragraph(self.line(line))
            case Bullets(items):
                return Bullets(tuple(map(self.line, items)))
            case KeyFigures(items):
                return KeyFigures(tuple((self.words(label), self.line(line)) for label, line in items))
            case DisplayBlock(produced):
                return DisplayBlock(self.display(produced))
            case Listing():
                return self._listing(block)

    def _sliders(self, panel: Sliders) -> Sliders:
        sliders = tuple(
            replace(one, label=self.words(one.label), unit=self.words(one.unit)) for one in panel.sliders
        )
        return replace(
            panel,
            title=self.words(panel.title),
            words=tuple(map(self.line, panel.words)),
            notes=tuple(map(self.words, panel.notes)),
            sliders=sliders,
            formulas=tuple((key, self.words(name), self.words(words)) for key, name, words in panel.formulas),
            results=tuple((key, self.words(label), self.line(line)) for key, label, line in panel.results),
        )

    def _listing(self, listing: Listing) -> Listing:

        def cell(column: str, text: str) -> str:
            if listing.key in _VERSIONS:
                return (self.catalogue.phrase(text) or text) if _LETTERS.search(text) else text
            return decimal_comma(text) if column in _IDENTIFIERS else self.words(text)

        return replace(
            listing,
            title=self.words(listing.title),
            columns=tuple(map(self.words, listing.columns)),
            rows=tuple(tuple(map(cell, listing.columns, row)) for row in listing.rows),
            note=self.words(listing.note),
        )


def translation_into(language: Language) -> Translation | None:
    """Return a translation into a language; None for English, in which everything is written."""
    return None if language == "en" else Translation(load_catalogue(language))


def in_language(language: Language, document: Document) -> Document:
    """Return a document in a language, its figures drawn in it; in English it is returned as it is.

    Examples
    --------
    >>> from duonen_stats.results.rows.table import Results
    >>> document = Document(title="Design report", subtitle="", simulated=False, banner="", meta=(), sections=(),
    ...                     results=Results(()), cut_line="", running_title="")
    >>> in_language("en", document).title, in_language("pl", document).title
    ('Design report', 'Raport z planowania')
    """
    translation = translation_into(language)
    return document if translation is None else translation.document(document)


def drawn_in(
    translation: Translation | None, displays: Mapping[str, ProducedDisplay]
) -> Mapping[str, ProducedDisplay]:
    """Return displays by key with the figures among them drawn in a language; without one as they are."""
    if translation is None:
        return displays
    return {
        key: translation.display(one) if isinstance(one.content, FigureContent) else one
        for key, one in displays.items()
    }


def drawn_in_words(draw: Callable[[], Figure], catalogue: Catalogue) -> tuple[Figure, tuple[str, ...]]:
    """Draw a figure with its words in a language.

    Words are put into it before they are measured, so that what is longer there is broken and placed as it needs.

    Returns
    -------
    tuple
        The figure, and the texts of it that stayed English.
    """
    wording = _Wording(catalogue)
    with worded(wording):
        figure = draw()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            # A label that was given by hand is no text of the axis until it is drawn: its formatter has it.
            places = [float(place) for place in axis.get_majorticklocs()]
            labels = axis.get_major_formatter().format_ticks(places)
            said = [wording.text(label) for label in labels]
            if said != labels:
                axis.set_ticks(places, labels=said)
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_text("\n".join(map(wording.text, text.get_text().split("\n"))))
    return figure, tuple(wording.english)


class _Wording:
    """Puts lines of a drawing into a language; pieces of a line that was put into it are left as they are."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.english: dict[str, None] = {}
        self._catalogue = catalogue
        self._given: set[str] = set()
        self._left: set[str] = set()

    def __call__(self, line: Line) -> Line:
        words = _LETTERS.findall(plain(line))
        if not words:
            return tuple(
                decimal_comma(part) if isinstance(part, str) else self._catalogue.number(part)
                for part in line
            )
        if self._given.issuperset(words):
            return line
        pieces = self._catalogue.pieces(line)
        if self._left.issuperset(words) and not all(translated for translated, _ in pieces):
            return line
        said = tuple(part for _, piece in pieces for part in piece)
        for translated, piece in pieces:
            (self._given if translated else self._left).update(_LETTERS.findall(plain(piece)))
        self.english |= dict.fromkeys(plain(piece).strip() for translated, piece in pieces if not translated)
        return said

    def text(self, text: str) -> str:
        """Return a single text of the drawing."""
        return plain(self((text,)))
