from displays.model.test_efficacy_words import look

from duonen_stats.displays.model.curve_points import points_of
from duonen_stats.results.ids import Block

CURVE = {
    "steps": 2.0, "step.0.time": 0.0, "step.0.survival": 1.0, "step.0.ci_low": "no limit", "step.0.ci_high": "no limit",
    "step.1.time": 4.5, "step.1.survival": 0.8, "step.1.ci_low": 0.6, "step.1.ci_high": 0.9,
}  # fmt: skip


def points(**stats):
    found = look(**stats)
    names = ("time", "survival", "ci_low", "ci_high")
    return found, [Block(name, names) for name in found.results.under("x.step")]


def test_points_are_read_in_order_with_their_limits():
    found = points_of(*points(**CURVE), "survival", with_limits=True)
    assert (found.time, found.value) == ([0.0, 4.5], [1.0, 0.8])
    assert (found.low, found.high) == ([None, 0.6], [None, 0.9])


def test_limits_are_left_out_unless_asked_for():
    found = points_of(*points(**CURVE), "survival")
    assert (list(found.low), list(found.high)) == ([], [])


def test_a_list_that_cannot_be_had_is_empty():
    assert points_of(*points(steps=0.0), "survival").time == []


def test_a_point_without_a_number_is_left_out():
    broken = CURVE | {"step.1.survival": "no limit"}
    assert points_of(*points(**broken), "survival").time == [0.0]
