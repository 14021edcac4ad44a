"""The few numbers on the first page of a report."""

from duonen_stats.displays.model.content import Line
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import KeyFigures
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ALL
from duonen_stats.study import Study


def interim_figures(look: Lookup, study: Study) -> KeyFigures:
    """Patients, doses and events: what the interim report is about."""
    return KeyFigures((*_patients(look, study), *_doses(look, study), *_events(look)))


def final_figures(look: Lookup, study: Study) -> KeyFigures:
    """Efficacy first: the primary comparison, then patients and severe events."""
    primary = ids.primary("pfs")
    hazard = ids.hazard_ratio(primary)
    ratio: Line = (look.fixed(hazard.stat("hr"), 2),)
    if look.results.value(hazard.stat("ci_low")) is not None:
        low, high = (look.fixed(hazard.stat(end), 2, bounds=(1.0,)) for end in ("ci_low", "ci_high"))
        ratio = (*ratio, " (", low, "–", high, ")")
    items: tuple[tuple[str, Line], ...] = (
        ("hazard ratio of progression or death, experimental arms against control", ratio),
        ("log-rank test of the same, two-sided", look.p_equals(ids.log_rank(primary).stat("p"))),
        ("deaths, all arms", (look.count(ids.km("os", ALL).stat("events")),)),
    )
    return KeyFigures((*items, *_patients(look, study), _events(look)[-1]))


def _patients(look: Lookup, study: Study) -> tuple[tuple[str, Line], ...]:
    return (
        ("patients randomised", (look.count(ids.disposition("randomised", ALL).stat("n")),)),
        (f"received all {len(study.cycles)} cycles", look.n_percent(ids.disposition("completed", ALL))),
    )


def _doses(look: Lookup, study: Study) -> tuple[tuple[str, Line], ...]:
    return tuple(
        (
            f"{organ} dose above {study.organ(organ.upper()).limit_total:g} Gy, of those known [limits]",
            _above(look, ids.limit(organ, "course", ALL)),
        )
        for organ in ("kidney", "marrow")
    )


def _above(look: Lookup, block: ids.Block) -> Line:
    """Write how many are above a limit of dose, with limits, and of how many treated patients it is not known."""
    parts = {"n_unknown": " with incomplete dosimetry", "n_without": " without any"}
    unknown = [
        (look.count(block.stat(stat)), words)
        for stat, words in parts.items()
        if look.results.value(block.stat(stat))
    ]
    line = look.n_percent_limits(block)
    for place, part in enumerate(unknown):
        line = (*line, " and " if place else "; not known of ", *part)
    return line


def _events(look: Lookup) -> tuple[tuple[str, Line], ...]:
    return (
        ("adverse events", (look.count(ids.events("total", "any").stat("n")),)),
        ("events of grade 3 or higher", (look.count(ids.events("total", "grade_ge3").stat("n")),)),
    )
