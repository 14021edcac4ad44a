"""An answer to a planning question for a program: JSON with the fields' own names."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from importlib.metadata import version
from math import isfinite
from typing import Any

import numpy as np

from duonen_stats.design_report.answer import Answer, Fact
from duonen_stats.displays.model.content import plain, table_as_text

_UNITS = (
    "Times in months, hazards per month, probabilities and shares as fractions of 1, nothing rounded unless the "
    "name says so; null stands for what is not reached, not asked for, or without end."
)
_STATED_ONCE = frozenset({"scenario"})


def answer_json(answer: Answer) -> str:
    """Write an answer as JSON: ``question``, ``units``, ``version``, the results by name, and every number shown.

    ``shown`` has the id, label, context, unrounded value and unit of every number of the text, as the results table of
    a report has; where there is no number, ``note`` says why.
    """
    content = {
        "question": answer.question,
        "version": version("duonen-stats"),
        "units": _UNITS,
        **{name: as_plain(value) for name, value in answer.data.items()},
        "shown": [
            {
                "id": row.analysis_id,
                "label": row.stat_label,
                "context": row.context,
                "value": row.stat,
                "unit": row.unit,
                "note": row.note,
            }
            for row in answer.results()
        ],
        "notes": list(answer.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def as_plain(value: object) -> Any:  # noqa: PLR0911 - one way out for each kind of value
    """Turn a result into what JSON knows.

    Fields that are kept out of the ``repr`` of a result, such as histograms, are left out here too, and so is the
    scenario of a simulated test, which stands on its own.
    """
    if is_dataclass(value) and not isinstance(value, type):
        shown = (item.name for item in fields(value) if item.repr and item.name not in _STATED_ONCE)
        return {name: as_plain(getattr(value, name)) for name in shown}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return as_plain(value.tolist())
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Sequence):
        return [as_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


# An answer to a planning question for the terminal.


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
