"""What makes one report differ from another: its plan, analyses, displays and words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.display import Display
from duonen_stats.displays.lookup import Lookup
from duonen_stats.errors import PlanError
from duonen_stats.report.document import KeyFigures
from duonen_stats.report.key_figures import interim_figures
from duonen_stats.results import INTERIM_ANALYSES, Analysis
from duonen_stats.sap import INTERIM, Plan
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """A kind of report.

    ``preset`` is the plan it is compared with, ``template`` the file with its words. ``level`` says at which level
    its p-values are read, and what they are. ``seed`` is that of the simulated cut it is made of where no data are
    named; None is the cohort shipped with the package.
    """

    preset: Plan
    title: str
    template: str
    analyses: tuple[Analysis, ...]
    displays: Mapping[str, Display]
    key_figures: Callable[[Lookup, Study], KeyFigures]
    level: str
    seed: int | None = None


INTERIM_REPORT = ReportKind(
    preset=INTERIM,
    title="Interim report",
    template="interim.txt.j2",
    analyses=INTERIM_ANALYSES,
    displays=INTERIM_DISPLAYS,
    key_figures=interim_figures,
    level="exploratory, unadjusted",
)
_KINDS = (INTERIM_REPORT,)


def kind_of(plan: Plan) -> ReportKind:
    """Return the kind of report that follows a plan, told by the plan's name.

    Raises ``PlanError`` if there is none.
    """
    for kind in _KINDS:
        if kind.preset.name == plan.name:
            return kind
    known = " or ".join(kind.preset.name for kind in _KINDS)
    raise PlanError(f"There is no report for the plan {plan.name}; its name may be {known}.")
