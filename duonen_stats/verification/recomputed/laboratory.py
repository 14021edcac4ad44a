"""Table 4, worst changes and toxicity once more."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Analyte, Study
from duonen_stats.verification.derived.laboratory import searched_for_worst
from duonen_stats.verification.recomputed.between import (
    compare_categories,
    compare_groups,
    compare_visits,
    holm,
)
from duonen_stats.verification.recomputed.describe import (
    ALL,
    NUMPY,
    PANDAS,
    bounds,
    count,
    describe,
    each_group,
    present,
    quantile,
    rate,
    whiskers,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_CATEGORIES = ("INCREASED", "DECREASED", "UNCHANGED")
_SEVERE = 3
_DIRECTIONS = {"adverse": ("ATOXGRMN", "ATOXGRMX"), "increase": ("ATOXHMN", "ATOXHMX")}


def recompute_laboratory(
    out: SecondNumbers,
    labs: pd.DataFrame,
    worst: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add Table 4: changes at visits, between arms and visits, worst changes."""
    treated = patients.loc[patients["SAFETY"]]
    labs = labs.assign(TREATED=labs["SUBJID"].map(treated["TREATED"]))
    labs = labs.loc[labs["TREATED"].notna()]
    worst = worst.assign(TREATED=worst["SUBJID"].map(treated["TREATED"]))
    out.add("labs.censored.n", int(labs["CENSORED"].sum()), PANDAS)
    searched = searched_for_worst(labs, plan)
    for analyte in study.analytes:
        stands = labs.loc[labs["STANDS"] & labs["ANALYTE"].eq(analyte.code)]
        _visits(out, stands, analyte, treated, plan, study)
        _between_visits(out, stands, analyte.code, plan)
        own = worst.loc[worst["ANALYTE"].eq(analyte.code)]
        _worst(out, own, analyte.code, treated, plan, study)
        looks = searched.loc[searched["ANALYTE"].eq(analyte.code)].groupby("SUBJID").size()
        for group, members in each_group(treated, "TREATED", study):
            number = looks.reindex(members.index).dropna().astype(float)
            describe(out, f"labs.{analyte.code}.nadir.{group}.looks", number, len(members), plan)


def _visits(
    out: SecondNumbers,
    stands: pd.DataFrame,
    analyte: Analyte,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    tests: dict[str, float | None] = {}
    medians: dict[str, float] = {}
    for visit in plan.follow_up_visits:
        block = f"labs.{analyte.code}.{visit}"
        rows = stands.loc[stands["AVISIT"].eq(visit)]
        for group, members in each_group(rows, "TREATED", study):
            population = len(treated) if group == ALL else int(treated["TREATED"].eq(group).sum())
            describe(out, f"{block}.{group}.change", members["CHG"], population, plan)
            whiskers(out, f"{block}.{group}.change", members["CHG"], plan)
        changes, percent = present(rows["CHG"]), present(rows["PCHG"])
        out.add(f"{block}.all.percent_change.n", percent.size, PANDAS)
        out.add(f"{block}.all.percent_change.n_missing", len(treated) - percent.size, PANDAS)
        if percent.size:
            out.add(f"{block}.all.percent_change.median", quantile(percent, 0.5, plan), NUMPY)
        if changes.size:
            medians[visit] = round(quantile(changes, 0.5, plan), plan.difference_decimals)
        groups = {
            arm: own["CHG"].to_numpy(dtype=float)
            for arm, own in each_group(rows, "TREATED", study, total=False)
        }
        tests[visit] = compare_groups(out, block, groups, plan)
    known = {visit: p for visit, p in tests.items() if p is not None}
    for visit, p in zip(known, holm(np.array([*known.values()])), strict=True):
        out.add(f"labs.{analyte.code}.{visit}.between.holm", p, NUMPY)
    if medians:
        cycles = {cycle.code: cycle.number for cycle in study.cycles}
        sign = 1 if analyte.adverse == "low" else -1
        chosen = {
            "largest": max(medians, key=lambda visit: abs(medians[visit])),
            "least_favourable": min(medians, key=lambda visit: sign * medians[visit]),
        }
        for name, visit in chosen.items():
            out.add(f"labs.{analyte.code}.{name}.visit", cycles[study.visit(visit).cycle], PANDAS)


def _between_visits(out: SecondNumbers, stands: pd.DataFrame, analyte: str, plan: SimpleNamespace) -> None:
    values = stands.pivot_table(index="SUBJID", columns="AVISIT", values="AVAL")
    visits = plan.follow_up_visits
    for earlier, later in (*pairwise(visits), *((plan.baseline_visit, visit) for visit in visits)):
        if {earlier, later} <= {*values.columns}:
            first, second = (values[visit].to_numpy(dtype=float) for visit in (earlier, later))
            compare_visits(out, f"labs.{analyte}.{earlier}_{later}", second, first, plan)


def _worst(
    out: SecondNumbers,
    own: pd.DataFrame,
    analyte: str,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    block = f"labs.{analyte}.nadir"
    for group, members in each_group(own, "TREATED", study):
        population = len(treated) if group == ALL else int(treated["TREATED"].eq(group).sum())
        describe(out, f"{block}.{group}.change", members["CHG"], population, plan)
    groups = {
        arm: rows["CHG"].to_numpy(dtype=float) for arm, rows in each_group(own, "TREATED", study, total=False)
    }
    compare_groups(out, block, groups, plan)
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        members = own.loc[own["TREATED"].eq(arm.code)]
        category = members["SUBJID"].map(treated["CATEGORY"])
        sizes = {name: present(members.loc[category.eq(name), "CHG"]) for name in _CATEGORIES}
        base = f"{block}.modification.{arm.code}"
        for name, values in sizes.items():
            out.add(f"{base}.n_{name.lower()}", values.size, PANDAS)
        compare_categories(out, f"{base}.kruskal_wallis", sizes, plan)
        changed = np.concatenate([sizes["INCREASED"], sizes["DECREASED"]])
        both = {"CHANGED": changed, "UNCHANGED": sizes["UNCHANGED"]}
        compare_categories(out, f"{base}.changed.kruskal_wallis", both, plan)


def recompute_toxicity(
    out: SecondNumbers, adlb: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the worst grades of laboratory values, from the intervals of grades in ADLB."""
    treated = patients.loc[patients["SAFETY"]]
    adlb = adlb.loc[adlb["DTYPE"].isna()]
    for analyte in study.analytes:
        rows = adlb.loc[adlb["PARAMCD"].eq(analyte.code)]
        worst = _interval(rows.loc[rows["ONTRTFL"].eq("Y") & rows["SUBJID"].isin(treated.index)]).dropna()
        for group, members in each_group(treated, "TREATED", study):
            own = worst.index.isin(members.index)
            _grades(out, f"toxicity.{analyte.code}", group, worst.loc[own], analyte, plan)
        _shifts(out, rows.loc[rows["SUBJID"].isin(treated.index)], treated, analyte, plan, study)
    counts = {one.code for one in study.analytes if one.category == "HEMATOLOGY"}
    chosen = {"haematological": counts, "haematological_without_lymphocytes": counts - {"LYMPH"}}
    for name, codes in chosen.items():
        rows = adlb.loc[adlb["PARAMCD"].isin(codes) & adlb["ONTRTFL"].eq("Y")]
        worst = _interval(rows.loc[rows["SUBJID"].isin(treated.index)]).dropna()
        for group, members in each_group(treated, "TREATED", study):
            _severe(
                out,
                f"toxicity.any.{name}.grade_ge3.{group}",
                worst.loc[worst.index.isin(members.index)],
                plan,
            )


def _interval(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the lowest and the highest grade that the worst of each patient may have."""
    return rows.groupby("SUBJID")[["ATOXGRMN", "ATOXGRMX"]].max().set_axis(["LOW", "HIGH"], axis=1)


def _grades(
    out: SecondNumbers, block: str, group: str, worst: pd.DataFrame, analyte: Analyte, plan: SimpleNamespace
) -> None:
    n, undecided = len(worst), worst["LOW"] < worst["HIGH"]
    out.add(f"{block}.seen.{group}", n, PANDAS)
    for grade in range(5):
        number = int((worst["LOW"].eq(grade) & ~undecided).sum())
        counted = count if undecided.any() else rate
        arguments = (out, f"{block}.grade{grade}.{group}", number, n)
        counted(*arguments, *(() if counted is count else (plan,)))
    rate(out, f"{block}.undecided.{group}", int(undecided.sum()), n, plan)
    for low, high in analyte.undecided_grades(plan.ctcae_version):
        number = int((worst["LOW"].eq(low) & worst["HIGH"].eq(high)).sum())
        out.add(f"{block}.undecided.{low}_{high}.{group}.n", number, PANDAS)
    _severe(out, f"{block}.grade_ge3.{group}", worst, plan)


def _severe(out: SecondNumbers, block: str, worst: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add how many certainly have grade 3 or higher, of those of whom it is decided."""
    severe = int(worst["LOW"].ge(_SEVERE).sum())
    open_ = int((worst["LOW"].lt(_SEVERE) & worst["HIGH"].ge(_SEVERE)).sum())
    rate(out, block, severe, len(worst) - open_, plan)
    out.add(f"{block}.n_unknown", open_, PANDAS)
    bounds(out, block, severe, open_, len(worst))


def _shifts(
    out: SecondNumbers,
    rows: pd.DataFrame,
    treated: pd.DataFrame,
    analyte: Analyte,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add shifts from the grade at baseline to the worst on treatment and to that of the last value."""
    for direction, (low, high) in _DIRECTIONS.items():
        grades = _grades_of(analyte, direction, plan)
        if not grades or low not in rows:
            continue
        graded = rows.loc[rows[low].notna()].assign(ATOXGRMN=rows[low], ATOXGRMX=rows[high])
        later = graded.loc[graded["ADY"] > 1]
        last = later.loc[later["ADT"].eq(later.groupby("SUBJID")["ADT"].transform("max"))]
        ends = {"worst": graded.loc[graded["ONTRTFL"].eq("Y")], "last": last}
        before = _places(graded.loc[graded["ABLFL"].eq("Y")], treated, grades)
        for end, part in ends.items():
            after = _places(part, treated, grades)
            block = f"toxicity.{analyte.code}.{{}}.{direction}.{end}"
            for group, members in each_group(treated, "TREATED", study):
                own = treated.index.isin(members.index)
                _shift_table(out, block, group, before[own], after[own], grades, plan)


def _grades_of(analyte: Analyte, direction: str, plan: SimpleNamespace) -> list[str]:
    if direction == "adverse":
        highest = analyte.highest_grade(plan.ctcae_version)
        return [str(grade) for grade in range(highest + 1)] if highest else []
    rise = analyte.ctcae_increase
    above = (
        [] if rise is None else [str(grade) for grade, bound in enumerate(rise.above, 1) if bound is not None]
    )
    return ["0", *above] if rise is not None else []


def _places(rows: pd.DataFrame, treated: pd.DataFrame, grades: list[str]) -> "np.typing.NDArray[np.int64]":
    """Place each treated patient by the grade: after the grades come undecided and missing."""
    worst = _interval(rows).reindex(treated.index)
    place = worst["LOW"].map({float(grade): number for number, grade in enumerate(grades)})
    place = place.where(worst["LOW"].eq(worst["HIGH"]), len(grades))
    return np.asarray(place.where(worst["LOW"].notna(), len(grades) + 1), dtype=np.int64)


def _shift_table(
    out: SecondNumbers,
    block: str,
    group: str,
    before: "np.typing.NDArray[np.int64]",
    after: "np.typing.NDArray[np.int64]",
    grades: list[str],
    plan: SimpleNamespace,
) -> None:
    levels = [*grades, "undecided", "missing"]
    table = np.zeros((len(levels), len(levels)), dtype=int)
    np.add.at(table, (before, after), 1)
    certain = len(grades)
    both = int(table[:certain, :certain].sum())
    for first, one in enumerate(levels):
        for second, other in enumerate(levels):
            name = f"{block.format('shift')}.{one}.{other}.{group}"
            out.add(f"{name}.n", table[first, second], NUMPY)
            if max(first, second) < certain and both:
                out.add(f"{name}.pct", 100 * table[first, second] / both, NUMPY)
    worse = int(np.triu(table[:certain, :certain], 1).sum())
    rate(out, f"{block.format('worsened')}.{group}", worse, both, plan)
