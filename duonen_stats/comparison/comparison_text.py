"""A comparison as a page for the terminal. It names no patient."""

import re
from collections import Counter
from collections.abc import Iterator

from duonen_stats.comparison.changed_displays import TouchedDisplay, count_patient_pages
from duonen_stats.comparison.changed_records import RECORD_KINDS, TableChange
from duonen_stats.comparison.changed_statistics import StatisticChange
from duonen_stats.comparison.changed_words import shortened
from duonen_stats.comparison.compare_outputs import Comparison
from duonen_stats.comparison.pair_records import PATIENT_COLUMNS
from duonen_stats.comparison.read_output import Output
from duonen_stats.displays.model.format import significant

_MOST, _FEW = 10, 3
_A_PATIENT = re.compile(r"\b[A-Z][A-Z0-9]*-\d{2,}-\d{2,}\b")
_WIDE = 58


def comparison_text(found: Comparison) -> str:
    """Read a comparison as text: counts of everything, and the largest changes of statistics."""
    mark = ["SIMULATED DATA."] if found.simulated else []
    head = [*mark, f"Old: {about(found.old)}", f"New: {about(found.new)}"]
    if not found.different:
        return "\n".join([*head, "No difference."])
    parts = [
        list(_context(found)),
        list(_records(found)),
        list(_statistics(found)),
        list(_displays(found)),
        list(_findings(found)),
        [f"Only in one of the two, so not compared: {', '.join(found.left_out)}."] if found.left_out else [],
    ]
    return "\n\n".join("\n".join(part) for part in ([*head], *parts) if part)


def about(output: Output, *, name: str | None = None) -> str:
    """Name an output by its folder (or ``name``), its data cut and the fingerprint of its data."""
    cut = f", data cut {output.cut_date}" if output.manifest.get("data_cut") else ""
    data = f", data {output.fingerprint[:16]}" if output.fingerprint else ""
    return f"{name or output.name}{cut}{data}"


def number(value: float | None) -> str:
    """Write a statistic with six significant digits; one that is not there as a dash."""
    return "–" if value is None else significant(value, 6)


def largest(found: Comparison) -> list[StatisticChange]:
    """Return changed statistics, the largest relative changes first."""
    changed = [item for item in found.statistics if item.kind == "changed"]
    return sorted(changed, key=lambda item: -item.relative)


def _context(found: Comparison) -> Iterator[str]:
    if found.context:
        yield "Made from and by"
    for item in found.context:
        yield f"  {item.area:<11} {item.name}: {item.old or 'none'} → {item.new or 'none'}"


def _records(found: Comparison) -> Iterator[str]:
    different = [table for table in found.tables if table.different]
    if not found.tables:
        return
    if not different:
        yield f"Records: the same in all {len(found.tables)} tables."
        return
    kinds = "".join(f"{kind:>{len(kind) + 2}}" for kind in RECORD_KINDS)
    yield f"{'Records':<30}{'old':>7}{'new':>7}{kinds}  changed in"
    for table in different:
        name = f"  {'raw' if table.source == 'raw' else 'dataset'} {table.name}"
        counts = "".join(f"{table.count(kind):>{len(kind) + 2}}" for kind in RECORD_KINDS)
        columns = ", ".join(f"{column} {times}" for column, times in table.columns().items())
        yield f"{name:<30}{table.old_records:>7}{table.new_records:>7}{counts}  {columns}".rstrip()
        yield from _corrections(table)
        if table.columns_added:
            yield f"    new columns: {', '.join(table.columns_added)}"
        if table.columns_removed:
            yield f"    columns no longer there: {', '.join(table.columns_removed)}"
    same = len(found.tables) - len(different)
    if same:
        yield f"  {same} other tables are the same."


def _corrections(table: TableChange) -> Iterator[str]:
    """Say which parts of keys were corrected, old → new; of patient numbers only how many records."""
    corrected = Counter[str]()
    for cells, times in table.corrections().items():
        words = [
            f"{cell.column} (not named here)"
            if cell.column in PATIENT_COLUMNS
            else f"{cell.column} {cell.old or 'empty'} → {cell.new or 'empty'}"
            for cell in cells
        ]
        corrected[", ".join(words)] += times
    for what, times in corrected.most_common(_MOST):
        yield f"    corrected: {what} in {times} record{'' if times == 1 else 's'}"
    if len(corrected) > _MOST:
        yield f"    and {len(corrected) - _MOST} more corrections; --out DIR lists them all."


def _statistics(found: Comparison) -> Iterator[str]:
    if not (found.statistics_old or found.statistics_new):
        return
    kinds = ", ".join(f"{times} {kind}" for kind, times in found.statistics_by_kind().items() if times)
    yield f"Statistics, {found.statistics_old} → {found.statistics_new}: {kinds or 'all the same'}."
    changed = largest(found)
    if changed:
        yield f"  {'largest relative changes':<{_WIDE}}{'old':>13}{'new':>13}{'difference':>13}"
    for item in changed[:_MOST]:
        values = (item.old, item.new, item.difference)
        yield f"  {item.analysis_id:<{_WIDE}}" + "".join(f"{number(value):>13}" for value in values)
    if len(changed) > _MOST:
        yield f"  and {len(changed) - _MOST} more; --out DIR lists them all."


def _displays(found: Comparison) -> Iterator[str]:
    if not found.displays:
        return
    yield f"Displays and sections touched: {len(found.displays)}"
    pages = count_patient_pages(found.displays)
    if pages:
        yield f"  {'Pages of patients (not named here)':<{_WIDE}} {pages} changed"
    for item in (one for one in found.displays if not one.of_patient):
        title = f"{item.label}. {item.title}" if item.label else f"Text of: {item.title}"
        yield f"  {title[: _WIDE - 1]:<{_WIDE}} {item.what()}"
        yield from _sentences(item)


def _sentences(item: TouchedDisplay) -> Iterator[str]:
    """Say the first sentences of a section that changed, before and now, each cut to what differs."""
    for pair in item.sentences[:_FEW]:
        for sign, text in zip("-+", shortened(*pair), strict=True):
            if text:
                yield f"    {sign} {_A_PATIENT.sub('(patient not named here)', text)}"
    more = len(item.sentences) - _FEW
    if more > 0:
        yield f"    and {more} more sentence{'' if more == 1 else 's'}; --out DIR lists them all."


def _findings(found: Comparison) -> Iterator[str]:
    for kind, verb in (("new", "new"), ("resolved", "no longer there")):
        these = [item for item in found.findings if item.kind == kind]
        if these:
            yield f"Findings {verb}: {len(these)}"
        rules = Counter((item.severity, item.rule, item.table, item.column) for item in these)
        for (severity, rule, table, column), times in rules.items():
            place = f"{table}.{column}" if column else table
            yield f"  {severity:<8}{rule:<18}{place}{f' ({times} times)' if times > 1 else ''}"
