"""Tables of the data-quality page: findings by severity, records read, used and set aside."""

from duonen_stats.displays.model.content import Column, ProducedDisplay, TableContent, TableRow
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.raw.checks.check import catalogue
from duonen_stats.results import ids
from duonen_stats.results.quality import SEVERITIES
from duonen_stats.study import Study

_MEANING = {
    "error": "An analysis would be wrong; a report is refused.",
    "warning": "Looks wrong or breaks the protocol; to be confirmed with the site.",
    "note": "Worth knowing or completing; no analysis is wrong.",
}


def findings_by_severity(look: Lookup, cut_line: str) -> ProducedDisplay:
    """Set the number of findings of each severity."""
    rows = tuple(
        TableRow(cells=((name.capitalize(),), (look.count(ids.findings(name).stat("n")),), (_MEANING[name],)))
        for name in SEVERITIES
    )
    columns = (
        Column(header="Severity", align="left"),
        Column(header="Findings", below=("n",)),
        Column(header="Meaning", align="left", weight=5),
    )
    return ProducedDisplay(
        key="findings_summary",
        label="Table S7",
        ich_number="16.2.2",
        title="Findings of the data check",
        population=("All records of the data cut",),
        content=TableContent(columns=columns, rows=rows),
        source="Source: raw data; every finding is listed in the appendix.",
        cut=cut_line,
    )


def findings_by_rule(look: Lookup, cut_line: str) -> ProducedDisplay:
    """Set the number of findings of each rule that was broken, the gravest first."""
    texts = {rule.id: rule.text for rule in catalogue()}
    broken = [look.results.row(block.stat("n")) for block in look.listed(ids.rule_findings)]
    broken.sort(key=lambda row: (SEVERITIES.index(row.context), row.variable_level))
    rows = tuple(
        TableRow(
            cells=(
                (row.context.capitalize(),),
                (row.variable_level,),
                (texts.get(row.variable_level, ""),),
                (look.count(row.analysis_id),),
            )
        )
        for row in broken
    )
    columns = (
        Column(header="Severity", align="left"),
        Column(header="Rule", align="left", weight=1.6),
        Column(header="What is wrong", align="left", weight=5),
        Column(header="Findings", below=("n",)),
    )
    return ProducedDisplay(
        key="findings_by_rule",
        label="Table S7a",
        ich_number="16.2.2.1",
        title="Findings by rule",
        population=("All records of the data cut",),
        content=TableContent(columns=columns, rows=rows or (_none(columns),)),
        source="Source: raw data; rules without a finding are left out. All rules stand in the data dictionary.",
        cut=cut_line,
    )


def findings_by_site(look: Lookup, cut_line: str) -> ProducedDisplay:
    """Set the number of findings of each centre, by severity, and of patients with a finding."""
    sites = [
        look.results.row(block.stat("patients")).variable_level for block in look.listed(ids.site_findings)
    ]
    blocks = [(ids.site_findings(site), site) for site in sorted(sites)]
    without = ids.siteless_findings()
    if any(look.results.value(without.stat(name)) for name in SEVERITIES):
        blocks.append((without, ""))
    rows = tuple(
        TableRow(
            cells=(
                (site or "None: files, columns, patients not randomised",),
                *((look.count(block.stat(name)),) for name in (*SEVERITIES, "patients")),
            )
        )
        for block, site in blocks
    )
    columns = (
        Column(header="Centre", align="left", weight=3),
        *(Column(header=f"{name.capitalize()}s", below=("n",)) for name in SEVERITIES),
        Column(header="Patients with a finding", below=("n",), weight=1.5),
    )
    return ProducedDisplay(
        key="findings_by_site",
        label="Table S7b",
        ich_number="16.2.2.2",
        title="Findings by centre",
        population=("All records of the data cut",),
        content=TableContent(columns=columns, rows=rows or (_none(columns),)),
        source="Source: raw data; duonen check --out queries.xlsx writes them as a listing for each centre.",
        cut=cut_line,
    )


def _none(columns: tuple[Column, ...]) -> TableRow:
    return TableRow(cells=(("No finding",), *((("",)) for _ in columns[1:])))


def records(look: Lookup, study: Study, cut_line: str) -> ProducedDisplay:
    """Set the number of records read, used and set aside, by raw table."""
    rows = tuple(
        TableRow(
            cells=(
                (table.label,),
                *(
                    (look.count(ids.records(table.name).stat(name)),)
                    for name in ("read", "used", "set_aside")
                ),
            )
        )
        for table in study.tables
        if ids.records(table.name).stat("read") in look.results
    )
    columns = (
        Column(header="Raw table", align="left", weight=3),
        Column(header="Read", below=("records",)),
        Column(header="Used", below=("records",)),
        Column(header="Set aside", below=("records",)),
    )
    return ProducedDisplay(
        key="records",
        label="Table S6",
        ich_number="16.2.3",
        title="Records of the data cut",
        population=("All records of the data cut",),
        content=TableContent(columns=columns, rows=rows),
        footnotes=(
            ("Read = used + set aside; every record set aside stands in set_aside.csv with its reason.",),
        ),
        source="Source: raw data, analysis datasets.",
        cut=cut_line,
    )
