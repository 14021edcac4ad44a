"""A comparison as a document: the same sections as on the terminal, with records and statistics listed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from duonen_stats.comparison.changed_displays import count_patient_pages
from duonen_stats.comparison.changed_records import RECORD_KINDS, TableChange
from duonen_stats.comparison.changed_words import shortened
from duonen_stats.comparison.compare_outputs import Comparison
from duonen_stats.comparison.comparison_files import (
    CONTEXT_COLUMNS,
    FINDING_COLUMNS,
    STATISTIC_COLUMNS,
    comparison_csvs,
    context_rows,
    display_listing_rows,
    finding_rows,
    statistic_rows,
)
from duonen_stats.comparison.comparison_text import about
from duonen_stats.displays.model.content import Line
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    Document,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.folder.provenance import COMPARISON, MANIFEST, listed, software_versions
from duonen_stats.folder.write import write_outputs
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study, load_study

BANNER = "SIMULATED DATA – not results of the trial"
_LONGEST, _MOST_OF_A_TABLE = 1000, 200
"""Rows of a listing, and of the records of one table; the CSV files have all. Two cuts that have little in common
would fill hundreds of pages."""
_SAID_BY_THE_KEY = frozenset({"STUDYID", "SUBJID", "TRT01P", "TRT01PN", "PARAM", "PARAMN", "AVISITN"})


def comparison_document(found: Comparison, study: Study, version: str) -> Document:
    """Build the document that ``duonen compare --out`` writes as HTML and PDF."""
    return Document(
        title="Changes between two reports",
        subtitle=study.title,
        simulated=found.simulated,
        banner=BANNER,
        meta=(
            ("Trial", f"{study.study_id}, {study.registration}"),
            ("Old", about(found.old, name=Path(found.old.name).name)),
            ("New", about(found.new, name=Path(found.new.name).name)),
            ("Software", f"duonen_stats {version}"),
        ),
        sections=(
            Section(key="summary", title="Summary", blocks=(Bullets(summary(found)), *_tables(found))),
            Section(
                key="displays_touched",
                title="Displays and sections touched",
                blocks=(displays(found), *sentences(found)),
            ),
            Section(key="records_changed", title="Records", blocks=_records(found)),
            Section(key="statistics_changed", title="Statistics", blocks=_statistics(found)),
            Section(key="findings_changed", title="Findings of the data check", blocks=(_findings(found),)),
            Section(key="context_changed", title="Made from and by", blocks=(context(found),)),
        ),
        results=Results([]),
        cut_line=f"Data cut {found.old.cut_date} → {found.new.cut_date}",
        running_title=f"{study.study_id} changes between two reports",
    )


def summary(found: Comparison) -> tuple[Line, ...]:
    """Say in a few points what changed."""
    if not found.different:
        return (("Nothing differs.",),)
    raw = [table for table in found.tables if table.source == "raw"]
    counted = {kind: sum(table.count(kind) for table in raw) for kind in RECORD_KINDS}
    points = []
    if raw:
        counts = ", ".join(f"{times} {kind}" for kind, times in counted.items())
        points.append(f"Raw records: {counts}.")
    kinds = [f"{times} {kind}" for kind, times in found.statistics_by_kind().items() if times]
    points.append(
        f"Statistics, {found.statistics_old} before and {found.statistics_new} now: "
        f"{', '.join(kinds) or 'all the same'}."
    )
    names = [item.name for item in found.displays if not item.of_patient]
    pages = count_patient_pages(found.displays)
    names += [f"pages of {pages} patient{'' if pages == 1 else 's'}"] if pages else []
    points.append(f"Displays and sections touched: {', '.join(names) or 'none'}.")
    new, gone = (sum(item.kind == kind for item in found.findings) for kind in ("new", "resolved"))
    points.append(f"Findings of the data check: {new} new, {gone} no longer there.")
    areas = dict.fromkeys(item.area for item in found.context if item.area != "input file")
    points.append(f"Made from and by: {f'another {_and(list(areas))}' if areas else 'the same'}.")
    if found.left_out:
        points.append(f"Only in one of the two, so not compared: {', '.join(found.left_out)}.")
    return tuple((point,) for point in points)


def tables(found: Comparison, *, key: str = "tables_changed") -> Listing:
    """List for each table how many records were added, removed, changed and corrected."""
    rows = tuple(
        (
            "raw" if table.source == "raw" else "analysis",
            table.name,
            *map(str, (table.old_records, table.new_records)),
            *(str(table.count(kind)) for kind in RECORD_KINDS),
            ", ".join(f"{column} {times}" for column, times in table.columns().items()),
        )
        for table in found.tables
    )
    return Listing(
        key=key,
        title="Records by table",
        columns=(
            "Kind",
            "Table",
            "Before",
            "Now",
            *(kind.capitalize() for kind in RECORD_KINDS),
            "Cells changed, by column",
        ),
        rows=rows,
        note="A record is identified by its key; its line in the file is no part of it. A record is corrected "
        "if its key differs, for example its visit or patient number, and all the rest says that it is the same one.",
    )


def displays(found: Comparison, *, key: str = "displays_list") -> Listing:
    """List the displays and sections that show something else than before."""
    return Listing(
        key=key,
        title="Tables, figures and texts that are not what they were",
        columns=("Where", "Title", "Numbers in either", "Statistics changed", "Changed as shown", "Also"),
        rows=display_listing_rows(found),
        note="Statistics are compared unrounded, numbers as shown after rounding: a statistic may change without "
        "being seen.",
        weights=(1.0, 3.0, 0.7, 0.8, 0.8, 1.0),
    )


def sentences(found: Comparison, *, key: str = "sentences_changed") -> tuple[Listing, ...]:
    """List the sentences that differ, before and now; none if no section says anything else."""
    rows = tuple(
        (item.title, *shortened(*pair))
        for item in found.displays
        if not item.of_patient
        for pair in item.sentences
    )
    if not rows:
        return ()
    listing = Listing(
        key=key,
        title="Sentences that are not what they were",
        columns=("Section", "Before", "Now"),
        rows=rows,
        note="A number stands as [number]: numbers are compared one by one above. A sentence of more than 160 "
        "characters is cut to the 160 from 40 before the first difference; … stands for what is left out.",
        weights=(1.0, 2.5, 2.5),
    )
    return (listing,)


def context(found: Comparison, *, key: str = "context_list") -> Listing:
    """List what the two were made from and by, where it differs."""
    return Listing(
        key=key,
        title="Data cut, plan, definitions, versions and input files that differ",
        columns=_headings(CONTEXT_COLUMNS),
        rows=context_rows(found),
    )


def _tables(found: Comparison) -> tuple[Block, ...]:
    return (tables(found),) if found.tables else ()


def _records(found: Comparison) -> tuple[Block, ...]:
    blocks = [
        _cut_short(
            f"records_{table.source}_{table.name.lower()}",
            f"{'Raw table' if table.source == 'raw' else 'Dataset'} {table.name}",
            ("Change", "Record", "Column", "Before → now"),
            _record_rows(table),
            "records.csv",
            weights=(0.8, 3.0, 1.0, 4.0),
            longest=_MOST_OF_A_TABLE,
        )
        for table in found.tables
        if table.records
    ]
    return tuple(blocks) or (Paragraph(("No record differs.",)),)


def _record_rows(table: TableChange) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for record in table.records:
        about = (record.kind, ", ".join(f"{name} {text}" for name, text in record.key if text))
        if record.kind in {"changed", "corrected"}:
            rows += [
                (*about, cell.column, f"{cell.old or 'empty'} → {cell.new or 'empty'}")
                for cell in record.cells
            ]
        else:
            shown = [cell for cell in record.cells if cell.column not in _SAID_BY_THE_KEY]
            rows.append((*about, "", ", ".join(f"{cell.column} {cell.old or cell.new}" for cell in shown)))
    return rows


def _statistics(found: Comparison) -> tuple[Block, ...]:
    listing = _cut_short(
        "statistics",
        "Statistics that differ",
        STATISTIC_COLUMNS,
        statistic_rows(found),
        "statistics.csv",
        note="Unrounded; two numbers are the same if they differ by the last bits of a computation only.",
    )
    return (listing,)


def _findings(found: Comparison) -> Listing:
    title = "Findings new or no longer there"
    return _cut_short("findings", title, FINDING_COLUMNS, finding_rows(found), "findings.csv")


def _cut_short(
    key: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    file: str,
    *,
    note: str = "",
    weights: tuple[float, ...] | None = None,
    longest: int | None = None,
) -> Listing:
    """List the first rows of a file, in landscape unless ``weights`` share out an upright page."""
    most = longest or _LONGEST
    more = len(rows) - most
    return Listing(
        key=key,
        title=title,
        columns=_headings(columns),
        rows=tuple(rows[:most]),
        note=" ".join(part for part in (note, f"{more} more stand in {file}." if more > 0 else "") if part),
        landscape=weights is None,
        weights=weights,
    )


def _headings(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple((name[:1].upper() + name[1:]).replace("_", " ") for name in columns)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# The folder that ``duonen compare --out`` writes: HTML, PDF, CSV and a manifest.


# The same two outputs give the same bytes: the files bear no date of their own.
_TIMELESS = datetime(2000, 1, 1, tzinfo=UTC)


def write_comparison(found: Comparison, out: Path) -> None:
    """Write a comparison as a folder, whole or not at all.

    Raises ``DuonenError`` if ``out`` is a folder that holds something other than an earlier comparison.
    """
    versions = software_versions()
    document = comparison_document(found, load_study(), versions["duonen-stats"])
    files = {
        "compare.html": render_html(document, {}).encode(),
        "compare.pdf": render_pdf(document, {}, _TIMELESS),
        **comparison_csvs(found),
    }
    content = {
        "made_by": "duonen_stats",
        "kind": COMPARISON,
        "simulated": found.simulated,
        "compared": [
            {"side": side, "data_cut": output.manifest.get("data_cut")}
            for side, output in (("old", found.old), ("new", found.new))
        ],
        "outputs": listed(files),
        "software": dict(versions),
    }
    files[MANIFEST] = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    write_outputs(out, files)
