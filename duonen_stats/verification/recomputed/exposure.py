"""Tables 2 and 3, limits of organ doses, and what doses go with, once more."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy import stats

from duonen_stats.study import Organ, Study
from duonen_stats.verification.recomputed.between import compare_groups
from duonen_stats.verification.recomputed.describe import (
    NUMPY,
    PANDAS,
    bounds,
    correlate,
    count,
    describe,
    each_group,
    rate,
    whiskers,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_PARTITION = {
    "increased": "INCREASED",
    "decreased": "DECREASED",
    "unchanged": "UNCHANGED",
    "not_evaluable": "NOT EVALUABLE",
}
_MBQ_PER_GBQ = 1000.0
_SOURCES = {"TOTAL": "total", "LU177": "177Lu", "Y90": "90Y"}
_HARMED = {"MARROW": "HEMATOLOGY", "KIDNEY": "RENAL"}
_NOISE = 1e-12


def recompute_activities(
    out: SecondNumbers,
    activities: pd.DataFrame,
    changes: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add Table 2 and cumulative activities."""
    control = study.arm(plan.control_arm)
    course = control.initial_activity.get("LU177", 0.0) * len(study.cycles) / _MBQ_PER_GBQ
    out.add("activity.fixed_course.total", course, PANDAS)
    sums = activities.groupby(["ISOTOPE", "SUBJID"])["MBQ"].sum() / _MBQ_PER_GBQ
    for arm in study.arms:
        treated = patients.loc[patients["SAFETY"] & patients["TREATED"].eq(arm.code)]
        if arm.modified_isotope is not None:
            own = changes.loc[changes.index.isin(treated.index)]
            out.add(f"table2.{arm.code}.N", len(own), PANDAS)
            _categories(out, f"table2.{arm.code}", own, arm.initial_activity[arm.modified_isotope])
        for isotope in arm.isotopes:
            total = sums.get(isotope, pd.Series(dtype=float)).reindex(treated.index)
            describe(out, f"activity.{arm.code}.{isotope}.cumulative", total, len(treated), plan)


def _categories(out: SecondNumbers, block: str, own: pd.DataFrame, nominal: float) -> None:
    members = {
        "partition": {name: (own["CATEGORY"].eq(code), "CHG") for name, code in _PARTITION.items()},
        "any_cycle": {
            "increased": (own["ANY_UP"].astype(bool), "UP_CHG"),
            "decreased": (own["ANY_DOWN"].astype(bool), "DOWN_CHG"),
            "unchanged": (own["NONE"].astype(bool), "CHG"),
            "not_evaluable": (own["CATEGORY"].eq("NOT EVALUABLE"), "CHG"),
        },
    }
    for counting, categories in members.items():
        for name, (chosen, size) in categories.items():
            count(out, f"{block}.{counting}.{name}", int(chosen.sum()), len(own))
            if name in {"increased", "decreased"}:
                mean = own.loc[chosen, size].mean()
                out.add(f"{block}.{counting}.{name}.mean_mbq", mean, PANDAS)
                out.add(f"{block}.{counting}.{name}.mean_pct", 100 * mean / nominal, PANDAS)


def recompute_doses(
    out: SecondNumbers, doses: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add Table 3 and the patients above each limit."""
    treated = patients.loc[patients["SAFETY"]]
    for arm, members in each_group(treated, "TREATED", study, total=False):
        out.add(f"table3.{arm}.N", len(members), PANDAS)
    doses = doses.assign(ARM=doses["SUBJID"].map(treated["TREATED"]))
    doses = doses.loc[doses["ARM"].notna()]
    for organ in study.organs:
        own = doses.loc[doses["ORGAN"].eq(organ.code)]
        course = own.loc[own["CYCLE"].eq("ALL") & own["COMPLETE"]]
        for source, name in _SOURCES.items():
            of_source = course.loc[course["SOURCE"].eq(source)]
            for group, members in each_group(of_source, "ARM", study, total=source == "TOTAL"):
                if source == "Y90" and "Y90" not in study.arm(group).isotopes:
                    continue
                block = f"table3.{organ.code.lower()}_{name}.{group}"
                population = len(treated) if group == "all" else int(treated["TREATED"].eq(group).sum())
                describe(out, block, members["GY"], population, plan)
                whiskers(out, block, members["GY"], plan)
        total = course.loc[course["SOURCE"].eq("TOTAL")]
        groups = {
            arm: rows["GY"].to_numpy(dtype=float)
            for arm, rows in each_group(total, "ARM", study, total=False)
        }
        compare_groups(out, f"dose.{organ.code.lower()}", groups, plan)
        _above_limits(out, own.loc[own["SOURCE"].eq("TOTAL")], organ, treated, plan, study)


def _above_limits(
    out: SecondNumbers,
    totals: pd.DataFrame,
    organ: Organ,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    for group, members in each_group(treated, "TREATED", study):
        own = totals.loc[totals["SUBJID"].isin(members.index)]
        whole = own["CYCLE"].eq("ALL")
        for span, rows, limit in (
            ("course", own[whole], organ.limit_total),
            ("cycle", own[~whole], organ.limit_cycle),
        ):
            if limit is None:
                continue
            block = f"limit.{organ.code.lower()}.{span}.{group}"
            above = set(rows.loc[rows["GY"] > limit * (1 + _NOISE), "SUBJID"])
            some = set(rows["SUBJID"])
            known = above | set(rows.loc[rows["COMPLETE"], "SUBJID"])
            rate(out, block, len(above), len(known), plan)
            bounds(out, block, len(above), len(members) - len(known), len(members))
            sizes = {
                "n_known": len(known),
                "n_unknown": len(some - known),
                "n_without": len(members) - len(some),
            }
            for name, number in (sizes | {"n_treated": len(members)}).items():
                out.add(f"{block}.{name}", number, PANDAS)


def recompute_dose_effect(
    out: SecondNumbers,
    doses: pd.DataFrame,
    worst: pd.DataFrame,
    changes: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add correlations of organ dose with the worst changes, and of the change of activity with kidney dose."""
    course = doses.loc[doses["CYCLE"].eq("ALL") & doses["SOURCE"].eq("TOTAL") & doses["COMPLETE"]]
    by_organ = {code: rows.set_index("SUBJID")["GY"] for code, rows in course.groupby("ORGAN")}
    nothing = pd.Series(dtype=float)
    for organ, category in _HARMED.items():
        for analyte in study.analytes:
            if analyte.category != category:
                continue
            block = f"dose_effect.{organ.lower()}.{analyte.code}"
            change = worst.loc[worst["ANALYTE"].eq(analyte.code)].set_index("SUBJID")["CHG"]
            pairs = pd.DataFrame({"GY": by_organ.get(organ, nothing), "CHG": change}).dropna()
            arm = np.asarray(patients["TREATED"].reindex(pairs.index), dtype=str)
            correlate(out, block, pairs["GY"].to_numpy(dtype=float), pairs["CHG"].to_numpy(dtype=float), plan)
            _partial(out, f"{block}.partial", pairs, arm, plan)
            for one in study.arms:
                out.add(f"{block}.arm.{one.code}.n", int((arm == one.code).sum()), PANDAS)
    for one in study.arms:
        if one.modified_isotope is None:
            continue
        own = patients.index[patients["TREATED"].eq(one.code) & patients["SAFETY"]]
        kidney = by_organ.get("KIDNEY", nothing).reindex(own).to_numpy(dtype=float)
        modified = changes["CHG"].reindex(own).to_numpy(dtype=float)
        correlate(out, f"dose_effect.modification.{one.code}", modified, kidney, plan)


def _partial(
    out: SecondNumbers, block: str, pairs: pd.DataFrame, arm: np.ndarray, plan: SimpleNamespace
) -> None:
    """Add the correlation of ranks less their mean in the arm, with t on what the arms leave."""
    arms = np.unique(arm)
    sized = pairs.round(plan.difference_decimals)
    left = len(pairs) - 1 - len(arms)
    if len(arms) < 2 or left < 1 or sized.nunique().min() < 2:  # noqa: PLR2004 - nothing to adjust for
        return
    ranks = sized.rank()
    rest = ranks - ranks.groupby(arm).transform("mean")
    if rest.abs().max().min() < _NOISE * len(pairs):
        return
    rho = float(rest["GY"].corr(rest["CHG"]))
    if abs(rho) < 1 - _NOISE:
        out.add(f"{block}.rho", rho, PANDAS)
        out.add(f"{block}.p", 2 * stats.t.sf(abs(rho) * np.sqrt(left / (1 - rho**2)), left), NUMPY)
