"""The report as one self-contained HTML file: no network, nothing from data that a browser would run."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from duonen_stats.displays.model.content import (
    MANY_POINTS,
    FigureContent,
    Number,
    PatientPoints,
    ProducedDisplay,
    TableRow,
    plain,
)
from duonen_stats.document.column_widths import head_rows, is_heading, stays_whole
from duonen_stats.document.content_model import (
    Block,
    DisplayBlock,
    Document,
    Listing,
    Section,
    Sliders,
)
from duonen_stats.document.language.catalogue import Language, load_catalogue
from duonen_stats.document.language.translation import is_english
from duonen_stats.document.markup import anchor, inline_svg, printable
from duonen_stats.errors import DuonenError
from duonen_stats.results.procedures import NO_CALL, procedures, procedures_of
from duonen_stats.results.rows.table import RESULT_COLUMNS, Results
from duonen_stats.study.shipped_files import templates_path

_TEMPLATE, _STYLE, _SCRIPT = "report.html.j2", "report.css", "report.js"
_SLIDERS = "sliders.js"
_PRINTED_MARK = "SIMULATED DATA"
_ENGLISH_STYLE = (
    "[lang=en]{text-decoration:underline dotted;text-decoration-thickness:from-font;}\n"
    ".filter{flex-wrap:wrap;}\n"
)
SLIDER_WORDS = {
    "needed": "{0} events, {1} patients",
    "median": "median {0} months",
    "share a year": "{0} of patients a year",
    "limits": "{0} to {1}",
    "limits of ratio": "{0}% limits of the hazard ratio",
    "early": "The analysis would be before the first patient has entered.",
    "range": "{0}: give a number from {1} to {2}.",
}
"""Words that the script of the sliders writes, with places for its numbers."""
_SHORT = 24
_PLAIN_COLUMNS = {"analysis_id", "stat", "n", "second"}
_BREAKS_OUT = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The displays before and after a display, in the order of reading."""

    before: ProducedDisplay | None
    after: ProducedDisplay | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section with its number, as navigation and headings show it."""

    section: Section
    number: str


def render_html(document: Document, svgs: Mapping[str, str]) -> str:
    """Write a report as one HTML file that opens from disk.

    Parameters
    ----------
    document
        What to write.
    svgs
        For the key of every figure its drawing as matplotlib's SVG, text kept as text.

    Returns
    -------
    str
        HTML with style, script, figures and the results table inside. A content security policy forbids
        everything else: any request, and any script or style but the two of the template. Every number
        carries the id of its row of the results table in ``data-ard``.

    Raises
    ------
    DuonenError
        A figure has no drawing.
    """
    style = _source(_STYLE)
    script = _source(_SCRIPT)
    mark = document.stamp.short or _PRINTED_MARK
    if document.language != "en":
        catalogue = load_catalogue(document.language)
        mark = catalogue.phrase(mark) or mark
        style += _ENGLISH_STYLE
        for english, other in catalogue.script.items():
            script = script.replace(english, other)
    style = style.replace(_PRINTED_MARK, mark)
    sliders = [section.sliders for section in document.sections if section.sliders is not None]
    if sliders:
        script += _source(_SLIDERS)
    template = _environment().get_template(_TEMPLATE)
    return template.render(
        document=document,
        mark=mark,
        chapters=_chapters(document.sections),
        neighbours=_neighbours(document.displays()),
        with_rows={row.display for row in document.results},
        drawings=_drawings(document, svgs),
        style=Markup(style),  # noqa: S704 - the package's own file
        script=Markup(script),  # noqa: S704 - the package's own file
        style_hash=_hash(style),
        script_hash=_hash(script),
        in_rows=lambda text: _of_results(text, document.language),
        sliders=Markup(_settings(sliders, document)),  # noqa: S704 - JSON with every < > & escaped
        results=Markup(_results(document)),  # noqa: S704 - JSON with every < > & escaped
        sources=Markup(_sources(document)),  # noqa: S704 - JSON with every < > & escaped
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_path()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_on_the_page,
    )
    environment.filters |= {"anchor": anchor, "plain": plain}
    environment.globals |= {
        "kind": _kind,
        "head_rows": head_rows,
        "is_heading": is_heading,
        "stays_whole": stays_whole,
        "keeps_to_a_line": lambda cell: len(plain(cell)) <= _SHORT or stays_whole(plain(cell)),
        "bodies": _bodies,
        "is_number": lambda part: isinstance(part, Number),
        "is_english": is_english,
        "reason": _reason,
    }
    return environment


def _on_the_page(value: object) -> object:
    """Make a text fit for the page; what is markup already was made of texts that are."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(name: str) -> str:
    return (templates_path() / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _of_results(text: str, language: Language) -> object:
    """Return words of a row of the results table; of one that has no term, English that is marked as such."""
    if language == "en" or not text:
        return text
    said = load_catalogue(language).phrase(text)
    return Markup('<span lang="en">{}</span>').format(printable(text)) if said is None else said


def _kind(block: Block) -> str:
    """Name of the partial template that shows a block."""
    if isinstance(block, DisplayBlock):
        return "figure" if isinstance(block.produced.content, FigureContent) else "table"
    return "listing" if isinstance(block, Listing) else type(block).__name__.lower()


def _chapters(sections: Sequence[Section]) -> list[Chapter]:
    chapters, first, second = [], 0, 0
    for section in sections:
        first, second = (first + 1, 0) if section.level == 1 else (first, second + 1)
        number = f"{first}" if section.level == 1 else f"{first}.{second}"
        chapters.append(Chapter(section=section, number=number))
    return chapters


def _neighbours(displays: Sequence[ProducedDisplay]) -> dict[str, Neighbours]:
    padded = [None, *displays, None]
    around = zip(displays, padded, padded[2:], strict=False)
    return {shown.key: Neighbours(before=before, after=after) for shown, before, after in around}


def _drawings(document: Document, svgs: Mapping[str, str]) -> dict[str, Markup]:
    drawings = {}
    names = {shown.key: shown.label or shown.title for shown in document.displays()}
    for shown in document.displays():
        if not isinstance(shown.content, FigureContent):
            continue
        if shown.key not in svgs:
            raise DuonenError(f"{shown.label} has no drawing under the key {shown.key!r}.")
        inline = inline_svg(svgs[shown.key], prefix=anchor(shown.key), alt=shown.content.alt, names=names)
        drawings[shown.key] = Markup(inline)  # noqa: S704 - serialised from a parsed tree, so escaped
    return drawings


def _bodies(rows: Sequence[TableRow]) -> Iterator[Sequence[TableRow]]:
    """Divide the rows of a table so that each heading begins a body of its own."""
    starts = [i for i, row in enumerate(rows) if i == 0 or row.kind == "group"]
    for start, end in pairwise([*starts, len(rows)]):
        yield rows[start:end]


def _reason(results: Results, number: Number) -> str:
    """Say why a number is missing; empty if it is there."""
    row = results.row(number.id)
    return "" if row.stat is not None else row.note


def _results(document: Document) -> str:
    """Write the results table column by column; a text that repeats is written once and pointed to.

    With ``checks``, ``check`` and ``second`` are what a second engine says of each number; of a second number that is
    the same to the last digit, true. With ``records``, ``dataset`` and ``filter`` say which records it is of.
    """
    results, checks, records = document.results, document.checks, document.records
    columns = {name: [getattr(row, name) for row in results] for name in RESULT_COLUMNS}
    if checks:
        found = [checks.get(row.analysis_id, ("", None)) for row in results]
        columns["check"] = [words for words, _ in found]
        seconds = zip(found, results, strict=True)
        columns["second"] = [True if second == row.stat else second for (_, second), row in seconds]
    if records:
        behind = [records.get(row.analysis_id, ("", "")) for row in results]
        columns["dataset"] = [dataset for dataset, _ in behind]
        columns["filter"] = [chosen for _, chosen in behind]
    packed = {name: column if name in _PLAIN_COLUMNS else _packed(column) for name, column in columns.items()}
    return _json(packed)


def _sources(document: Document) -> str:
    """Write what the panel of a number refers to, each once: procedures with the calls of R and SPSS, decisions.

    ``of`` has, for each row of the results table, its place among ``kinds``: the places of its procedures and the names
    of its decisions. Only of numbers that are shown; a panel is opened by no other.
    """
    known = {one: place for place, one in enumerate(procedures())}
    shown_ids = {number.id for number in document.numbers()}
    kinds: dict[tuple[tuple[int, ...], tuple[str, ...]], int] = {((), ()): 0}
    places = []
    for row in document.results:
        kind: tuple[tuple[int, ...], tuple[str, ...]] = ((), ())
        if row.analysis_id in shown_ids:
            made_by = tuple(known[one] for one in procedures_of(row))
            kind = (made_by, document.decisions.get(row.analysis_id, ()))
        places.append(kinds.setdefault(kind, len(kinds)))
    return _json(
        {
            "of": places,
            "kinds": list(kinds),
            "procedures": [[_unmarked(one.r), _unmarked(one.spss)] for one in known],
            "plan": {name: _decided(*said, document.language) for name, said in document.plan.items()},
            "points": {
                shown.key: _points(shown.content.points)
                for shown in document.displays()
                if isinstance(shown.content, FigureContent) and shown.content.points
            },
        }
    )


def _points(groups: Sequence[PatientPoints]) -> dict[str, object]:
    """Write the patients of a figure's points; of more than ``MANY_POINTS``, one of every two, three and so on."""
    every = -(-sum(len(group.patients) for group in groups) // MANY_POINTS)
    return {
        "every": every,
        "groups": [[group.mark, group.measures, group.patients[::every]] for group in groups],
    }


def _unmarked(call: str) -> str:
    """Return a call without the marks of Markdown; empty where a program has no such procedure."""
    return "" if call == NO_CALL else call.replace("`", "")


def _decided(value: str, said: str, language: Language) -> list[str]:
    """Return value and words of a decision, and the language of the words."""
    if language == "en" or not said:
        return [value, said, language]
    term = load_catalogue(language).phrase(said)
    return [value, said, "en"] if term is None else [value, term, language]


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(_BREAKS_OUT)


def _settings(sliders: Sequence[Sliders], document: Document) -> str:
    """Write what the script needs of the sliders, by their key, and its words; empty if there are none."""
    panels = {
        one.key: {
            "sliders": {slider.key: asdict(slider) for slider in one.sliders},
            "formulas": {key: words for key, _, words in one.formulas},
            "constants": one.constants,
        }
        for one in sliders
    }
    if not panels:
        return ""
    said = {key: document.fixed(words) for key, words in SLIDER_WORDS.items()}
    content = {"panels": panels, "words": said, "decimal": document.fixed(".")}
    return _json(content)


def _packed(texts: list[str]) -> dict[str, list[str] | list[int]]:
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    return {"texts": list(places), "places": [places[text] for text in texts]}
