"""A comparison as CSV: one file per kind of change, one row per change."""

from collections.abc import Iterable

from duonen_stats.comparison.changed_records import RecordChange, TableChange
from duonen_stats.comparison.compare_outputs import Comparison
from duonen_stats.formats.csv_files import rows_csv

RECORD_COLUMNS = ("source", "table", "change", "record", "column", "old", "new")
STATISTIC_COLUMNS = ("analysis_id", "change", "statistic", "unit", "old", "new", "difference", "described")
DISPLAY_COLUMNS = (
    "display",
    "label",
    "title",
    "change",
    "analysis_id",
    "statistic_changed",
    "old_shown",
    "new_shown",
)
FINDING_COLUMNS = ("change", "severity", "rule", "table", "row", "column", "subject", "message")
CONTEXT_COLUMNS = ("area", "name", "old", "new")

Row = tuple[str, ...]


def comparison_csvs(found: Comparison) -> dict[str, bytes]:
    """Write every change: records, statistics, displays, findings, and what the outputs were made from and by."""
    return {
        "records.csv": rows_csv(RECORD_COLUMNS, record_rows(found.tables)),
        "statistics.csv": rows_csv(STATISTIC_COLUMNS, statistic_rows(found)),
        "displays.csv": rows_csv(DISPLAY_COLUMNS, display_rows(found)),
        "findings.csv": rows_csv(FINDING_COLUMNS, finding_rows(found)),
        "context.csv": rows_csv(CONTEXT_COLUMNS, context_rows(found)),
    }


def record_rows(tables: Iterable[TableChange]) -> tuple[Row, ...]:
    """Give one row for each cell that differs; a record added or removed is one row with its whole content.

    The rows of a corrected record name it by its old key; those of the key's columns say the new one.
    """
    return tuple(
        (table.source, table.name, record.kind, _key(record), *cells)
        for table in tables
        for record in table.records
        for cells in _cells(record)
    )


def statistic_rows(found: Comparison) -> tuple[Row, ...]:
    """Give one row for each statistic that differs, unrounded."""
    return tuple(
        (
            item.analysis_id,
            item.kind,
            item.label,
            item.unit,
            *("" if value is None else repr(value) for value in (item.old, item.new, item.difference)),
            "; ".join(f"{name}: {old or 'none'} → {new or 'none'}" for name, old, new in item.described),
        )
        for item in found.statistics
    )


def display_rows(found: Comparison) -> tuple[Row, ...]:
    """Give one row for each number of a touched display that differs, unrounded or as shown."""
    rows = []
    for item in found.displays:
        about = (item.key, item.label, item.title, item.change)
        shown = {name: (old, new) for name, old, new in item.shown}
        rows += [
            (*about, name, "Y" if name in item.statistics else "", *shown.get(name, ("", "")))
            for name in dict.fromkeys((*item.statistics, *shown))
        ]
        if not (item.statistics or item.shown) or item.other:
            rows.append((*about, "", "", "", item.what()))
    return tuple(rows)


def display_listing_rows(found: Comparison) -> tuple[Row, ...]:
    """Give one row for each touched display, with counts."""
    return tuple(
        (
            item.label or "Text",
            item.title,
            str(item.numbers),
            str(len(item.statistics)),
            str(len(item.shown)),
            {"appeared": "new", "disappeared": "no longer there"}.get(
                item.change, ("drawing" if item.kind == "figure" else "words") if item.other else ""
            ),
        )
        for item in found.displays
    )


def finding_rows(found: Comparison) -> tuple[Row, ...]:
    """Give one row for each finding that is new or no longer there."""
    return tuple(
        (
            item.kind,
            item.severity,
            item.rule,
            item.table,
            item.row,
            item.column,
            item.subject,
            item.message,
        )
        for item in found.findings
    )


def context_rows(found: Comparison) -> tuple[Row, ...]:
    """Give one row for each thing the two were made from or by that differs."""
    return tuple((item.area, item.name, item.old, item.new) for item in found.context)


def _key(record: RecordChange) -> str:
    return ", ".join(f"{name} {text}" for name, text in record.key if text)


def _cells(record: RecordChange) -> tuple[tuple[str, str, str], ...]:
    if record.kind in {"changed", "corrected"}:
        return tuple((cell.column, cell.old, cell.new) for cell in record.cells)
    content = "; ".join(f"{cell.column} {cell.old or cell.new}" for cell in record.cells)
    return (("", content, "") if record.kind == "removed" else ("", "", content),)
