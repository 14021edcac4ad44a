"""Interim and final analyses, reports and design of the DUONEN trial: the statistician's vocabulary.

Names are loaded when first used, so that ``import duonen_stats`` is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duonen_stats import design, displays, methods
    from duonen_stats.commands.make_report import write_report
    from duonen_stats.datasets import Datasets, build_datasets
    from duonen_stats.document.shown import produce, tabulate
    from duonen_stats.plan import FINAL, INTERIM, Plan
    from duonen_stats.raw import apply_cut, read_cut
    from duonen_stats.raw.checks.check import check_cut
    from duonen_stats.results import Results, run_analysis
    from duonen_stats.simulated.cut.simulation import simulate_cut
    from duonen_stats.study import Study, load_study
    from duonen_stats.trials.run_trials import simulate_trials

_HOMES = {
    "Datasets": "duonen_stats.datasets",
    "FINAL": "duonen_stats.plan",
    "INTERIM": "duonen_stats.plan",
    "Plan": "duonen_stats.plan",
    "Results": "duonen_stats.results",
    "Study": "duonen_stats.study",
    "apply_cut": "duonen_stats.raw",
    "build_datasets": "duonen_stats.datasets",
    "check_cut": "duonen_stats.raw.checks.check",
    "load_study": "duonen_stats.study",
    "produce": "duonen_stats.document.shown",
    "read_cut": "duonen_stats.raw",
    "run_analysis": "duonen_stats.results",
    "simulate_cut": "duonen_stats.simulated.cut.simulation",
    "simulate_trials": "duonen_stats.trials.run_trials",
    "tabulate": "duonen_stats.document.shown",
    "write_report": "duonen_stats.commands.make_report",
}
_SUBPACKAGES = ("design", "displays", "methods")

__all__ = [
    "FINAL",
    "INTERIM",
    "Datasets",
    "Plan",
    "Results",
    "Study",
    "apply_cut",
    "build_datasets",
    "check_cut",
    "design",
    "displays",
    "load_study",
    "methods",
    "produce",
    "read_cut",
    "run_analysis",
    "simulate_cut",
    "simulate_trials",
    "tabulate",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
