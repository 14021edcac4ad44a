"""An answer to a planning question for the terminal."""

import textwrap
from collections.abc import Iterator, Sequence

from duonen_stats.design_report.answer import Answer, Fact
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.text import table_as_text

_WIDTH = 100


def answer_text(answer: Answer) -> str:
    """Set an answer as lines: what is assumed, what follows, tables, notes."""
    return "\n".join(_lines(answer)).rstrip()


def _lines(answer: Answer) -> Iterator[str]:
    yield answer.title
    yield "═" * min(len(answer.title), _WIDTH)
    width = max((len(label) for label, _ in (*answer.assumed, *answer.facts)), default=0)
    for facts in (answer.assumed, answer.facts):
        if facts:
            yield from _facts(answer, facts, width)
            yield ""
    for table in answer.tables:
        if table.title and len(answer.tables) > 1:
            yield table.title
        yield table_as_text(answer.content(table))
        yield ""
    for note in answer.notes:
        yield from textwrap.wrap(note, _WIDTH)


def _facts(answer: Answer, facts: Sequence[Fact], width: int) -> Iterator[str]:
    for label, parts in facts:
        yield f"{label:<{width}}  {plain(answer.line(parts))}"
