"""Events by time at risk: time and rates by hand, and counts that are lower bounds."""

from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, event, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.safety.event_rates import analyse_event_rates, years_at_risk


def test_time_at_risk_ends_with_reporting_or_the_last_day_alive(datasets):
    years = years_at_risk(datasets)
    treated = datasets.adsl[datasets.adsl["SAFFL"].eq("Y")].set_index("USUBJID")
    alive = datasets.adtte[datasets.adtte["PARAMCD"].eq("OS")].set_index("USUBJID")["ADT"]
    for patient in treated.index:
        ends = [pd.Timestamp(alive[patient])]
        if pd.notna(treated.loc[patient, "AERPTEDT"]):
            ends.append(pd.Timestamp(treated.loc[patient, "AERPTEDT"]))
        days = (min(ends) - pd.Timestamp(treated.loc[patient, "TRTSDT"])).days + 1
        assert years[patient] == pytest.approx(days / 365.25)


def test_rates_are_events_by_years(results, datasets):
    events = datasets.adae[datasets.adae["TRTEMFL"].eq("Y")]
    for arm in "ABCD":
        number = events["USUBJID"].isin(datasets.adsl.loc[datasets.adsl["TRT01P"].eq(arm), "USUBJID"]).sum()
        block = ids.event_rate("total", "any", arm)
        years = results.value(ids.event_time(arm).stat("years"))
        assert results.value(block.stat("events")) == number
        assert results.value(block.stat("rate")) == pytest.approx(number / years)


def test_years_of_the_arms_add_up(results):
    arms = [results.value(ids.event_time(arm).stat("years")) for arm in "ABCD"]
    assert results.value(ids.event_time("all").stat("years")) == pytest.approx(sum(arms))


def test_a_difference_counts_patients_once(results):
    first = results.value(ids.event_patients("ANEMIA", "any", "B").stat("pct"))
    second = results.value(ids.event_patients("ANEMIA", "any", "A").stat("pct"))
    block = ids.event_difference("ANEMIA", "any", "B")
    assert results.value(block.stat("difference")) == pytest.approx(first - second)


def test_without_an_event_in_the_control_arm_the_ratio_has_a_lower_limit_alone(results):
    block = ids.event_rate_ratio("RENAL_IMPAIRMENT", "any", "D")
    assert results.value(ids.event_rate("RENAL_IMPAIRMENT", "any", "A").stat("events")) == 0
    assert results.value(block.stat("ratio")) is None
    assert results.row(block.stat("ci_high")).note == "no finite value: no event in arm A"
    assert results.value(block.stat("ci_low")) > 0


def test_without_any_event_there_is_no_ratio_and_the_difference_has_limits(results):
    block = ids.event_rate_ratio("ANEMIA", "grade_ge3", "B")
    assert results.row(block.stat("ratio")).note == "There was no event in either group."
    difference = ids.event_difference("ANEMIA", "grade_ge3", "B")
    assert results.value(difference.stat("difference")) == 0
    assert results.value(difference.stat("ci_high")) > 0


def test_a_group_smaller_than_the_plan_compares_has_a_ratio_and_no_p(datasets, study):
    found = Results(analyse_event_rates(datasets, study, replace(INTERIM, min_group=30)))
    block = ids.event_rate_ratio("total", "any", "B")
    assert found.value(block.stat("ratio")) > 0
    assert found.row(block.stat("p")).note == "a compared group has fewer than 30 patients"


def test_events_without_a_grade_leave_severe_rates_without_limits(datasets, study):
    events = datasets.adae.copy()
    patient = events.loc[events["TRT01P"].eq("A"), "USUBJID"].iloc[0]
    events.loc[events["USUBJID"].eq(patient), "AETOXGR"] = pd.NA
    found = Results(analyse_event_rates(replace(datasets, adae=events), study, INTERIM))
    severe = ids.event_rate("total", "grade_ge3", "A")
    graded = (
        events["TRT01P"].eq("A") & events["TRTEMFL"].eq("Y") & events["AETOXGR"].ge(3).fillna(value=False)
    )
    assert found.value(severe.stat("events")) == graded.sum()
    assert found.value(severe.stat("rate")) is not None
    assert "no grade" in found.row(severe.stat("ci_low")).note
    assert "no grade" in found.row(ids.event_difference("total", "grade_ge3", "B").stat("difference")).note
    assert found.value(ids.event_rate("total", "any", "A").stat("ci_low")) is not None


def test_an_arm_without_patients_has_reasons(study):
    cut = make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0]),
        adverse_events=[event("1", 1, 10)],
    )
    data = build_datasets(cut, study, INTERIM)
    found = Results(analyse_event_rates(data, study, INTERIM))
    assert found.row(ids.event_rate("total", "any", "B").stat("rate")).note == "Nobody was at risk."
    assert found.row(ids.event_rate_ratio("total", "any", "B").stat("ratio")).note
    assert found.row(ids.event_difference("total", "any", "B").stat("difference")).note
