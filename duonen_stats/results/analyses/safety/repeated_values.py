"""Laboratory values over all visits in one model: means by arm and visit, and differences to the control arm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import IntervalEstimate, MmrmDifference, MmrmMean, MmrmResult
from duonen_stats.methods.repeated.covariance import CovarianceName
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.laboratory import visit_values
from duonen_stats.results.rows.groups import ARM, arm_codes, numbers
from duonen_stats.results.rows.table import About, ResultRow, reason_of
from duonen_stats.study import Analyte, Study

_LADDERS: Mapping[str, tuple[CovarianceName, ...]] = {
    "unstructured": ("un", "cs"),
    "compound_symmetry": ("cs",),
}
STRUCTURES: Mapping[CovarianceName, str] = {"un": "unstructured", "cs": "compound symmetry"}
"""Words of the covariance matrices that a plan can ask for."""

_MEAN = ("mean", "se", "df", "ci_low", "ci_high")
_DIFFERENCE = ("difference", *_MEAN[1:], "p")
_LABELS = {
    "mean": "Mean change, adjusted for baseline",
    "difference": "Difference of mean changes to the control arm",
    "se": "Standard error",
    "df": "Degrees of freedom",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
}


def analyse_repeated_values(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Fit the change from baseline at all follow-up visits of an analyte in one model, by arm and visit.

    Patients with some of the visits take part with what they have, which is right if what is missing depends on
    what was seen (missing at random), where a comparison at each visit takes those who came. An arm without a value at
    a visit, and an arm of one patient, have a reason in place of numbers.

    Source: Mallinckrodt et al. (2008) Drug Inf J 42:303-319; not in the publication.
    """
    return _of_visits(_AT_CYCLES, plan.follow_up_visits, data, study, plan)


def analyse_late_values(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Fit the change from baseline from the last follow-up visit of the cycles on, once a year, as the values before.

    Its visits are the plan's last follow-up visit and those of late follow-up that tables show (``ids.LATE_VISITS``).
    Without a value of late follow-up there is no model.

    Source: Mallinckrodt et al. (2008) Drug Inf J 42:303-319; not in the publication.
    """
    return _of_visits(_LATE, ids.late_visits(ids.Scope(study=study, plan=plan)), data, study, plan)


@dataclass(frozen=True, slots=True)
class _ModelNames:
    """Where a model is shown, and what its blocks are called."""

    display: str
    model: Callable[[str], ids.Block]
    mean: Callable[[str, str, str], ids.Block]
    difference: Callable[[str, str, str], ids.Block]


_AT_CYCLES = _ModelNames("Table S16", ids.lab_model, ids.lab_model_mean, ids.lab_model_difference)
_LATE = _ModelNames("Table S46", ids.late_model, ids.late_mean, ids.late_difference)


def _of_visits(
    names: _ModelNames, visits: tuple[str, ...], data: Datasets, study: Study, plan: Plan
) -> list[ResultRow]:
    values = visit_values(data)
    values = values[values["AVISIT"].isin(visits)]
    base = data.adlb.loc[values.index, "BASE"]
    rows: list[ResultRow] = []
    for analyte in study.analytes:
        own = values[values["PARAMCD"].eq(analyte.code)]
        rows += _of_analyte(own, base.loc[own.index], analyte, study, plan, names, visits)
    return rows


def _of_analyte(
    own: pd.DataFrame,
    base: pd.Series,
    analyte: Analyte,
    study: Study,
    plan: Plan,
    names: _ModelNames,
    visits: tuple[str, ...],
) -> list[ResultRow]:
    about = About(
        display=names.display,
        population=Population.SAFETY,
        variable=analyte.code,
        unit=analyte.unit,
        context=f"Change from {plan.baseline_visit}, model for repeated values",
    )
    ladder = _LADDERS[plan.repeated_covariance]
    if names is _LATE and not own["AVISIT"].isin(ids.LATE_VISITS).any():
        nobody = NotEstimable("empty_visit", {"all": 0}, "no value of late follow-up")
        return _refused(nobody, about, study, plan, names, visits)
    try:
        found = methods.mmrm(
            own["USUBJID"].tolist(),
            own[ARM].tolist(),
            own["AVISIT"].tolist(),
            numbers(own["CHG"]),
            reference=plan.control_arm,
            base=numbers(base),
            baseline="by_visit" if plan.repeated_baseline == "by_visit" else "common",
            arms=arm_codes(study),
            visits=visits,
            covariance=ladder[0],
            fallback=ladder[1:],
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return _refused(verdict, about, study, plan, names, visits)
    in_model = (
        own["AVISIT"].isin(found.visits).to_numpy()
    )  # a visit without a slope of its own is in no model
    known = own[in_model & own["CHG"].notna().to_numpy() & base.notna().to_numpy()]
    sizes = {str(arm): int(n) for arm, n in known.groupby(ARM)["USUBJID"].nunique().items()}
    return _estimated(found, sizes, about, study, plan, names, visits)


def _refused(
    verdict: NotEstimable, about: About, study: Study, plan: Plan, names: _ModelNames, visits: tuple[str, ...]
) -> list[ResultRow]:
    model = about.of(names.model(about.variable))
    # Nobody is in a model that there is not, whoever has values: the note says why.
    rows = [
        model.row("n", 0, unit="", n=0, label="Patients in the model", note=reason_of(verdict)),
        model.row("values", 0, unit="", n=0, label="Values in the model", note=reason_of(verdict)),
        *model.refused(verdict, "base_at"),
    ]
    for visit in visits:
        for arm in arm_codes(study):
            rows += _no_mean(about, arm, visit, reason_of(verdict), names)
            if arm != plan.control_arm:
                rows += _no_difference(about, arm, visit, plan, reason_of(verdict), names)
    return rows


def _estimated(
    found: MmrmResult,
    sizes: Mapping[str, int],
    about: About,
    study: Study,
    plan: Plan,
    names: _ModelNames,
    visits: tuple[str, ...],
) -> list[ResultRow]:
    """Give the rows of a fitted model; ``sizes`` are the patients of each arm in it."""
    means = {(one.arm, one.visit): one for one in found.means}
    differences = {(one.arm, one.visit): one for one in found.differences}
    structure = STRUCTURES[found.covariance]
    fell_back = "" if found.covariance == found.asked else f"{STRUCTURES[found.asked]} could not be fitted"
    method = f"REML, covariance matrix: {structure}"
    model = about.of(names.model(about.variable), variable_level=structure)
    rows = [
        model.row("n", found.n_subjects, unit="", n=found.n_subjects, label="Patients in the model",
                  method=method, note=fell_back),
        model.row("values", found.n_obs, unit="", n=found.n_subjects, label="Values in the model", method=method),
        model.row("base_at", found.base_at, n=found.n_subjects, label="Mean baseline of the values", method=method),
    ]  # fmt: skip
    for visit in visits:
        for arm in arm_codes(study):
            why = _reason(found, arm, visit)
            mean = means.get((arm, visit))
            rows += (
                _no_mean(about, arm, visit, why, names)
                if mean is None
                else _mean(mean, about, method, plan, names)
            )
            if arm == plan.control_arm:
                continue
            pair = differences.get((arm, visit))
            if pair is None:
                why = why or _reason(found, plan.control_arm, visit)
                rows += _no_difference(about, arm, visit, plan, why, names)
            else:
                few = min(sizes[arm], sizes[plan.control_arm]) < plan.min_group
                rows += _difference(pair, about, method, plan, names, few=few)
    return rows


def _reason(found: MmrmResult, arm: str, visit: str) -> str:
    """Say why an arm has no estimate at a visit; empty if it has."""
    words = {
        "no_slope": f"no slope at {visit}, where no arm has two patients with different baselines",
        "empty_group": f"arm {arm} has no value at any visit of the model",
        "empty_visit": f"nobody has a value at {visit}",
        "empty_cell": f"arm {arm} has no value at {visit}",
        "group_too_small": f"arm {arm} has values of one patient only in the model",
    }
    return next(
        (words[one.reason] for one in found.missing if one.arm in (arm, None) and one.visit in (visit, None)),
        "",
    )


def _at(about: About, block: ids.Block, arm: str, visit: str) -> About:
    return about.of(block, group1=ARM, group1_level=arm, group2="AVISIT", group2_level=visit)


def _no_mean(about: About, arm: str, visit: str, why: str, names: _ModelNames) -> list[ResultRow]:
    block = _at(about, names.mean(about.variable, visit, arm), arm, visit)
    return [
        block.row("n", None, unit="", note=why),
        *(block.row(name, None, label=_LABELS[name], note=why) for name in _MEAN),
    ]


def _no_difference(
    about: About, arm: str, visit: str, plan: Plan, why: str, names: _ModelNames
) -> list[ResultRow]:
    block = _at(
        about,
        names.difference(about.variable, visit, arm),
        f"{arm} against {plan.control_arm}",
        visit,
    )
    return [block.row(name, None, label=_LABELS.get(name), note=why) for name in _DIFFERENCE]


def _chosen(one: MmrmMean | MmrmDifference, plan: Plan) -> tuple[IntervalEstimate, str]:
    """Give the estimate with the degrees of freedom of the plan, and how these are called."""
    if plan.repeated_df == "kenward_roger" and one.kenward_roger is not None:
        return one.kenward_roger, plan.words("repeated_df")
    return one.satterthwaite, "Satterthwaite"


def _mean(mean: MmrmMean, about: About, method: str, plan: Plan, names: _ModelNames) -> list[ResultRow]:
    found, df = _chosen(mean, plan)
    block = _at(about, names.mean(about.variable, mean.visit, mean.arm), mean.arm, mean.visit)
    stats = {"mean": found.estimate, **_uncertainty(found)}
    return [
        block.row("n", mean.n, unit="", n=mean.n),
        *(
            block.row(name, stat, label=_LABELS[name], n=mean.n, method=f"{method}; {df}",
                      unit="" if name == "df" else None)
            for name, stat in stats.items()
        ),
    ]  # fmt: skip


def _difference(
    pair: MmrmDifference, about: About, method: str, plan: Plan, names: _ModelNames, *, few: bool
) -> list[ResultRow]:
    """Give a difference; without its p-value where a compared arm has too few patients in the model."""
    found, df = _chosen(pair, plan)
    block = _at(
        about,
        names.difference(about.variable, pair.visit, pair.arm),
        f"{pair.arm} against {pair.reference}",
        pair.visit,
    )
    stats = {"difference": found.estimate, **_uncertainty(found), "p": None if few else found.p_value}
    why = f"a compared group has fewer than {plan.min_group} patients"
    return [
        block.row(name, stat, label=_LABELS.get(name), method=f"{method}; {df}",
                  unit="" if name in {"df", "p"} else None, note="" if stat is not None else why)
        for name, stat in stats.items()
    ]  # fmt: skip


def _uncertainty(found: IntervalEstimate) -> dict[str, float]:
    return {"se": found.se, "df": found.df, "ci_low": found.lower, "ci_high": found.upper}
