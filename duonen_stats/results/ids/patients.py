"""Ids of who the patients are, what they received, and what dose their organs had."""

from duonen_stats.results.ids.family import Open, each, family, words
from duonen_stats.results.ids.scope import (
    ALL,
    Scope,
    all_visits,
    analytes,
    arms,
    codes_of,
    groups,
    isotopes,
    modified,
    organs,
)

COUNTED = ("n", "pct")
RATED = (*COUNTED, "ci_low", "ci_high")
BOUNDED = ("n_unknown", "bound_low", "bound_high")
DESCRIBED = ("n", "n_missing", "mean", "sd", "median", "q1", "q3", "min", "max")
WHISKERS = ("whisker_low", "whisker_high")

COUNTINGS = ("partition", "any_cycle")
CATEGORIES = ("increased", "decreased", "unchanged", "not_evaluable")
ISOTOPE_PARTS = {"LU177": "177Lu", "Y90": "90Y"}
"""Codes of the isotopes as the ids of organ doses write them."""

_CHARACTERISTICS = {
    "sex": ("male", "female"),
    "ethnicity": ("caucasian", "black", "asian", "other"),
    "primary": ("midgut", "pancreas", "stomach", "hindgut", "other_unknown"),
    "grade": ("g1", "g2"),
}
_CORRELATIONS = {"spearman": "rho", "pearson": "r"}


_MONTH = r"\d{4}-\d{2}"


@family("n", "in_report", "no_centre", reports=("closed",))
def accrual_all() -> str:
    """Patients who have entered, those of them in the report, and those without a centre."""
    return "accrual.all"


@family("n", "cumulative", "planned", reports=("closed",), month=Open(_MONTH))
def accrual_month(month: str) -> str:
    """Patients entered in a month of the calendar, and so far."""
    return f"accrual.month.{month}"


@family("n", reports=("closed",), month=Open(_MONTH), site=Open())
def accrual_cell(month: str, site: str) -> str:
    """Patients entered in a month by a centre."""
    return f"accrual.cell.{month}.{site}"


@family(
    "n", "pct", "in_report", "on_treatment", "per_month", "days", "not_seen", reports=("closed",), site=Open()
)
def accrual_site(site: str) -> str:
    """Accrual of a centre, and how current its data are."""
    return f"accrual.site.{site}"


@family(*COUNTED)
def planned() -> str:
    """Patients in the cut of those planned."""
    return "disposition.planned"


@family(
    *COUNTED,
    more=lambda what, group: ("ci_low", "ci_high") if what in {"completed", "discontinued"} else (),
    what=words(
        "randomised",
        "safety",
        "dosimetry",
        "completed",
        "discontinued",
        "ongoing",
        "status_unknown",
        "died",
        "vital_unknown",
    ),
    group=groups,
)
def disposition(what: str, group: str) -> str:
    """Patients of a population, or with an end of treatment."""
    return f"disposition.{what}.{group}"


@family(
    *COUNTED,
    number=lambda scope: range(1, len(scope.study.cycles) + 1),
    group=groups,
)
def cycles(number: int, group: str) -> str:
    """Patients by the number of cycles they received."""
    return f"disposition.cycles_{number}.{group}"


@family(*COUNTED, reason=codes_of("disposition", "REASON"), group=groups)
def stopping_reason(reason: str, group: str) -> str:
    """Patients who discontinued treatment for a reason."""
    return f"disposition.reason.{reason.lower()}.{group}"


@family(*COUNTED, group=groups)
def stopping_unrecorded(group: str) -> str:
    """Patients who discontinued treatment without a recorded reason."""
    return f"disposition.reason.not_recorded.{group}"


@family(*COUNTED, reports=("closed",), cause=codes_of("follow_up", "DTHCAUSE"), group=groups)
def death_cause(cause: str, group: str) -> str:
    """Deaths of a cause."""
    return f"deaths.cause.{cause.lower()}.{group}"


@family(*COUNTED, reports=("closed",), group=groups)
def death_without_cause(group: str) -> str:
    """Deaths without a recorded cause."""
    return f"deaths.cause.not_recorded.{group}"


@family(*COUNTED, reports=("closed",), group=groups)
def death_early(group: str) -> str:
    """Deaths soon after the last cycle."""
    return f"deaths.early.{group}"


@family(*DESCRIBED, reports=("closed",), group=groups)
def death_days(group: str) -> str:
    """Days from the last cycle to death."""
    return f"deaths.days.{group}"


@family(*COUNTED, visit=all_visits, group=groups)
def labs_at(visit: str, group: str) -> str:
    """Patients with a laboratory value at a visit, of those who had its cycle."""
    return f"disposition.labs_at.{visit}.{group}"


@family(makes="row", group=groups)
def baseline_size(group: str) -> str:
    """Row: number of randomised patients of a group."""
    return f"table1.N.{group}"


@family(*COUNTED, arm=arms)
def baseline_share(arm: str) -> str:
    """Share of an arm among the randomised."""
    return f"table1.share.{arm}"


@family(*DESCRIBED, name=words("age", "bmi", "time_from_dx"), group=groups)
def baseline_measure(name: str, group: str) -> str:
    """A measured characteristic before treatment."""
    return f"table1.{name}.{group}"


@family(
    *COUNTED,
    name=words(*_CHARACTERISTICS),
    level=words(*(level for levels in _CHARACTERISTICS.values() for level in levels)),
    group=groups,
    only=lambda scope, name, level, group: level in _CHARACTERISTICS[name],
)
def baseline_level(name: str, level: str, group: str) -> str:
    """Patients with one level of a characteristic."""
    return f"table1.{name}.{level}.{group}"


@family(
    *COUNTED,
    name=words("mets.liver", "mets.lymph_nodes", "mets.bone", "mets.other", "kps80"),
    group=groups,
)
def baseline_flag(name: str, group: str) -> str:
    """Patients of whom something is true before treatment."""
    return f"table1.{name}.{group}"


@family(
    "n",
    name=words(*_CHARACTERISTICS, "mets.liver", "mets.lymph_nodes", "mets.bone", "mets.other", "kps80"),
    group=groups,
)
def baseline_unknown(name: str, group: str) -> str:
    """Patients of whom a characteristic is not recorded."""
    return f"table1.{name}.unknown.{group}"


@family(*DESCRIBED, analyte=words("HGB", "PLAT", "WBC", "EGFR"), group=groups)
def baseline_lab(analyte: str, group: str) -> str:
    """A laboratory value at baseline."""
    return f"table1.lab.{analyte}.{group}"


@family(makes="row", arm=modified)
def modified_size(arm: str) -> str:
    """Row: number of treated patients of an arm with a modified isotope."""
    return f"table2.{arm}.N"


def _sizes(arm: str, counting: str, category: str) -> tuple[str, ...]:
    return ("mean_mbq", "mean_pct") if category in {"increased", "decreased"} else ()


@family(
    *COUNTED,
    more=_sizes,
    arm=modified,
    counting=words(*COUNTINGS),
    category=words(*CATEGORIES),
)
def modification(arm: str, counting: str, category: str) -> str:
    """Patients by how their activity was modified, and by how much."""
    return f"table2.{arm}.{counting}.{category}"


@family("total")
def fixed_course() -> str:
    """Activity of a whole course at fixed activities."""
    return "activity.fixed_course"


@family(
    *DESCRIBED,
    arm=arms,
    isotope=isotopes,
    only=lambda scope, arm, isotope: isotope in scope.study.arm(arm).isotopes,
)
def activity(arm: str, isotope: str) -> str:
    """Cumulative activity of an isotope in an arm."""
    return f"activity.{arm}.{isotope}.cumulative"


@family(makes="row", arm=arms)
def dose_size(arm: str) -> str:
    """Row: number of treated patients of an arm."""
    return f"table3.{arm}.N"


def _dosed(scope: Scope, organ: str, source: str, group: str) -> bool:
    if group == ALL:
        return source == "total"
    given = {ISOTOPE_PARTS[code] for code in scope.study.arm(group).isotopes}
    return source != "90Y" or source in given


@family(
    *DESCRIBED,
    *WHISKERS,
    organ=organs,
    source=words("total", *ISOTOPE_PARTS.values()),
    group=groups,
    only=_dosed,
)
def organ_dose(organ: str, source: str, group: str) -> str:
    """Cumulative dose to an organ: in total (also of all arms), or of one isotope."""
    return f"table3.{organ}_{source}.{group}"


@family(makes="base", organ=organs)
def organ_comparison(organ: str) -> str:
    """What is compared between arms of an organ: its total dose."""
    return f"dose.{organ}"


def _limited(scope: Scope, organ: str, span: str, group: str) -> bool:
    return span == "course" or scope.study.organ(organ.upper()).limit_cycle is not None


@family(
    *RATED,
    *BOUNDED,
    "n_known",
    "n_without",
    "n_treated",
    organ=organs,
    span=words("course", "cycle"),
    group=groups,
    only=_limited,
)
def limit(organ: str, span: str, group: str) -> str:
    """Patients above the limit of an organ, in the course or in a cycle."""
    return f"limit.{organ}.{span}.{group}"


def _harmed(scope: Scope, organ: str, analyte: str, **_: str) -> bool:
    return scope.study.analyte(analyte).category == {"marrow": "HEMATOLOGY", "kidney": "RENAL"}.get(organ)


@family("n", organ=organs, analyte=analytes, only=_harmed)
def dose_effect(organ: str, analyte: str) -> str:
    """Worst change of an analyte against the dose to an organ, arms pooled."""
    return f"dose_effect.{organ}.{analyte}"


@family("n", organ=organs, analyte=analytes, arm=arms, only=_harmed)
def dose_effect_arm(organ: str, analyte: str, arm: str) -> str:
    """Pairs of an arm among those of ``dose_effect``."""
    return f"dose_effect.{organ}.{analyte}.arm.{arm}"


@family("n", arm=modified)
def activity_effect(arm: str) -> str:
    """Kidney dose against the change of activity, in an arm with a modified isotope."""
    return f"dose_effect.modification.{arm}"


@family(
    "p",
    "ci_low",
    "ci_high",
    more=lambda block, kind: (_CORRELATIONS[kind],),
    block=each(dose_effect, activity_effect),
    kind=words(*_CORRELATIONS),
)
def correlation(block: str, kind: str) -> str:
    """Correlation of a block by Spearman (``rho``) or Pearson (``r``)."""
    return f"{block}.{kind}"


@family("rho", "p", block=each(dose_effect))
def partial_correlation(block: str) -> str:
    """Rank correlation of a block, adjusted for arm."""
    return f"{block}.partial"


# Tables of a reader's own: of any variables of a dataset, by any groups.

_OWN = ("own",)
_ANY = Open()


@family("n", reports=_OWN, table=_ANY, group=_ANY)
def own_size(table: str, group: str) -> str:
    """Patients of a group."""
    return f"own.{table}.size.{group}"


@family(*DESCRIBED, reports=_OWN, table=_ANY, variable=_ANY, group=_ANY)
def own_measure(table: str, variable: str, group: str) -> str:
    """A measured variable."""
    return f"own.{table}.{variable}.measure.{group}"


@family(*COUNTED, reports=_OWN, table=_ANY, variable=_ANY, level=_ANY, group=_ANY)
def own_level(table: str, variable: str, level: str, group: str) -> str:
    """Patients with a level of a variable."""
    return f"own.{table}.{variable}.level.{level}.{group}"


@family("n", reports=_OWN, table=_ANY, variable=_ANY, group=_ANY)
def own_unknown(table: str, variable: str, group: str) -> str:
    """Patients of whom a variable is not recorded."""
    return f"own.{table}.{variable}.unknown.{group}"


@family("p", reports=_OWN, table=_ANY, variable=_ANY)
def own_fisher(table: str, variable: str) -> str:
    """Fisher's test of a variable between groups."""
    return f"own.{table}.{variable}.fisher"


@family(makes="base", reports=_OWN, table=_ANY, variable=_ANY)
def own_compared(table: str, variable: str) -> str:
    """A measured variable compared between groups."""
    return f"own.{table}.{variable}"
