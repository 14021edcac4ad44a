"""Does the primary result depend on the dating of progression, on baseline, or on how often patients were seen?"""

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    MONTH_DECIMALS,
    RANDOMISED,
    RATIO_DECIMALS,
    SHARE_DECIMALS,
    compared_groups,
    compared_words,
    confidence,
    group_name,
    interval,
)
from duonen_stats.displays.model.format import TO, upper_first
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.beside_primary import (
    analyse_adjusted,
    analyse_interval_censored,
    analyse_interval_curves,
    analyse_schedule,
)
from duonen_stats.results.analyses.efficacy.intercurrent import analyse_per_protocol
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_survival
from duonen_stats.results.rows.groups import ALL

_EMPTY: Line = ()


def _row(
    material: Material, label: Line, block: ids.Block, counts: tuple[Line, Line], indent: int = 0
) -> TableRow:
    look = material.look
    ratio = interval(look, block, "hr", RATIO_DECIMALS)
    return TableRow(cells=(label, *counts, ratio, (look.p(block.stat("p")),)), indent=indent)


def _counted(material: Material, block: ids.Block) -> tuple[Line, Line]:
    look = material.look
    return ((look.count(block.stat("n")),), (look.count(block.stat("events")),))


def _interval_row(material: Material, label: str, model: str) -> TableRow:
    """Write a fit, with its events: the exact ones and those between two assessments are said in a footnote."""
    block = ids.interval_model(model)
    counts: tuple[Line, Line] = (
        (material.look.count(block.stat("n")),),
        (material.look.count(ids.adjusted().stat("events")),),
    )
    return _row(material, (label,), block, counts)


def _what_is_exploratory(material: Material) -> Line:
    """Say which rows are exploratory, and what the first one is."""
    if not material.status.confirmatory:
        return ("All rows are exploratory. The first repeats the hazard ratio of Table E2, to compare with.",)
    return (
        "All rows but the first are exploratory, and none replaces the primary comparison. The first repeats its "
        "hazard ratio, to compare with; confirmatory is the p-value of its log-rank test alone.",
    )


def _layout(material: Material) -> Layout:
    look, plan = material.look, material.plan
    primary, everybody = ids.primary("pfs"), ids.adjusted()
    cuts = ", ".join(f"{month:g}" for month in plan.interval_cutpoints)
    schedule, weibull, protocol = ids.on_schedule(), ids.interval_model("weibull"), ids.per_protocol()
    rows = [
        _row(material, ("Primary comparison, Cox model",), ids.cox(primary), _counted(material, everybody)),
        _interval_row(material, "Progression between assessments: Weibull model", "weibull"),
        _interval_row(
            material,
            f"Progression between assessments: exponential model in pieces ({cuts} months)",
            "piecewise",
        ),
        _row(
            material,
            ("Progression dated by the schedule, Cox model",),
            schedule,
            _counted(material, schedule),
        ),
        TableRow(
            cells=(
                ("Progression dated by the schedule, log-rank test",),
                *_counted(material, schedule),
                _EMPTY,
                (look.p(schedule.stat("log_rank_p")),),
            )
        ),
        _row(material, ("Per-protocol population, Cox model",), protocol, _counted(material, protocol)),
        TableRow(
            cells=(
                ("Per-protocol population, log-rank test",),
                *_counted(material, protocol),
                _EMPTY,
                (look.p(protocol.stat("log_rank_p")),),
            )
        ),
        _row(
            material,
            (f"Cox model, adjusted for {plan.words('adjustment_covariates')}",),
            everybody,
            _counted(material, everybody),
        ),
    ]
    for block in look.listed(ids.adjusted_term):
        shown = upper_first(look.results.row(block.stat("hr")).shown_level)
        rows.append(_row(material, (shown,), block, (_EMPTY, _EMPTY), indent=1))
    columns = (
        Column(header=upper_first(compared_words(material)), align="left", weight=2.8),
        Column(header="Patients", below=("n",), weight=0.8),
        Column(header="Events", below=("n",), weight=0.8),
        Column(header="Hazard ratio", below=(confidence(material),), weight=1.4),
        Column(header="p", weight=0.8),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(
            _what_is_exploratory(material),
            (
                "Between assessments: a progression lies after the last evaluable assessment without one "
                "(randomisation if there is none) and up to the assessment that showed it, here in ",
                look.count(weibull.stat("between")),
                " patients; a death without recorded progression is exact, in ",
                look.count(weibull.stat("exact")),
                ".",
            ),
            (
                f"Dated by the schedule: every {plan.assessment_interval_days} days from randomisation, "
                f"{plan.assessment_tolerance_days} days late allowed; a progression seen in between counts at the next "
                "scheduled day, a time without event ends at the last one reached. Patients whose time is moved: ",
                look.count(schedule.stat("moved")),
                ".",
            ),
            (
                f"Per protocol: treated at least once, as the arm randomised to, {plan.words('per_protocol')}. Who is "
                "in it follows from what happened after randomisation.",
            ),
        ),
    )


BESIDE_PRIMARY = Display(
    key="table_e12",
    label="Table E12",
    ich_number="14.2.11",
    title="Beside the primary comparison: exploratory analyses of progression-free survival",
    analyses=(
        analyse_primary,
        analyse_interval_censored,
        analyse_adjusted,
        analyse_schedule,
        analyse_per_protocol,
    ),
    layout=_layout,
    datasets=("ADTTE", "ADRS", "ADSL"),
    exploratory=True,
)


def _layout_schedule(material: Material) -> Layout:
    look, plan = material.look, material.plan
    rows = []
    for group in (*compared_groups(material), ALL):
        block = ids.assessment_interval(group)
        cells: tuple[Line, ...] = (
            (group_name(material, group),),
            (look.count(block.stat("n")),),
            look.median_quartiles(block, 0),
            look.median_range(block, 0),
            look.n_percent(ids.off_schedule(group)),
        )
        rows.append(TableRow(cells=cells))
    columns = (
        Column(header="Group", align="left"),
        Column(header="Patients assessed", below=("n",)),
        Column(header="Days between", below=("median (IQR)",), weight=1.5),
        Column(header="Days between", below=("median (range)",), weight=1.5),
        Column(header="Off the schedule", below=("assessments, n (%)",), weight=1.5),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(
            (
                "Evaluable assessments after randomisation, up to progression or the end of observation. Days between: "
                "each patient's mean interval, the first counted from randomisation. Off the schedule: further than "
                f"{plan.assessment_tolerance_days} days from every day of a schedule of "
                f"{plan.assessment_interval_days} days. Groups seen more often, or off the schedule, may show "
                "progression earlier for that reason alone.",
            ),
        ),
    )


ASSESSMENT_SCHEDULE = Display(
    key="table_e13",
    label="Table E13",
    ich_number="14.2.12",
    title="Assessments as done by the investigators, against the schedule",
    analyses=(analyse_schedule,),
    layout=_layout_schedule,
    datasets=("ADTTE", "ADRS"),
    exploratory=True,
)


def _layout_intervals(material: Material) -> Layout:
    look, plan = material.look, material.plan
    rows: list[TableRow] = []
    for group in (*compared_groups(material), ALL):
        curve = ids.interval_curve(group)
        counts: tuple[Line, ...] = ((look.count(curve.stat("between")),), (look.count(curve.stat("exact")),))
        rows.append(TableRow(cells=((group_name(material, group),), *counts, *(_EMPTY,) * 3), kind="group"))
        for month in plan.landmark_months:
            block = ids.interval_rate(curve, month)
            dated = ids.km_rate(ids.km("pfs", group), month).stat("survival")
            cells: tuple[Line, ...] = (
                (f"{month:g} months",),
                _EMPTY,
                _EMPTY,
                (look.fixed(dated, SHARE_DECIMALS),),
                _possible(material, block),
                _open(material, block),
            )
            rows.append(TableRow(cells=cells, indent=1))
    columns = (
        Column(header="Group", align="left", weight=1.4),
        Column(header="Progressions", below=("between assessments",)),
        Column(header="Deaths", below=("exact",), weight=0.8),
        Column(header="Kaplan–Meier", below=("progression as seen",)),
        Column(header="Turnbull", below=("progression between",), weight=1.3),
        Column(header="Undetermined on", below=("months",), weight=1.2),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(
            (
                "Probability of being free of progression and alive. Turnbull: the curve of highest likelihood when a "
                "progression lies anywhere between the assessments around it, without a model. The data do not say "
                "where it falls within certain intervals; at a month in one of them every value in the range given has "
                "the same likelihood, and the interval is shown. It has no confidence limits: none are known to be "
                "right.",
            ),
        ),
    )


def _possible(material: Material, block: ids.Block) -> Line:
    """Write the one value of the curve, or the range of those it can have."""
    look = material.look
    low, high = (look.fixed(block.stat(name), SHARE_DECIMALS) for name in ("lowest", "highest"))
    return (low,) if look.results.value(block.stat("left")) is None else (low, TO, high)


def _open(material: Material, block: ids.Block) -> Line:
    look = material.look
    left, right = block.stat("left"), block.stat("right")
    if look.results.value(left) is None:
        return _EMPTY
    start = look.fixed(left, MONTH_DECIMALS)
    if look.results.value(right) is None:
        return ("after ", start)
    return (start, TO, look.fixed(right, MONTH_DECIMALS))


BETWEEN_ASSESSMENTS = Display(
    key="table_e20",
    label="Table E20",
    ich_number="14.2.15",
    title="Progression-free survival with progression between assessments, without a model",
    analyses=(analyse_interval_curves, analyse_survival),
    layout=_layout_intervals,
    datasets=("ADTTE", "ADRS"),
    exploratory=True,
)
