"""A report as one content model, before it is HTML or PDF: sections of paragraphs, displays and listings."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.content import Line, Number, ProducedDisplay, TableContent
from duonen_stats.document.language.catalogue import Language, fixed_words
from duonen_stats.results.rows.table import Results


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A few numbers to be read first: each a short label and what is under it."""

    items: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class DisplayBlock:
    """A table or a figure, with everything a reader needs to judge it."""

    produced: ProducedDisplay


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Records as text, many of a kind: findings, plan decisions, discontinuations.

    ``rows`` may be empty: the listing then says that there is none. ``weights`` are the columns' shares of
    the width; without them each column gets a share after the length of its text.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    landscape: bool = False
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        ragged = [row for row in self.rows if len(row) != len(self.columns)]
        if ragged:
            raise ValueError(
                f"{self.key}: {len(ragged[0])} cells for {len(self.columns)} columns: {ragged[0]}"
            )
        if self.weights is not None and len(self.weights) != len(self.columns):
            raise ValueError(f"{self.key}: {len(self.weights)} weights for {len(self.columns)} columns")


Block = Paragraph | Bullets | KeyFigures | DisplayBlock | Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A quantity that a reader may change: its values from low to high, and the one to begin with, which is among them.

    ``reading`` says how the page also reads the value: ``"median"`` of a hazard, ``"share a year"`` of a hazard of
    dropout, ``"ratio"`` of an allocation, or not at all.
    """

    key: str
    label: str
    unit: str
    values: tuple[float, ...]
    start: float
    reading: Literal["", "median", "share a year", "ratio"] = ""

    def __post_init__(self) -> None:
        if self.start not in self.values or list(self.values) != sorted(set(self.values)):
            raise ValueError(
                f"{self.key}: the values of a slider increase, and {self.start} has to be one of them"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliders:
    """Sliders that recompute numbers in an HTML page, by formulas; other formats leave them out.

    Attributes
    ----------
    words, notes
        Paragraphs before them, and remarks below the words of the formula.
    formulas
        Key, name and words of each formula to choose from; the first is the one to begin with.
    results
        Key and label of each number that is recomputed, and the number of the report itself, by the first formula.
    constants
        What the formulas need and no slider changes, by name.
    """

    key: str
    title: str
    words: tuple[Line, ...]
    notes: tuple[str, ...]
    sliders: tuple[Slider, ...]
    formulas: tuple[tuple[str, str, str], ...]
    results: tuple[tuple[str, str, Line], ...]
    constants: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what is under it; level 2 lies inside the level-1 section before it."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()
    level: Literal[1, 2] = 1
    sliders: Sliders | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report.

    ``meta`` are the lines of the title page (label, value), ``banner`` the words of the permanent mark,
    shown only if the document is ``marked``: of simulated data, with permuted arms, or of a cut of
    ``other_stage``, another stage than the report's; ``cut_line`` and
    ``running_title`` stand at the head of every page. ``checks`` say of numbers, by id, what a second engine made of
    them: words such as "confirmed by lifelines 0.30.3", and its number. ``records`` are dataset and filter of the
    records behind a number, by id, where there is one selection of them. ``decisions`` are the fields of the plan that
    a number depends on, by id, and ``plan`` gives each such field its value and the words it is printed with.

    ``looked_up`` is false of a document that was read back without its results table. ``language`` is the one that the
    words of the page around the content are in; ``duonen_stats.document.language`` puts the content into it, too.

    Raises ``ValueError`` if two sections, displays or listings share a key or one has no title, and
    ``UnknownResultError`` if a number is shown that ``results`` does not hold.
    """

    title: str
    subtitle: str
    simulated: bool
    banner: str
    meta: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    results: Results
    cut_line: str
    running_title: str
    blinded: bool = False
    closed: bool = False
    other_stage: str = ""
    looked_up: bool = True
    checks: Mapping[str, tuple[str, float | None]] = field(default_factory=dict)
    records: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    decisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plan: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    language: Language = "en"

    def fixed(self, words: str) -> str:
        """Return fixed words of the page, such as ``Contents``, in the language of the document."""
        return fixed_words(self.language, words)

    @property
    def stamp(self) -> Stamp:
        """What has to stand on every page."""
        return Stamp(self.simulated, self.blinded, self.other_stage, self.closed)

    @property
    def marked(self) -> bool:
        """Whether anything has to."""
        return bool(self.stamp.lines)

    def __post_init__(self) -> None:
        named = [found for section in self.sections for found in _titles(section)]
        untitled = sorted(key for key, title in named if not title.strip())
        if untitled or not self.title.strip():
            raise ValueError(f"without a title: {', '.join(untitled) or 'the document'}")
        keys = Counter(key for key, _ in named)
        repeated = sorted(key for key, times in keys.items() if times > 1)
        if repeated:
            raise ValueError(f"used as a key twice: {', '.join(repeated)}")
        for number in self.numbers() if self.looked_up else ():
            self.results.row(number.id)

    def displays(self) -> tuple[ProducedDisplay, ...]:
        """Return every table and figure in the order of reading."""
        return tuple(
            block.produced
            for section in self.sections
            for block in section.blocks
            if isinstance(block, DisplayBlock)
        )

    def numbers(self) -> Iterator[Number]:
        """Yield every looked-up number of the report in the order of reading."""
        for section in self.sections:
            for block in section.blocks:
                yield from block_numbers(block)
            if section.sliders is not None:
                for _, _, line in section.sliders.results:
                    yield from _numbers(line)


def block_numbers(block: Block) -> Iterator[Number]:
    """Yield the looked-up numbers of one block in the order of reading."""
    if isinstance(block, DisplayBlock):
        yield from display_numbers(block.produced)
    for line in _lines(block):
        yield from _numbers(line)


def display_numbers(produced: ProducedDisplay) -> Iterator[Number]:
    """Yield the looked-up numbers of a display: its sentence, population, cells or drawing, and footnotes."""
    yield from _numbers(produced.sentence)
    yield from _numbers(produced.population)
    if isinstance(produced.content, TableContent):
        for column in produced.content.columns:
            yield from _numbers(column.below)
        for row in produced.content.rows:
            for cell in row.cells:
                yield from _numbers(cell)
    else:
        yield from produced.content.numbers
    for note in produced.footnotes:
        yield from _numbers(note)


def _numbers(line: Line) -> Iterator[Number]:
    return (part for part in line if isinstance(part, Number))


def _lines(block: Block) -> tuple[Line, ...]:
    match block:
        case Paragraph(line):
            return (line,)
        case Bullets(items):
            return items
        case KeyFigures(items):
            return tuple(line for _, line in items)
        case _:
            return ()


def _titles(section: Section) -> Iterator[tuple[str, str]]:
    """Yield key and title of everything that can be jumped to."""
    yield section.key, section.title
    for block in section.blocks:
        match block:
            case DisplayBlock(produced):
                yield produced.key, produced.title
            case Listing(key=key, title=title):
                yield key, title
            case _:
                pass
    if section.sliders is not None:
        yield section.sliders.key, section.sliders.title
