"""Ids of late harm: cumulative incidence with death competing, each definition under its own name."""

from duonen_stats.results.ids.family import FINAL_ONLY, Block, each, family, number, words
from duonen_stats.results.ids.scope import Scope, time_groups

LATE_HARM = ("neoplasm", "dysfunction", "severe_cytopenia", "cytopenia", "renal")


@family("n", "events", "competing", "steps", reports=FINAL_ONLY, harm=words(*LATE_HARM), group=time_groups)
def late_incidence(harm: str, group: str) -> str:
    """Cumulative incidence of a late harm: counts and number of steps."""
    return f"late.cif.{harm}.{group}"


@family(
    "incidence", "ci_low", "ci_high", "n_risk", reports=FINAL_ONLY, block=each(late_incidence),
    month=lambda scope: scope.plan.late_months,
)  # fmt: skip
def late_rate(block: Block | str, month: float) -> str:
    """Cumulative incidence of a late harm at a month."""
    return f"{block}.rate.{number(month)}"


def late_grid_months(scope: Scope) -> tuple[float, ...]:
    """Months of the counts below a figure: the start, and those of the plan."""
    return tuple(dict.fromkeys((0.0, *scope.plan.late_months)))


@family(
    "n_risk", "n_censored", reports=FINAL_ONLY, block=each(late_incidence),
    month=late_grid_months,
)  # fmt: skip
def late_grid(block: Block | str, month: float) -> str:
    """Counts below the figure at a month."""
    return f"{block}.grid.{number(month)}"


@family("n", reports=FINAL_ONLY, harm=words("neoplasm", "dysfunction", "renal"))
def late_undated(harm: str) -> str:
    """Reported events of a late harm without a date of onset."""
    return f"late.undated.{harm}"
