from dataclasses import replace

import pytest
from plan_cases import QUICK, Trial, texts

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


def test_only_the_shipped_cohort_is_said_to_have_been_built_to_agree(cut):
    labs = cut.tables["labs"].copy()
    labs.loc[labs.index[0], "VALUE"] += 0.1
    said = []
    for data in (cut, replace(cut, tables={**cut.tables, "labs": labs})):
        material = Trial("interim", data).analysed(INTERIM)
        said.append(all_words(compose(material, lay_out_all(material))))
    for words, shipped in zip(said, (True, False), strict=True):
        assert ("which was built to agree with the publication" in words) == shipped
        assert ("that cohort alone was built to agree with the publication" in words) != shipped
        assert ("never meant to give the printed number." in words) != shipped


def test_an_analyte_without_values_is_not_said_to_be_unchanged():
    material = Trial("interim", "gaps").analysed(INTERIM)
    words = all_words(compose(material, lay_out_all(material)))
    assert "Bilirubin: no patient has a change from baseline at any visit" in words
    assert "no change at any visit" not in words


def test_what_is_said_of_missing_values_is_true_of_each_report(document):
    assert "Missing values are not replaced: each statistic" in all_words(document)
    material = Trial("final", "shipped").analysed(QUICK["final"])
    final = all_words(compose(material, lay_out_all(material)))
    assert (
        "Missing values are not replaced, save in Table E4, where times after censoring are imputed" in final
    )
    assert "Missing values are not replaced: " not in final


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
    assert found.rows == (("alpha", "0.05", "0.01", "Yes"),)
    assert ("Plan", "INTERIM, 1 deviation: alpha") in changed.meta
    named = "1 decision of the plan differs from the preset: alpha is 0.01 (preset: 0.05)"
    for key in ("summary", "methods"):
        (section,) = (section for section in changed.sections if section.key == key)
        words = [plain(block.line) for block in section.blocks if isinstance(block, Paragraph)]
        assert any(named in text for text in words), key


# Sentences that a plan could make untrue: each is read under the preset and under one plan that departs from it.


@pytest.fixture(scope="module")
def departing(study):
    plan = replace(
        INTERIM, quantile_type=7, between_arm_test="welch_anova", posthoc_after_rank="dunn", alpha=1e-9
    )
    material = analysed(study, plan)
    return compose(material, lay_out_all(material))


def all_words(document):
    return " ".join(text for _, text in texts(document)).replace("\u00a0", " ")


def test_a_convention_keeps_its_quantiles_and_the_plan_has_its_own(document, departing):
    for one in (document, departing):
        assert "Conventions of SPSS 23: quantiles of type 6;" in all_words(one)
    assert "Quartiles in this report are" not in all_words(document)
    assert "Quartiles in this report are of type 7, as its plan says" in all_words(departing)


def test_a_test_other_than_planned_is_not_called_planned(departing):
    words = all_words(departing)
    assert "The test of this report, whose unadjusted p the tables show, is Welch" in words
    assert "The pairwise test of this report is Dunn" in words
    for untrue in ("plan's test", "planned test", "plan's pairwise", "by the plan's"):
        assert untrue not in words


def test_the_table_of_pairs_is_named_only_if_doses_have_pairs(document, departing):
    named = "the assumptions behind these tests and the pairs of arms are in Tables S12 and S13"
    assert named in all_words(document)
    assert named not in all_words(departing)
    assert (
        "no pairs of arms are compared, and the assumptions behind these tests are in Table S12."
        in all_words(departing)
    )
