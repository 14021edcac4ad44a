"""What people read is in words: no variable name, parameter code or code of the data stands in a report."""

import re

import pytest
from gap_cuts import with_gaps
from plan_cases import QUICK

from duonen_stats.commands.make_report import analyse_cut
from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.displays.model.content import FigureContent, TableContent, plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    KeyFigures,
    Listing,
    Paragraph,
)
from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report

TECHNICAL = {"plan_fields", "plan_deviations", "inputs", "set_aside", "cut_readout", "findings", "versions"}
"""Listings that are about fields, files, lines and codes; and the audit, which speaks of entries of the ledger."""

DATASET_NAMES = {"ADSL", "ADEX", "ADDOS", "ADLB", "ADAE", "ADRS", "ADTTE", "ADCM", "ADDV"}
CLINICAL = {"ALT", "ANOVA", "AST", "BMI", "CTCAE", "IQR", "KPS", "NET", "OS", "PFS", "RECIST", "WBC"}
ABBREVIATIONS = (
    DATASET_NAMES | CLINICAL | {"CONSORT", "DATA", "DUONEN", "FINAL", "ICH", "INTERIM", "SIMULATED", "SPSS"}
)
"""Names of data sets stand in the source of a display; the others are what clinicians say and write."""


def texts_of(document):
    for section in document.sections:
        yield section.key, section.title
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield section.key, plain(block.line)
            elif isinstance(block, Bullets):
                yield from ((section.key, plain(line)) for line in block.items)
            elif isinstance(block, KeyFigures):
                yield from ((section.key, f"{words} {plain(line)}") for words, line in block.items)
            elif isinstance(block, Listing):
                if block.key in TECHNICAL or block.key.startswith("audit"):
                    continue
                yield block.key, " ".join((block.title, block.note, *block.columns))
                yield from ((block.key, " | ".join(row)) for row in block.rows)
            elif isinstance(block, DisplayBlock):
                yield from of_display(block.produced)


def of_display(made):
    if made.key.startswith(("audit", "records", "findings")):
        return
    yield made.key, made.title
    yield from ((made.key, plain(line)) for line in (made.population, made.sentence, *made.footnotes))
    if isinstance(made.content, TableContent):
        yield from ((made.key, f"{column.header} {plain(column.below)}") for column in made.content.columns)
        yield from ((made.key, plain(cell)) for row in made.content.rows for cell in row.cells)
    elif isinstance(made.content, FigureContent):
        yield made.key, made.content.alt
        yield from ((made.key, text.get_text()) for text in made.content.draw().texts)


@pytest.fixture(scope="module", params=["interim", "interim with gaps", "final with gaps"])
def document(request, cut, study):
    if request.param == "final with gaps":
        final = simulate_cut(31, patients=24, stage="FINAL", study=study)
        found, plan = with_gaps(final, 31), QUICK["final"]
    else:
        found, plan = (with_gaps(cut, 31) if "gaps" in request.param else cut), INTERIM
    analysed = analyse_cut(found, (), study, plan)
    return compose(analysed, lay_out_all(analysed))


def codes(study):
    """Names of variables, and codes of the data dictionary that are no word or abbreviation of clinicians."""
    names = {variable.name for dataset in DATASETS.values() for variable in dataset.variables}
    for table in study.tables:
        for column in table.columns:
            names |= {column.name} | {code.code for code in column.codes}
    names |= {
        "KIDTOT",
        "KIDLU",
        "KIDY",
        "MARTOT",
        "MARLU",
        "MARY",
        "NADIR",
        "CUMULATIVE",
        "MODIFICATION",
        "BCD",
    }
    return {name for name in names if len(name) > 2 and name.isupper()} - ABBREVIATIONS


def test_no_code_stands_in_the_report(document, study):
    wanted = codes(study)
    assert {"GRADEH", "DISCONTINUED", "AESER", "LU177"} <= wanted
    leaks = {
        (where, word)
        for where, text in texts_of(document)
        for word in re.findall(r"(?<![\w-])[A-Z][A-Z0-9_ ]*[A-Z0-9](?![\w-])", text)
        for word in (word, *word.split())
        if word in wanted
    }
    assert leaks == set()


def test_no_name_of_a_program_stands_in_the_report(document):
    leaks = {
        (where, found)
        for where, text in texts_of(document)
        for found in re.findall(r"\b[a-z]+_[a-z_]+\b|\bcause \d\b|\bnan\b|\bNone\b", text)
        if not text.endswith(".csv.") and f"{found}.csv" not in text
    }
    assert leaks == set()
