"""Which results of the simulated trials are wanted: ids, blocks and patterns, and the analyses that make them."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from duonen_stats.errors import OptionError
from duonen_stats.plan import Plan
from duonen_stats.results.ids import Block, known_ids
from duonen_stats.results.makers import analyses_of, needs_only_survival
from duonen_stats.results.run import Analysis
from duonen_stats.study import Study

PRIMARY = "pfs.primary.*"
"""What is analysed unless other results are named: the primary comparison."""

_WILD = frozenset("*?[")
_NEAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenResults:
    """Results that are wanted: ``ids`` in the order of the report's families, and what makes them.

    ``survival`` says whether PFS, OS and the baseline of the patients are enough to compute them.
    """

    ids: tuple[str, ...]
    analyses: tuple[Analysis, ...]
    survival: bool


def choose(patterns: Sequence[str], study: Study, plan: Plan, report: str) -> ChosenResults:
    """Find the results that are named, and the analyses that make them.

    Parameters
    ----------
    patterns
        Ids of results; blocks, whose results are all taken; or patterns with ``*``, ``?`` and ``[]``, which take every
        id that exists whatever the data are. An id that only some data give, such as a point of a curve, can be
        named in full.
    study, plan
        What decides which ids there are.
    report
        ``"interim"`` or ``"final"``.

    Raises
    ------
    OptionError
        An id or a pattern names nothing; the nearest ids are in the message.

    Examples
    --------
    >>> from duonen_stats import FINAL, load_study
    >>> found = choose(["pfs.primary.log_rank"], load_study(), FINAL, "final")
    >>> found.ids[2], found.survival
    ('pfs.primary.log_rank.p', True)
    """
    known = known_ids(study, plan, report)
    found: dict[str, Block] = {}
    for pattern in patterns:
        if _WILD & set(pattern):
            named = [name for name in known.exact if fnmatchcase(name, pattern)]
        elif (block := known.block(pattern)) is not None:
            found[pattern] = block
            continue
        else:
            named = [name for name in known.exact if name.startswith(f"{pattern}.")]
        if not named:
            raise OptionError("analyse", _nothing(pattern, [*known.exact], report))
        found |= {name: known.exact[name] for name in named}
    order = {name: place for place, name in enumerate(known.exact)}
    blocks = [*found.values()]
    analyses = analyses_of(blocks)
    unmade = [name for name, block in found.items() if not analyses_of([block])]
    if unmade:
        raise OptionError(
            "analyse",
            f"{unmade[0]} is made when the report is written and is no result of an analysis of the data; name others.",
        )
    return ChosenResults(
        ids=tuple(sorted(found, key=lambda name: order.get(name, len(order)))),
        analyses=analyses,
        survival=needs_only_survival(analyses, blocks),
    )


def _nothing(pattern: str, known: list[str], report: str) -> str:
    """Say that a name or pattern names no result, and what is near to it."""
    tokens = [part for part in pattern.split(".") if part and not _WILD & set(part)]
    root = [name for name in known if tokens and name.startswith(f"{tokens[0]}.")]
    near = get_close_matches(pattern, root or known, n=_NEAR, cutoff=0.4)
    hint = f" Near to it: {', '.join(near)}." if near else ""
    roots = ", ".join(dict.fromkeys(name.partition(".")[0] for name in known))
    return (
        f"the {report} report has no result {pattern!r} that exists whatever the data are.{hint} Ids begin with "
        f"{roots}; results.csv of a report lists them all."
    )
