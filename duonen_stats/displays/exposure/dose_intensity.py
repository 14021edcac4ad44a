"""Did the courses keep to the protocol: intervals and delays, dose intensity, dose per activity, limits."""

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import upper_first
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.dose_intensity import (
    analyse_delays,
    analyse_dose_intensity,
    analyse_specific_doses,
)
from duonen_stats.results.rows.groups import ALL, arm_codes

_SAFETY = SHOWN[Population.SAFETY]
_ACTIVITY_DECIMALS = 2
_PER_GBQ_DECIMALS = {"kidney": 2, "marrow": 4}


def _group_row(label: str, columns: int) -> TableRow:
    return TableRow(cells=((label,), *((),) * (columns - 1)), kind="group")


def _range(material: Material, block: ids.Block, decimals: int) -> Line:
    look = material.look
    low = look.fixed(block.stat("min"), decimals)
    if look.results.value(block.stat("min")) is None:
        return (low,)
    return (low, "–", look.fixed(block.stat("max"), decimals))


def _layout_delays(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    columns = (
        Column(header="Arm", align="left", weight=0.8),
        Column(header="Not given", below=("n (%)",)),
        Column(header="Given after", below=("another, n",)),
        Column(header="Interval", below=("days, median (IQR)",), weight=1.6),
        Column(header="Range", below=("days",)),
        Column(header="Late", below=("n (%)",)),
        Column(header="Delay", below=("days, median (range)",), weight=1.4),
    )
    rows = []
    for cycle in study.cycles[1:]:
        rows.append(_group_row(cycle.label, len(columns)))
        for code in (*arm_codes(study), ALL):
            interval = ids.cycle_interval(cycle.code, code)
            cells: tuple[Line, ...] = (
                ("All" if code == ALL else code,),
                look.n_percent(ids.cycle_not_given(cycle.code, code)),
                (look.count(interval.stat("n")),),
                look.median_quartiles(interval, 0),
                _range(material, interval, 0),
                look.n_percent(ids.cycle_delayed(cycle.code, code)),
                look.median_range(ids.cycle_delay(cycle.code, code), 0),
            )
            rows.append(TableRow(cells=cells, indent=1))
    design = study.design
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_SAFETY,),
        sentence=(
            "Treated patients with a late cycle: ",
            *look.n_percent(ids.delayed_patients(ALL)),
            "; late cycles: ",
            look.count(ids.delay_reason("event", ALL).stat("n")),
            " with an adverse event recorded to have delayed treatment, ",
            look.count(ids.delay_reason("none", ALL).stat("n")),
            " without.",
        ),
        footnotes=(
            (
                f"Planned: {design.cycle_interval_weeks} ± {design.cycle_interval_tolerance_weeks} weeks between "
                f"cycles. Delay: {plan.words('cycle_delay')}. Where a cycle in between was not given, the interval "
                "planned is that of two cycles.",
            ),
            (
                "Not given: treated patients whose treatment is over without the cycle; this is not a delay. "
                "Percentages of late cycles are of the cycles given after another one.",
            ),
        ),
    )


DELAYS = Display(
    key="table_s31",
    label="Table S31",
    ich_number="14.1.5.1",
    title="Intervals between cycles, delays, and cycles not given",
    analyses=(analyse_delays,),
    layout=_layout_delays,
    datasets=("ADEX", "ADSL", "ADAE"),
)


def _layout_activity(material: Material) -> Layout:
    look, study = material.look, material.study
    columns = (
        Column(header="Arm", align="left", weight=0.6),
        Column(header="Isotope", weight=0.8),
        *(Column(header=cycle.label, below=("GBq, median (IQR); n",), weight=1.7) for cycle in study.cycles),
    )
    rows = []
    for arm in study.arms:
        for isotope in arm.isotopes:
            cells: list[Line] = []
            for cycle in study.cycles:
                block = ids.cycle_activity(arm.code, isotope, cycle.code)
                described = look.median_quartiles(block, _ACTIVITY_DECIMALS)
                cells.append((*described, "; ", look.count(block.stat("n"))))
            rows.append(TableRow(cells=((arm.code,), (study.isotope(isotope).label,), *cells)))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(_SAFETY,),
        footnotes=(("n: patients who received the cycle. Activities of two isotopes are never added.",),),
    )


ACTIVITY_BY_CYCLE = Display(
    key="table_s32",
    label="Table S32",
    ich_number="14.1.5.2",
    title="Activity by cycle, arm and isotope",
    analyses=(analyse_dose_intensity,),
    layout=_layout_activity,
    datasets=("ADEX", "ADSL"),
)


def _layout_intensity(material: Material) -> Layout:
    look, study = material.look, material.study
    columns = (
        Column(header="Arm", align="left", weight=0.6),
        Column(header="Isotope", weight=0.8),
        Column(header="Patients", below=("n",), weight=0.8),
        Column(header="Of the course", below=("%, median (IQR)",), weight=1.6),
        Column(header="Intensity against start", below=("%, median (IQR)",), weight=1.7),
        Column(header="Intensity against set", below=("%, median (IQR)",), weight=1.7),
        Column(header="Set, known", below=("cycles, n (%)",), weight=1.1),
        Column(header="Given of set", below=("% by cycle, median (range)",), weight=1.8),
    )
    rows = []
    for arm in study.arms:
        for isotope in arm.isotopes:
            shares = (
                ids.course_share(arm.code, isotope),
                ids.dose_intensity(arm.code, isotope, "start"),
                ids.dose_intensity(arm.code, isotope, "set"),
            )
            cells: tuple[Line, ...] = (
                (arm.code,),
                (study.isotope(isotope).label,),
                (look.count(shares[0].stat("n")),),
                *(look.median_quartiles(block, 1) for block in shares),
                look.n_percent(ids.activity_set(arm.code, isotope)),
                look.median_range(ids.given_of_set(arm.code, isotope), 1),
            )
            rows.append(TableRow(cells=cells))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(_SAFETY,),
        sentence=_goes_on(material),
        footnotes=(
            (
                f"Of the course: activity given, of {len(study.cycles)} cycles at the protocol's start activity. "
                "Intensity: activity per time over a patient's whole course, of that planned; the time is from the "
                f"first to the last cycle and {study.design.cycle_interval_weeks} weeks more, so that a single cycle "
                "took one interval. It may exceed 100% where dosimetry raises the activity.",
            ),
            (
                "Against start: planned is the protocol's start activity. Against set: planned is what was set for the "
                "cycles that were given, which alone shows whether the plan was kept. It is the start activity in the "
                "first cycle and wherever dosimetry does not adapt the isotope; else it has to be recorded. A patient "
                "counts only if it is known of every cycle given; given of set is by cycle.",
            ),
            ("Activities of two isotopes are never added.",),
        ),
    )


def _goes_on(material: Material) -> Line:
    look = material.look
    line: Line = ()
    for code in arm_codes(material.study):
        line = (*line, f"{'; ' if line else ''}arm {code} ", look.count(ids.courses(code).stat("ongoing")))
    return ("Patients whose treatment goes on, so that their course is not whole yet: ", *line, ".")


INTENSITY = Display(
    key="table_s40",
    label="Table S40",
    ich_number="14.1.5.3",
    title="Share of the course and relative dose intensity by arm and isotope",
    analyses=(analyse_dose_intensity,),
    layout=_layout_intensity,
    datasets=("ADEX", "ADSL"),
)


def _layout_specific(material: Material) -> Layout:
    look, study = material.look, material.study
    columns = (
        Column(header="Arm", align="left", weight=0.6),
        Column(header="Isotope", weight=0.8),
        *(
            Column(header=cycle.label, below=("Gy/GBq, median (IQR); n",), weight=1.9)
            for cycle in study.cycles
        ),
    )
    rows = []
    for organ in study.organs:
        rows.append(_group_row(organ.label, len(columns)))
        name = organ.code.lower()
        for arm in study.arms:
            for isotope in arm.isotopes:
                blocks = [ids.specific_dose(name, arm.code, isotope, cycle.code) for cycle in study.cycles]
                cells = [
                    (
                        *look.median_quartiles(block, _PER_GBQ_DECIMALS.get(name, 3)),
                        "; ",
                        look.count(block.stat("n")),
                    )
                    for block in blocks
                ]
                label = study.isotope(isotope).label
                rows.append(TableRow(cells=((arm.code,), (label,), *cells), indent=1))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(f"{SHOWN[Population.SAFETY]}, cycles with the dose of the organ",),
        footnotes=(
            (
                "Absorbed dose of the organ from an isotope, per activity of that isotope in the same cycle; n: cycles "
                "with that dose.",
            ),
        ),
    )


SPECIFIC_DOSES = Display(
    key="table_s33",
    label="Table S33",
    ich_number="14.1.7.1",
    title="Organ dose per administered activity, by cycle",
    analyses=(analyse_specific_doses,),
    layout=_layout_specific,
    datasets=("ADEX", "ADDOS"),
)


def limit_words(material: Material, limit: str) -> str:
    """Write the name of a limit of dose: ``Kidney, 23 Gy in the course``."""
    organ_name, _, span = limit.rpartition("_")
    if not organ_name:
        return "Not known: doses of an earlier cycle are missing"
    organ = material.study.organ(organ_name.upper())
    gray, words = (
        (organ.limit_total, "in the course") if span == "course" else (organ.limit_cycle, "in a cycle")
    )
    return f"{organ.label}, {gray:g} Gy {words}"


_REASON_WORDS = {
    "dosimetry_increase": "Increased by dosimetry",
    "dosimetry_reduction": "Reduced by dosimetry",
    "other_reason": "Other or as planned",
}


def _layout_limits(material: Material) -> Layout:
    look, study = material.look, material.study
    scope = ids.Scope(study=study, plan=material.plan)
    columns = (
        Column(header="Limit that leaves least room", align="left", weight=2.4),
        *(Column(header=_REASON_WORDS[reason], below=("cycles, n (%)",)) for reason in ids.GOVERNED_BY),
    )
    rows = []
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        isotope = study.isotope(arm.modified_isotope).label
        head: Line = (
            f"Arm {arm.code}, {isotope}: ",
            look.count(ids.adapted_cycles(arm.code).stat("n")),
            " cycles after the first",
        )
        rows.append(TableRow(cells=(head, *((),) * len(ids.GOVERNED_BY)), kind="group"))
        for limit in ids.limit_names(scope):
            cells = [
                look.n_percent(ids.governing_limit(arm.code, limit, reason)) for reason in ids.GOVERNED_BY
            ]
            rows.append(TableRow(cells=((upper_first(limit_words(material, limit)),), *cells), indent=1))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(
            f"{SHOWN[Population.SAFETY]}, arms with a modified isotope, delivered cycles after the first",
        ),
        footnotes=(
            (
                "For each cycle: with the patient's mean dose per activity so far, what is left of each limit was "
                "shared evenly by the cycles that remain, less the dose of the isotope that does not change. The "
                "limit listed allows the smallest activity. Whether it governed what was given is said by the recorded "
                "reason: increased or reduced by dosimetry.",
            ),
        ),
    )


GOVERNING_LIMITS = Display(
    key="table_s34",
    label="Table S34",
    ich_number="14.1.7.2",
    title="Cycles by the limit of dose that governed their activity",
    analyses=(analyse_specific_doses,),
    layout=_layout_limits,
    datasets=("ADEX", "ADDOS"),
)
