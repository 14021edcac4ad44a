import pytest
from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.model.content import plain


@pytest.mark.parametrize(("key", "panels"), [("figure_s11", 5), ("figure_s12", 2), ("figure_s13", 3)])
def test_a_panel_an_analyte_with_a_line_an_arm(shown, key, panels):
    content = shown[key].content
    figure = content.draw()
    assert_traceable(content)
    assert_legible(figure)
    assert len(figure.axes) == panels
    for axes in figure.axes:
        assert sum(len(line.get_xdata()) > 2 for line in axes.lines) == 4


def test_points_are_the_means_of_the_model(shown, results):
    axes = shown["figure_s11"].content.draw().axes[0]
    drawn = {value for line in axes.lines for value in line.get_ydata()}
    assert results.value("labs.HGB.model.V4.A.mean") in drawn
    assert "Table S16" in plain(shown["figure_s11"].footnotes[0])
