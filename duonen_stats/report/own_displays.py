"""Displays that whoever makes a report adds to it: their numbers, their section, and where they come from."""

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace

from duonen_stats.datasets import Datasets
from duonen_stats.displays.model.content import ProducedDisplay, TableContent
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.model.format import noun_of
from duonen_stats.document.content_model import DisplayBlock, Paragraph, Section
from duonen_stats.errors import PlanError
from duonen_stats.plan import Plan
from duonen_stats.report.kinds import ReportKind
from duonen_stats.results import Analysis, ResultRow, run_analysis
from duonen_stats.study import Study

OWN_SECTION = "own_displays"
_APPENDIX = "appendix"
_OF_THE_REPORT = frozenset(
    {"findings_summary", "findings_by_rule", "findings_by_site", "records", "audit_summary", OWN_SECTION}
)


def require_own(displays: Sequence[Display], kind: ReportKind) -> tuple[Display, ...]:
    """Raise ``PlanError`` if a display cannot be added to a kind of report: its key or its label is taken."""
    for display in displays:
        if not isinstance(display, Display):
            raise PlanError(
                f"{type(display).__name__} is no display that a report can make. Give a Display; table_of() of "
                "duonen_stats.displays.patients.tabulation declares a table of any variables."
            )
        if not (display.key.isidentifier() and display.key.isascii()):
            raise PlanError(
                f"{display.key!r} cannot be the key of a display, by which its files are named: use letters, digits "
                "and _."
            )
    keys = [*kind.displays, *_OF_THE_REPORT, *(display.key for display in displays)]
    labels = [display.label for display in (*kind.displays.values(), *displays) if display.label]
    for what, names in (("key", keys), ("label", labels)):
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise PlanError(
                f"The report has two displays of the {what} {repeated[0]!r}. Give your own another {what}."
            )
    return tuple(displays)


def analyse_own(
    displays: Sequence[Display], data: Datasets, study: Study, plan: Plan, made: Sequence[Analysis]
) -> list[ResultRow]:
    """Run the analyses of own displays, but for those that the report has ``made`` by itself.

    ``data`` are those that the report may show: of an open session they hold nothing by arm of progression, response,
    death or survival.
    """
    wanted = dict.fromkeys(analysis for display in displays for analysis in display.analyses)
    further = tuple(analysis for analysis in wanted if analysis not in made)
    return [*run_analysis(data, study, plan, analyses=further)]


def numbered(shown: Mapping[str, ProducedDisplay]) -> dict[str, ProducedDisplay]:
    """Give each own display without a label the next number: Table O1, Table O2, Figure O1."""
    counts = {"Table": 0, "Figure": 0}
    labelled = {}
    for key, produced in shown.items():
        kind = "Table" if isinstance(produced.content, TableContent) else "Figure"
        if not produced.label:
            counts[kind] += 1
        labelled[key] = produced if produced.label else replace(produced, label=f"{kind} O{counts[kind]}")
    return labelled


def with_own(sections: tuple[Section, ...], shown: Sequence[ProducedDisplay]) -> tuple[Section, ...]:
    """Put own displays into a section of their own, before the appendix."""
    if not shown:
        return sections
    words = (
        f"{len(shown)} {noun_of(len(shown), 'display')} {'was' if len(shown) == 1 else 'were'} added to this report by "
        "those who made it. They are not among the displays that every report of this kind has; manifest.json names "
        "the program of each."
    )
    own = Section(
        key=OWN_SECTION,
        title="Further displays of this report",
        blocks=(Paragraph((words,)), *(DisplayBlock(produced) for produced in shown)),
    )
    keys = [section.key for section in sections]
    place = keys.index(_APPENDIX) if _APPENDIX in keys else len(keys)
    return (*sections[:place], own, *sections[place:])


def account_of_own(
    displays: Sequence[Display], shown: Mapping[str, ProducedDisplay]
) -> list[dict[str, str | None]]:
    """Say for the manifest where each own display comes from: its program, and the SHA-256 of its text."""
    return [
        {
            "key": display.key,
            "label": shown[display.key].label,
            "title": shown[display.key].title,
            "program": f"{display.layout.__module__}.{display.layout.__qualname__}",
            "sha256": _text_of(display),
        }
        for display in displays
        if display.key in shown
    ]


def _text_of(display: Display) -> str | None:
    """Return the SHA-256 of the program text of a layout; None if there is no text, as of one that was typed in."""
    try:
        text = inspect.getsource(display.layout)
    except (OSError, TypeError, IndexError):  # IndexError: typed into a program that keeps texts its own way
        return None
    return hashlib.sha256(text.encode()).hexdigest()
