"""The words of a report: a template of prose becomes sections, its numbers looked up by id.

A template holds words and ids, never numbers. Its rendered text is read line by line::

    # Title {key}        a section;  ## the same, inside it
    - words              a point of a list
    @ table_1            the display or listing of that key
    anything else        a paragraph, up to the next empty line
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duonen_stats.displays.model.content import Line, Number
from duonen_stats.displays.model.efficacy_words import interval
from duonen_stats.displays.model.format import NOT_ESTIMABLE, analyte_name, lower_first, noun_of
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    Paragraph,
    Section,
)
from duonen_stats.errors import DuonenError
from duonen_stats.results import ids

# A looked-up number travels through the rendered text between private-use characters. The other words of a template
# come from the data dictionary and the plan, never from raw data, so nothing else can carry them.
_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_NUMBER = re.compile(f"{_OPEN}(.*?){_MIDDLE}(.*?){_CLOSE}")
_HEADING = re.compile(r"(#{1,2}) (.+) \{([a-z0-9_]+)\}")


def write_sections(
    folder: Path, name: str, look: Lookup, words: Mapping[str, Any], blocks: Mapping[str, Block]
) -> tuple[Section, ...]:
    """Render the template ``name`` and read it into sections.

    Parameters
    ----------
    folder, name
        The templates' folder and the template.
    look
        Numbers; in the template ``fixed``, ``count``, ``counted`` (with its noun), ``percent`` and ``p`` write one,
        ``value``, ``method`` and ``note`` give a row's parts for conditions, ``reason`` its note within a sentence.
        What to look up is named by ``ids``, the families of result ids.
    words
        Further names the template may use.
    blocks
        Displays and listings by key, for ``@ key`` lines; each must be used exactly once.

    Raises
    ------
    UnknownResultError
        The template names a number no analysis has made.
    DuonenError
        The template names a block that is not there, or leaves one out.
    """
    text = _environment(folder).get_template(name).render(**_lookups(look), **words)
    remaining = dict(blocks)
    sections = tuple(_sections(text.splitlines(), remaining))
    if remaining:
        raise DuonenError(f"The template {name} leaves out: {', '.join(remaining)}.")
    return sections


@cache
def _environment(folder: Path) -> Environment:
    """Read templates of a folder, each compiled once and again if it changes."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the rendered text is read as plain words, and escaped where it is set
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"named": analyte_name, "lower_first": lower_first}
    environment.globals["ids"] = ids
    return environment


def _lookups(look: Lookup) -> dict[str, Callable[..., object]]:
    def mark(number: Number) -> str:
        return f"{_OPEN}{number.id}{_MIDDLE}{number.text}{_CLOSE}"

    def all_of(line: Line) -> str:
        return "".join(mark(part) if isinstance(part, Number) else part for part in line)

    return {
        "fixed": lambda key, decimals=0, signed=False: mark(look.fixed(key, decimals, signed=signed)),
        "count": lambda key: mark(look.count(key)),
        "counted": lambda key, noun: f"{mark(look.count(key))} {noun_of(look.results.value(key), noun)}",
        "percent": lambda key, decimals=1: mark(look.percent(key, decimals)),
        "p": lambda key: mark(look.p(key)),
        "p_equals": lambda key: all_of(look.p_equals(key)),
        "n_percent": lambda block: all_of(look.n_percent(block)),
        "n_percent_limits": lambda block: all_of(look.n_percent_limits(block)),
        "interval": lambda block, stat, decimals=2: all_of(interval(look, block, stat, decimals)),
        "quartiles": lambda block, decimals, signed=False: all_of(
            look.median_quartiles(block, decimals, to=" to ", signed=signed)
        ),
        "value": look.results.value,
        "method": lambda key: look.results.row(key).method,
        "note": lambda key: look.results.row(key).note,
        "reason": lambda key: lower_first(look.results.row(key).note.rstrip(".")),
        "visit": lambda key: mark(Number(key, look.results.row(key).variable_level or NOT_ESTIMABLE)),
        "level": lambda key: look.results.row(key).variable_level,
        "known": lambda key: look.results.value(key) is not None,
    }


def _sections(lines: list[str], blocks: dict[str, Block]) -> Iterator[Section]:
    heading: re.Match[str] | None = None
    body: list[str] = []
    for line in [*lines, None]:
        found = _HEADING.fullmatch(line.strip()) if line is not None else None
        if line is not None and found is None:
            body.append(line.strip())
            continue
        if heading is not None:
            level: Literal[1, 2] = 1 if heading[1] == "#" else 2
            title = "".join(part if isinstance(part, str) else part.text for part in read_line(heading[2]))
            yield Section(key=heading[3], title=title, level=level, blocks=tuple(_blocks(body, blocks)))
        elif any(body):
            raise DuonenError(f"Words stand before the first heading: {body[0]}")
        heading, body = found, []


def _kind(line: str) -> str:
    if not line:
        return "space"
    return {"@ ": "block", "- ": "point"}.get(line[:2], "words")


def _blocks(lines: list[str], blocks: dict[str, Block]) -> Iterator[Block]:
    for kind, group in groupby(lines, key=_kind):
        chosen = list(group)
        if kind == "words":
            yield Paragraph(read_line(" ".join(chosen)))
        elif kind == "point":
            yield Bullets(tuple(read_line(line[2:]) for line in chosen))
        elif kind == "block":
            for line in chosen:
                key = line[2:].strip()
                if key not in blocks:
                    raise DuonenError(
                        f"The template names {key!r}, which is no display or listing, or stands twice."
                    )
                yield blocks.pop(key)


def read_line(text: str) -> Line:
    """Split rendered words into plain pieces and looked-up numbers."""
    parts: list[str | Number] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append(Number(match[1], match[2]))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return tuple(parts)
