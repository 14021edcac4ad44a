"""The few numbers on the first page of a report."""

from duonen_stats.displays.content import Line
from duonen_stats.displays.lookup import Lookup
from duonen_stats.report.document import KeyFigures
from duonen_stats.study import Study


def interim_figures(look: Lookup, study: Study) -> KeyFigures:
    """Patients, doses and events: what the interim report is about."""
    return KeyFigures((*_patients(look, study), *_doses(look, study), *_events(look)))


def final_figures(look: Lookup, study: Study) -> KeyFigures:
    """Efficacy first: the primary comparison, then patients and severe events."""
    primary = "pfs.primary"
    ratio: Line = (look.fixed(f"{primary}.hr.hr", 2),)
    if look.results.value(f"{primary}.hr.ci_low") is not None:
        low, high = (look.fixed(f"{primary}.hr.ci_{end}", 2, bounds=(1.0,)) for end in ("low", "high"))
        ratio = (*ratio, " (", low, "–", high, ")")
    items: tuple[tuple[str, Line], ...] = (
        ("hazard ratio of progression or death, experimental arms against control", ratio),
        ("log-rank test of the same, two-sided", look.p_equals(f"{primary}.log_rank.p")),
        ("deaths, all arms", (look.count("os.km.all.events"),)),
    )
    return KeyFigures((*items, *_patients(look, study), _events(look)[-1]))


def _patients(look: Lookup, study: Study) -> tuple[tuple[str, Line], ...]:
    return (
        ("patients randomised", (look.count("disposition.randomised.all.n"),)),
        (f"received all {len(study.cycles)} cycles", look.n_percent("disposition.completed.all")),
    )


def _doses(look: Lookup, study: Study) -> tuple[tuple[str, Line], ...]:
    return (
        (
            f"kidney dose above {study.organ('KIDNEY').limit_total:g} Gy, of those known",
            look.n_percent("limit.kidney.course.all"),
        ),
        (
            f"marrow dose above {study.organ('MARROW').limit_total:g} Gy, of those known",
            look.n_percent("limit.marrow.course.all"),
        ),
    )


def _events(look: Lookup) -> tuple[tuple[str, Line], ...]:
    return (
        ("adverse events", (look.count("table5.total.any.n"),)),
        ("events of grade 3 or higher", (look.count("table5.total.grade_ge3.n"),)),
    )
