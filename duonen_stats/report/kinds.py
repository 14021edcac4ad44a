"""What makes one report differ from another: its plan, analyses, displays and words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from duonen_stats.datasets import Datasets
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.final_catalogue import FINAL_DISPLAYS
from duonen_stats.displays.model.display import Display
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import KeyFigures, Listing
from duonen_stats.plan import Plan, Status
from duonen_stats.report.final_listings import analyses, estimands, individual_efficacy
from duonen_stats.report.key_figures import final_figures, interim_figures
from duonen_stats.results import FINAL_ANALYSES, INTERIM_ANALYSES, Analysis
from duonen_stats.study import Study


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
    key_figures: Callable[[Lookup, Study], KeyFigures]
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


def kind_of(plan: Plan) -> ReportKind:
    """Return the kind of report that follows a plan, as its field ``report`` says."""
    return _KINDS[plan.report]
