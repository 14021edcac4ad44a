import pytest
from displays.legibility import assert_legible, assert_traceable, patients_drawn


@pytest.mark.parametrize("key", ["figure_2", "figure_4", "figure_5", "figure_7"])
def test_a_figure_is_legible_and_its_numbers_can_be_traced(key, shown):
    assert_legible(shown[key].content.draw())
    assert_traceable(shown[key].content)


@pytest.mark.parametrize(("key", "patients"), [("figure_2", 96), ("figure_4", 48), ("figure_7", 48)])
def test_every_patient_is_a_point(key, patients, shown):
    assert patients_drawn(shown[key].content.draw()) == patients
