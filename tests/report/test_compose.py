from dataclasses import replace

import pytest

from duonen_stats.datasets import accounting, build_datasets
from duonen_stats.displays.model.content import plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Listing,
    Paragraph,
)
from duonen_stats.folder.provenance import software_versions
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import check_data
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.results import Results, run_analysis
from duonen_stats.results.quality import analyse_quality


def analysed(study, plan=INTERIM):
    cut, findings = check_data(None, study)
    data = build_datasets(cut, study, plan)
    rows = [*run_analysis(data, study, plan), *analyse_quality(findings, accounting(cut, data))]
    return Analysed(
        cut=cut, findings=findings, study=study, plan=plan, data=data, results=Results(rows),
        versions=software_versions(), fingerprint="abc",
    )  # fmt: skip


@pytest.fixture(scope="module")
def document(study):
    material = analysed(study)
    return compose(material, lay_out_all(material))


def test_the_sections_come_in_the_order_of_reading(document):
    assert [section.key for section in document.sections if section.level == 1] == [
        "summary", "methods", "patients", "doses", "laboratory", "events", "quality", "appendix",
    ]  # fmt: skip


def test_every_published_display_is_shown_before_the_appendix(document):
    keys = [section.key for section in document.sections]
    body = document.sections[: keys.index("appendix")]
    shown = [
        block.produced.label
        for section in body
        for block in section.blocks
        if isinstance(block, DisplayBlock)
    ]
    wanted = {*(f"Table {number}" for number in range(1, 6)), *(f"Figure {number}" for number in range(1, 8))}
    assert wanted <= set(shown)


def test_simulated_data_are_named_first(document):
    assert document.simulated
    summary = " ".join(
        plain(block.line) for block in document.sections[0].blocks if isinstance(block, Paragraph)
    )
    assert "These data are simulated" in summary


def test_the_statistics_of_the_publications_text_are_there(document):
    lines = []
    for block in (block for section in document.sections for block in section.blocks):
        if isinstance(block, Paragraph):
            lines.append(block.line)
        elif isinstance(block, Bullets):
            lines += block.items
    words = " ".join(plain(line) for line in lines).replace("\u00a0", " ")
    for phrase in (
        "31.28 GBq", "ρ = −0.74 (p = 0.037, n = 8)", "hemoglobin p = 0.0017", "lymphocytes ρ = −0.49",
        "5, of which 5 led to discontinuation", "kidney dose gave p = 0.043", "none differs from the preset",
    ):  # fmt: skip
        assert phrase in words, phrase


def test_a_changed_plan_is_named_in_the_report(study):
    material = analysed(study, replace(INTERIM, alpha=0.01))
    changed = compose(material, lay_out_all(material))
    (found,) = (
        block for section in changed.sections for block in section.blocks
        if isinstance(block, Listing) and block.key == "plan_deviations"
    )  # fmt: skip
    assert found.rows == (("alpha", "0.05", "0.01", "As used"),)
    assert ("Plan", "INTERIM, 1 deviation") in changed.meta
