"""Tables of PFS and OS: events, medians, landmark rates and comparisons by arm; pairs of arms; follow-up."""

from functools import partial

from duonen_stats.datasets.efficacy.survival_records import REASONS, SURVIVAL_REASONS
from duonen_stats.displays.efficacy.survival_figures import comparison_note
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    MONTH_DECIMALS,
    OS,
    PFS,
    PFSHYP,
    RANDOMISED,
    RATIO_DECIMALS,
    SHARE_DECIMALS,
    Endpoint,
    compared_groups,
    confidence,
    experimental,
    group_name,
    interval,
    limits,
    primary_status,
)
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_reasons, analyse_survival
from duonen_stats.results.rows.groups import ALL, arm_codes


def _curves(plan: Plan) -> Line:
    return (
        f"Kaplan–Meier; limits of a curve {plan.words('curve_limits')}, those of a median by inverting them.",
    )


def _ratios(plan: Plan) -> Line:
    return (
        f"Hazard ratios are against arm {plan.control_arm}, and below 1 they favour the other arm or arms: Cox model, "
        f"ties by Efron; Firth's penalised estimate {plan.words('firth')}. Restricted means in months.",
    )


def group_columns(
    material: Material, first: str, endpoint: str, groups: tuple[str, ...]
) -> tuple[Column, ...]:
    """Head one column a group with its number of patients."""
    look = material.look
    return (
        Column(header=first, align="left", weight=1.8),
        *(
            Column(
                header=group_name(material, g),
                below=("(N = ", look.count(ids.km(endpoint, g).stat("n")), ")"),
                weight=1.1,
            )
            for g in groups
        ),
    )


def reason_rows(material: Material, endpoint: str, groups: tuple[str, ...]) -> list[TableRow]:
    """Reasons of censoring, one cell a group; those that no patient has are left out."""
    look = material.look
    return [
        TableRow(
            cells=(
                (REASONS[code],),
                *((look.count(ids.censored(endpoint, code, group).stat("n")),) for group in groups),
            ),
            indent=1,
        )
        for code in SURVIVAL_REASONS
        if look.results.value(ids.censored(endpoint, code, ALL).stat("n"))
    ]


def median(look: Lookup, curve: ids.Block) -> Line:
    """Write the median of a Kaplan–Meier curve with its limits, in months."""
    low, high = curve.stat("median_ci_low"), curve.stat("median_ci_high")
    return limits(look, curve.stat("median"), low, high, MONTH_DECIMALS)


def curve_rows(
    material: Material, endpoint: str, groups: tuple[str, ...], *, reasons: bool = True
) -> list[TableRow]:
    """Events, censored with reasons, median and landmark rates, one cell a group."""
    look = material.look
    blocks = [ids.km(endpoint, group) for group in groups]
    medians = tuple(median(look, block) for block in blocks)
    rows = [
        TableRow(cells=(("Events",), *((look.count(block.stat("events")),) for block in blocks))),
        TableRow(cells=(("Censored",), *((look.count(block.stat("censored")),) for block in blocks))),
        *(reason_rows(material, endpoint, groups) if reasons else ()),
        TableRow(cells=((f"Median, months ({confidence(material)})",), *medians)),
        TableRow(cells=((f"Probability ({confidence(material)})",), *((),) * len(groups)), kind="group"),
    ]
    for month in material.plan.landmark_months:
        cells = tuple(
            interval(look, ids.km_rate(block, month), "survival", SHARE_DECIMALS) for block in blocks
        )
        rows.append(TableRow(cells=((f"at {month:g} months",), *cells), indent=1))
    return rows


def comparison_of(material: Material, endpoint: str, group: str) -> ids.Block | None:
    """Block of the comparison of a group with the control; None for the control itself."""
    if group == experimental(material):
        return ids.primary(endpoint)
    control = material.plan.control_arm
    return None if group == control else ids.single_arm(endpoint, group, control)


def comparison_rows(material: Material, endpoint: str, groups: tuple[str, ...]) -> list[TableRow]:
    """Hazard ratio, tests and restricted means against the control, one cell a group."""
    look = material.look
    blocks = [comparison_of(material, endpoint, group) for group in groups]

    def row(label: str, write: object) -> TableRow:
        cells = [(("reference",) if block is None else write(block)) for block in blocks]  # type: ignore[operator]
        return TableRow(cells=((label,), *cells), indent=1)

    heading = f"Against arm {material.plan.control_arm}"
    return [
        TableRow(cells=((heading,), *((),) * len(groups)), kind="group"),
        row(
            f"Hazard ratio ({confidence(material)})",
            lambda b: interval(look, ids.hazard_ratio(b), "hr", RATIO_DECIMALS),
        ),
        row("p, hazard ratio", lambda b: (look.p(ids.hazard_ratio(b).stat("p")),)),
        row("p, log-rank", lambda b: (look.p(ids.log_rank(b).stat("p")),)),
        row(
            f"Restricted mean difference ({confidence(material)})",
            lambda b: interval(look, ids.rmst(b), "difference", MONTH_DECIMALS),
        ),
        row("means up to month", lambda b: (look.fixed(ids.rmst(b).stat("tau"), MONTH_DECIMALS),)),
    ]


def _status(material: Material) -> tuple[Line, ...]:
    """Say what of the table is pre-specified; if nothing is, the first line has said all."""
    first = primary_status(material)
    if not material.status.same_test:
        return (first,)
    planned = "log-rank test" if material.status.estimate_changes else "log-rank test and hazard ratio"
    return (first, (f"All but the first column's {planned} is exploratory and unadjusted.",))


def _layout(material: Material, endpoint: Endpoint, *, primary: bool = False) -> Layout:
    groups = compared_groups(material)
    rows = [
        *curve_rows(material, endpoint.code, groups),
        *comparison_rows(material, endpoint.code, groups),
        TableRow(
            cells=(
                ("All arms, log-rank p",),
                (material.look.p(ids.four_arm_log_rank(endpoint.code).stat("p")),),
                *((),) * (len(groups) - 1),
            ),
            kind="total",
        ),
    ]
    return Layout(
        content=TableContent(columns=group_columns(material, "", endpoint.code, groups), rows=tuple(rows)),
        population=(RANDOMISED,),
        sentence=(*comparison_note(material, endpoint.code), "."),
        footnotes=(
            _curves(material.plan),
            _ratios(material.plan),
            *(_status(material) if primary else ()),
        ),
    )


def _layout_follow_up(material: Material) -> Layout:
    look, groups = material.look, (ALL, *arm_codes(material.study))
    rows = []
    for endpoint, name in ((PFS, "assessment"), (OS, "survival")):
        blocks = [ids.follow_up(endpoint.code, group) for group in groups]
        cells = tuple(interval(look, block, "median", MONTH_DECIMALS) for block in blocks)
        rows.append(TableRow(cells=((f"Follow-up for {name}, months",), *cells)))
    return Layout(
        content=TableContent(columns=group_columns(material, f"Median ({confidence(material)})", "os", groups),
                             rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(("Reverse Kaplan–Meier: events are censored, censorings are events.",),),
    )  # fmt: skip


def _table(number: int, ich: str, title: str, layout: object, *, exploratory: bool = True) -> Display:
    return Display(
        key=f"table_e{number}",
        label=f"Table E{number}",
        ich_number=ich,
        title=title,
        analyses=(analyse_primary, analyse_survival, analyse_reasons),
        layout=layout,  # type: ignore[arg-type]
        datasets=("ADTTE",),
        exploratory=exploratory,
    )


FOLLOW_UP = _table(1, "14.1.8", "Follow-up", _layout_follow_up, exploratory=False)
PFS_TABLE = _table(
    2, "14.2.1.1", "Progression-free survival", partial(_layout, endpoint=PFS, primary=True),
    exploratory=False,
)  # fmt: skip
PFS_HYPOTHETICAL_TABLE = _table(
    3, "14.2.1.2", "Progression-free survival, hypothetical estimand", partial(_layout, endpoint=PFSHYP)
)
OS_TABLE = _table(5, "14.2.3", "Overall survival", partial(_layout, endpoint=OS))
