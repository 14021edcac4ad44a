"""Tables S18 and S19: adverse events by time at risk, and differences between the arms."""

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety.adverse_events import incomplete_notes, reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.event_rates import SEVERITIES, analyse_event_rates
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.results.rows.times import experimental_arms

_SEVERITY_WORDS = {"any": "Events of any grade", "grade_ge3": "Events of grade 3 or higher"}


def _categories(material: Material) -> list[tuple[str, str]]:
    """List code and label of the categories, other events only if there are any."""
    others = material.look.results.value(ids.event_rate("OTHER", "any", ALL).stat("events"))
    named = [(c.label, c.code) for c in material.study.ae_categories if c.code != "OTHER" or others]
    return [*named, ("Any event", "total")]


def _rate(material: Material, block: ids.Block) -> Line:
    """Write events, their rate and its limits: 12; 0.41 [0.21–0.71]."""
    look = material.look
    line: Line = (look.count(block.stat("events")), "; ", look.fixed(block.stat("rate"), 2))
    if look.results.value(block.stat("ci_low")) is None:
        return line
    return (*line, " [", *look.limits(block, 2), "]")


def _until(look: Lookup) -> str:
    """Say when the time at risk ends: of an open session with no death."""
    stated = look.results.row(ids.event_time(ALL).stat("years")).method
    return stated or "as long as events are reported and the patient is known to be alive"


def _layout_rates(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))
    rows = []
    for severity in SEVERITIES:
        rows.append(TableRow(cells=((_SEVERITY_WORDS[severity],), *((),) * len(groups)), kind="group"))
        for label, code in _categories(material):
            cells = [_rate(material, ids.event_rate(code, severity, group)) for group in groups]
            rows.append(TableRow(cells=((label,), *cells), indent=1))
    columns = (
        Column(header="Events; per patient-year", align="left", weight=1.6),
        *(
            Column(
                header="All arms" if group == ALL else f"Arm {group}",
                below=(look.fixed(ids.event_time(group).stat("years"), 1), " patient-years"),
            )
            for group in groups
        ),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population",),
        footnotes=(
            (
                f"Number of events; events per patient-year [{confidence(material)}, exact Poisson]. "
                f"Treatment-emergent events, {reporting_period(material)}; a patient is at risk {_until(look)}. A "
                "patient may have several events of a category.",
            ),
            *incomplete_notes(material),
        ),
    )


def _layout_differences(material: Material) -> Layout:
    look, plan = material.look, material.plan
    experimental = experimental_arms(material.study, plan)

    def difference(code: str, severity: str, arm: str) -> Line:
        return interval(look, ids.event_difference(code, severity, arm), "difference", 1, signed=True)

    def ratio(code: str, severity: str, arm: str) -> Line:
        block = ids.event_rate_ratio(code, severity, arm)
        line: Line = (look.fixed(block.stat("ratio"), 2),)
        ends = [look.results.value(block.stat(end)) for end in ("ci_low", "ci_high")]
        if ends[0] is None and ends[1] is None:
            return line
        low, high = (look.fixed(block.stat(end), 2, bounds=(1.0,)) for end in ("ci_low", "ci_high"))
        return (*line, " (", low, " to ", high if ends[1] is not None else "∞", ")")

    rows = []
    for severity in SEVERITIES:
        heading: Line = (_SEVERITY_WORDS[severity],)
        rows.append(TableRow(cells=(heading, *((),) * (2 * len(experimental))), kind="group"))
        for label, code in _categories(material):
            cells = [
                cell
                for arm in experimental
                for cell in (difference(code, severity, arm), ratio(code, severity, arm))
            ]
            rows.append(TableRow(cells=((label,), *cells), indent=1))
    columns = [Column(header="Category", align="left", weight=1.4)]
    for arm in experimental:
        columns += [
            Column(
                header=f"Arm {arm} − {plan.control_arm}", below=("patients, percentage points",), weight=1.3
            ),
            Column(header=f"Arm {arm} / {plan.control_arm}", below=("rate ratio",), weight=1.2),
        ]
    return Layout(
        content=TableContent(columns=tuple(columns), rows=tuple(rows), landscape=True),
        population=("Safety population",),
        footnotes=(
            (
                f"Against arm {plan.control_arm}, with {confidence(material)}: difference of the percentages of "
                "patients with an event (Newcombe), which counts a patient once; ratio of the events per "
                "patient-year (exact), which counts every event. Treatment-emergent events, "
                f"{reporting_period(material)}.",
            ),
            (
                "Safety comparisons are exploratory and not adjusted for the number of categories and arms; an "
                "interval that holds no difference does not show that there is none.",
            ),
            *incomplete_notes(material),
        ),
    )


EVENT_RATES = Display(
    key="table_s18",
    label="Table S18",
    ich_number="14.3.1.5",
    title="Adverse events per patient-year by arm",
    analyses=(analyse_event_rates, analyse_adverse_events),
    layout=_layout_rates,
    datasets=("ADAE", "ADSL", "ADTTE"),
)
EVENT_DIFFERENCES = Display(
    key="table_s19",
    label="Table S19",
    ich_number="14.3.1.6",
    title="Adverse events: differences to the control arm",
    analyses=(analyse_event_rates, analyse_adverse_events),
    layout=_layout_differences,
    datasets=("ADAE", "ADSL", "ADTTE"),
    exploratory=True,
)
