"""Figures 3 and 6: organ dose against change of activity, blood counts and kidney function."""

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_effect import pair_activity_with_dose, pair_dose_with_worst
from duonen_stats.datasets.patients.populations import Population, complete_dosimetry
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import relate, relate_within
from duonen_stats.results.rows.groups import ARM, each_group, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study
from duonen_stats.study.parameter_codes import dose_parameter

ORGAN_EFFECTS = {
    "marrow": (dose_parameter("MARROW"), "HEMATOLOGY"),
    "kidney": (dose_parameter("KIDNEY"), "RENAL"),
}


def dose_effect_pairs(data: Datasets, organ: str, analyte: str) -> pd.DataFrame:
    """Pair the dose to an organ with the worst change of an analyte: what is correlated, counted and drawn.

    Parameters
    ----------
    data
        The datasets; of these, ADDOS and ADLB.
    organ
        ``"marrow"`` or ``"kidney"``.
    analyte
        Code of the analyte.

    Returns
    -------
    pandas.DataFrame
        One row per patient with either, ``DOSE`` in Gy and ``WORST`` in the analyte's unit; a missing one is NaN.
    """
    return pair_dose_with_worst(data.addos, data.adlb, dose=ORGAN_EFFECTS[organ][0], analyte=analyte)


def activity_pairs(data: Datasets, arm: str, study: Study) -> pd.DataFrame:
    """Pair the change of the isotope that an arm modifies with the kidney dose: what is correlated and drawn.

    Parameters
    ----------
    data
        The datasets; of these, ADEX and ADDOS.
    arm
        Code of an arm that modifies the activity of an isotope.
    study
        The study, which names that isotope.

    Returns
    -------
    pandas.DataFrame
        One row per patient with either, ``CHANGE`` in MBq and ``DOSE`` in Gy; a missing one is NaN.
    """
    isotope = str(study.arm(arm).modified_isotope)
    return pair_activity_with_dose(
        data.adex, data.addos, arm=arm, isotope=isotope, dose=dose_parameter("KIDNEY")
    )


def complete_pairs(pairs: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Select the patients who have both values of a pair: a correlation reads, counts and draws these."""
    return pairs.dropna(subset=[first, second])


def analyse_dose_effect(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Correlate the dose to an organ with the worst change of each analyte it may harm, all arms pooled.

    A partial correlation, adjusted for arm, is next to each: arms differ in dose and may differ otherwise.

    Source: interim publication, Figures 3 and 6, sections 3.3, 3.5 and 3.6.
    """
    rows: list[ResultRow] = []
    for organ, (parameter, category) in ORGAN_EFFECTS.items():
        for analyte in study.analytes:
            if analyte.category != category:
                continue
            pairs = dose_effect_pairs(data, organ, analyte.code)
            dose, worst = numbers(pairs["DOSE"]), numbers(pairs["WORST"])
            about = About(
                id=ids.dose_effect(organ, analyte.code),
                display="Figure 6",
                population=Population.SAFETY,
                variable=analyte.code,
                group2="PARAMCD",
                group2_level=parameter,
                context=f"Worst change against cumulative {organ} dose, arms pooled; "
                f"{complete_dosimetry(f'the {organ}')}",
            )
            rows += relate(dose, worst, about, plan)
            rows += relate_within(dose, worst, pairs[ARM].to_numpy(dtype=str), about, plan)
            rows += _by_arm(pairs, organ, analyte.code, about, study)
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        pairs = activity_pairs(data, arm.code, study)
        about = About(
            id=ids.activity_effect(arm.code),
            display="Figure 3",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=arm.code,
            variable=study.isotope(arm.modified_isotope).plain,
            context=f"Mean change of activity against total kidney dose; {complete_dosimetry('the kidney')}",
        )
        rows += relate(numbers(pairs["CHANGE"]), numbers(pairs["DOSE"]), about, plan)
    return rows


def _by_arm(pairs: pd.DataFrame, organ: str, analyte: str, about: About, study: Study) -> list[ResultRow]:
    complete = complete_pairs(pairs, "DOSE", "WORST")
    return [
        about.of(ids.dose_effect_arm(organ, analyte, code), group1=ARM, group1_level=code).row(
            "n", len(members), n=len(members)
        )
        for code, members in each_group(complete, study, total=False)
    ]
