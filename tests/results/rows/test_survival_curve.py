from dataclasses import replace

import numpy as np
import pytest
from made_times import ABOUT, times

from duonen_stats.plan import FINAL
from duonen_stats.results.rows.survival_curve import (
    BEYOND,
    NOT_REACHED,
    follow_up,
    survive,
)
from duonen_stats.results.rows.table import Results

PLAN = replace(FINAL, landmark_months=(2.0, 9.0), grid_months=(0.0, 3.0, 6.0))
# Five patients: S = 0.8 after 1, 0.8 * 2/3 after 3, and 4 and 5 are censored.
FIVE = times((1, 1, "B"), (2, 0, "B"), (3, 1, "B"), (4, 0, "B"), (5, 0, "B"))


@pytest.fixture(scope="module")
def found():
    return Results(survive(FIVE, ABOUT, PLAN))


def test_counts_and_median(found):
    assert [found.value(f"t.{name}") for name in ("n", "events", "censored")] == [5, 2, 3]
    assert found.value("t.median") is None
    assert found.row("t.median").note == NOT_REACHED
    assert found.row("t.median").unit == "months"


def test_steps_are_the_corners_of_the_curve(found):
    blocks = found.under("t.step")
    assert len(blocks) == found.value("t.steps")
    steps = [tuple(found.value(f"{block}.{name}") for name in ("time", "survival")) for block in blocks]
    assert steps == [(0, 1), (1, 0.8), (3, pytest.approx(0.8 * 2 / 3)), (5, pytest.approx(0.8 * 2 / 3))]
    assert found.value("t.step.0.ci_low") is None
    assert found.value(f"{blocks[1]}.ci_low") < 0.8 < found.value(f"{blocks[1]}.ci_high")


def test_a_point_keeps_its_id_when_a_patient_is_added(found):
    """The id is the day, not the place in the list: of 30.4375 days a month, 1 and 3 months."""
    more = times(*((t, e, "B") for t, e in ((1, 1), (2, 0), (3, 1), (4, 0), (5, 0), (2, 1))))
    assert found.under("t.step") == ("t.step.0", "t.step.30%2E4375", "t.step.91%2E3125", "t.step.152%2E1875")
    assert set(found.under("t.step")) < set(Results(survive(more, ABOUT, PLAN)).under("t.step"))


def test_marks_are_the_times_of_censoring(found):
    marks = found.under("t.mark")
    assert len(marks) == found.value("t.marks")
    assert [found.value(f"{mark}.time") for mark in marks] == [2, 4, 5]
    assert found.value(f"{marks[0]}.survival") == 0.8


def test_counts_below_the_curve(found):
    rows = [
        [found.value(f"t.grid.{t}.{name}") for name in ("n_risk", "n_events", "n_censored")]
        for t in (0, 3, 6)
    ]
    assert rows == [[5, 0, 0], [3, 2, 1], [0, 2, 3]]


def test_rates_and_what_lies_beyond(found):
    assert found.value("t.rate.2.survival") == 0.8
    beyond = found.row("t.rate.9.survival")
    assert (beyond.stat, beyond.note) == (None, BEYOND)
    assert found.value("t.rate.9.n_risk") == 0


def test_after_the_last_event_of_all_the_rate_is_zero():
    done = Results(survive(times((1, 1, "B"), (2, 1, "B")), ABOUT, PLAN))
    assert done.value("t.rate.9.survival") == 0


@pytest.mark.parametrize("limits", ["log-log", "log", "plain", "logit", "arcsin"])
def test_before_the_first_event_the_limits_are_those_of_no_event_in_those_at_risk(limits):
    """Four of five at risk at 2 months. R: 1 - binom.test(0, 4)$conf.int[2]; 5 patients: 1 - 0.5218238."""
    late = times((1, 0, "B"), (3, 1, "B"), (4, 1, "B"), (4, 0, "B"), (5, 0, "B"))
    found = Results(survive(late, ABOUT, replace(PLAN, curve_limits=limits, landmark_months=(0.0, 0.5, 2.0))))
    assert [found.value(f"t.rate.2.{name}") for name in ("survival", "ci_low", "ci_high")] == [
        1, pytest.approx(0.397635364), 1
    ]  # fmt: skip
    assert "0 of 4 patients at risk" in found.row("t.rate.2.ci_low").method
    assert found.value("t.rate.0.5.ci_low") == pytest.approx(0.478176250)
    assert found.value("t.rate.0.survival") == 1
    assert found.row("t.rate.0.ci_low").note == "no limit: everybody is free of the event at the start"


def test_after_the_event_of_everybody_the_limits_are_those_of_no_survivor():
    """R: binom.test(0, 3)$conf.int[2]; with somebody censored before the last event there is a reason."""
    all_ = Results(survive(times((1, 1, "B"), (2, 1, "B"), (3, 1, "B")), ABOUT, PLAN))
    assert [all_.value(f"t.rate.9.{name}") for name in ("survival", "ci_low", "ci_high")] == [
        0, 0, pytest.approx(0.707598226)
    ]  # fmt: skip
    some = Results(survive(times((1, 1, "B"), (2, 0, "B"), (3, 1, "B")), ABOUT, PLAN))
    assert some.value("t.rate.9.survival") == 0
    assert some.row("t.rate.9.ci_high").note.startswith("no limit: the last patient at risk had the event")


def test_a_median_limit_that_is_not_there_has_its_reason(found):
    assert found.row("t.median_ci_high").note == "not reached: this limit of the curve stays above 50 %"
    nobody = Results(survive(times((1, 0, "B"), (2, 0, "B")), ABOUT, PLAN))
    assert nobody.row("t.median").note == NOT_REACHED
    for name in ("median_ci_low", "median_ci_high"):
        assert nobody.row(f"t.{name}").note.startswith("no limit: the curve is 1 or 0 at every time")
    unseen = Results(follow_up(times((1, 1, "B"), (2, 1, "B")), ABOUT, PLAN))
    assert unseen.row("t.ci_high").note.startswith("no limit")


def test_log_log_is_of_survival_between_0_and_1(found):
    n = int(found.value("t.log_logs"))
    assert n == 2
    assert found.value(f"{found.under('t.log_log')[0]}.value") == pytest.approx(np.log(-np.log(0.8)))


def test_nobody_has_rows_with_reasons_under_the_same_ids(found):
    empty = Results(survive(times(), ABOUT, PLAN))
    lists = (".step.", ".mark.", ".log_log.")
    fixed = {row.analysis_id for row in found if not any(part in row.analysis_id for part in lists)}
    assert {row.analysis_id for row in empty} == fixed
    assert empty.value("t.n") == 0
    assert empty.row("t.median").note


def test_follow_up_exchanges_event_and_censoring():
    found = Results(follow_up(FIVE, ABOUT, PLAN))
    labels = [row.stat_label for row in found]
    assert labels == ["Median follow-up", "Low limit", "High limit"]
    assert found.value("t.median") == 4
    nobody = Results(follow_up(times(), ABOUT, PLAN))
    assert nobody.row("t.median").note
