"""The data dictionary as a page to read, with the catalogue of checks: ``docs/data_dictionary.md``."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from duonen_stats.displays.model.format import fixed, significant
from duonen_stats.raw.checks.check import catalogue
from duonen_stats.raw.cut_at_date import CUT_RULES
from duonen_stats.raw.findings import CheckRule
from duonen_stats.raw.questions import WHO_ANSWERS
from duonen_stats.study import Analyte, Code, ProtocolRule, RawColumn, RawTable, Study, load_study

_ROWS = {"one": "exactly one row", "some": "at least one row", "any": "any number of rows, also none"}
_MISSING = {"error": "no", "warning": "with a warning", "allowed": "yes"}


def dictionary_page(study: Study, rules: Sequence[CheckRule]) -> str:
    """Write the data dictionary and the checks as one page of Markdown.

    Parameters
    ----------
    study
        What the dictionary says.
    rules
        What a data cut is checked by, ``duonen_stats.raw.checks.check.catalogue()``.

    Returns
    -------
    str
        The page, ending with a line break; the same study and rules give the same page.
    """
    parts = [
        _head(study),
        _design(study),
        *_treatment(study),
        *_measurements(study),
        *_protocol(study),
        *(_table(table) for table in study.tables),
        _cuts(),
        _checks(rules),
    ]
    return "\n\n".join(parts) + "\n"


def _head(study: Study) -> str:
    contents = [f"[{table.name}](#{table.name})" for table in study.tables]
    return (
        f"# Data dictionary of {study.study_id}\n\n{study.title} ({study.registration}).\n\n"
        "Made from `data_dictionary.yaml`; change that file, then run "
        "`python -m duonen_stats.commands.dictionary_page`.\n\n"
        "A data cut is a folder with one file for each raw table, named after it. In the standard form it is a CSV "
        "file: UTF-8, commas, column names in the first line, dates as YYYY-MM-DD, decimal points, an empty cell "
        "for a missing value. [Other formats and ways of writing](intake.md) are read too.\n\n"
        f"Raw tables: {', '.join(contents)}. At the end: [an earlier date of data cut](#cut), "
        "[what is checked](#checks)."
    )


def _design(study: Study) -> str:
    facts = study.design
    low, span = facts.cycle_interval_weeks, facts.cycle_interval_tolerance_weeks
    rows = [
        ("Patients planned; at the interim analysis", f"{facts.planned_subjects}; {facts.interim_subjects}"),
        ("Centres", f"{facts.centres}"),
        (
            "Allocation, experimental arms to control arm",
            f"{facts.allocation_experimental}:{facts.allocation_control}",
        ),
        ("Interval of cycles", f"{low} ± {span} weeks"),
        ("Tolerance of a dispensed activity", f"± {fixed(100 * facts.activity_tolerance, 0)}%"),
        ("Hazard of progression or death in the control arm", f"{facts.hazard_rate_per_month:g} per month"),
        ("Hazard ratio aimed at", f"{facts.hazard_ratio:g}"),
        ("Accrual; whole duration", f"{facts.accrual_months}; {facts.total_months} months"),
        ("First recruitment; last follow-up", f"{facts.recruitment_start_year}; {facts.last_follow_up_year}"),
    ]
    return "## Design\n\n" + _grid(("Fact", "Value"), rows)


def _treatment(study: Study) -> Iterator[str]:
    labels = {isotope.code: isotope.label for isotope in study.isotopes}
    arms = [
        (
            arm.code,
            arm.description,
            " + ".join(f"{activity:g} MBq {labels[code]}" for code, activity in arm.initial_activity.items()),
            labels.get(arm.modified_isotope or "", "none"),
            f"{arm.planned}",
        )
        for arm in study.arms
    ]
    header = ("Arm", "Treatment", "Activity at cycle 1", "Modified by dosimetry", "Patients planned")
    yield "## Arms\n\n" + _grid(header, arms)
    isotopes = [(one.label, f"{one.half_life_hours:g}") for one in study.isotopes]
    yield "## Isotopes\n\n" + _grid(("Isotope", "Physical half-life, hours"), isotopes)
    visits = [
        (visit.code, visit.label, visit.cycle, f"{visit.day_low} to {visit.day_high}", f"{visit.day_target}")
        for visit in study.visits
    ]
    late = study.follow_up_visits
    visits.append(
        (
            f"{late.code}1, {late.code}2, …",
            f"{late.label}, every {late.interval_weeks} weeks without an end",
            "the last one given",
            f"target {late.day_low} to target + {late.day_high}",
            f"{7 * late.interval_weeks} × the number of the visit",
        )
    )
    note = (
        "Days are counted from the administration of the visit's cycle; negative days lie before it. A record belongs "
        "to the visit it names; an unscheduled one to the visit whose window holds its day."
    )
    yield f"## Visits\n\n{note}\n\n" + _grid(("Visit", "When", "Cycle", "Window, days", "Target day"), visits)


def _measurements(study: Study) -> Iterator[str]:
    organs = [
        (
            organ.code,
            organ.label,
            f"{organ.limit_total:g}",
            "" if organ.limit_cycle is None else f"{organ.limit_cycle:g}",
        )
        for organ in study.organs
    ]
    yield "## Organs\n\n" + _grid(("Organ", "Name", "Limit in all, Gy", "Limit a cycle, Gy"), organs)
    header = (
        "Analyte",
        "Name",
        "Unit",
        "Other units (× factor)",
        "Adverse",
        "Plausible",
        "Decimals",
        "CTCAE 5.0 term",
    )
    yield "## Analytes\n\n" + _grid(header, (_analyte(analyte) for analyte in study.all_analytes))
    for version, words in (("5.0", _GRADES), ("6.0", _GRADES_6)):
        yield f"## Laboratory grades by CTCAE {version}\n\n{words}\n\n" + _grid(
            ("Analyte", "Reference", *(f"Grade {grade}" for grade in range(1, 5))),
            (row for analyte in study.analytes for row in _criteria(analyte, version)),
        )
    yield f"## Laboratory grades of high blood counts\n\n{_INCREASES}\n\n" + _grid(
        ("Analyte", "Term", *(f"Grade {grade}" for grade in range(1, 4))),
        (_increase(analyte) for analyte in study.analytes if analyte.ctcae_increase is not None),
    )
    further = ", ".join(analyte.label for analyte in study.further_analytes)
    yield f"## Analytes that may be measured\n\n{further}: {_FURTHER}"
    signs = [
        (sign.code, sign.label, sign.unit, f"{sign.plausible_low:g} to {sign.plausible_high:g}",
         "" if sign.step is None else f"{sign.step:g}")
        for sign in study.vital_signs
    ]  # fmt: skip
    yield "## Vital signs\n\n" + _grid(("Test", "Name", "Unit", "Plausible", "In steps of"), signs)


_FURTHER = """\
no check misses them, no CTCAE grade is given to them, and tables with a row per analyte leave them out. Of a blood
smear the share of blasts is kept. Its description in words is no laboratory value: report what it shows as an adverse
event.\
"""

_GRADES = """\
A value is compared with the bounds of the unit it was recorded in, because CTCAE rounds its bounds in each unit it
gives. A unit that CTCAE does not give has the bounds of the first one. Without the limit of normal or the baseline
that a criterion needs, a record has a lowest and a highest possible grade. Two things are used for this: ULN is not
below LLN; and where the limit at baseline is not known, the limit of the record itself is used. Grade 4 of anemia and
grade 5 are clinical and are not derived.\
"""


_GRADES_6 = """\
A plan may grade by this version instead (`ctcae_version`); grades of two versions never stand in one table. It has no
term for low lymphocytes, and none for chronic kidney disease that a value decides. Creatinine clearance decreased is
new, and is not derived: the trial has no clearance.\
"""

_INCREASES = """\
Terms of high values where low ones are the usual harm, alike in both versions.\
"""


def _increase(analyte: Analyte) -> tuple[str, ...]:
    increase = analyte.ctcae_increase
    if increase is None:
        return ()
    start = "ULN + " if increase.over_uln else ""
    bounds = ["" if bound is None else f"> {start}{bound:g}" for bound in increase.above]
    return analyte.code, f"{increase.term}, {analyte.unit}", *bounds, *[""] * (3 - len(bounds))


def _criteria(analyte: Analyte, version: str) -> Iterator[tuple[str, ...]]:
    criteria = analyte.criteria(version)
    if criteria is None:
        yield analyte.code, "no term", *[""] * 4
        return
    for item in criteria.bounds:
        bounds = [*(["< LLN"] if criteria.lln_counts else []), *(f"< {bound:g}" for bound in item.below)]
        yield analyte.code, item.unit, *bounds, *[""] * (4 - len(bounds))
    if criteria.multiples is None:
        return
    multiples = criteria.multiples
    yield analyte.code, "ULN", *(f"> {multiple:g} ×" for multiple in multiples.of_uln)
    when = {
        "added": "baseline; the worse counts",
        "replaces": "baseline, instead of ULN if it was above ULN",
        "replaces_if_low": "baseline, instead of ULN if it was below LLN",
    }[multiples.baseline]
    signs = ["≥" if multiples.first_included else ">", ">", ">", ">"]
    pairs = zip(signs, multiples.of_baseline, strict=True)
    yield analyte.code, when, *("" if number is None else f"{sign} {number:g} ×" for sign, number in pairs)


def _analyte(analyte: Analyte) -> tuple[str, ...]:
    return (
        analyte.code,
        analyte.label,
        analyte.unit,
        ", ".join(
            f"{unit} (× {_factor(factor)})"
            for unit, factor in analyte.factors.items()
            if unit != analyte.unit
        ),
        analyte.adverse,
        f"{analyte.plausible_low:g} to {analyte.plausible_high:g}",
        f"{analyte.decimals}",
        analyte.ctcae_term or "",
    )


def _factor(value: float) -> str:
    """Write a factor in full: as it is if it is short, as 1/88.42 if its inverse is, else with all digits."""
    if float(short := significant(value, 6)) == value:
        return short
    inverse = significant(1 / value, 6)
    return f"1/{inverse}" if 1 / float(inverse) == value else repr(value)


def _protocol(study: Study) -> Iterator[str]:
    note = "Those that can be read from the raw tables. Of rows with the same alternative one is enough."
    rows = [(*_rule(rule), rule.alternative or "") for rule in study.eligibility_rules]
    yield f"## Eligibility\n\n{note}\n\n" + _grid(
        ("Rule", "Criterion", "Variable", "Bound", "Alternative"), rows
    )
    rows = [_rule(rule) for rule in study.stopping_rules]
    yield "## Discontinuation\n\nAny one ends the treatment.\n\n" + _grid(
        ("Rule", "Criterion", "Variable", "Bound"), rows
    )
    yield "## Categories of adverse events\n\n" + _grid(("Category", "Name"), _codes(study.ae_categories))


def _rule(rule: ProtocolRule) -> tuple[str, ...]:
    return rule.id, rule.label, rule.variable, f"{rule.comparator} {rule.value:g} {rule.unit}"


def _table(table: RawTable) -> str:
    key = ", ".join(table.key)
    header = ("Column", "Meaning", "Type", "Unit", "Allowed", "May be empty")
    return (
        f'<a id="{table.name}"></a>\n\n## {table.name}: {table.label}\n\n'
        f"Key: {key}; {_ROWS[table.rows]}{'' if table.required else '; the table may be absent'}.\n\n"
        + _grid(header, (_column(column) for column in table.columns))
    )


def _column(column: RawColumn) -> tuple[str, ...]:
    return (
        column.name,
        column.label,
        column.type,
        column.unit or "",
        _allowed(column),
        _MISSING[column.missing] + ("; the column may be absent" if column.optional else ""),
    )


def _allowed(column: RawColumn) -> str:
    if column.references is not None:
        return f"in {column.references}"
    if column.codes:
        return ", ".join(
            code.code if code.code == code.label else f"{code.code} ({code.label})" for code in column.codes
        ) + (
            f", {column.series.prefix}1, {column.series.prefix}2, … ({column.series.label})"
            if column.series
            else ""
        )
    bounds = (("from", column.low), ("to", column.high))
    span = " ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    return " or ".join([*(f"{value:g}" for value in column.also), span] if span else [])


def _cuts() -> str:
    note = (
        "`--cut DATE` reduces a snapshot to what was known on that day, the day included. Records without a date "
        "are kept and listed; every record removed and every cell changed is listed in `cut_readout.csv` with its "
        "old and new value and the rule `CR-` and the name of the table."
    )
    grid = _grid(("Table", "What happens"), CUT_RULES.items())
    return f'<a id="cut"></a>\n\n## An earlier date of data cut\n\n{note}\n\n{grid}'


def _checks(rules: Sequence[CheckRule]) -> str:
    note = (
        f"An error makes an analysis wrong: no report is written. {WHO_ANSWERS} "
        "Neither warnings nor notes stop a report, and all are listed in it. No rule changes a value."
    )
    rows = [(rule.id, rule.severity, rule.text, rule.question) for rule in rules]
    return f'<a id="checks"></a>\n\n## What is checked\n\n{note}\n\n' + _grid(
        ("Rule", "Severity", "Finding", "What is asked of the centre"), rows
    )


def _codes(codes: Iterable[Code]) -> Iterator[tuple[str, str]]:
    return ((code.code, code.label) for code in codes)


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def _escaped(cell: str) -> str:
    """Keep Markdown from reading a sign of a unit as its own."""
    return cell.replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    page = Path(__file__).parents[2] / "docs" / "data_dictionary.md"
    page.write_text(dictionary_page(load_study(), catalogue()), encoding="utf-8", newline="\n")
