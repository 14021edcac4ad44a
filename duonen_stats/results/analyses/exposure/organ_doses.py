"""Table 3 and Figure 2: cumulative organ doses by arm, against the protocol's limits."""

from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population, complete_dosimetry
from duonen_stats.methods.inputs.bounds import above
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.compare_groups import compare_groups
from duonen_stats.results.rows.describe import bounds, describe, rate, whiskers
from duonen_stats.results.rows.groups import (
    ARM,
    by_arm,
    each_group,
    flagged,
    numbers,
)
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Organ, Study
from duonen_stats.study.parameter_codes import dose_parameter

_ORGANS = ("KIDNEY", "MARROW")
_FROM = ((None, "total"), ("LU177", "177Lu"), ("Y90", "90Y"))
DOSES = tuple(  # PARAMCD in ADDOS, organ, isotope or total
    (dose_parameter(organ, isotope), organ, name) for organ in _ORGANS for isotope, name in _FROM
)
TOTALS = {organ: dose_parameter(organ) for organ in _ORGANS}
"""PARAMCD of the dose of all isotopes together, by organ."""


def analyse_organ_doses(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe cumulative doses by arm and isotope, compare them, count patients above each limit.

    Doses are of the treated patients whose dosimetry of that organ is complete for every delivered cycle.

    Source: interim publication, Table 3, Figure 2, sections 3.3 and 3.4; limits: section 2.3.
    """
    subjects = flagged(data.adsl, "SAFFL")
    rows = [
        _about(ids.dose_size(code), code).row(
            "n", len(members), n=len(members), label="Number of patients in the arm"
        )
        for code, members in each_group(subjects, study, total=False)
    ]
    rows += _cumulative(data, subjects, study, plan)
    for organ in study.organs:
        total = course_doses(data, TOTALS[organ.code])
        about = _about(ids.organ_comparison(organ.code.lower()), "", organ.code)
        rows += compare_groups(by_arm(total, "AVAL", study), about, plan)
        rows += _above_limit(data.addos, subjects, organ, study, plan)
    return rows


def _about(block: ids.Block, arm: str, organ: str = "") -> About:
    return About(
        id=block,
        display="Table 3",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=arm,
        variable=organ,
        context=f"Cumulative absorbed dose, {complete_dosimetry(f'the {organ.lower()}')}"
        if organ
        else "Treated patients",
        unit="Gy",
    )


def course_doses(data: Datasets, parameter: str) -> pd.DataFrame:
    """Select the doses of the whole course that Table 3 describes and Figure 2 draws.

    Parameters
    ----------
    data
        The datasets; of these, ADDOS.
    parameter
        ``PARAMCD``, e.g. ``"KIDTOT"``.

    Returns
    -------
    pandas.DataFrame
        The rows of ADDOS of that parameter, one per patient with complete dosimetry of the organ; ``AVAL`` in Gy.
    """
    doses = flagged(data.addos, "DOSCMPFL")
    return doses[doses["PARAMCD"].eq(parameter) & doses["AVISIT"].eq("CUMULATIVE")]


def _cumulative(data: Datasets, subjects: pd.DataFrame, study: Study, plan: Plan) -> list[ResultRow]:
    treated = {code: len(members) for code, members in each_group(subjects, study)}
    rows = []
    for parameter, organ, isotope in DOSES:
        for code, members in each_group(course_doses(data, parameter), study, total=isotope == "total"):
            if isotope == "90Y" and "Y90" not in study.arm(code).isotopes:
                continue
            block = replace(
                _about(ids.organ_dose(organ.lower(), isotope, code), code, organ), variable_level=isotope
            )
            described = describe(numbers(members["AVAL"]), block, plan, population=treated[code])
            rows += [*described, *whiskers(numbers(members["AVAL"]), described, block, plan)]
    return rows


def _above_limit(
    doses: pd.DataFrame, subjects: pd.DataFrame, organ: Organ, study: Study, plan: Plan
) -> list[ResultRow]:
    """Count patients above the limit of the whole course and, for marrow, in any single cycle.

    A patient whose dosimetry is incomplete counts if the known part is above the limit already; else whether the limit
    was passed is not known, and the patient is in neither count. Treated patients without the dose of any whole cycle
    are counted apart: known, not known and these are all who were treated. An incomplete patient enters the percentage
    only as a case, so bounds over all treated patients are next to it: none of the unknown is a case, or all are.
    """
    rows = []
    name, total = organ.code.lower(), doses[doses["PARAMCD"].eq(TOTALS[organ.code])]
    treated = dict(each_group(subjects, study))
    for code, members in each_group(total, study):
        patients = set(treated[code]["USUBJID"])
        about = _about(ids.limit(name, "course", code), code, organ.code)
        course = members["AVISIT"].eq("CUMULATIVE")
        block = replace(about, context=f"above {organ.limit_total:g} Gy in the course")
        rows += _passed(members[course], organ.limit_total, patients, block, plan)
        if organ.limit_cycle is not None:
            block = about.of(
                ids.limit(name, "cycle", code), context=f"above {organ.limit_cycle:g} Gy in a cycle"
            )
            rows += _passed(members[~course], organ.limit_cycle, patients, block, plan)
    return rows


def _passed(
    doses: pd.DataFrame, limit: float, treated: set[str], block: About, plan: Plan
) -> list[ResultRow]:
    passed = set(doses.loc[above(numbers(doses["AVAL"]), limit), "USUBJID"])
    complete = set(doses.loc[doses["DOSCMPFL"].eq("Y").fillna(value=False).astype(bool), "USUBJID"])
    some, known = set(doses["USUBJID"]), complete | passed
    counts = (
        ("n_known", known, "Patients whose status is known"),
        ("n_unknown", some - known, "Patients with incomplete dosimetry, below the limit so far"),
        ("n_without", treated - some, "Treated patients without the dose of any whole cycle"),
        ("n_treated", treated, "Treated patients"),
    )
    return [
        *rate(len(passed), len(known), block, plan, of="patients whose status is known"),
        *bounds(len(passed), len(treated - known), len(treated), block, of="treated patients"),
        *(block.row(name, len(who), unit="", label=label) for name, who, label in counts),
    ]
