"""Does harm follow dose: hazard and odds ratios per step of dose, in a table and a forest plot."""

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.drawings.forest import ForestRow, draw_forest, has_arrows
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow, plain
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval, numbers_in
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.safety.toxicity import without_term
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.dose_toxicity import STEPS, analyse_dose_toxicity

_DECIMALS = 2
_POPULATION = f"{SHOWN[Population.SAFETY]}, patients at risk with the dose of every delivered cycle"
_IMMORTAL: Line = (
    "Dose is what had been given by then, never that of the whole course: who stays free of the event longer receives "
    "more cycles, so that a high total would look protective (immortal time). Dose follows dosimetry and tolerance; "
    "the ratios are associations, not effects.",
)
_ARROW: Line = ("An arrow: the interval goes on beyond the axis.",)


def _outcome_name(material: Material, organ: str, outcome: str) -> str:
    plan = material.plan
    if organ == "kidney":
        return f"eGFR lower by {100 * plan.dose_effect_decline:g} % or more"
    if outcome == "any_count":
        return f"Any blood count, grade {plan.dose_effect_grade} or higher"
    return f"{analyte_name(material.study.analyte(outcome))}, grade {plan.dose_effect_grade} or higher"


def _cells(material: Material, block: ids.Block) -> tuple[Line, ...]:
    look = material.look
    return (
        (look.count(block.stat("n")),),
        (look.count(block.stat("events")),),
        interval(look, block, "ratio", _DECIMALS),
        (look.p(block.stat("p")),),
    )


def _layout(material: Material) -> Layout:
    rows = []
    for organ, outcomes in ids.dose_outcomes(material.study).items():
        title = f"{organ.capitalize()} dose, per {STEPS[organ]:g} Gy"
        rows.append(TableRow(cells=((title,), *((),) * 7), kind="group"))
        for outcome in outcomes:
            hazard, odds = (ids.dose_harm(organ, outcome, model) for model in ("hazard", "odds"))
            name = _outcome_name(material, organ, outcome)
            rows.append(
                TableRow(cells=((name,), *_cells(material, hazard), *_cells(material, odds)[1:]), indent=1)
            )
    limits = confidence(material)
    columns = (
        Column(header="First event", align="left", weight=2.2),
        Column(header="Patients", below=("n",), weight=0.8),
        Column(header="Events", below=("n",), weight=0.7),
        Column(header="Hazard ratio", below=(limits,), weight=1.6),
        Column(header="p", weight=0.7),
        Column(header="After a cycle", below=("n",), weight=0.9),
        Column(header="Odds ratio", below=(limits,), weight=1.6),
        Column(header="p", weight=0.7),
    )
    design = material.study.design
    longest = design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(_POPULATION,),
        footnotes=(
            (
                "Hazard ratio: time from the first administration to the first such value, censored at the last value; "
                "Cox model stratified by arm. Odds ratio: whether the event came after a cycle, up to the next one and "
                f"within {longest} weeks, of those still at risk; logistic regression with Firth's penalty, adjusted "
                "for the number of the cycle.",
            ),
            _IMMORTAL,
            ("Who had such a value at baseline, or no value later, is not at risk.",),
            *without_term(material),
        ),
    )


DOSE_HARM = Display(
    key="table_s37",
    label="Table S37",
    ich_number="14.3.4.10",
    title="Low blood counts and fall of kidney function against dose",
    analyses=(analyse_dose_toxicity,),
    layout=_layout,
    datasets=("ADLB", "ADEX", "ADDOS", "ADSL"),
    exploratory=True,
)


def _layout_figure(material: Material) -> Layout:
    look = material.look
    rows = []
    for organ, outcomes in ids.dose_outcomes(material.study).items():
        title = f"{organ.capitalize()} dose, per {STEPS[organ]:g} Gy"
        rows.append(ForestRow(label=(title,), cells=((),), after=((),), heading=True))
        for outcome in outcomes:
            block = ids.dose_harm(organ, outcome, "hazard")
            estimate, low, high = (
                look.results.value(block.stat(one)) for one in ("ratio", "ci_low", "ci_high")
            )
            rows.append(
                ForestRow(
                    label=(_outcome_name(material, organ, outcome),),
                    cells=((look.count(block.stat("events")), " / ", look.count(block.stat("n"))),),
                    after=(interval(look, block, "ratio", _DECIMALS),),
                    estimate=estimate,
                    low=low,
                    high=high,
                    indent=1,
                )
            )
    heads = ("First event", "Events / patients")
    after = (f"Hazard ratio ({confidence(material)})",)
    label = "Hazard ratio per step of dose given so far (log scale)"
    words = "; ".join(
        f"{plain(row.label)}: {plain(row.cells[0])} patients, {plain(row.after[0])}"
        for row in rows
        if not row.heading
    )
    lines = [line for row in rows for line in (*row.cells, *row.after)]
    return Layout(
        content=FigureContent(
            draw=lambda: draw_forest(
                rows, heads=heads, after_heads=after, x_label=label, lower="less harm", higher="more harm"
            ),
            alt=f"Forest plot of hazard ratios of low counts and fall of kidney function per step of dose. {words}.",
            numbers=numbers_in(lines),
        ),
        population=(_POPULATION,),
        footnotes=(_IMMORTAL, *((_ARROW,) if has_arrows(rows) else ())),
    )


DOSE_HARM_FIGURE = Display(
    key="figure_s31",
    label="Figure S31",
    ich_number="14.3.4.10F",
    title="Hazard of low blood counts and of a fall of kidney function per step of dose",
    analyses=(analyse_dose_toxicity,),
    layout=_layout_figure,
    datasets=("ADLB", "ADEX", "ADDOS", "ADSL"),
    exploratory=True,
)
