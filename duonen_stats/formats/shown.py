"""Which display and which section shows which number: the register a later report is compared by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from duonen_stats.displays.model.content import Number, TableContent
from duonen_stats.document.content_model import (
    Document,
    Shown,
    block_numbers,
    display_numbers,
)
from duonen_stats.formats.csv_files import rows_csv

DISPLAYS = "displays.csv"
"""Name of the register in a report's folder."""

PLACE_COLUMNS = ("display", "kind", "label", "title", "analysis_id", "shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table, a figure, or the running text of a section."""

    key: str
    kind: Literal["table", "figure", "section"]
    label: str
    title: str

    @property
    def name(self) -> str:
        """How a reader finds it: ``Table 3`` or the title of the section."""
        return self.label or f"section {self.title}"


def places(document: Document) -> Iterator[tuple[Place, tuple[Number, ...]]]:
    """Yield every display and every section's running text with the looked-up numbers in it, in reading order."""
    for section in document.sections:
        words = [block for block in section.blocks if not isinstance(block, Shown)]
        yield (
            Place(key=f"section:{section.key}", kind="section", label="", title=section.title),
            tuple(number for block in words for number in block_numbers(block)),
        )
        for block in section.blocks:
            if isinstance(block, Shown):
                made = block.produced
                kind: Literal["table", "figure"] = (
                    "table" if isinstance(made.content, TableContent) else "figure"
                )
                place = Place(key=made.key, kind=kind, label=made.label, title=made.title)
                yield place, tuple(display_numbers(made))


def displays_csv(document: Document) -> bytes:
    """Write the register: one row for each place, each number in it and each way it is written there.

    A place without a number has one row, without ``analysis_id`` and ``shown``.
    """
    rows = []
    for place, numbers in places(document):
        about = (place.key, place.kind, place.label, place.title)
        pairs = dict.fromkeys((number.id, number.text) for number in numbers)
        rows += [(*about, *pair) for pair in pairs or {("", ""): None}]
    return rows_csv(PLACE_COLUMNS, rows)
