"""The statistical procedures with the calls of R and SPSS, and which of them a row of the results table is of.

``docs/methods.md`` and the panel of a number in the HTML report read the same list, ``procedures.yaml``.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from duonen_stats.results.rows.table import ResultRow
from duonen_stats.study.strict_yaml import read_yaml

_PATH = Path(__file__).parent / "procedures.yaml"
NO_CALL = "–"
"""Stands in the list where a program has no such procedure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure as a row of ``docs/methods.md``: its function here, the calls of R and SPSS, known differences.

    The texts are Markdown. ``patterns`` are of the words of ``ResultRow.method``; ``stats`` name the statistics that
    are of the procedure where a row has no such words.
    """

    name: str
    function: str
    r: str
    spss: str
    difference: str
    patterns: tuple[re.Pattern[str], ...] = ()
    stats: tuple[str, ...] = ()

    def made(self, method: str, stat_name: str) -> bool:
        """Return whether a statistic with these words of its method is of this procedure."""
        if not method:
            return stat_name in self.stats
        return any(pattern.search(method) for pattern in self.patterns)


@cache
def procedures() -> tuple[Procedure, ...]:
    """Read the procedures in the order of ``docs/methods.md``.

    Examples
    --------
    >>> [one.r for one in procedures() if one.name == "Levene"]
    ['`car::leveneTest`']
    """
    read: list[dict[str, Any]] = read_yaml(_PATH, shipped=True)
    return tuple(
        Procedure(
            name=one["procedure"],
            function=one["function"],
            r=one["r"],
            spss=one["spss"],
            difference=one["difference"],
            patterns=tuple(re.compile(text) for text in one.get("of", ())),
            stats=tuple(one.get("stats", ())),
        )
        for one in read
    )


def procedures_of(row: ResultRow) -> tuple[Procedure, ...]:
    """Return the procedures that a row of the results table is of; none for a count or a fact of the plan.

    Parameters
    ----------
    row
        A row of the results table, also one without a number: its method says what was tried.

    Examples
    --------
    >>> row = ResultRow(
    ...     analysis_id="m.p", display="", population="", stat_name="p", stat_label="", stat=0.5, method="Levene",
    ... )
    >>> [one.spss for one in procedures_of(row)]
    ['`ONEWAY /STATISTICS HOMOGENEITY` (mean)']
    """
    return _procedures_of(row.method, row.stat_name)


@lru_cache(maxsize=4096)
def _procedures_of(method: str, stat_name: str) -> tuple[Procedure, ...]:
    return tuple(one for one in procedures() if one.made(method, stat_name))
