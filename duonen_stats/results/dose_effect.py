"""Figures 3 and 6: organ dose against change of activity, blood counts and kidney function."""

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.pairs import pair_activity_with_dose, pair_dose_with_worst
from duonen_stats.datasets.populations import Population, complete_dosimetry
from duonen_stats.results import ids
from duonen_stats.results.about import About
from duonen_stats.results.groups import ARM, each_group, numbers
from duonen_stats.results.relate import relate, relate_within
from duonen_stats.results.table import ResultRow
from duonen_stats.sap import Plan
from duonen_stats.study import Study

ORGAN_EFFECTS = {"marrow": ("MARTOT", "HEMATOLOGY"), "kidney": ("KIDTOT", "RENAL")}


def analyse_dose_effect(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Correlate the dose to an organ with the worst change of each analyte it may harm, all arms pooled.

    A partial correlation, adjusted for arm, stands beside each: arms differ in dose and may differ otherwise.

    Source: interim publication, Figures 3 and 6, sections 3.3, 3.5 and 3.6.
    """
    rows: list[ResultRow] = []
    for organ, (parameter, category) in ORGAN_EFFECTS.items():
        for analyte in study.analytes:
            if analyte.category != category:
                continue
            pairs = pair_dose_with_worst(data.addos, data.adlb, dose=parameter, analyte=analyte.code)
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
        pairs = pair_activity_with_dose(
            data.adex, data.addos, arm=arm.code, isotope=arm.modified_isotope, dose="KIDTOT"
        )
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
    complete = pairs.dropna(subset=["DOSE", "WORST"])
    return [
        about.of(ids.dose_effect_arm(organ, analyte, code), group1=ARM, group1_level=code).row(
            "n", len(members), n=len(members)
        )
        for code, members in each_group(complete, study, total=False)
    ]
