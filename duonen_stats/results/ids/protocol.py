"""Ids of analysis sets, deviations from the protocol, intercurrent events and further therapies."""

from duonen_stats.results.ids.efficacy import RATIO
from duonen_stats.results.ids.family import FINAL_ONLY, family, words
from duonen_stats.results.ids.patients import COUNTED
from duonen_stats.results.ids.scope import Scope, groups, time_groups

ANALYSIS_SETS = {
    "randomised": "RANDFL",
    "safety": "SAFFL",
    "dosimetry": "DOSFL",
    "completed": "COMPLFL",
    "per_protocol": "PPROTFL",
}
"""Set in ids, and its flag in ADSL."""

EXCLUSIONS = ("not_treated", "treated_otherwise", "deviation")
INTERCURRENT = (
    "not_treated", "treated_otherwise", "discontinued", "further_therapy", "missed_assessments", "death", "lost",
    "withdrawn",
)  # fmt: skip
LINES = ("first", "second", "later", "not_recorded")


def codes_if_known(scope: Scope, table: str, column: str) -> tuple[str, ...]:
    """Return the codes of a column of a raw table, none if the data dictionary does not have the table."""
    for one in scope.study.tables:
        if one.name == table:
            return tuple(code.code for code in one.column(column).codes)
    return ()


def deviation_categories(scope: Scope) -> tuple[str, ...]:
    """Every category of deviation."""
    return codes_if_known(scope, "protocol_deviations", "CATEGORY")


def therapy_classes(scope: Scope) -> tuple[str, ...]:
    """Every class of therapy, and those of which none is recorded."""
    return (*codes_if_known(scope, "concomitant_therapies", "CLASS"), "not_recorded")


@family(*COUNTED, which=words(*ANALYSIS_SETS), group=groups)
def analysis_set(which: str, group: str) -> str:
    """Patients of an analysis set."""
    return f"protocol.set.{which}.{group}"


@family(*COUNTED, why=words(*EXCLUSIONS), group=groups)
def excluded(why: str, group: str) -> str:
    """Randomised patients who are not in the per-protocol population, by the first reason."""
    return f"protocol.excluded.{why}.{group}"


@family(*COUNTED, "deviations", which=words("any", "important", "excluding"), group=groups)
def deviation(which: str, group: str) -> str:
    """Patients with a deviation, and how many there are."""
    return f"protocol.deviation.{which}.{group}"


@family(*COUNTED, "deviations", category=deviation_categories, group=groups)
def important_deviation(category: str, group: str) -> str:
    """Patients with an important deviation of a category, and how many there are."""
    return f"protocol.important.{category}.{group}"


@family(*COUNTED, reports=FINAL_ONLY, what=words(*INTERCURRENT), group=time_groups)
def intercurrent(what: str, group: str) -> str:
    """Randomised patients with an intercurrent event."""
    return f"pfs.intercurrent.{what}.{group}"


@family("n", "events", "excluded", *RATIO, "log_rank_p", reports=FINAL_ONLY)
def per_protocol() -> str:
    """PFS of the per-protocol population."""
    return "pfs.per_protocol"


@family(*COUNTED, reports=FINAL_ONLY, group=time_groups)
def further_therapy(group: str) -> str:
    """Randomised patients who began a therapy against the tumour after randomisation."""
    return f"therapy.any.{group}"


@family(*COUNTED, reports=FINAL_ONLY, name=therapy_classes, group=time_groups)
def therapy_class(name: str, group: str) -> str:
    """Patients with a further therapy of a class."""
    return f"therapy.class.{name}.{group}"


@family(*COUNTED, reports=FINAL_ONLY, line=words(*LINES), group=time_groups)
def therapy_line(line: str, group: str) -> str:
    """Patients with a further therapy of a line."""
    return f"therapy.line.{line}.{group}"
