"""Tables M1 and M2: how accrual goes, by centre and month, how current the data are, and which queries are open."""

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.accrual import NOT_SEEN_DAYS, analyse_accrual

_QUERIES = ("error", "warning", "note")


def _levels(material: Material, blocks: tuple[ids.Block, ...]) -> list[str]:
    rows = (material.look.results.row(block.stat("n")) for block in blocks)
    return list(dict.fromkeys(row.variable_level for row in rows))


def _layout_centres(material: Material) -> Layout:
    look, listed = material.look, material.data.entries is not None
    rows = []
    for site in _levels(material, look.listed(ids.accrual_site)):
        block = ids.accrual_site(site)
        cells: list[Line] = [
            (site,),
            look.n_percent(block),
            (look.fixed(block.stat("per_month"), 2),),
            *(((look.count(block.stat("in_report")),),) if listed else ()),
            (look.count(block.stat("on_treatment")),),
            (look.fixed(block.stat("days"), 0),),
            (look.count(block.stat("not_seen")),),
            _queries(material, site),
        ]
        rows.append(TableRow(cells=tuple(cells)))
    columns = (
        Column(header="Centre", align="left"),
        Column(header="Entered" if listed else "Randomised", below=("n (%)",)),
        Column(header="Per month", below=("since the first",)),
        *((Column(header="In this report", below=("n",)),) if listed else ()),
        Column(header="On treatment", below=("n",)),
        Column(header="Days since last seen", below=("median",)),
        Column(header="Not seen lately", below=("n",)),
        Column(header="Open queries", below=("errors / warnings / notes",), weight=1.6),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows) or (_nobody(columns),)),
        population=_population(material),
        footnotes=(
            *_entered(material),
            (
                f"{'On treatment and last seen: patients in this report. ' if listed else ''}"
                f"Last seen: living patients, up to the data cut; not seen lately: more than {NOT_SEEN_DAYS} days "
                "before it. Open queries: findings of the data check about patients of the centre.",
            ),
        ),
    )


def _queries(material: Material, site: str) -> Line:
    look, block = material.look, ids.site_findings(site)
    if block.stat("error") not in look.results:
        return ("none",)
    first, second, third = (look.count(block.stat(name)) for name in _QUERIES)
    return (first, " / ", second, " / ", third)


def _layout_months(material: Material) -> Layout:
    look = material.look
    sites = _levels(material, look.listed(ids.accrual_site))
    rows = []
    for month in _levels(material, look.listed(ids.accrual_month)):
        block = ids.accrual_month(month)
        cells: list[Line] = [
            (month,),
            *((look.count(ids.accrual_cell(month, site).stat("n")),) for site in sites),
            (look.count(block.stat("n")),),
            (look.count(block.stat("cumulative")),),
            (look.fixed(block.stat("planned"), 1),),
        ]
        rows.append(TableRow(cells=tuple(cells)))
    columns = (
        Column(header="Month", align="left"),
        *(Column(header=f"Centre {site}", below=("n",)) for site in sites),
        Column(header="All", below=("n",)),
        Column(header="So far", below=("n",)),
        Column(header="Planned so far", below=("n",)),
    )
    design, listed = material.study.design, material.data.entries is not None
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows) or (_nobody(columns),)),
        population=_population(material),
        footnotes=(
            *_entered(material),
            (
                f"Planned: {design.planned_subjects} patients over {design.accrual_months} months at an even pace, "
                f"counted from the month of the first randomisation.{'' if listed else _MAY}",
            ),
        ),
    )


_MAY = " An interim cut may hold the patients who finished treatment only; others may have entered."


def _population(material: Material) -> Line:
    return (SHOWN[Population.RANDOMISED if material.data.entries is None else Population.ENTERED],)


def _entered(material: Material) -> tuple[Line, ...]:
    """Say how many have entered and how many of them the report holds, where the cut has the list of all."""
    look, block = material.look, ids.accrual_all()
    if material.data.entries is None or block.stat("n") not in look.results:
        return ()
    said: Line = (
        "Entered so far: ", look.count(block.stat("n")), ", of them in this report: ",
        look.count(block.stat("in_report")), ". The others are known by the table of enrolment alone.",
    )  # fmt: skip
    if not look.results.value(block.stat("no_centre")):
        return (said,)
    return (said, ("Entered, centre not recorded: ", look.count(block.stat("no_centre")), "."))


def _nobody(columns: tuple[Column, ...]) -> TableRow:
    return TableRow(cells=(("No patient",), *(() for _ in columns[1:])))


ACCRUAL_CENTRES = Display(
    key="table_m1",
    label="Table M1",
    ich_number="10.1.1",
    title="Accrual, currency of the data and open queries by centre",
    analyses=(analyse_accrual,),
    layout=_layout_centres,
    datasets=("ADSL",),
)
ACCRUAL_MONTHS = Display(
    key="table_m2",
    label="Table M2",
    ich_number="10.1.2",
    title="Accrual by month and centre, against the plan",
    analyses=(analyse_accrual,),
    layout=_layout_months,
    datasets=("ADSL",),
)
