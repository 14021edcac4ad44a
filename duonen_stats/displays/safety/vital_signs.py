"""Tables S60 to S62: vital signs by visit, the worst Karnofsky status, and the change of body weight."""

from functools import partial

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.grade_shifts import shift_cell
from duonen_stats.displays.safety.laboratory import visit_key
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.vital_signs import NO_RECORD, analyse_vital_signs
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.study import Study, VitalSign

_SAFETY = SHOWN[Population.SAFETY]
_LAST = "Last value"
_LEVELS = {"below_60": "Below 60", ids.NO_STATUS: "Missing"}


def _nothing(material: Material) -> tuple[Line, ...]:
    """Say that there is no record, where there is none."""
    return ((f"{NO_RECORD[0].upper()}{NO_RECORD[1:]}.",),) if material.data.advs is None else ()


def _visit_words(material: Material) -> str:
    late = ", ".join(ids.LATE_VISITS)
    return f"{visit_key(material)}; {late}: visits of late follow-up; last value: of all after the first administration"


def _sign(study: Study, code: str) -> VitalSign | None:
    return next((sign for sign in study.vital_signs if sign.code == code), None)


def _seen(material: Material, code: str, visits: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out visits at which nobody has a value."""
    look = material.look
    return tuple(visit for visit in visits if look.results.value(ids.sign_value(code, visit, ALL).stat("n")))


def _layout_signs(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    times = ids.sign_times(ids.Scope(study=study, plan=plan))
    rows: list[TableRow] = []
    for sign in study.vital_signs:
        rows.append(TableRow(cells=((f"{sign.label}, {sign.unit}",), *((),) * len(groups)), kind="group"))
        for visit in _seen(material, sign.code, times):
            value = partial(ids.sign_value, sign.code, visit)
            cells: list[Line] = [
                (
                    *look.median_quartiles(value(group), sign.decimals, to=" to "),
                    "; ",
                    look.count(value(group).stat("n")),
                )
                for group in groups
            ]
            rows.append(TableRow(cells=((_LAST if visit == ids.LAST_SIGN else visit,), *cells), indent=1))
            if visit == plan.baseline_visit:
                continue
            change = partial(ids.sign_change, sign.code, visit)
            cells = [
                (
                    *look.median_quartiles(change(group), sign.decimals, to=" to ", signed=True),
                    "; ",
                    look.count(change(group).stat("n")),
                )
                for group in groups
            ]
            rows.append(TableRow(cells=(("Δ",), *cells), indent=2))
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Sign, visit", align="left", weight=1.0),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=(_SAFETY,),
        footnotes=(
            *_nothing(material),
            (
                f"Median (first to third quartile); number of patients with a value. Δ: change from "
                f"{plan.baseline_visit}, the last value up to the first administration. Nothing is carried forward; "
                "a visit without any value has no row. Means and standard deviations are in the results table.",
            ),
            (f"{_visit_words(material)}.",),
        ),
    )


def _layout_karnofsky(material: Material) -> Layout:
    look, study = material.look, material.study
    levels = (*ids.KARNOFSKY_LEVELS, ids.NO_STATUS)
    arms = arm_codes(study)
    rows: list[TableRow] = []
    if _sign(study, ids.KARNOFSKY) is not None:
        for before in levels:
            blocks = {after: partial(ids.karnofsky_shift, before, after) for after in levels}
            if not any(look.results.value(block(ALL).stat("n")) for block in blocks.values()):
                continue
            cells = [
                shift_cell(material, block(ALL), [block(arm) for arm in arms]) for block in blocks.values()
            ]
            rows.append(TableRow(cells=((_LEVELS.get(before, before),), *cells)))
        rows.append(
            TableRow(
                cells=(
                    ("Worse than at baseline: ", *look.n_percent_limits(ids.karnofsky_worsened(ALL))),
                    *((),) * len(levels),
                ),
                kind="group",
            )
        )
        for arm in arms:
            worse = look.n_percent_limits(ids.karnofsky_worsened(arm))
            rows.append(
                TableRow(cells=((f"{study.arm(arm).label}: ", *worse), *((),) * len(levels)), indent=1)
            )
    return Layout(
        content=TableContent(
            columns=(
                Column(header="At baseline", align="left", weight=2.2),
                *(
                    Column(header=_LEVELS.get(level, level), below=(f"n ({'/'.join(arms)})",))
                    for level in levels
                ),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=(_SAFETY,),
        footnotes=(
            *_nothing(material),
            (
                "Rows: Karnofsky performance status at baseline; columns: the lowest after the first administration, "
                "in late follow-up too, in points. All patients, in percent of those with both (patients by arm). "
                f"Worse: n (%) [{confidence(material)}, {limits_method(material)}] of the same. Missing: no value. "
                "A dot: nobody.",
            ),
        ),
    )


def _layout_weight(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    rows: list[TableRow] = []
    if _sign(study, ids.WEIGHT) is not None:
        heading = f"Change from {plan.baseline_visit}, %"
        rows.append(TableRow(cells=((heading,), *((),) * len(groups)), kind="group"))
        for visit in _seen(material, ids.WEIGHT, ids.change_times(ids.Scope(study=study, plan=plan))):
            cells: list[Line] = []
            for group in groups:
                block = ids.weight_change(visit, group)
                quartiles = look.median_quartiles(block, 1, to=" to ", signed=True)
                cells.append((*quartiles, "; ", look.count(block.stat("n"))))
            rows.append(TableRow(cells=((_LAST if visit == ids.LAST_SIGN else visit,), *cells), indent=1))
        rows.append(TableRow(cells=(("Largest loss of weight",), *((),) * len(groups)), kind="group"))
        for least in ids.LOSSES:
            cells = [look.n_percent_limits(ids.weight_lost(least, group)) for group in groups]
            rows.append(TableRow(cells=((f"{least} % or more",), *cells), indent=1))
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Body weight", align="left", weight=1.2),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=(_SAFETY,),
        footnotes=(
            *_nothing(material),
            (
                "Change: median (first to third quartile); number of patients. Loss: n (%) "
                f"[{confidence(material)}, {limits_method(material)}] of the patients with a baseline and a weight "
                "after the first administration, in late follow-up too; each patient counts with the largest loss. "
                "5, 10 and 20 % are the bounds at which CTCAE grades a loss of weight 1, 2 and 3.",
            ),
            (f"{_visit_words(material)}.",),
        ),
    )


VITAL_SIGNS = Display(
    key="table_s60",
    label="Table S60",
    ich_number="14.3.5.1",
    title="Vital signs and performance status by visit and arm",
    analyses=(analyse_vital_signs, analyse_adverse_events),
    layout=_layout_signs,
    datasets=("ADVS", "ADSL"),
)
KARNOFSKY_SHIFTS = Display(
    key="table_s61",
    label="Table S61",
    ich_number="14.3.5.2",
    title="Karnofsky performance status: from baseline to the worst after the first administration",
    analyses=(analyse_vital_signs,),
    layout=_layout_karnofsky,
    datasets=("ADVS", "ADSL"),
)
WEIGHT_CHANGES = Display(
    key="table_s62",
    label="Table S62",
    ich_number="14.3.5.3",
    title="Change of body weight by visit and arm",
    analyses=(analyse_vital_signs, analyse_adverse_events),
    layout=_layout_weight,
    datasets=("ADVS", "ADSL"),
)
