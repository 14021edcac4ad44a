"""What makes one report differ from another: its plan, analyses, displays and words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from duonen_stats.datasets import Datasets
from duonen_stats.displays.catalogue import CLOSED_EFFICACY, FINAL_DISPLAYS, INTERIM_DISPLAYS
from duonen_stats.displays.model.content import Line
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import KeyFigures, Listing
from duonen_stats.plan import Plan, Status
from duonen_stats.report.final_listings import analyses, estimands, individual_efficacy
from duonen_stats.results import FINAL_ANALYSES, INTERIM_ANALYSES, Analysis, ids
from duonen_stats.results.analyses.efficacy.interim_power import analyse_interim_power
from duonen_stats.results.rows.groups import ALL
from duonen_stats.results.rows.times import arms_in_words, experimental_arms
from duonen_stats.study import Study

# The few numbers on the first page of a report.


def interim_figures(look: Lookup, study: Study, _plan: Plan) -> KeyFigures:
    """Patients, doses and events: what the interim report is about."""
    return KeyFigures((*_patients(look, study), *_doses(look, study), *_events(look)))


def final_figures(look: Lookup, study: Study, plan: Plan) -> KeyFigures:
    """Efficacy first: the primary comparison, then patients and severe events."""
    primary = ids.primary("pfs")
    compared = f"{arms_in_words(experimental_arms(study, plan))} against arm {plan.control_arm}"
    hazard = ids.hazard_ratio(primary)
    ratio: Line = (look.fixed(hazard.stat("hr"), 2),)
    if look.results.value(hazard.stat("ci_low")) is not None:
        low, high = (look.fixed(hazard.stat(end), 2, bounds=(1.0,)) for end in ("ci_low", "ci_high"))
        ratio = (*ratio, " (", low, "–", high, ")")
    items: tuple[tuple[str, Line], ...] = (
        (f"hazard ratio of progression or death, {compared}", ratio),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """A kind of report.

    ``report`` is what a plan names it, ``template`` the file with its words. ``level`` says at which level
    its p-values are read, and what they are; ``listings`` are those that only it has. ``seed`` is that of the
    simulated cut it is made of where no data are named; None is the cohort shipped with the package.
    """

    report: str
    title: str
    template: str
    analyses: tuple[Analysis, ...]
    displays: Mapping[str, Display]
    key_figures: Callable[[Lookup, Study, Plan], KeyFigures]
    level: Callable[[Status], str]
    listings: Callable[[Datasets, Study, Plan, Status], tuple[Listing, ...]]
    seed: int | None = None


def _level_of_final(status: Status) -> str:
    if status.confirmatory:
        return "the primary comparison of PFS is confirmatory, all else exploratory, unadjusted"
    return (
        f"exploratory, unadjusted; the primary comparison is not confirmatory: {status.why_not_confirmatory}"
    )


INTERIM_REPORT = ReportKind(
    report="interim",
    title="Interim report",
    template="interim.txt.j2",
    analyses=INTERIM_ANALYSES,
    displays=INTERIM_DISPLAYS,
    key_figures=interim_figures,
    level=lambda _status: "exploratory, unadjusted",
    listings=lambda _data, _study, _plan, _status: (),
)
CLOSED_REPORT = replace(
    INTERIM_REPORT,
    title="Interim report, closed session",
    template="closed.txt.j2",
    analyses=tuple(
        dict.fromkeys(
            (
                *INTERIM_ANALYSES,
                analyse_interim_power,
                *(analysis for display in CLOSED_EFFICACY for analysis in display.analyses),
            )
        )
    ),
    displays={**INTERIM_DISPLAYS, **{display.key: display for display in CLOSED_EFFICACY}},
)
"""The interim report for the monitoring committee, with efficacy by arm."""

FINAL_REPORT = ReportKind(
    report="final",
    title="Final report",
    template="final.txt.j2",
    analyses=FINAL_ANALYSES,
    displays=FINAL_DISPLAYS,
    key_figures=final_figures,
    level=_level_of_final,
    listings=lambda data, study, plan, status: (
        estimands(study, plan, status),
        analyses(study, plan, status),
        individual_efficacy(data),
    ),
    seed=2032,
)
_KINDS = {kind.report: kind for kind in (INTERIM_REPORT, FINAL_REPORT)}


def kind_of(plan: Plan, *, closed: bool = False) -> ReportKind:
    """Return the kind of report that follows a plan, as its field ``report`` says, or its closed session."""
    return CLOSED_REPORT if closed and plan.report == "interim" else _KINDS[plan.report]
