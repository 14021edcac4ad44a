from dataclasses import replace

import pytest

from duonen_stats.displays.efficacy.arm_factors import contrast, question
from duonen_stats.displays.model.content import plain
from duonen_stats.results import ids


def with_arms(study, **changes):
    """The study with some arms changed: keywords of each by its code."""
    return replace(study, arms=tuple(replace(arm, **changes.get(arm.code, {})) for arm in study.arms))


def test_the_question_names_fixed_and_guided_activities_only_where_they_are(study):
    assert question(study, "A") == (
        "progression-free survival is longer in arms B + C + D, guided by dosimetry, than in arm A, of fixed activities"
    )
    assert (
        question(study, "B") == "progression-free survival is longer in arms A + C + D together than in arm B"
    )


def test_the_contrast_says_what_else_differs(study):
    assert contrast(study, "A") == (
        "Arms B and C also give ⁹⁰Y, which arm A does not. Arms B and C start with 3.7 GBq of ¹⁷⁷Lu, arm A with "
        "7.4 GBq. The comparison is therefore not one of dosimetry guidance alone. Arm D and arm A differ in dosimetry "
        "guidance and in nothing else."
    )


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (
            "B",
            (
                "Arms A and D do not give ⁹⁰Y, which arm B does.",
                "Arms A and D start with 7.4 GBq of ¹⁷⁷Lu, arm B with 3.7 GBq.",
            ),
        ),
        ("D", ("Arms B and C also give ⁹⁰Y, which arm D does not.",)),
    ],
)
def test_under_another_control_arm_the_words_are_still_true(control, said, study):
    words = contrast(study, control)
    assert words.startswith("Arms B, C and D are guided by dosimetry; arm A is not.")
    for sentence in (
        *said,
        "not one of dosimetry guidance alone",
        "Arm D and arm A differ in dosimetry guidance",
    ):
        assert sentence in words


def test_arms_that_differ_in_guidance_alone(study):
    """A trial in which every experimental arm is arm A, guided."""
    a = study.arm("A")
    same = {"isotopes": a.isotopes, "initial_activity": a.initial_activity, "modified_isotope": "LU177"}
    pure = with_arms(study, B=same, C=same)
    assert contrast(pure, "A").startswith(
        "The comparison is one of dosimetry guidance alone. Arm B and arm A, arm C"
    )
    assert list(ids.arm_factors(pure)) == ["guidance"]
    assert ids.isolating_pairs(pure) == (("B", "A"), ("C", "A"), ("D", "A"))


def test_no_pair_that_isolates_guidance_is_said(study):
    unguided = with_arms(study, D={"modified_isotope": None})
    assert "No two arms differ in dosimetry guidance and in nothing else." in contrast(unguided, "A")
    assert ids.isolating_pairs(unguided) == ()


def test_the_table_shows_heterogeneity_factors_and_the_pair(final_shown, final_cells, final_results):
    rows = final_cells("table_e11")
    for endpoint in ("Progression-free survival, treatment policy", "Overall survival"):
        for row in (
            "Arms B + C + D among themselves, log-rank test",
            "Model of all arms: dosimetry guidance",
            "Model of all arms: ⁹⁰Y",
            "Dosimetry guidance alone: arm D against arm A",
        ):
            assert f"{endpoint}: {row}" in rows
    assert "therefore not one of dosimetry guidance alone" in plain(final_shown["table_e11"].sentence)
    assert final_results.value("pfs.isolated.D_vs_A.hr.hr") == final_results.value("pfs.D_vs_A.hr.hr")
    assert any("Exploratory" in plain(note) for note in final_shown["table_e11"].footnotes)
