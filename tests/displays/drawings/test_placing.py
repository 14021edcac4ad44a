from itertools import combinations, pairwise
from math import hypot, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.drawings.placing import spread, swarm

heights = st.lists(st.floats(0, 100), max_size=30)


@pytest.mark.law
@given(heights)
def test_with_room_no_point_hides_another(places):
    points = list(zip(swarm(places, spacing=4, room=inf), places, strict=True))
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= 4 - 1e-6 for a, b in combinations(points, 2))


@pytest.mark.law
@given(heights, st.floats(1, 50))
def test_no_point_leaves_its_lane(places, room):
    offsets = swarm(places, spacing=4, room=room)
    assert len(offsets) == len(places)
    assert all(abs(x) <= room * (1 + 1e-9) for x in offsets)


def test_equal_values_stand_side_by_side_about_the_middle():
    assert sorted(swarm([7.0] * 5, spacing=4, room=100)) == pytest.approx([-8, -4, 0, 4, 8])


def test_values_far_apart_stand_in_the_middle():
    assert swarm([30, 10, 20], spacing=4, room=100) == [0, 0, 0]


def test_labels_clear_of_each_other_stay_where_they_are():
    assert spread([10, 50], [8, 8], 0, 100) == [10, 50]


def test_close_labels_are_moved_apart_and_kept_on_the_page():
    assert spread([20, 22], [8, 8], 0, 100) == [20, 28]
    assert spread([96, 99], [8, 8], 0, 100) == [88, 96]
    assert spread([0], [8], 0, 100) == [4]


@pytest.mark.law
@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted))
def test_labels_that_fit_never_overlap(centres):
    placed = spread(centres, [10.0] * len(centres), 0, 100)
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(placed))
    assert placed[-1] <= 95
    assert placed[0] >= 5 - 1e-9
