"""What is computed once the numbers and dates of a source are in the standard form: amounts, differences, ages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.amounts import amount_factor, less, multiplied
from duonen_stats.raw.intake.reshape.layout import PART_OF, UNIT_OF
from duonen_stats.raw.intake.reshape.limits import limit_and_sex
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Texts, combined
from duonen_stats.raw.questions import EXPORT_AGAIN
from duonen_stats.study import RawColumn, RawTable

AMOUNT = CheckRule(
    "RD-AMOUNT",
    "error",
    "An amount is in a unit that is not known, or not one of its kind; the cells are empty.",
    question=EXPORT_AGAIN,
)


def with_parts(table: RawTable, sheet: Sheet) -> RawTable:
    """Add to a table the columns that are only there to compute others, so that they are read like its own."""
    more = [
        RawColumn(
            name=name,
            label=name,
            type="date" if name.startswith(f"{PART_OF}AGE ") else "number",
            missing="allowed",
        )
        for name in sheet.columns
        if name.startswith(PART_OF)
    ]
    return replace(table, columns=(*table.columns, *more))


def finished(sheet: Sheet, entry: SourceMapping, table: RawTable) -> Sheet:
    """Bring amounts into the units of the dictionary, and compute what follows from several columns.

    Parameters
    ----------
    sheet
        In the standard form, with the columns that :func:`~.apply.reshaped` added for this.
    entry
        What the mapping file says of the source.
    table
        The table it becomes.

    Returns
    -------
    Sheet
        With the columns of the table alone, but for limits of one sex, which wait for that of the patient
        (:func:`~.limits.with_limits_of_sex`).
    """
    sheet, converted = _in_own_units(sheet, table)
    cells = dict(sheet.cells)
    findings: list[Finding] = []
    by_unit = {one.column: one.what for one in converted}
    for name, factor in entry.factors.items():
        if name in by_unit:
            message = (
                f"The unit of {name} is known ({by_unit[name]}), and the mapping file has a factor for it, too; take "
                "one of them out. The factor was not used."
            )
            findings.append(AMOUNT.found(table.name, message, row=1, column=name))
        elif name in cells:
            exact = Fraction(str(factor))
            number = int(cells[name].filled().sum())
            cells[name] = cells[name].changed(lambda text, exact=exact: multiplied(text, exact))  # type: ignore[misc]
            converted.append(Converted(f"multiplied by {factor:g}", name, number))
    for name in entry.difference:
        parts = [cells[part] for part in cells if part.startswith(f"{PART_OF}{name} ")]
        cells[name] = combined(parts, less)
        converted.append(Converted("differences of columns", name, int(cells[name].filled().sum())))
    wanted = cells.get(f"{PART_OF}AGE 1") or (cells.get(entry.age.on) if entry.age is not None else None)
    if wanted is not None and f"{PART_OF}AGE 0" in cells:
        cells["AGE"] = combined([cells[f"{PART_OF}AGE 0"], wanted], _age)
        converted.append(Converted("ages from dates of birth", "AGE", int(cells["AGE"].filled().sum())))
    kept = {
        name: texts for name, texts in cells.items() if not name.startswith(PART_OF) or limit_and_sex(name)
    }
    return replace(
        sheet,
        cells=kept,
        findings=tuple(
            replace(one, column=whole_column(one.column or "") or None)
            for one in (*sheet.findings, *findings)
        ),
        converted=(*(one for one in sheet.converted if not one.column.startswith(PART_OF)), *converted),
    )


def whole_column(name: str) -> str:
    """Give the column of the table that a column belongs to."""
    return name.removeprefix(PART_OF).rpartition(" ")[0] if name.startswith(PART_OF) else name


def with_own_units(sheet: Sheet, table: RawTable) -> Sheet:
    """Bring amounts whose units are known row by row into the units of the dictionary."""
    found, converted = _in_own_units(sheet, table)
    return replace(found, converted=(*found.converted, *converted))


def _in_own_units(sheet: Sheet, table: RawTable) -> tuple[Sheet, list[Converted]]:
    columns = {column.name: column for column in table.columns}
    cells = {name: texts for name, texts in sheet.cells.items() if not name.startswith(UNIT_OF)}
    findings: list[Finding] = []
    converted: list[Converted] = []
    for name, texts in cells.items():
        column = columns.get(whole_column(name))
        units = sheet.cells.get(UNIT_OF + name)
        if column is not None and units is not None and column.unit is not None:
            cells[name], found, done = _in_unit(sheet, name, texts, units, column, table.name)
            findings += found
            converted += done
    return replace(sheet, cells=cells, findings=(*sheet.findings, *findings)), converted


def _in_unit(
    sheet: Sheet, name: str, texts: Texts, units: Texts, column: RawColumn, table: str
) -> tuple[Texts, list[Finding], list[Converted]]:
    wanted = column.unit or ""
    factors: Mapping[str, Fraction | None] = {
        unit: Fraction(1) if unit in {"", wanted} else amount_factor(unit, wanted) for unit in units.used()
    }
    out = combined([texts, units], lambda text, unit: _converted(text, factors[unit]))
    findings, converted = [], []
    filled = texts.filled()
    for unit, factor in factors.items():
        rows = filled & units.among({unit})
        number = int(rows.sum())
        if not number:
            continue
        if factor is None:
            message = (
                f"{shown(unit)} is not known as a unit of {column.name}, which is in {wanted}; state the unit or a "
                f"factor in the mapping file. {number} cells were not read."
            )
            line = int(sheet.numbers[rows][0])
            findings.append(AMOUNT.found(table, message, row=line, column=column.name))
        elif factor != 1:
            converted.append(Converted(f"{unit} to {wanted}", name, number))
    return out, findings, converted


def _converted(text: str, factor: Fraction | None) -> str:
    if factor is None:
        return ""
    return text if factor == 1 else multiplied(text, factor)


def _age(birth: str, on: str) -> str:
    """Count the birthdays between two dates; empty if one is missing or not a date."""
    try:
        born, day = date.fromisoformat(birth), date.fromisoformat(on)
    except ValueError:
        return ""
    return str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
