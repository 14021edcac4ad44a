"""Table S20 and Figure S1: are severe events more frequent in an arm than they should be?"""

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.alt_text import describe_step_curves
from duonen_stats.displays.drawings.drawing import scale_for
from duonen_stats.displays.drawings.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, group_name, limits_method, numbers_in
from duonen_stats.displays.model.lookup import points_of
from duonen_stats.displays.safety.adverse_events import reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.toxicity_monitoring import analyse_toxicity_monitoring
from duonen_stats.results.rows.groups import arm_codes

_POPULATION = "Safety population, in the order of the first administration"
_BOUNDARY = "boundary"


def _rule(material: Material) -> Line:
    plan = material.plan
    return (
        f"The rule signals where the probability that more than {100 * plan.toxicity_bound:g} % of patients have "
        f"such an event is at least {plan.toxicity_threshold:g}, from {plan.min_group} patients on; prior: "
        f"beta({plan.toxicity_prior_events:g}, {plan.toxicity_prior_others:g}). The protocol states no such rule: it "
        "informs, and binds nobody.",
    )


def _events(material: Material) -> Line:
    return (
        f"Patients with a treatment-emergent event of grade 3 or higher, {reporting_period(material)}; an event "
        "without a grade is not counted. Patients stand in the order of their first treatment with every event "
        "known at the data cut, so that the course is not the one seen at the time.",
    )


def _layout_table(material: Material) -> Layout:
    look, plan = material.look, material.plan
    rows = []
    for arm in arm_codes(material.study):
        block = ids.toxicity_watch(arm)
        signal = block.stat("signal_at")
        signalled: Line = ("no",)
        if look.results.value(signal) is not None:
            signalled = ("after ", look.count(signal), " patients")
        rows.append(
            TableRow(
                cells=(
                    (group_name(material, arm),),
                    (*look.n_percent_limits(block), " of ", str(look.results.row(block.stat("n")).n)),
                    (
                        look.fixed(block.stat("mean"), 1),
                        " [",
                        *look.limits(block, low="low", high="high"),
                        "]",
                    )
                    if look.results.value(block.stat("mean")) is not None
                    else (look.fixed(block.stat("mean"), 1),),
                    (look.fixed(block.stat("exceeds"), 3, bounds=(plan.toxicity_threshold,)),),
                    signalled,
                )
            )
        )
    heading: Line = ("How the rule behaves in an arm of the planned size, at a true rate of",)
    rows.append(TableRow(cells=(heading, *((),) * 4), kind="group"))
    for true in plan.toxicity_rates:
        block = ids.toxicity_rule(true)
        rows.append(
            TableRow(
                cells=(
                    (f"{100 * true:g} %",),
                    (),
                    (),
                    ("signals with probability ", look.fixed(block.stat("signals"), 2)),
                    ("after ", look.fixed(block.stat("patients"), 1), " patients on average, or all"),
                ),
                indent=1,
            )
        )
    columns = (
        Column(header="Arm", align="left", weight=1.4),
        Column(header="Patients with the event", below=(f"n (%) [{confidence(material)}]",), weight=1.5),
        Column(header="Posterior mean", below=(f"% [{100 * plan.confidence:g}% credible]",), weight=1.3),
        Column(header=f"Probability of more than {100 * plan.toxicity_bound:g} %", weight=1.4),
        Column(header="Signal", weight=1.2),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_POPULATION,),
        footnotes=(
            _events(material),
            _rule(material),
            (f"Limits of percentages: {limits_method(material)}.",),
        ),
    )


def _layout_figure(material: Material) -> Layout:
    look = material.look
    groups = []
    for arm in arm_codes(material.study):
        block = ids.toxicity_watch(arm)
        steps = points_of(look, look.listed(ids.toxicity_path, block), "events", time="patients")
        name = group_name(material, arm)
        label: Line = (
            f"{name}: ",
            look.count(block.stat("n")),
            " of ",
            str(look.results.row(block.stat("n")).n),
        )
        groups.append(
            StepGroup(
                arm=arm, label=label, short=name, time=(0.0, *steps.time), value=(0.0, *steps.value),
                end=max(steps.time, default=0.0),
            )
        )  # fmt: skip
    edge = points_of(look, look.listed(ids.toxicity_boundary), "events", time="patients")
    words: Line = ("Boundary: the rule signals on it and above",)
    groups.append(
        StepGroup(
            arm=_BOUNDARY, label=words, short=_BOUNDARY, time=edge.time, value=edge.value,
            end=max(edge.time, default=0.0),
        )
    )  # fmt: skip
    x_scale = scale_for([0.0, *(group.end for group in groups)], from_zero=True, ticks=6, whole=True)
    counts = [0.0, *(value for group in groups for value in group.value)]
    y_scale = scale_for(counts, from_zero=True, ticks=5, whole=True)
    y = "Patients with a severe event"
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=x_scale, y_scale=y_scale, x_label="Patients treated", y_label=y,
                width_mm=style.MIDDLE_WIDTH,
            ),
            alt=describe_step_curves(groups, ticks=x_scale.labels, measure=y, counts_title="", notes=()),
            numbers=numbers_in([group.label for group in groups]),
        ),
        population=(_POPULATION,),
        footnotes=(_events(material), _rule(material)),
    )  # fmt: skip


MONITORING_TABLE = Display(
    key="table_s20",
    label="Table S20",
    ich_number="14.3.1.7",
    title="Monitoring of severe adverse events by arm",
    analyses=(analyse_toxicity_monitoring,),
    layout=_layout_table,
    datasets=("ADAE", "ADSL"),
)
MONITORING_FIGURE = Display(
    key="figure_s1",
    label="Figure S1",
    ich_number="14.3.1.7F",
    title="Severe adverse events over accrual, with the boundary of the monitoring rule",
    analyses=(analyse_toxicity_monitoring,),
    layout=_layout_figure,
    datasets=("ADAE", "ADSL"),
    individual=True,
)
