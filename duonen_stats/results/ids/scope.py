"""Under what an id exists: the study, the plan and the report; and the levels these give the parts of an id."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from duonen_stats.plan import Plan
from duonen_stats.study import Study

ALL = "all"
"""The group of all arms together, in ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A study, a plan and a report (``"interim"`` or ``"final"``): what decides which ids there are."""

    study: Study
    plan: Plan
    report: str = "final"

    @property
    def arms(self) -> tuple[str, ...]:
        """Codes of the arms."""
        return tuple(arm.code for arm in self.study.arms)

    @property
    def experimental(self) -> tuple[str, ...]:
        """Codes of the arms that are compared with the control arm."""
        return tuple(code for code in self.arms if code != self.plan.control_arm)

    @property
    def modified(self) -> tuple[str, ...]:
        """Codes of the arms in which an isotope's activity is modified."""
        return tuple(arm.code for arm in self.study.arms if arm.modified_isotope is not None)


def arms(scope: Scope) -> tuple[str, ...]:
    """Every arm."""
    return scope.arms


def groups(scope: Scope) -> tuple[str, ...]:
    """All arms together, and every arm."""
    return (ALL, *scope.arms)


def time_groups(scope: Scope) -> tuple[str, ...]:
    """Every arm, the experimental arms together, all arms together."""
    return (*scope.arms, "".join(scope.experimental), ALL)


def experimental(scope: Scope) -> tuple[str, ...]:
    """Every arm but the control."""
    return scope.experimental


def modified(scope: Scope) -> tuple[str, ...]:
    """Arms with a modified isotope."""
    return scope.modified


def isotopes(scope: Scope) -> tuple[str, ...]:
    """Every isotope."""
    return tuple(isotope.code for isotope in scope.study.isotopes)


def organs(scope: Scope) -> tuple[str, ...]:
    """Every organ at risk, as in ids."""
    return tuple(organ.code.lower() for organ in scope.study.organs)


def analytes(scope: Scope) -> tuple[str, ...]:
    """Every laboratory analyte."""
    return tuple(analyte.code for analyte in scope.study.analytes)


def visits(scope: Scope) -> tuple[str, ...]:
    """Follow-up visits of the plan."""
    return scope.plan.follow_up_visits


def all_visits(scope: Scope) -> tuple[str, ...]:
    """Baseline visit and follow-up visits of the plan."""
    return (scope.plan.baseline_visit, *scope.plan.follow_up_visits)


def visit_pairs(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Earlier and later visit of every paired comparison."""
    plan = scope.plan
    return (
        *pairwise(plan.follow_up_visits),
        *((plan.baseline_visit, visit) for visit in plan.follow_up_visits),
    )


def codes_of(table: str, column: str) -> Callable[[Scope], tuple[str, ...]]:
    """Return the codes of a column of the data dictionary as levels."""

    def levels(scope: Scope) -> tuple[str, ...]:
        return tuple(code.code for code in scope.study.table(table).column(column).codes)

    return levels
