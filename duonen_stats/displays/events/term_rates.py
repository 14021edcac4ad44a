"""Terms of adverse events by time at risk, and how the arms differ from the control arm in them."""

from functools import partial

from duonen_stats.displays.events.dot_plot import DotInterval, DotRow, draw_dot_plot
from duonen_stats.displays.events.event_terms import coding_note, event_lines
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow, plain
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval, numbers_in
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.adverse_events import incomplete_notes, reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.events.event_terms import analyse_event_terms
from duonen_stats.results.analyses.events.term_rates import PER, analyse_term_rates
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.results.rows.times import experimental_arms

MOST_DRAWN = 25
"""Terms that a dot plot has room for."""

_PERIODS = {"any": "Period of treatment", "follow_up": "Follow-up"}
_EXPLORATORY: Line = (
    "Comparisons of safety are exploratory and not adjusted for the number of terms and arms; an interval that holds "
    "no difference does not show that there is none.",
)


def _rate(material: Material, block: ids.Block) -> Line:
    """Write patients, their rate and its limits: 5; 12.1 [3.9–28.3]."""
    look = material.look
    line: Line = (look.count(block.stat("n")), "; ", look.fixed(block.stat("rate"), 1))
    if look.results.value(block.stat("ci_low")) is None:
        return line
    return (*line, " [", *look.limits(block, 1), "]")


def _until(look: Lookup) -> str:
    """Say when the time at risk of follow-up ends: of an open session with no death."""
    return (
        look.results.row(ids.kind_rate("follow_up", ALL).stat("years")).method
        or "to the last day known alive"
    )


def _layout_rates(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))
    kinds = [kind for kind in _PERIODS if kind == "any" or material.plan.ae_reporting != "as_collected"]
    rows = []
    for kind in kinds:
        rows.append(TableRow(cells=((_PERIODS[kind],), *((),) * len(groups)), kind="group"))
        whole = [_rate(material, ids.kind_rate(kind, group)) for group in groups]
        rows.append(TableRow(cells=(("Any event",), *whole), indent=1))
        rows += [
            TableRow(
                cells=((name,), *(_rate(material, ids.line_rate(block, group)) for group in groups)),
                indent=1 + depth,
            )
            for block, name, depth in event_lines(material, kind)
        ]
    late = (f" Follow-up: from the day after that {_until(look)}.",) if "follow_up" in kinds else ()
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Class, term", align="left", weight=1.8),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=("Safety population",),
        footnotes=(
            (
                f"Patients with the event; per {PER} patient-years [{confidence(material)}, exact Poisson]. The "
                "denominator is the time of each patient to the first such event, or to the end of the period without "
                f"one. Period of treatment: {reporting_period(material)}.",
                *late,
                " A rate over a period says what it is on average; it need not be constant.",
            ),
            *coding_note(material),
            *incomplete_notes(material),
        ),
    )


def _rule(material: Material) -> str:
    return (
        f"Terms that at least {material.plan.ae_term_percent:g} % of the patients of any arm have, in decreasing order "
        "of the patients of all arms"
    )


def _notes(material: Material) -> tuple[Line, ...]:
    return (
        (
            f"{_rule(material)}. Treatment-emergent events, {reporting_period(material)}; a patient counts once. "
            f"Differences to arm {material.plan.control_arm} in percentage points, {confidence(material)} by Newcombe.",
        ),
        _EXPLORATORY,
        *coding_note(material),
    )


def _layout_differences(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    arms = experimental_arms(study, plan)
    rows = []
    for block in look.listed(ids.compared_term):
        name = look.results.row(block.stat("rank")).variable_level
        cells = [look.n_percent(ids.compared_patients(block, arm)) for arm in arm_codes(study)]
        cells += [
            interval(look, ids.compared_difference(block, arm), "difference", 1, signed=True) for arm in arms
        ]
        rows.append(TableRow(cells=((name,), *cells)))
    if not rows:
        rows = [TableRow(cells=(("No term is that frequent",), *((),) * (len(arm_codes(study)) + len(arms))))]
    columns = (
        Column(header="Term", align="left", weight=1.7),
        *(
            Column(
                header=study.arm(arm).label,
                below=("n (%), N = ", look.count(ids.safety_patients(arm).stat("n"))),
            )
            for arm in arm_codes(study)
        ),
        *(Column(header=f"Arm {arm} − {plan.control_arm}", weight=1.4) for arm in arms),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population",),
        footnotes=_notes(material),
    )


def _layout_dots(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    arms, experimental = arm_codes(study), experimental_arms(study, plan)
    every = look.listed(ids.compared_term)
    rows = []
    for block in every[:MOST_DRAWN]:
        differences = {}
        for arm in experimental:
            own = ids.compared_difference(block, arm)
            ends = [look.results.value(own.stat(name)) for name in ("difference", "ci_low", "ci_high")]
            if ends[0] is not None and ends[1] is not None and ends[2] is not None:
                differences[arm] = DotInterval(ends[0], ends[1], ends[2])
        shares = {arm: look.results.value(ids.compared_patients(block, arm).stat("pct")) for arm in arms}
        rows.append(
            DotRow(
                label=(look.results.row(block.stat("rank")).variable_level,),
                count=look.n_percent(ids.compared_patients(block, ALL)),
                shares={arm: share for arm, share in shares.items() if share is not None},
                differences=differences,
            )
        )
    keys = {
        arm: (f"{study.arm(arm).label} (N = ", look.count(ids.safety_patients(arm).stat("n")), ")") for arm in arms
    }  # fmt: skip
    words = "; ".join(f"{plain(row.label)} {plain(row.count)}" for row in rows)
    found = f"Patients of all arms: {words}." if rows else "No term is that frequent."
    left = len(every) - len(rows)
    less: tuple[Line, ...] = ()
    if left:
        less = (
            (
                f"Drawn are the first {MOST_DRAWN} of them; {left} more {'is' if left == 1 else 'are'} in Table S58.",
            ),
        )
    draw = partial(
        draw_dot_plot, rows, keys=keys, count_head="All arms", share_label="Patients with an event, %",
        difference_label=f"Difference to arm {plan.control_arm}, percentage points",
    )  # fmt: skip
    return Layout(
        content=FigureContent(
            draw=draw,
            stacked=lambda: draw(stacked=True),
            alt=f"Dot plot in two panels: percentage of patients with an event of each term by arm, and differences to "
            f"arm {plan.control_arm} with limits. {'; '.join(plain(key) for key in keys.values())}. {found}",
            numbers=numbers_in([*keys.values(), *(row.count for row in rows)]),
        ),
        population=("Safety population",),
        footnotes=(*_notes(material), *less),
    )  # fmt: skip


_ANALYSES = (analyse_term_rates, analyse_event_terms, analyse_adverse_events)
TERM_RATES = Display(
    key="table_s57",
    label="Table S57",
    ich_number="14.3.1.17",
    title="Adverse events by class and term per patient-years at risk",
    analyses=_ANALYSES,
    layout=_layout_rates,
    datasets=("ADAE", "ADSL", "ADTTE"),
)
TERM_DIFFERENCES = Display(
    key="table_s58",
    label="Table S58",
    ich_number="14.3.1.18",
    title="Adverse events by term: differences to the control arm",
    analyses=_ANALYSES,
    layout=_layout_differences,
    datasets=("ADAE", "ADSL"),
)
DOT_PLOT = Display(
    key="figure_s3",
    label="Figure S3",
    ich_number="14.3.1.18F",
    title="Adverse events by term: percentages by arm and differences to the control arm",
    analyses=_ANALYSES,
    layout=_layout_dots,
    datasets=("ADAE", "ADSL"),
)
