from dataclasses import replace

import pytest
from plan_cases import Trial, texts

from duonen_stats.displays.model.content import plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Listing,
    Paragraph,
)
from duonen_stats.plan import DATASET_FIELDS, INTERIM, decisions, rule_of
from duonen_stats.report.compose import _conventions, compose, lay_out_all
from duonen_stats.results import INTERIM_ANALYSES

pytestmark = pytest.mark.whole_report


@pytest.fixture(scope="module")
def trial():
    """The shipped cohort: what one plan shares with another is computed once."""
    return Trial("interim", "shipped")


@pytest.fixture(scope="module")
def composed(trial):
    return trial.composed(INTERIM)


@pytest.fixture(scope="module")
def document(composed):
    return composed[1]


@pytest.mark.usefixtures("composed")
def test_what_only_the_final_report_reads_is_read_by_no_analysis_of_the_interim_report(trial):
    final_only = {item.name for item in decisions() if rule_of(item.name).final_only}
    read = trial.memory.read_by(INTERIM_ANALYSES)
    assert "min_group" in read
    assert not final_only & read
    assert not final_only & {*DATASET_FIELDS}


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


def test_only_the_shipped_cohort_is_said_to_have_been_built_to_agree(composed, document):
    analysed, _ = composed
    labs = analysed.cut.tables["labs"].copy()
    labs.loc[labs.index[0], "VALUE"] += 0.1
    edited = replace(analysed, cut=replace(analysed.cut, tables={**analysed.cut.tables, "labs": labs}))
    for words, shipped in (
        (all_words(document), True),
        (all_words(compose(edited, lay_out_all(edited))), False),
    ):
        assert ("which was built to agree with the publication" in words) == shipped
        assert ("that cohort alone was built to agree with the publication" in words) != shipped
        assert ("never meant to give the printed number." in words) != shipped


def test_an_analyte_without_values_is_not_said_to_be_unchanged():
    _, shown = Trial("interim", "gaps").composed(INTERIM)
    words = all_words(shown)
    assert "Bilirubin: no patient has a change from baseline at any visit" in words
    assert "no change at any visit" not in words


def test_missing_values_are_said_not_to_be_replaced(document):
    assert "Missing values are not replaced: each statistic" in all_words(document)


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


def test_a_changed_plan_is_named_in_the_report(trial):
    _, changed = trial.composed(replace(INTERIM, alpha=0.01))
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
def departing(trial):
    plan = replace(
        INTERIM, quantile_type=7, between_arm_test="welch_anova", posthoc_after_rank="dunn", alpha=1e-9
    )
    return trial.composed(plan)[1]


def all_words(document):
    return " ".join(text for _, text in texts(document)).replace("\u00a0", " ")


def test_a_convention_keeps_its_quantiles_and_the_plan_has_its_own(document, departing):
    for one in (document, departing):
        assert "Conventions of SPSS 23: quantiles of type 6;" in all_words(one)
    assert "Quartiles in this report are" not in all_words(document)
    assert "Quartiles in this report are of type 7, as its plan says" in all_words(departing)


@pytest.mark.parametrize(("kind", "other"), [(2, True), (6, False), (7, True)])
def test_quartiles_of_another_type_than_the_convention_has_are_said(kind, other):
    words = _conventions(replace(INTERIM, quantile_type=kind))
    assert (f"Quartiles in this report are of type {kind}, as its plan says" in words) == other


def test_a_test_other_than_planned_is_not_called_planned(departing):
    words = all_words(departing)
    assert "The test of this report, whose unadjusted p the tables show, is Welch" in words
    assert (
        "The pairwise test of this report is Games–Howell" in words
    )  # it follows Welch, whatever follows ranks
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
