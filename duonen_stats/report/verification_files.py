"""What a report carries so that it can be recomputed: the R program, and the decisions and facts it needs."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict

from duonen_stats.datasets.laboratory.grade_course import MARROW_ANALYTES
from duonen_stats.plan import Plan
from duonen_stats.report.compose import Analysed
from duonen_stats.results.analyses.safety.toxicity import LYMPHOCYTES
from duonen_stats.study import Study
from duonen_stats.verification.r_engine import R_PROGRAM, R_SETTINGS, r_program

Setting = tuple[str, str, str, object]
"""What a line is about, the code of which one, the name of a field, and its value."""


def verification_files(analysed: Analysed) -> dict[str, bytes]:
    """Return the R program and its settings by their names within the folder of a report.

    A report of aggregates has neither: without datasets there is nothing to recompute from.
    """
    if analysed.aggregate:
        return {}
    made: tuple[Setting, ...] = (
        ("report", "", "kind", analysed.plan.report),
        ("report", "", "session", analysed.session or ""),
        ("report", "", "blinded", int(analysed.blinded is not None)),
    )
    return {
        R_PROGRAM: r_program(),
        R_SETTINGS: settings_csv(
            (
                *made,
                *plan_settings(analysed.plan),
                *study_settings(analysed.study, analysed.plan.ctcae_version),
            )
        ),
    }


def settings_csv(settings: tuple[Setting, ...]) -> bytes:
    """Write settings as a table with the columns ``about, code, field, value``.

    Examples
    --------
    >>> settings_csv((("plan", "", "alpha", 0.05),)).decode().splitlines()
    ['about,code,field,value', 'plan,,alpha,0.05']
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("about", "code", "field", "value"))
    writer.writerows(settings)
    return text.getvalue().encode()


def plan_settings(plan: Plan) -> Iterator[Setting]:
    """Yield every decision of a plan; a list has a line for each of its values, and an empty one has none.

    Examples
    --------
    >>> from duonen_stats import INTERIM
    >>> [value for *_, field, value in plan_settings(INTERIM) if field == "follow_up_visits"]
    ['V1', 'V2', 'V3', 'V4']
    """
    for name, value in asdict(plan).items():
        for one in value if isinstance(value, (tuple, list)) else (value,):
            yield "plan", "", name, int(one) if isinstance(one, bool) else one


def study_settings(study: Study, version: str = "5.0") -> Iterator[Setting]:
    """Yield the facts of the data dictionary that a report depends on; ``version`` is that of CTCAE."""
    for name, fact in asdict(study.design).items():
        yield "study", "", name, fact
    yield from _treatment(study)
    yield from _measurements(study, version)
    for table in study.tables:
        yield "table", table.name, "label", table.label
        for column in table.columns:
            for code in column.codes:
                yield "code", f"{table.name}.{column.name}", code.code, code.label


def _treatment(study: Study) -> Iterator[Setting]:
    for isotope in study.isotopes:
        yield "isotope", isotope.code, "plain", isotope.plain
        yield "isotope", isotope.code, "half_life_hours", isotope.half_life_hours
    for arm in study.arms:
        yield "arm", arm.code, "planned", arm.planned
        yield "arm", arm.code, "modified_isotope", arm.modified_isotope or ""
        for code in arm.isotopes:
            yield "arm", arm.code, "isotope", code
            yield "arm", arm.code, f"initial_activity.{code}", arm.initial_activity[code]
    for cycle in study.cycles:
        yield "cycle", cycle.code, "number", cycle.number
    for visit in study.visits:
        yield "visit", visit.code, "number", visit.number
        yield "visit", visit.code, "cycle", visit.cycle


def _measurements(study: Study, version: str) -> Iterator[Setting]:
    for organ in study.organs:
        yield "organ", organ.code, "limit_total", organ.limit_total
        if organ.limit_cycle is not None:
            yield "organ", organ.code, "limit_cycle", organ.limit_cycle
    for analyte in study.analytes:
        yield "analyte", analyte.code, "category", analyte.category
        yield "analyte", analyte.code, "adverse", analyte.adverse
        yield "analyte", analyte.code, "marrow", int(analyte.code in MARROW_ANALYTES)
        yield "analyte", analyte.code, "lymphocytes", int(analyte.code == LYMPHOCYTES)
        for low, high in analyte.undecided_grades(version):
            yield "analyte", analyte.code, "undecided", f"{low}_{high}"
    for category in study.ae_categories:
        yield "ae_category", category.code, "label", category.label
