"""Is the effect the same in every subgroup? A forest plot of PFS and a table of OS."""

from collections.abc import Iterator

from duonen_stats.displays.drawings.forest import ForestRow, draw_forest, has_arrows
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    TableContent,
    TableRow,
    plain,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    RANDOMISED,
    RATIO_DECIMALS,
    confidence,
    experimental,
    group_name,
    interval,
    numbers_in,
)
from duonen_stats.plan.subgroups import subgroup_factors
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.subgroups import analyse_subgroups
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_survival

_NOTE: Line = (
    "Cox model in each subgroup; the interaction is tested by the likelihood ratio. Subgroups are small: look for a "
    "difference in direction, not for a p below a level.",
)
_ARROW: Line = ("An arrow: the interval goes on beyond the axis.",)


def subgroup_levels(material: Material, endpoint: str, factor: str) -> Iterator[tuple[ids.Block, str]]:
    """Yield block and name of each level of a factor, in order."""
    for level in ids.subgroup_levels(ids.Scope(study=material.study, plan=material.plan), factor):
        block = ids.subgroup(endpoint, factor, level)
        yield block, material.look.results.row(block.stat("n_experimental")).variable_level


def _events(material: Material, block: ids.Block, group: str) -> Line:
    look = material.look
    return (look.count(block.stat(f"events_{group}")), " / ", look.count(block.stat(f"n_{group}")))


def _whole(material: Material, endpoint: str, group: str) -> Line:
    block = ids.km(endpoint, group)
    return (material.look.count(block.stat("events")), " / ", material.look.count(block.stat("n")))


def _forest_rows(material: Material, endpoint: str) -> list[ForestRow]:
    look, whole = material.look, ids.hazard_ratio(ids.primary(endpoint))
    pooled, control = experimental(material), material.plan.control_arm
    rows = [
        ForestRow(
            label=("All patients",),
            cells=(_whole(material, endpoint, pooled), _whole(material, endpoint, control)),
            after=(interval(look, whole, "hr", RATIO_DECIMALS), ()),
            summary=True,
            heading=True,
            estimate=_ratio(material, whole, "hr"),
            low=_ratio(material, whole, "ci_low"),
            high=_ratio(material, whole, "ci_high"),
        )
    ]
    for described in subgroup_factors(material.plan):
        factor, name = described.key, described.heading
        p = look.p(ids.interaction(endpoint, factor).stat("p"))
        rows.append(ForestRow(label=(name,), cells=((), ()), after=((), (p,)), heading=True))
        for block, level in subgroup_levels(material, endpoint, factor):
            model = ids.subgroup_ratio(block)
            rows.append(
                ForestRow(
                    label=(level,),
                    cells=(_events(material, block, "experimental"), _events(material, block, "control")),
                    after=(interval(look, model, "hr", RATIO_DECIMALS), ()),
                    indent=1,
                    estimate=_ratio(material, model, "hr"),
                    low=_ratio(material, model, "ci_low"),
                    high=_ratio(material, model, "ci_high"),
                )
            )
        unknown = ids.subgroup_unknown(endpoint, factor)
        if any(look.results.value(unknown.stat(f"n_{group}")) for group in ("experimental", "control")):
            cells = (_events(material, unknown, "experimental"), _events(material, unknown, "control"))
            rows.append(ForestRow(label=("Unknown",), cells=cells, after=((), ()), indent=1))
    return rows


def _ratio(material: Material, block: ids.Block, stat: str) -> float | None:
    """Take a ratio or a limit for the drawing; one of 0 has no place on a logarithmic axis."""
    value = material.look.results.value(block.stat(stat))
    return value if value is not None and value > 0 else None


def _layout_forest(material: Material) -> Layout:
    rows = _forest_rows(material, "pfs")
    pooled, control = group_name(material, experimental(material)), material.plan.control_arm
    heads = ("Events / patients", pooled, f"Arm {control}")
    after = (f"HR ({confidence(material)})", "Interaction p")
    lines = [line for row in rows for line in (*row.cells, *row.after)]
    text = "; ".join(
        " ".join(plain(line) for line in (row.label, *row.cells, *row.after) if line) for row in rows
    )
    return Layout(
        content=FigureContent(
            draw=lambda: draw_forest(
                rows, heads=heads, after_heads=after, x_label="Hazard ratio of progression or death",
                lower=f"favours {pooled}", higher=f"favours {control}",
            ),
            alt=f"Forest plot of hazard ratios of PFS, {pooled} against {control}, in subgroups: {text}.",
            numbers=numbers_in(lines),
        ),
        population=(RANDOMISED,),
        footnotes=(_NOTE, *((_ARROW,) if has_arrows(rows) else ())),
    )  # fmt: skip


def _layout_table(material: Material) -> Layout:
    pooled, control = group_name(material, experimental(material)), material.plan.control_arm
    rows = [
        TableRow(
            cells=(row.label, *row.cells, *row.after),
            kind="body",
            indent=row.indent,
        )
        for row in _forest_rows(material, "os")
    ]
    columns = (
        Column(header="Subgroup", align="left", weight=1.6),
        Column(header=pooled, below=("events / n",)),
        Column(header=f"Arm {control}", below=("events / n",)),
        Column(header="Hazard ratio", below=(confidence(material),), weight=1.5),
        Column(header="Interaction", below=("p",)),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)), population=(RANDOMISED,), footnotes=(_NOTE,)
    )


FOREST: Display = Display(
    key="figure_e8",
    label="Figure E8",
    ich_number="14.2.6F",
    title="Progression-free survival in subgroups",
    analyses=(analyse_primary, analyse_survival, analyse_subgroups),
    layout=_layout_forest,
    datasets=("ADTTE", "ADSL"),
    exploratory=True,
)
SUBGROUPS_OS: Display = Display(
    key="table_e6",
    label="Table E6",
    ich_number="14.2.6",
    title="Overall survival in subgroups",
    analyses=(analyse_primary, analyse_survival, analyse_subgroups),
    layout=_layout_table,
    datasets=("ADTTE", "ADSL"),
    exploratory=True,
)
