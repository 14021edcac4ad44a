"""The model for repeated laboratory values once more."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import NUMPY, PANDAS
from duonen_stats.verification.recomputed.mixed_model import (
    MixedModel,
    compound_symmetry,
    fit_mixed_model,
    unstructured,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_TOLERANCE = 1e-6
"""Both fits are iterated."""
_SMALLEST_ARM = 2
YEARLY = ("F4", "F8", "F12", "F16", "F20")
"""Visits of late follow-up that a report shows: one a year."""
_PATIENTS_PER_VISIT = 4
"""With fewer patients beside arms and slope the likelihood may have several maxima: the next structure is taken."""
_STRUCTURES = {"unstructured": unstructured, "compound symmetry": compound_symmetry}
_LADDERS = {
    "unstructured": ("unstructured", "compound symmetry"),
    "compound_symmetry": ("compound symmetry",),
}


def recompute_repeated(
    out: SecondNumbers, labs: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add means by arm and visit, and differences to the control arm, of every analyte: after cycles, and late.

    The model of late follow-up begins with the last visit after a cycle; without a later value it has none.
    """
    treated = patients.loc[patients["SAFETY"]]
    rows = labs.loc[labs["STANDS"]]
    rows = rows.assign(ARM=rows["SUBJID"].map(treated["TREATED"])).dropna(subset=["ARM", "CHG", "BASE"])
    cycles, late = [*plan.follow_up_visits], [plan.follow_up_visits[-1], *YEARLY]
    for analyte in study.analytes:
        own = rows.loc[rows["ANALYTE"].eq(analyte.code)]
        _of_visits(out, f"labs.{analyte.code}.model", own, cycles, plan, study)
        known = own if own["AVISIT"].isin(YEARLY).any() else own.iloc[:0]
        _of_visits(out, f"labs.{analyte.code}.late", known, late, plan, study)


def _of_visits(
    out: SecondNumbers,
    block: str,
    rows: pd.DataFrame,
    asked: list[str],
    plan: SimpleNamespace,
    study: Study,
) -> None:
    rows = rows.loc[rows["AVISIT"].isin(asked)]
    if plan.repeated_baseline == "by_visit":
        different = rows.groupby(["AVISIT", "ARM"])["BASE"].nunique().gt(1).groupby("AVISIT").any()
        rows = rows.loc[rows["AVISIT"].isin(different.index[different])]
    visits = [visit for visit in asked if rows["AVISIT"].eq(visit).any()]
    counts = rows.groupby(["ARM", "AVISIT"]).size().to_dict()
    model = None
    if visits:
        base_at = float(rows["BASE"].mean())
        cells = [(arm.code, visit) for arm in study.arms for visit in visits if (arm.code, visit) in counts]
        structure, model = _fitted(rows, cells, visits, base_at, plan)
    # Where nothing could be fitted nobody is in the model.
    out.add(f"{block}.n", 0 if model is None else rows["SUBJID"].nunique(), PANDAS)
    out.add(f"{block}.values", 0 if model is None else len(rows), PANDAS)
    if model is None:
        return
    out.add(f"{block}.base_at", base_at, PANDAS)
    sizes = rows.groupby("ARM")["SUBJID"].nunique()
    weights = dict(zip(cells, np.eye(len(cells), model.effects.size), strict=True))
    large = {cell: own for cell, own in weights.items() if sizes[cell[0]] >= _SMALLEST_ARM}
    for (arm, visit), own in large.items():
        out.add(f"{block}.{visit}.{arm}.n", counts[arm, visit], PANDAS)
        _add(out, f"{block}.{visit}.{arm}", "mean", model.contrast(own, plan.confidence), structure)
        control = large.get((plan.control_arm, visit))
        if arm != plan.control_arm and control is not None:
            found = model.contrast(own - control, plan.confidence)
            if min(sizes[arm], sizes[plan.control_arm]) < plan.min_group:
                del found["p"]
            _add(out, f"{block}.{visit}.{arm}.difference", "difference", found, structure)


def _fitted(
    rows: pd.DataFrame, cells: list[tuple[str, str]], visits: list[str], base_at: float, plan: SimpleNamespace
) -> tuple[str, MixedModel | None]:
    """Fit the first structure of the plan's that can be."""
    subjects = [*dict.fromkeys(rows["SUBJID"])]
    who, at = {one: n for n, one in enumerate(subjects)}, {one: n for n, one in enumerate(visits)}
    of_cell = {one: n for n, one in enumerate(cells)}
    by_visit = plan.repeated_baseline == "by_visit"
    y = np.zeros((len(subjects), len(visits)))
    x = np.zeros((*y.shape, len(cells) + (len(visits) if by_visit else 1)))
    seen = np.zeros(y.shape, dtype=bool)
    values = zip(rows["SUBJID"], rows["ARM"], rows["AVISIT"], rows["CHG"], rows["BASE"], strict=True)
    for subject, arm, visit, change, base in values:
        place = who[subject], at[visit]
        y[place], seen[place] = change, True
        x[place][of_cell[arm, visit]] = 1.0
        x[place][len(cells) + (at[visit] if by_visit else 0)] = base - base_at
    free = len(subjects) - rows["ARM"].nunique() - 1
    for structure in _LADDERS[plan.repeated_covariance]:
        if structure == "unstructured" and free < _PATIENTS_PER_VISIT * len(visits):
            continue
        model = fit_mixed_model(y, x, seen, _STRUCTURES[structure](len(visits)))
        if model is not None:
            return structure, model
    return "", None


def _add(out: SecondNumbers, block: str, name: str, found: dict[str, float], structure: str) -> None:
    """Add an estimate; its errors are Kenward and Roger's, and the plan may ask for others."""
    model = f"covariance matrix: {structure}"
    errors = f"{model}; Kenward–Roger"
    stats = {name: found["estimate"]} | {one: found[one] for one in ("se", "df", "ci_low", "ci_high")}
    if name == "difference" and "p" in found:
        stats["p"] = found["p"]
    for stat, value in stats.items():
        assumed, size = (model if stat == name else errors), (0.0 if stat in {"df", "p"} else found["se"])
        out.add(f"{block}.{stat}", value, NUMPY, tolerance=_TOLERANCE, scale=size, assumes=assumed)
