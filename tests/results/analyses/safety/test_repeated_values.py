"""The model for repeated values: R's numbers, the plan's choices, and what cannot be estimated."""

from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.safety.laboratory import visit_values
from duonen_stats.results.analyses.safety.repeated_values import analyse_late_values, analyse_repeated_values


def _without(datasets, **chosen):
    """Datasets without the changes of an arm, a visit or an analyte."""
    labs = datasets.adlb.copy()
    gone = labs["DTYPE"].isna() & labs["AVISIT"].isin(INTERIM.follow_up_visits)
    for column, value in chosen.items():
        gone &= labs[column].eq(value)
    labs.loc[gone, "CHG"] = float("nan")
    return replace(datasets, adlb=labs)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("analyte", "visit", "arm", "difference", "se"),
    [
        ("HGB", "V1", "B", 0.240252566, None),
        ("HGB", "V4", "D", 0.811041031, 0.530959798),
        ("BILI", "V1", "B", 0.0833830161, None),
        ("BILI", "V4", "D", 0.076032534, 0.117215678),
    ],
)
def test_differences_are_those_of_r(datasets, study, analyte, visit, arm, difference, se):
    # R 4.2.2, nlme 3.1.162: gls(CHG ~ BASE + arm*visit, correlation = corSymm(form = ~v | USUBJID),
    # weights = varIdent(form = ~1 | visit), method = "REML"), which stops at about 1e-5 of the optimum.
    plan = replace(INTERIM, repeated_df="satterthwaite")
    found = Results(analyse_repeated_values(datasets, study, plan))
    block = ids.lab_model_difference(analyte, visit, arm)
    assert found.value(block.stat("difference")) == pytest.approx(difference, rel=1e-4)
    if se is not None:
        assert found.value(block.stat("se")) == pytest.approx(se, rel=1e-5)


def test_patients_and_values_are_those_with_a_change(datasets, results):
    values = visit_values(datasets)
    own = values[values["PARAMCD"].eq("NEUT") & values["AVISIT"].isin(INTERIM.follow_up_visits)]
    own = own[own["CHG"].notna()]
    model = ids.lab_model("NEUT")
    assert results.value(model.stat("values")) == len(own)
    assert results.value(model.stat("n")) == own["USUBJID"].nunique()
    for visit in INTERIM.follow_up_visits:
        block = ids.lab_model_mean("NEUT", visit, "C")
        assert results.value(block.stat("n")) == (own["AVISIT"].eq(visit) & own["TRT01P"].eq("C")).sum()


def test_each_choice_of_the_plan_changes_the_numbers(datasets, study, results):
    block = ids.lab_model_difference("HGB", "V4", "B")
    for change in (
        {"repeated_covariance": "compound_symmetry"},
        {"repeated_df": "satterthwaite"},
        {"repeated_baseline": "by_visit"},
        {"confidence": 0.9},
    ):
        other = Results(analyse_repeated_values(datasets, study, replace(INTERIM, **change)))
        assert other.value(block.stat("ci_low")) != results.value(block.stat("ci_low")), change
    other = Results(analyse_repeated_values(datasets, study, replace(INTERIM, control_arm="D")))
    assert ids.lab_model_difference("HGB", "V4", "A").stat("p") in other
    assert ids.lab_model_difference("HGB", "V4", "D").stat("p") not in other


def test_an_arm_without_a_visit_has_the_reason_and_the_rest_its_numbers(datasets, study):
    found = Results(
        analyse_repeated_values(_without(datasets, TRT01P="D", AVISIT="V4", PARAMCD="HGB"), study, INTERIM)
    )
    row = found.row(ids.lab_model_difference("HGB", "V4", "D").stat("difference"))
    assert (row.stat, row.note) == (None, "arm D has no value at V4")
    assert found.value(ids.lab_model_difference("HGB", "V4", "C").stat("difference")) is not None


def test_no_differences_where_the_control_arm_has_no_value(datasets, study):
    found = Results(
        analyse_repeated_values(_without(datasets, TRT01P="A", AVISIT="V2", PARAMCD="HGB"), study, INTERIM)
    )
    row = found.row(ids.lab_model_difference("HGB", "V2", "B").stat("difference"))
    assert (row.stat, row.note) == (None, "arm A has no value at V2")
    assert found.value(ids.lab_model_mean("HGB", "V2", "B").stat("mean")) is not None


def test_a_visit_of_one_patient_has_the_reason_and_the_rest_its_numbers(datasets, study):
    """Each visit has a slope of its own: that of one patient has none."""
    labs = datasets.adlb
    last = labs["PARAMCD"].eq("HGB") & labs["AVISIT"].eq("V4")
    one = labs.loc[last & labs["CHG"].notna(), "USUBJID"].iloc[0]
    few = replace(datasets, adlb=labs[~last | labs["USUBJID"].eq(one)])
    plan = replace(INTERIM, repeated_baseline="by_visit")
    found = Results(analyse_repeated_values(few, study, plan))
    row = found.row(ids.lab_model_mean("HGB", "V4", "A").stat("mean"))
    assert row.stat is None
    assert row.note == "no slope at V4, where no arm has two patients with different baselines"
    assert found.value(ids.lab_model_difference("HGB", "V3", "B").stat("difference")) is not None


def test_a_control_arm_without_values_leaves_the_means_of_the_others(datasets, study):
    """The means of B to D rest on their patients alone."""
    without = _without(datasets, TRT01P="A", PARAMCD="HGB")
    found = Results(analyse_repeated_values(without, study, INTERIM))
    against_b = Results(analyse_repeated_values(without, study, replace(INTERIM, control_arm="B")))
    for arm in "BCD":
        mean = ids.lab_model_mean("HGB", "V1", arm).stat("mean")
        assert found.value(mean) == against_b.value(mean)
        row = found.row(ids.lab_model_difference("HGB", "V1", arm).stat("difference"))
        assert (row.stat, row.note) == (None, "arm A has no value at any visit of the model")
    row = found.row(ids.lab_model_mean("HGB", "V1", "A").stat("mean"))
    assert (row.stat, row.note) == (None, "arm A has no value at any visit of the model")
    assert found.value(ids.lab_model("HGB").stat("n")) == without.adsl["TRT01P"].ne("A").sum()


def test_few_patients_fall_back_on_compound_symmetry_and_say_so(datasets, study):
    few = datasets.adsl.groupby("TRT01P", observed=True)["USUBJID"].head(2)
    small = replace(
        datasets,
        adsl=datasets.adsl[datasets.adsl["USUBJID"].isin(few)],
        adlb=datasets.adlb[datasets.adlb["USUBJID"].isin(few)],
    )
    found = Results(analyse_repeated_values(small, study, INTERIM))
    rows = [found.row(ids.lab_model(analyte.code).stat("n")) for analyte in study.analytes]
    fitted = [row for row in rows if row.variable_level]
    assert fitted
    assert {row.variable_level for row in fitted} == {"compound symmetry"}
    assert {row.note for row in fitted} == {"unstructured could not be fitted"}


def test_late_follow_up_has_a_model_of_its_own(datasets, study):
    """Haemoglobin alone and without the visit F8: the others are a model, apart from that of the cycles."""
    own = datasets.adlb[datasets.adlb["PARAMCD"].eq("HGB") & datasets.adlb["AVISIT"].ne("F8")]
    data = replace(datasets, adlb=own)
    rows = Results(analyse_late_values(data, study, INTERIM))
    assert rows.value("labs.HGB.late.F4.A.mean") is not None
    assert rows.value("labs.HGB.late.F4.B.difference.ci_low") is not None
    found = rows.row("labs.HGB.late.F8.A.mean")
    assert (found.stat, found.note) == (None, "nobody has a value at F8")
    assert rows.row("labs.PLAT.late.base_at").note == "no value of late follow-up"
    assert not [row for row in rows if row.analysis_id.startswith("labs.HGB.model")]


def test_no_p_value_where_an_arm_has_fewer_patients_in_the_model_than_the_plan_asks(datasets, study):
    two = datasets.adsl.loc[datasets.adsl["TRT01P"].eq("C"), "USUBJID"].head(2)
    labs = datasets.adlb
    own = labs["PARAMCD"].eq("HGB") & (labs["TRT01P"].ne("C") | labs["USUBJID"].isin(two))
    rows = Results(analyse_repeated_values(replace(datasets, adlb=labs[own]), study, INTERIM))
    block = ids.lab_model_difference("HGB", "V1", "C")
    assert rows.value(block.stat("ci_low")) is not None
    row = rows.row(block.stat("p"))
    assert (row.stat, row.note) == (None, "a compared group has fewer than 3 patients")
    assert rows.value(ids.lab_model_difference("HGB", "V1", "B").stat("p")) is not None
    lower = Results(
        analyse_repeated_values(replace(datasets, adlb=labs[own]), study, replace(INTERIM, min_group=2))
    )
    assert lower.value(block.stat("p")) is not None


def test_patients_of_a_visit_without_a_slope_are_not_counted_in_their_arm(datasets, study):
    """Of arm D two patients are in the model: a third has a value at a visit alone that has no slope."""
    labs = datasets.adlb
    here = labs["PARAMCD"].eq("HGB") & labs["CHG"].notna() & labs["AVISIT"].isin(("V1", "V2", "V3", "V4"))
    of_d = labs.loc[here & labs["TRT01P"].eq("D"), "USUBJID"].unique()
    last = labs["AVISIT"].eq("V4")
    alone = labs["USUBJID"].eq(next(one for one in of_d if (here & last & labs["USUBJID"].eq(one)).any()))
    two = labs["USUBJID"].isin([one for one in of_d if not (alone & labs["USUBJID"].eq(one)).any()][:2])
    kept = alone.where(last, ~labs["TRT01P"].eq("D") | two)
    few = replace(datasets, adlb=labs[~here | kept])
    found = Results(analyse_repeated_values(few, study, replace(INTERIM, repeated_baseline="by_visit")))
    row = found.row(ids.lab_model_difference("HGB", "V1", "D").stat("p"))
    assert (row.stat, row.note) == (None, "a compared group has fewer than 3 patients")
    assert found.value(ids.lab_model_difference("HGB", "V1", "D").stat("difference")) is not None
