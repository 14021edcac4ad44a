from dataclasses import replace

import pytest

from duonen_stats.displays.model.format import fixed
from duonen_stats.plan import FINAL, status_of
from duonen_stats.report.final_listings import analyses, estimands, experimental_name, individual_efficacy


def test_one_comparison_is_primary_and_all_others_say_what_they_are(study):
    found = analyses(study, FINAL, status_of(FINAL))
    status = [row[2] for row in found.rows]
    assert status.count("Pre-specified, primary") == 1
    assert all(status)
    assert found.rows[0][0] == "PFS, B + C + D against A"


def test_every_estimand_has_all_attributes(study):
    found = estimands(study, FINAL, status_of(FINAL))
    assert len(found.columns) == 6
    assert all(all(row) for row in found.rows)
    text = " ".join(row[4] for row in found.rows)
    assert "treatment policy" in text
    assert "hypothetical" in text


@pytest.mark.parametrize(
    ("change", "test", "estimate"),
    [
        ({"control_arm": "B"}, "Exploratory: control_arm is B", "Exploratory: control_arm is B"),
        ({"firth": "always"}, "Pre-specified, primary", "Exploratory: firth is always"),
        ({"quantile_type": 7}, "Pre-specified, primary", "Pre-specified, estimate"),
    ],
    ids=str,
)
def test_the_status_of_the_comparison_follows_the_plan(study, change, test, estimate):
    plan = replace(FINAL, **change)
    rows = analyses(study, plan, status_of(plan)).rows
    assert rows[0][2].startswith(test)
    assert rows[1][2].startswith(estimate)
    assert ("penalised by Firth" in rows[1][1]) == (plan.firth == "always")
    named = estimands(study, plan, status_of(plan)).rows[0][0]
    assert named == ("PFS (primary)" if test.startswith("Pre") else "PFS, treatment policy")


def test_no_stratum_has_words(study):
    plan = replace(FINAL, stratification_factors=())
    text = " ".join(cell for row in analyses(study, plan, status_of(plan)).rows for cell in row)
    assert "stratified Not made: the plan names no factor" in text
    assert "histological grade" in " ".join(
        cell for row in analyses(study, FINAL, status_of(FINAL)).rows for cell in row
    )


def test_names_follow_the_plan(study):
    assert experimental_name(study, replace(FINAL, control_arm="D")) == "A + B + C"


def test_each_patient_has_a_line_with_both_times(final_datasets):
    found = individual_efficacy(final_datasets)
    assert len(found.rows) == len(final_datasets.adsl)
    pfs = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFS")].set_index("SUBJID")
    for row in found.rows:
        assert row[2].endswith("+") == (pfs.loc[row[0], "CNSR"] != 0)
        assert row[3] == pfs.loc[row[0], "EVNTDESC"]
        assert row[2].rstrip("+") == fixed(float(pfs.loc[row[0], "AVAL"]), 1)


@pytest.mark.parametrize(
    ("reporting", "said"),
    [("after_last_cycle", "End of event reporting: censored"), ("as_collected", "as long as")],
)
def test_the_estimand_of_the_severe_event_says_how_observation_ends(study, reporting, said):
    plan = replace(FINAL, ae_reporting=reporting)
    assert said in estimands(study, plan, status_of(plan)).rows[-1][4]
