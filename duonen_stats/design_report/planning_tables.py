"""Tables and figures of a design report: numbers looked up by id, curves as computed."""

from collections.abc import Mapping, Sequence

from duonen_stats.design import METHOD_LABELS
from duonen_stats.design_report.answer import share, stated
from duonen_stats.design_report.planning_findings import (
    CURVE_METHODS,
    RULES,
    DesignFindings,
    curve_label,
    shown_ratios,
)
from duonen_stats.design_report.planning_results import NEEDED
from duonen_stats.displays.drawings.design_figures import Curve, describe_curves, draw_curves
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    Number,
    ProducedDisplay,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import ids

_POWER, _RATIO = "Power (%)", "Hazard ratio, experimental over control"


def design_displays(found: DesignFindings, look: Lookup) -> Mapping[str, ProducedDisplay]:
    """Set every table and figure of the report, by key."""
    tables = (
        ("planned", "What the planned size gives by Schoenfeld’s formula", _planned(found, look)),
        ("methods", "Events and patients needed, and power at the planned size, by method", _methods(found, look)),
        *((("published", "The published numbers and what is reproduced", _published(found, look)),)
          if found.published_size else ()),
        ("events", "Events and patients expected over calendar time", _events(found, look)),
        ("size", "Power and size of the log-rank test, nominal and calibrated", _size(look)),
        ("boundaries", "Group-sequential boundaries for three equally spaced looks", _boundaries(found, look)),
        ("precision", "Precision of a toxicity rate", _precision(found, look)),
    )  # fmt: skip
    figures = (
        ("power_curve", "Power over the hazard ratio, by method", _power_figure(found)),
        ("events_curve", "Expected events over calendar time", _events_figure(found)),
        ("boundary_curve", "Boundaries by rule", _boundary_figure(found)),
    )
    population: Line = (look.count(ids.assumed().stat("patients")), " planned patients")
    shown = [
        ProducedDisplay(
            key=key, label=f"{kind} {place}", ich_number="", title=title, content=content,
            population=(f"{NEEDED}.",) if key in _NEEDED else population,
            footnotes=_NOTES.get(key, ()), source="Design assumptions; no data of patients.",
        )
        for kind, group in (("Table", tables), ("Figure", figures))
        for place, (key, title, content) in enumerate(group, 1)
    ]  # fmt: skip
    return {produced.key: produced for produced in shown}


_NEEDED = ("boundaries", "boundary_curve")
_NOTES: Mapping[str, tuple[Line, ...]] = {
    "planned": (
        (
            "The limits are those expected if the estimate is the hazard ratio assumed; their standard error is "
            "√(1/d₁ + 1/d₀), with the events d₁ and d₀ expected in each arm. What is needed is rounded up.",
        ),
    ),
    "methods": (
        ("Events and patients are rounded up, each on its own; simulated power with its Monte-Carlo standard error.",),
    ),
    "published": (("Power is that of each method at the planned size.",),),
    "size": (
        (
            "Favourable: rejections with the experimental arm better; power is that of this tail. With the Monte-Carlo "
            "standard error. The calibrated test is judged on trials of its own.",
        ),
    ),
    "boundaries": (
        (
            "Z is positive in the direction of the assumed effect; one-sided level 2.5%, power 90%. Events and "
            "patients are those needed for it, rounded up; they are not those of the planned size.",
        ),
    ),
    "precision": (("Wilson’s interval at 95%.",),),
    "power_curve": (
        (
            "Circles: simulated trials; bars are two Monte-Carlo standard errors. Filled: the hazard ratio assumed, by "
            "Schoenfeld’s formula.",
        ),
    ),
}  # fmt: skip


def _table(heads: Sequence[str], rows: Sequence[TableRow], *, first: float = 2.4) -> TableContent:
    columns = tuple(
        Column(header=head, align="left" if not place else "right", weight=1.0 if place else first)
        for place, head in enumerate(heads)
    )
    return TableContent(columns=columns, rows=tuple(rows))


def planned_lines(found: DesignFindings, look: Lookup) -> Mapping[str, Line]:
    """Write power, events, limits and what is needed at the planned size, as the sliders write theirs."""
    block = ids.planned_size()
    # A power is never rounded to 100%, in the table and at the sliders alike.
    return {
        "power": (Number(block.stat("power"), share(found.planned.power)),),
        "events": (
            look.fixed(block.stat("events"), 1), " (", look.fixed(block.stat("experimental"), 1), " + ",
            look.fixed(block.stat("control"), 1), ")",
        ),
        "limits": (look.fixed(block.stat("lower"), 3),) if found.planned.lower is None else (
            look.fixed(block.stat("lower"), 3), " to ", look.fixed(block.stat("upper"), 3),
        ),
        "needed": (
            look.count(block.stat("events_needed")), " events, ", look.count(block.stat("patients_needed")),
            " patients",
        ),
    }  # fmt: skip


def _planned(found: DesignFindings, look: Lookup) -> TableContent:
    lines = planned_lines(found, look)
    rows: tuple[tuple[str, Line], ...] = (
        ("Patients planned", (look.count(ids.assumed().stat("patients")),)),
        ("Power", lines["power"]),
        ("Events, experimental + control", lines["events"]),
        ("Hazard ratio assumed", (look.fixed(ids.planned_size().stat("hazard_ratio"), 3),)),
        (f"{stated(found.planned.confidence)} limits of the hazard ratio", lines["limits"]),
        (f"Needed for {stated(found.planned.target_power)} power", lines["needed"]),
    )
    columns = (Column(header="Quantity", align="left"), Column(header="Value", align="left", weight=2.2))
    return TableContent(columns=columns, rows=tuple(TableRow(cells=((label,), line)) for label, line in rows))


def _methods(found: DesignFindings, look: Lookup) -> TableContent:
    ratios = shown_ratios(found.assumptions)
    heads = ("Method", "Events", "Patients", *(f"Power, HR {ratio:g}" for ratio in ratios))
    rows = []
    for method, label in (*METHOD_LABELS.items(), ("simulation", "Simulated log-rank test")):
        block = ids.design_method(method)
        needed: tuple[Line, ...] = (("–",), ("–",))
        if block.stat("events") in look.results:
            needed = ((look.count(block.stat("events")),), (look.count(block.stat("patients")),))
        powers = tuple(_power_cell(look, ids.design_power(method, ratio)) for ratio in ratios)
        rows.append(TableRow(cells=((label,), *needed, *powers)))
    return _table(heads, rows)


def _power_cell(look: Lookup, block: ids.Block) -> Line:
    power = look.percent(block.stat("power"))
    if block.stat("error") not in look.results:
        return (power,)
    return (power, " ± ", look.fixed(block.stat("error"), 1))


def _published(found: DesignFindings, look: Lookup) -> TableContent:
    rows = []
    checks = (*found.published_size, *found.published_power)
    for quantity in dict.fromkeys(check.quantity for check in checks):
        rows.append(TableRow(cells=((quantity,), (), (), ()), kind="group"))
        for place, check in enumerate(checks):
            if check.quantity == quantity:
                block, decimals = ids.design_published(place), 2 if place < len(found.published_size) else 1
                cells: tuple[Line, ...] = (
                    (_method_name(check.method),),
                    (look.fixed(block.stat("printed"), 0),),
                    (look.fixed(block.stat("regenerated"), decimals),),
                    ("reproduced" if check.agrees else "not reproduced",),
                )
                rows.append(TableRow(cells=cells, indent=1))
    return _table(("Quantity and method", "Printed", "Regenerated", "Verdict"), rows)


def _method_name(method: str) -> str:
    labels = {str(name): label for name, label in METHOD_LABELS.items()}
    return labels.get(method, {"simulation": "Simulated log-rank test"}.get(method, method.capitalize()))


def _events(found: DesignFindings, look: Lookup) -> TableContent:
    rows = []
    for step in found.over_time[::6]:
        block = ids.design_events(step.at_months)
        columns = ("entered", "control", "experimental", "total")
        cells = (
            (look.fixed(block.stat("month"), 0),),
            *((look.fixed(block.stat(name), 1),) for name in columns),
        )
        rows.append(TableRow(cells=cells))
    heads = ("Month", "Patients entered", "Events, control", "Events, experimental", "Events")
    return _table(heads, rows, first=1.0)


def _size(look: Lookup) -> TableContent:
    rows = []
    for kind in ("nominal", "calibrated"):
        block = ids.design_size(kind)
        critical: Line = (look.fixed(block.stat("lower"), 3), " and ", look.fixed(block.stat("upper"), 3))
        rates = tuple(
            (look.percent(block.stat(name), 2), " ± ", look.fixed(block.stat(f"{name}_error"), 2))
            for name in ("power", "favourable", "unfavourable")
        )
        rows.append(TableRow(cells=((kind.capitalize(),), critical, *rates)))
    heads = ("Critical values", "Z", "Power", "Size, favourable", "Size, unfavourable")
    return _table(heads, rows, first=1.0)


def _boundaries(found: DesignFindings, look: Lookup) -> TableContent:
    rows = []
    for rule, (plan, _, _) in found.boundaries.items():
        about = ids.boundary(rule)
        rows.append(TableRow(cells=((RULES[rule][2],), *((),) * 6), kind="group"))
        for place in range(1, plan.looks + 1):
            block = ids.boundary_look(about, place)
            cells: tuple[Line, ...] = (
                (f"Look {place}, ", look.percent(block.stat("information"), 0)),
                (look.count(block.stat("whole_events")),),
                (look.fixed(block.stat("z"), 3),),
                (look.p(block.stat("p")),),
                (look.fixed(block.stat("hazard_ratio"), 3),),
                (look.percent(block.stat("spent"), 3),),
                (look.percent(block.stat("rejects"), 1),),
            )
            rows.append(TableRow(cells=cells, indent=1))
        expected: Line = (
            "Expected events ", look.fixed(about.stat("expected"), 1), "; patients needed ",
            look.count(about.stat("patients")),
        )  # fmt: skip
        rows.append(TableRow(cells=(expected, *((),) * 6), indent=1))
    heads = (
        "Look, information",
        "Events",
        "Z above",
        "Nominal p",
        "Hazard ratio",
        "Level spent",
        "Rejects here",
    )
    return _table(heads, rows)


def _precision(found: DesignFindings, look: Lookup) -> TableContent:
    rows = []
    for one in found.precision:
        block = ids.design_precision(one.n, one.proportion)
        interval: Line = (look.percent(block.stat("lower")), " to ", look.percent(block.stat("upper")))
        cells: tuple[Line, ...] = (
            (f"{one.n}",), (look.percent(block.stat("rate")),), interval, (look.fixed(block.stat("half_width"), 1),),
        )  # fmt: skip
        rows.append(TableRow(cells=cells))
    return _table(("Patients", "Rate", "Interval", "Half-width, points"), rows, first=1.0)


def _figure(
    curves: Sequence[Curve], x: str, y: str, numbers: tuple[Number, ...] = (), **looks: float | bool | None
) -> FigureContent:
    return FigureContent(
        draw=lambda: draw_curves(curves, x_label=x, y_label=y, **looks),  # type: ignore[arg-type]
        alt=describe_curves(curves, x_measure=x, y_measure=y),
        numbers=numbers,
    )


def _power_figure(found: DesignFindings) -> FigureContent:
    curves = [
        Curve(
            label=curve_label(method), x=found.curve_ratios, y=[100 * power for power in found.curves[method]]
        )
        for method in CURVE_METHODS
    ]
    simulated = found.comparison.rows[-1]
    points = Curve(
        label="Simulated",
        x=found.comparison.hazard_ratios,
        y=[100 * power for power in simulated.power],
        error=[200 * error for error in simulated.mc_error or ()],
        line=False,
    )
    planned = Curve(
        label="As planned",
        x=[found.planned.hazard_ratio],
        y=[100 * found.planned.power],
        line=False,
        asked=True,
    )
    return _figure([*curves, points, planned], _RATIO, _POWER, level=100 * found.comparison.target_power)


def _events_figure(found: DesignFindings) -> FigureContent:
    months = [step.at_months for step in found.over_time]
    curves = [
        Curve(label="Events", x=months, y=[step.total for step in found.over_time]),
        Curve(label="Events, experimental arm", x=months, y=[step.experimental for step in found.over_time]),
        Curve(label="Events, control arm", x=months, y=[step.control for step in found.over_time]),
        Curve(label="Patients entered", x=months, y=[step.entered for step in found.over_time]),
    ]
    return _figure(curves, "Months since the trial opened", "Patients or events", from_zero_x=True)


def _boundary_figure(found: DesignFindings) -> FigureContent:
    curves = [
        Curve(label=RULES[rule][2], x=events.n_events, y=plan.efficacy_z, signs=True)
        for rule, (plan, events, _) in found.boundaries.items()
    ]
    return _figure(curves, "Events", "Reject if Z is above", from_zero_y=False)
