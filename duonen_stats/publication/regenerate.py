"""A printed number beside the one the pipeline gives: do they agree as printed?"""

from collections.abc import Mapping
from decimal import Decimal

from duonen_stats.displays.model.format import fixed, p_value, rounded
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.publication.entry import Entry
from duonen_stats.results import ids
from duonen_stats.results.ids import Block

# How the publication made its numbers, and which of them a plan does not make in that way.


BETWEEN = "kruskal_wallis"
"""Test between arms and between categories of modification (§2.6, §3.4, §3.5)."""

PAIRED = "wilcoxon"
"""Test between visits of the same patients; not named, and the one whose p-values fit (§3.5)."""

PAIRWISE = "games_howell"
"""Test of pairs of arms; not named in §3.4, and one of the two that §2.6 names."""

CORRELATION = "spearman"
"""Correlation (§3.3, §3.5)."""

COUNTING = "any_cycle"
"""Counting of modifications: a patient may count twice (Table 2: 2 + 9 + 6 = 17 of 16)."""

ALPHA = 0.05
"""Level that words such as "significant" refer to (§2.6)."""

BASELINE, VISITS = "T1", ("V1", "V2", "V3", "V4")
"""Visits that changes are from, and at (Table 4)."""

_STATISTICS: Mapping[str, tuple[str, ...]] = {"q1": ("quantile_type",), "q3": ("quantile_type",)}
_CHANGES = ("baseline_visit", "baseline_rule")
_NADIRS = (*_CHANGES, "nadir_scope", "follow_up_visits")
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    ids.baseline_lab.__name__: _CHANGES,
    ids.lab_change.__name__: _CHANGES,
    ids.lab_percent_change.__name__: _CHANGES,
    ids.lab_visit.__name__: _CHANGES,
    ids.lab_extreme.__name__: (*_CHANGES, "follow_up_visits"),
    ids.lab_nadir.__name__: _NADIRS,
    ids.modification_test.__name__: _NADIRS,
    ids.dose_effect.__name__: _NADIRS,
    ids.paired.__name__: ("convention",),
}
"""Decisions of the plan that the publication states, by the family of what rests on them."""


def not_computed(analysis_id: str, known: ids.KnownIds, plan: Plan) -> str:
    """Say why a number is not made under a plan as the publication made it; empty if it is.

    Parameters
    ----------
    analysis_id
        The row of the results table that the publication's method gives.
    known
        The ids that exist under the plan.
    plan
        The plan the results were made with.

    Returns
    -------
    str
        One sentence without its full stop, such as ``not computed under this plan (quantile_type is 7; the
        publication's is 6)``. A number that the plan makes by another definition is not comparable with the printed
        one: that they differ would say nothing about the data.
    """
    block = known.block(analysis_id)
    if block is None:
        return "not computed under this plan"
    changed = [
        f"{field} is {_in_words(getattr(plan, field))}; the publication's is {_in_words(getattr(INTERIM, field))}"
        for field in _rests_on(analysis_id, block)
        if getattr(plan, field) != getattr(INTERIM, field)
    ]
    return f"not computed under this plan ({', '.join(changed)})" if changed else ""


def _rests_on(analysis_id: str, block: Block) -> tuple[str, ...]:
    fields = [field for family in block.families for field in _FAMILIES.get(family, ())]
    return (*dict.fromkeys(fields), *_STATISTICS.get(analysis_id.rpartition(".")[2], ()))


def _in_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def agrees(entry: Entry, value: float) -> bool:
    """Return whether ``value`` would be printed as the entry is.

    ``=`` asks for the same number after rounding to the printed decimals, half away from zero; ``<``, ``>``, ``<=``
    and ``>=`` compare the unrounded number; ``≈`` allows one unit of the last printed digit.
    """
    number, exact = entry.number, Decimal(value)
    match entry.relation:
        case "=":
            return rounded(value, entry.decimals) == number
        case "≈":
            return abs(exact - number) <= 2 * entry.half_unit
        case "<":
            return exact < number
        case ">":
            return exact > number
        case "<=":
            return exact <= number
        case _:
            return exact >= number


def written(entry: Entry, value: float) -> str:
    """Write a regenerated number as the entry is printed; one digit more where the entry gives no exact number."""
    if entry.relation == "=":
        return fixed(value, entry.decimals)
    return p_value(value, (ALPHA,)) if entry.stat == "p" else fixed(value, entry.decimals + 1)
