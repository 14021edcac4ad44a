"""Biologically effective dose of the kidney, isotopes of a cycle together, and how much its settings matter."""

from collections.abc import Mapping

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_intensity import doses_by_cycle, effective_half_life
from duonen_stats.datasets.patients.populations import Population, complete_dosimetry
from duonen_stats.methods import CycleDose, EffectiveDose
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import describe
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_ORGAN = "KIDNEY"
Courses = Mapping[str, tuple[CycleDose, ...]]
"""By patient the cycles, as the model of the effective dose wants them."""


def kidney_half_lives(study: Study, plan: Plan) -> dict[str, float]:
    """Give the effective half-life (h) of each isotope in the kidney: decay of the dictionary, clearance of the plan.

    Examples
    --------
    >>> from duonen_stats import INTERIM, load_study
    >>> {code: round(hours, 2) for code, hours in kidney_half_lives(load_study(), INTERIM).items()}
    {'LU177': 51.01, 'Y90': 34.56}
    """
    return {
        isotope.code: effective_half_life(isotope.half_life_hours, plan.bed_biological_hours)
        for isotope in study.isotopes
    }


def kidney_courses(data: Datasets, study: Study, plan: Plan) -> Courses:
    """Give each patient's kidney doses cycle by cycle, of those whose kidney dosimetry is complete."""
    half_lives = kidney_half_lives(study, plan)
    return {
        patient: tuple(
            CycleDose(
                dose_gy=tuple(doses.values()),
                effective_half_life_h=tuple(half_lives[isotope] for isotope in doses),
            )
            for doses in cycles
        )
        for patient, cycles in doses_by_cycle(data.addos, _ORGAN).items()
    }


def analyse_kidney_effective_dose(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe BED and EQD2 of the kidney by arm at the plan's settings, and the BED over a grid of settings.

    Isotopes of one cycle are taken together: sublethal lesions of the one meet those of the other. BED and EQD2 are not
    absorbed doses and are never compared with the protocol's limit, which is one.

    Source: Dale (1985) Br J Radiol 58:515-528; Bodey et al. (2003) Cancer Biother Radiopharm 18:89-97.
    """
    treated = flagged(data.adsl, "SAFFL")
    courses = kidney_courses(data, study, plan)
    about = About(
        display="Kidney BED",
        population=Population.SAFETY,
        group1=ARM,
        variable="Kidney",
        context=complete_dosimetry("the kidney"),
        unit="Gy",
    )
    rows = [
        about.of(ids.kidney_half_life(code), group1="", variable=study.isotope(code).plain).row(
            "hours",
            hours,
            unit="hours",
            label="Effective half-life in the kidney",
            method="physical half-life of the dictionary, biological half-life of the plan",
        )
        for code, hours in kidney_half_lives(study, plan).items()
    ]
    planned = _effective(courses, plan.bed_alpha_beta, plan.bed_repair_hours)
    grid = {
        (ratio, repair): _effective(courses, ratio, repair)
        for ratio in plan.bed_alpha_beta_grid
        for repair in plan.bed_repair_grid
    }
    settings = f"α/β {plan.bed_alpha_beta:g} Gy, half-time of repair {plan.bed_repair_hours:g} h"
    for code, members in each_group(treated, study):
        own = [patient for patient in members["USUBJID"] if patient in courses]
        values = {
            "bed": [planned[patient].bed for patient in own],
            "eqd2": [planned[patient].eqd2 for patient in own],
            "absorbed": [sum(sum(cycle.dose_gy) for cycle in courses[patient]) for patient in own],
        }
        for scale, doses in values.items():
            block = about.of(
                ids.kidney_effective(scale, code),
                group1_level=code,
                variable_level=scale,
                context=about.context if scale == "absorbed" else f"{about.context}; {settings}",
            )
            rows += describe(np.array(doses, dtype=np.float64), block, plan, population=len(members))
        for (ratio, repair), found in grid.items():
            block = about.of(
                ids.kidney_grid(ratio, repair, code),
                group1_level=code,
                context=f"{about.context}; α/β {ratio:g} Gy, half-time of repair {repair:g} h",
            )
            beds = np.array([found[patient].bed for patient in own], dtype=np.float64)
            described = describe(beds, block, plan, population=len(members))
            rows += [row for row in described if row.stat_name in {"median", "max"}]
    return rows


def _effective(courses: Courses, alpha_beta: float, repair: float) -> dict[str, EffectiveDose]:
    return {
        patient: methods.biologically_effective_dose(cycles, alpha_beta=alpha_beta, repair_half_time_h=repair)
        for patient, cycles in courses.items()
    }
