"""A display ready to be set in HTML, PDF or a terminal."""

from dataclasses import dataclass

from duonen_stats.displays.model.content import (
    FigureContent,
    Line,
    TableContent,
    plain,
)
from duonen_stats.displays.model.text import table_as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A display ready to be set: everything a reader needs to judge it stands on it."""

    key: str
    label: str
    ich_number: str
    title: str
    population: Line
    content: TableContent | FigureContent
    footnotes: tuple[Line, ...] = ()
    source: str = ""
    cut: str = ""
    sentence: Line = ()

    def __str__(self) -> str:
        heading = f"{self.label}. {self.title}"
        middle = table_as_text(self.content) if isinstance(self.content, TableContent) else self.content.alt
        notes = [plain(note) for note in self.footnotes]
        parts = [heading, plain(self.population), "", middle, "", *notes, self.source, self.cut]
        return "\n".join(part for part in parts if part or part == "").rstrip()
