import pytest
from displays.legibility import assert_legible

from duonen_stats.displays.style import svg

pytestmark = pytest.mark.worked

FIGURES = ["figure_3", "figure_6"]


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_is_legible_and_carries_the_ids_of_its_numbers(key, shown):
    content = shown[key].content
    figure = content.draw()
    assert_legible(figure)
    drawn = svg(figure)
    for number in content.numbers:
        assert f"ard:{number.id}" in drawn


@pytest.mark.parametrize("key", FIGURES)
def test_the_alternative_text_names_every_number_drawn(key, shown):
    content = shown[key].content
    assert all(number.text in content.alt for number in content.numbers)


@pytest.mark.parametrize(("key", "patients"), [("figure_3", 8), ("figure_6", 46)])
def test_every_patient_is_a_point(key, patients, shown):
    axes = shown[key].content.draw().axes
    drawn = [
        len(points.get_offsets())
        for one in axes
        for points in one.collections
        if "patients" in str(points.get_label())
    ]
    assert sum(drawn) == patients
