"""Which ids exist under a study, a plan and a report."""

import re
from dataclasses import dataclass

from duonen_stats.results.ids.family import HOLE, as_pattern, families
from duonen_stats.results.ids.scope import Scope
from duonen_stats.sap import Plan
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True)
class Known:
    """Ids that exist: ``exact`` ones, and those of a form whose levels only the data know."""

    exact: frozenset[str]
    forms: tuple[re.Pattern[str], ...]

    def __contains__(self, analysis_id: object) -> bool:
        return isinstance(analysis_id, str) and (
            analysis_id in self.exact or any(form.fullmatch(analysis_id) for form in self.forms)
        )


def known_ids(study: Study, plan: Plan, report: str) -> Known:
    """Return every id that the analyses make under a plan.

    Parameters
    ----------
    study, plan
        What gives arms, analytes, visits, months and the other levels.
    report
        ``"interim"``, ``"final"``, ``"audit"`` or ``"design"``.

    Examples
    --------
    >>> from duonen_stats import INTERIM, load_study
    >>> from duonen_stats.results.ids import known_ids
    >>> "labs.HGB.V4.between.kruskal_wallis.p" in known_ids(load_study(), INTERIM, "interim")
    True
    """
    scope = Scope(study=study, plan=plan, report=report)
    exact: set[str] = set()
    forms: list[re.Pattern[str]] = []
    for family in families():
        for name in family.ids(scope):
            if HOLE in name:
                forms.append(re.compile(as_pattern(name)))
            else:
                exact.add(name)
    return Known(frozenset(exact), tuple(forms))
