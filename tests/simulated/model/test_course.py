"""The arrays of a course."""

import numpy as np

from duonen_stats.simulated.model.course import COMPLETED, empty_course
from duonen_stats.simulated.model.dates import NEVER


def test_nothing_has_happened_in_an_empty_course():
    course = empty_course(3, cycles=4, organs=2, isotopes=2, analytes=10)
    assert course.day.shape == (3, 4)
    assert course.dose.shape == (3, 4, 2, 2)
    assert course.values.shape == (3, 8, 10)
    assert not course.given.any()
    assert (course.visit_day == NEVER).all()
    assert (course.ending == COMPLETED).all()
    assert np.isnan(course.activity).all()
