"""Which ids exist under a study, a plan and a report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from duonen_stats.plan import Plan
from duonen_stats.results.ids.family import HOLE, Block, as_pattern, families
from duonen_stats.results.ids.scope import Scope
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Ids that exist, each with its block: ``exact`` ones, and those of a form whose levels only the data know."""

    exact: Mapping[str, Block]
    forms: tuple[tuple[re.Pattern[str], Block], ...]

    def __contains__(self, analysis_id: object) -> bool:
        return isinstance(analysis_id, str) and self.block(analysis_id) is not None

    def block(self, analysis_id: str) -> Block | None:
        """Return the block an id is of; None if there is no such id. What only the data know is a hole in its text."""
        if analysis_id in self.exact:
            return self.exact[analysis_id]
        return next((block for form, block in self.forms if form.fullmatch(analysis_id)), None)


@lru_cache(maxsize=16)
def known_ids(study: Study, plan: Plan, report: str) -> KnownIds:
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
    exact: dict[str, Block] = {}
    forms: list[tuple[re.Pattern[str], Block]] = []
    for family in families():
        for name, block in family.ids(scope):
            if HOLE in name:
                forms.append((re.compile(as_pattern(name)), block))
            else:
                exact[name] = block
    return KnownIds(MappingProxyType(exact), tuple(forms))
