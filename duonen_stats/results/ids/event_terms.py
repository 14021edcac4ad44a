"""Ids of adverse events by class and term of the dictionary, and of what follows from them."""

from duonen_stats.results.ids.family import Block, Open, each, family, words
from duonen_stats.results.ids.scope import Scope, experimental, groups

EVENT_KINDS = ("any", "related", "serious", "severe", "follow_up", "registry_serious", "registry_other")
"""Which events a list of classes and terms counts."""

OVERVIEW_PHASES = ("treatment", "follow_up")
_COUNTED = ("n", "pct", "events")


def overview_lines(scope: Scope) -> tuple[str, ...]:
    """Every line of the overview: any, related, related to each product, and so on."""
    products = tuple(f"related_{isotope.code.lower()}" for isotope in scope.study.isotopes)
    return (
        "any", "related", *products, "severe", "severe_related", "serious", "serious_related", "delayed", "reduced",
        "discontinued", "fatal",
    )  # fmt: skip


@family(*_COUNTED, "ci_low", "ci_high", line=overview_lines, phase=words(*OVERVIEW_PHASES), group=groups)
def event_overview(line: str, phase: str, group: str) -> str:
    """Patients and events of a line of the overview, in a part of the trial."""
    return f"ae.overview.{line}.{phase}.{group}"


@family("n", what=words("coded", "classed", "dictionaries"))
def event_coding(what: str) -> str:
    """Events with a term and with a class of the dictionary; the number of dictionaries and versions."""
    return f"ae.coding.{what}"


@family("n", "patients")
def events_worsened() -> str:
    """Events from before the first administration whose worst grade is above the one at the start."""
    return "ae.outside.worsened"


@family("terms", kind=words(*EVENT_KINDS), line=Open())
def event_class(kind: str, line: str) -> str:
    """A class with an event of a kind, in decreasing order of its patients: number of its terms."""
    return f"ae.terms.{kind}.{line}"


@family("place", block=each(event_class), term=Open())
def event_term(block: Block, term: str) -> str:
    """A term of a class, in decreasing order of its patients: its place."""
    return f"{block}.term.{term}"


@family(*_COUNTED, kind=words(*EVENT_KINDS), group=groups)
def kind_patients(kind: str, group: str) -> str:
    """Patients and events of a kind, whatever the class."""
    return f"ae.terms.{kind}.by.{group}"


@family(*_COUNTED, block=each(event_class, event_term), group=groups)
def line_patients(block: Block, group: str) -> str:
    """Patients and events of a class or of a term."""
    return f"{block}.by.{group}"


def _of_all_events(_scope: Scope, block: Block, **_parts: str) -> bool:
    return block.startswith("ae.terms.any.")


@family(
    "n",
    only=_of_all_events,
    block=each(event_class, event_term),
    grade=words("1", "2", "3", "4", "5", "unknown"),
    group=groups,
)
def line_worst(block: Block, grade: int | str, group: str) -> str:
    """Patients of a class or of a term by the worst grade of its events."""
    return f"{block}.worst.{grade}.{group}"


_OUTCOME = (
    "events", "median", "q1", "q3", "min", "max", "n", "no_end", "recovered", "sequelae", "recovering", "not_recovered",
    "fatal", "unknown", "graded_twice", "worsened",
)  # fmt: skip


@family(*_OUTCOME, group=groups)
def event_outcome(group: str) -> str:
    """Duration and outcome of the treatment-emergent events."""
    return f"ae.outcome.{group}"


@family(*_OUTCOME, only=_of_all_events, block=each(event_class, event_term))
def line_outcome(block: Block) -> str:
    """Duration and outcome of the events of a class or of a term."""
    return f"{block}.outcome"


_RATE = ("n", "years", "rate", "ci_low", "ci_high")
RATED_KINDS = ("any", "follow_up")


@family(*_RATE, kind=words(*RATED_KINDS), group=groups)
def kind_rate(kind: str, group: str) -> str:
    """Patients with an event per time to the first one."""
    return f"ae.terms.{kind}.rate.{group}"


@family(
    *_RATE,
    only=lambda _scope, block, **_parts: block.split(".")[2] in RATED_KINDS,
    block=each(event_class, event_term),
    group=groups,
)
def line_rate(block: Block, group: str) -> str:
    """Patients with an event of a class or of a term per time to the first one."""
    return f"{block}.rate.{group}"


@family("rank", term=Open())
def compared_term(term: str) -> str:
    """A term that the arms are compared in, in decreasing order of its patients."""
    return f"ae.compared.{term}"


@family("n", "pct", block=each(compared_term), group=groups)
def compared_patients(block: Block, group: str) -> str:
    """Patients with an event of a term, whatever its class."""
    return f"{block}.by.{group}"


@family("difference", "ci_low", "ci_high", block=each(compared_term), arm=experimental)
def compared_difference(block: Block, arm: str) -> str:
    """Percentage of patients of an arm with an event of a term, less that of the control arm."""
    return f"{block}.minus.{arm}"


@family("n", "pct", "ci_low", "ci_high", group=groups)
def deaths_from_treatment(group: str) -> str:
    """Deaths of any cause of treated patients, from the first administration on."""
    return f"ae.deaths.{group}"
