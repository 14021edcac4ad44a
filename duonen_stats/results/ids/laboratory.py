"""Ids of laboratory values, their derived grades, and the comparisons of measurements between arms and visits."""

from duonen_stats.results.ids.family import each, family, words
from duonen_stats.results.ids.patients import BOUNDED, DESCRIBED, RATED, WHISKERS, organ_comparison
from duonen_stats.results.ids.scope import (
    ALL,
    Scope,
    analytes,
    arms,
    experimental,
    groups,
    modified,
    visit_pairs,
    visits,
)

OMNIBUS = ("kruskal_wallis", "anova", "welch_anova")
PAIRWISE = {
    "games_howell": ("difference", "ci_low", "ci_high", "p"),
    "tukey_hsd": ("difference", "ci_low", "ci_high", "p"),
    "dunn": ("p", "holm", "bonferroni"),
}
PAIRED = {"wilcoxon": ("z", "p"), "paired_t": ("difference", "p")}


@family(*DESCRIBED, *WHISKERS, analyte=analytes, visit=visits, group=groups)
def lab_change(analyte: str, visit: str, group: str) -> str:
    """Change from baseline at a visit."""
    return f"labs.{analyte}.{visit}.{group}.change"


@family("n", "n_missing", "median", analyte=analytes, visit=visits)
def lab_percent_change(analyte: str, visit: str) -> str:
    """Change in percent of a patient's own baseline, arms pooled."""
    return f"labs.{analyte}.{visit}.{ALL}.percent_change"


@family(makes="base", analyte=analytes, visit=visits)
def lab_visit(analyte: str, visit: str) -> str:
    """What is compared between arms at a visit: the change from baseline."""
    return f"labs.{analyte}.{visit}"


@family(makes="base", analyte=analytes)
def lab_nadir(analyte: str) -> str:
    """What is compared between arms of the worst change."""
    return f"labs.{analyte}.nadir"


@family(*DESCRIBED, analyte=analytes, group=groups)
def lab_nadir_change(analyte: str, group: str) -> str:
    """Worst change from baseline."""
    return f"labs.{analyte}.nadir.{group}.change"


@family(*DESCRIBED, analyte=analytes, group=groups)
def lab_nadir_looks(analyte: str, group: str) -> str:
    """Number of values of which the worst change is taken."""
    return f"labs.{analyte}.nadir.{group}.looks"


@family("n")
def lab_censored() -> str:
    """Results of treated patients that are known only to lie beyond a bound."""
    return "labs.censored"


@family("visit", analyte=analytes, which=words("largest", "least_favourable"))
def lab_extreme(analyte: str, which: str) -> str:
    """Visit of the largest, or of the least favourable, median change."""
    return f"labs.{analyte}.{which}"


@family(
    makes="base",
    analyte=analytes,
    earlier=lambda scope: dict.fromkeys(earlier for earlier, _ in visit_pairs(scope)),
    later=lambda scope: dict.fromkeys(later for _, later in visit_pairs(scope)),
    only=lambda scope, analyte, earlier, later: (earlier, later) in visit_pairs(scope),
)
def lab_pair(analyte: str, earlier: str, later: str) -> str:
    """What is compared in the same patients: two visits."""
    return f"labs.{analyte}.{earlier}_{later}"


@family(
    more=lambda block, test: PAIRED[test],
    block=each(lab_pair),
    test=words(*PAIRED),
)
def paired(block: str, test: str) -> str:
    """Comparison of two visits in the same patients, by ``wilcoxon`` or ``paired_t``."""
    return f"{block}.paired.{test}"


@family("n_increased", "n_decreased", "n_unchanged", analyte=analytes, arm=modified)
def lab_modification(analyte: str, arm: str) -> str:
    """Worst change by category of modification: patients of each category."""
    return f"labs.{analyte}.nadir.modification.{arm}"


@family(
    "statistic",
    "p",
    analyte=analytes,
    arm=modified,
    changed=lambda scope: (False, True),
)
def modification_test(analyte: str, arm: str, *, changed: bool = False) -> str:
    """Kruskal–Wallis test of the worst change between categories, or of ``changed`` against unchanged."""
    return f"labs.{analyte}.nadir.modification.{arm}{'.changed' if changed else ''}.kruskal_wallis"


_COMPARED = each(organ_comparison, lab_visit, lab_nadir)


@family(
    "p",
    more=lambda block, test: ("statistic",) if test in OMNIBUS else (),
    block=_COMPARED,
    test=words(*OMNIBUS, "routed", "levene"),
)
def between(block: str, test: str) -> str:
    """Test between arms: Kruskal–Wallis, ANOVA, Welch, the routed one; Levene's test of the assumption."""
    return f"{block}.between.{test}"


@family("holm", block=each(lab_visit))
def between_adjusted(block: str) -> str:
    """P-value of the planned test between arms, adjusted over visits."""
    return f"{block}.between"


@family("p", block=_COMPARED, arm=arms)
def normality(block: str, arm: str) -> str:
    """Shapiro–Wilk test in one arm."""
    return f"{block}.between.shapiro_wilk.{arm}"


def _ordered(scope: Scope, arm: str, other: str, **_: object) -> bool:
    return scope.arms.index(arm) > scope.arms.index(other)


@family(
    more=lambda block, test, arm, other: PAIRWISE[test],
    block=_COMPARED,
    test=words(*PAIRWISE),
    arm=arms,
    other=arms,
    only=_ordered,
)
def pair(block: str, test: str, arm: str, other: str) -> str:
    """Comparison of two arms, the later of the protocol's order against the earlier."""
    return f"{block}.between.{test}.{arm}_vs_{other}"


@family("n", "values", "base_at", analyte=analytes)
def lab_model(analyte: str) -> str:
    """Model of the change at all visits: patients, values, mean baseline."""
    return f"labs.{analyte}.model"


@family("n", "mean", "se", "df", "ci_low", "ci_high", analyte=analytes, visit=visits, arm=arms)
def lab_model_mean(analyte: str, visit: str, arm: str) -> str:
    """Mean change of an arm at a visit, of the model for repeated values."""
    return f"labs.{analyte}.model.{visit}.{arm}"


@family("difference", "se", "df", "ci_low", "ci_high", "p", analyte=analytes, visit=visits, arm=experimental)
def lab_model_difference(analyte: str, visit: str, arm: str) -> str:
    """Difference of an arm's mean change to that of the control arm."""
    return f"labs.{analyte}.model.{visit}.{arm}.difference"


@family(makes="row", analyte=analytes, group=groups)
def toxicity_seen(analyte: str, group: str) -> str:
    """Row: patients with a value on treatment."""
    return f"toxicity.{analyte}.seen.{group}"


@family(*RATED, analyte=analytes, grade=words("0", "1", "2", "3", "4"), group=groups)
def toxicity_grade(analyte: str, grade: int | str, group: str) -> str:
    """Patients whose worst derived grade is certain, by grade."""
    return f"toxicity.{analyte}.grade{grade}.{group}"


@family(*RATED, *BOUNDED, analyte=analytes, group=groups)
def toxicity_severe(analyte: str, group: str) -> str:
    """Patients whose worst derived grade is 3 or higher, of those decided; bounds of all, with those who are not."""
    return f"toxicity.{analyte}.grade_ge3.{group}"


@family(*RATED, analyte=analytes, group=groups)
def toxicity_undecided(analyte: str, group: str) -> str:
    """Patients whose worst derived grade is not certain."""
    return f"toxicity.{analyte}.undecided.{group}"


def _possible(scope: Scope, analyte: str, low: int, high: int, **_: object) -> bool:
    return (low, high) in scope.study.analyte(analyte).undecided_grades(scope.plan.ctcae_version)


@family(
    "n",
    analyte=analytes,
    low=lambda scope: range(4),
    high=lambda scope: range(1, 5),
    group=groups,
    only=_possible,
)
def toxicity_between(analyte: str, low: int, high: int, group: str) -> str:
    """Patients whose worst derived grade is not certain, by the lowest and the highest it may be."""
    return f"toxicity.{analyte}.undecided.{low}_{high}.{group}"


HAEMATOLOGICAL = ("haematological", "haematological_without_lymphocytes")
"""Blood counts taken together, with and without lymphocytes."""


@family(*RATED, *BOUNDED, which=words(*HAEMATOLOGICAL), group=groups)
def toxicity_any_severe(which: str, group: str) -> str:
    """Patients with any blood count of grade 3 or higher, as ``toxicity_severe`` for one analyte."""
    return f"toxicity.any.{which}.grade_ge3.{group}"


SHIFT_DIRECTIONS = ("adverse", "increase")
"""The direction that is the usual harm of an analyte, and high values where low ones are."""

SHIFT_ENDS = ("worst", "last")
"""Whither a grade shifts: the worst one on treatment, that of the last value of all."""

SHIFT_UNKNOWN = ("undecided", "missing")
"""No one grade: a limit or a baseline is missing; there is no value."""


def shift_grades(scope: Scope, analyte: str, direction: str) -> tuple[str, ...]:
    """Return the grades that a value can have in a direction by the plan's version of CTCAE; none without a term."""
    found = scope.study.analyte(analyte)
    if direction == "increase":
        if found.ctcae_increase is None:
            return ()
        above = enumerate(found.ctcae_increase.above, 1)
        return ("0", *(str(grade) for grade, bound in above if bound is not None))
    highest = found.highest_grade(scope.plan.ctcae_version)
    return tuple(str(grade) for grade in range(highest + 1)) if highest else ()


def _shifts(scope: Scope, analyte: str, direction: str, **parts: str) -> bool:
    grades = shift_grades(scope, analyte, direction)
    known = (*grades, *SHIFT_UNKNOWN)
    return bool(grades) and all(parts[name] in known for name in ("before", "after") if name in parts)


@family(
    "n",
    more=lambda before, after, **_: () if {before, after} & {*SHIFT_UNKNOWN} else ("pct",),
    analyte=analytes,
    direction=words(*SHIFT_DIRECTIONS),
    end=words(*SHIFT_ENDS),
    before=words("0", "1", "2", "3", "4", *SHIFT_UNKNOWN),
    after=words("0", "1", "2", "3", "4", *SHIFT_UNKNOWN),
    group=groups,
    only=_shifts,
)
def toxicity_shift(analyte: str, direction: str, end: str, before: str, after: str, group: str) -> str:
    """Patients by the grade at baseline and a later one; percent of those for whom both are one certain grade."""
    return f"toxicity.{analyte}.shift.{direction}.{end}.{before}.{after}.{group}"


@family(
    *RATED,
    analyte=analytes,
    direction=words(*SHIFT_DIRECTIONS),
    end=words(*SHIFT_ENDS),
    group=groups,
    only=_shifts,
)
def toxicity_worsened(analyte: str, direction: str, end: str, group: str) -> str:
    """Patients whose later grade is above that at baseline, of those for whom both are certain."""
    return f"toxicity.{analyte}.worsened.{direction}.{end}.{group}"
