"""How an answer writes its numbers, and that all its forms come from one object."""

from datetime import date
from math import inf
from types import SimpleNamespace

import pytest

from duonen_stats.design import Accrual, Rate, SurvivalAssumptions
from duonen_stats.design.reestimation.trial_under_way import Interval
from duonen_stats.design_report.answer import (
    Answer,
    assumed,
    at_path,
    count_at,
    dates_at,
    dates_of,
    level_facts,
    limits_at,
    months,
    number,
    number_at,
    p_at,
    plain_table,
    points_at,
    rate_at,
    share,
    share_at,
    stated,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.model.content import Number, plain

ANSWER = Answer(
    question="sample-size",
    title="An answer",
    facts=(
        ("Power", share_at("result.power")),
        ("Simulated", rate_at("rate")),
        ("Events", (count_at("events", "events"), " events")),
        ("Never", number_at("never", 1, "months", reason="not in a hundred years")),
        ("Without end", number_at("endless", 2)),
        ("p", p_at("p")),
        ("Points", points_at("result.power", label="Power in points")),
    ),
    tables=(plain_table(("Look", "Z"), [("first", number_at("z.0", 3)), ("second", number_at("z.1", 3))]),),
    data={
        "result": {"power": 0.7345}, "rate": Rate(value=0.0331, mc_error=0.0002), "events": 117, "never": None,
        "endless": inf, "p": 0.0432, "z": [2.963, 1.969], "by_rate": {0.05: 1},
    },
)  # fmt: skip


def test_numbers_shares_and_months():
    assert [number(value, 1) for value in (1.25, None, inf, -inf)] == ["1.3", "–", "∞", "−∞"]
    assert [share(value) for value in (0.7345, None, 1.0)] == ["73.5%", "–", "100%"]
    assert [months(value) for value in (12.04, None)] == ["12.0 months", "–"]
    assert [stated(value) for value in (0.9, 0.025, 0.333)] == ["90%", "2.5%", "33.3%"]


def test_what_is_said_is_looked_up():
    assert ANSWER.said == {
        "Power": "73.5%", "Simulated": "3.31% (SE 0.02)", "Events": "117 events", "Never": "–", "Without end": "∞",
        "p": "0.043", "Points": "73.5",
    }  # fmt: skip
    assert plain(ANSWER.line(("Z = ", number_at("z.1", 1)))) == "Z = 2.0"
    table = ANSWER.content(ANSWER.tables[0])
    assert [column.align for column in table.columns] == ["left", "right"]
    assert table.rows[1].cells[1] == (Number("design.sample_size.z.1", "1.969"),)


def test_every_number_shown_is_a_row_once_with_its_reason_if_there_is_none():
    rows = {row.analysis_id: row for row in ANSWER.results()}
    assert rows["design.sample_size.result.power"].stat == 0.7345
    assert rows["design.sample_size.result.power"].unit == "fraction of 1"
    assert rows["design.sample_size.never"].stat is None
    assert rows["design.sample_size.never"].note == "not in a hundred years"
    assert rows["design.sample_size.endless"].note == "without end"
    assert rows["design.sample_size.z.0"].context == "Look: first"
    assert rows["design.sample_size.rate.mc_error"].stat_label == "Monte-Carlo standard error"
    assert len(rows) == 9


def test_paths():
    assert at_path(ANSWER.data, "rate.value") == 0.0331
    assert at_path(ANSWER.data, "by_rate.0_05") == 1
    for wrong in ("nothing", "rate.nothing", "z.7"):
        with pytest.raises((KeyError, IndexError)):
            at_path(ANSWER.data, wrong)


def test_limits_of_an_estimate():
    answer = Answer(
        question="x", title="x", facts=(("Rate", limits_at("rate", 1)),),
        data={"rate": {"estimate": 2.0, "lower": 1.0, "upper": None}},
    )  # fmt: skip
    assert answer.said["Rate"] == "2.0 (1.0 to –)"


def said_of(plan, **more):
    facts = assumed(plan, **more)
    return Answer(question="power", title="x", assumed=facts, data={"assumptions": plan}).said


def test_assumptions_are_said_with_units():
    plan = SurvivalAssumptions(
        control_hazard_per_month=(0.03, 0.02), hazard_ratio=0.5, hazard_starts_months=(0, 6), allocation_ratio=3,
        accrual=60.0, followup_months=12.0, max_followup_months=48.0, dropout_hazard_per_month=0.001,
    )  # fmt: skip
    said = said_of(plan)
    assert said["Control arm"] == "hazard 0.03000 from month 0, 0.02000 from month 6 per month"
    assert said["Allocation"] == "3 experimental : 1 control"
    assert said["Analysis"] == "at 72.0 months after the trial opens"
    assert said["Longest follow-up"] == "48.0 months"
    assert said["Dropout"] == "hazard 0.00100 per month"
    assert said_of(plan, n_events=60)["Analysis"] == "at event 60"


def test_other_shapes_are_said_too():
    plan = SurvivalAssumptions(
        control_median_months=30.0, hazard_ratio=0.5, weibull_shape=1.5,
        accrual=Accrual.intensities((0, 12), 60, (1, 2)),
        dropout_hazard_per_month=0.001, dropout_hazard_experimental_per_month=0.002, total_months=120.0,
    )  # fmt: skip
    said = said_of(plan)
    assert said["Control arm"] == "median 30.0 months"
    assert said["Weibull shape"] == "1.500 in both arms; 1 is a constant hazard"
    assert said["Accrual"] == "over 60.0 months, at intensities 1 from month 0, 2 from month 12"
    assert said["Dropout"] == "hazard 0.00100 control, 0.00200 experimental, per month"
    observed = SurvivalAssumptions(
        control_median_months=30.0, hazard_ratio=0.5, accrual=Accrual.observed([1.0, 2.0]), total_months=9.0
    )
    assert said_of(observed)["Accrual"] == "as observed, over 2.0 months"


def test_the_test_is_said():
    assert level_facts(0.025, 1) == (("Test", "log-rank, one-sided level 2.5%"),)
    assert level_facts(0.05, 2, gamma=1.0)[0][1].startswith("weighted log-rank (ρ = 0, γ = 1)")


def test_a_p_value_is_not_rounded_across_the_level_of_a_plan_of_the_answer():
    said = Answer(
        question="reestimate",
        title="x",
        facts=(("p", p_at("final.p")),),
        data={"final": {"p": 0.02496}, "plan": SimpleNamespace(alpha=0.05)},
    ).said
    assert said == {"p": "0.02496"}


def test_months_become_dates_and_what_is_not_reached_has_none():
    found = dates_of(
        date(2022, 1, 1), end=120.0, never=None, target=Interval(estimate=12.0, lower=1.0, upper=None)
    )["dates"]
    # Months of 365.25 / 12 days: ten years are 3652.5 days, rounded to even.
    assert found["end"] == date(2032, 1, 1)
    assert found["never"] is None
    assert found["target"] == {"estimate": date(2023, 1, 1), "lower": date(2022, 1, 31), "upper": None}
    assert dates_of(None, end=120.0) == {}


def test_dates_are_written_with_their_limits():
    told = dates_of(date(2022, 1, 1), target=Interval(estimate=12.0, lower=1.0, upper=None))
    answer = Answer(question="q", title="t", facts=(("Date", dates_at("dates.target")),), data=told)
    assert answer.said["Date"] == "2023-01-01 (2022-01-31 to –)"


def test_a_month_beyond_the_calendar_has_no_date():
    assert dates_of(date(2022, 1, 1), far=1e5)["dates"]["far"] is None


@pytest.mark.parametrize(("rate", "said"), [(0.0235, "0.02350"), (2e-7, "2e−07"), (1e-5, "0.00001")])
def test_an_assumed_rate_is_never_shown_as_none(rate, said):
    design = assumptions_from(control_hazard=(rate,), hazard_ratio=(1.0,), dropout=rate)
    answer = Answer(question="power", title="x", facts=assumed(design), data={"assumptions": design})
    assert said in answer.said["Control arm"]
    assert said in answer.said["Dropout"]
