"""Tables of the data-quality page: findings by severity, records read, used and set aside."""

from duonen_stats.displays.content import Column, TableContent, TableRow
from duonen_stats.displays.lookup import Lookup
from duonen_stats.displays.produced import Produced
from duonen_stats.results.quality import SEVERITIES
from duonen_stats.study import Study

_MEANING = {
    "error": "An analysis would be wrong; a report is refused.",
    "warning": "Looks wrong or breaks the protocol; to be confirmed with the site.",
    "note": "Worth knowing or completing; no analysis is wrong.",
}


def findings_by_severity(look: Lookup, cut_line: str) -> Produced:
    """Set the number of findings of each severity."""
    rows = tuple(
        TableRow(cells=((name.capitalize(),), (look.count(f"quality.findings.{name}.n"),), (_MEANING[name],)))
        for name in SEVERITIES
    )
    columns = (
        Column(header="Severity", align="left"),
        Column(header="Findings", below=("n",)),
        Column(header="Meaning", align="left", weight=5),
    )
    return Produced(
        key="findings_summary",
        label="Table S7",
        ich_number="16.2.2",
        title="Findings of the data check",
        population=("All records of the data cut",),
        content=TableContent(columns=columns, rows=rows),
        source="Source: raw data; every finding is listed in the appendix.",
        cut=cut_line,
    )


def records(look: Lookup, study: Study, cut_line: str) -> Produced:
    """Set the number of records read, used and set aside, by raw table."""
    rows = tuple(
        TableRow(
            cells=(
                (table.label,),
                *(
                    (look.count(f"quality.records.{table.name}.{name}"),)
                    for name in ("read", "used", "set_aside")
                ),
            )
        )
        for table in study.tables
        if f"quality.records.{table.name}.read" in look.results
    )
    columns = (
        Column(header="Raw table", align="left", weight=3),
        Column(header="Read", below=("records",)),
        Column(header="Used", below=("records",)),
        Column(header="Set aside", below=("records",)),
    )
    return Produced(
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
