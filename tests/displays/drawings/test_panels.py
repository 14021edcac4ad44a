from itertools import pairwise

import pytest

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import Key, Scale, scale_for
from duonen_stats.displays.drawings.panels import (
    GradeCells,
    Panel,
    PanelLine,
    draw_grade_cells,
    draw_guided_points,
    draw_panels,
)

VISITS = Scale(-0.5, 1.5, (0.0, 1.0), ("V1", "V2"))
KEYS = [Key(style.arm_mark(arm), (f"Arm {arm}",)) for arm in "AB"]
GRADES = [("0",), ("1",), ("2",), ("3",), ("4",), ("?",), ("–",)]


def means(*lines):
    ends = [value for line in lines for value in line.y]
    return Panel(
        title="Platelets", lines=lines, y_scale=scale_for([*ends, 0.0] if ends else []), guides=(0.0,)
    )


def test_means_have_a_bar_where_there_are_limits():
    line = PanelLine(arm="A", x=[0, 1], y=[-10, -20], low=[-15, None], high=[-5, None])
    figure = draw_panels([means(line)], x_scale=VISITS, x_label="Visit", y_label="Mean change", keys=KEYS)
    drawn = [list(one.get_ydata()) for one in figure.axes[0].lines]
    assert [-15, -5] in drawn
    assert len(drawn) == 3  # the guide, the line and one bar
    assert style.svg(figure) == style.svg(figure)


def test_a_panel_without_lines_says_that_there_are_no_data():
    figure = draw_panels(
        [means(), means(PanelLine(arm="A", x=[0], y=[1]))], x_scale=VISITS, x_label="x", y_label="y"
    )
    assert "No data" in {text.get_text() for text in figure.axes[0].texts}
    assert not figure.axes[1].texts


def test_a_line_has_as_many_x_as_y_and_no_hole():
    with pytest.raises(ValueError, match="as many x as y"):
        PanelLine(arm="A", x=[0, 1], y=[1])
    with pytest.raises(ValueError, match="finite"):
        PanelLine(arm="A", x=[0], y=[float("nan")])


def test_points_between_guides():
    scale = Scale(0.1, 10, (0.5, 1.0, 3.0), ("0.5", "1", "3"))

    def drawn(groups):
        return draw_guided_points(
            groups, x_scale=scale, y_scale=scale, x_guide=3, y_guide=2, x_label="ALT", y_label="Bilirubin", keys=KEYS,
            corners=("a", "b", "c", "d"),
        )  # fmt: skip

    figure = drawn([PanelLine(arm="A", x=[0.5, 4.0], y=[1.0, 3.0])])
    assert figure.axes[0].get_xscale() == "log"
    assert len(figure.axes[0].collections[0].get_offsets()) == 2
    assert "No data" in {text.get_text() for text in drawn([]).axes[0].texts}


def test_grades_are_cells_with_a_colour_each():
    table = GradeCells(title="Platelets", cells=[[0, 3], [None, -1]])
    figure = draw_grade_cells([table], visits=["V1", "V2"], arms=[("Arm A", 1), ("Arm B", 1)], keys=GRADES)
    (mesh,) = figure.axes[0].collections
    assert mesh.get_array().ravel().tolist() == [2, 5, 0, 1]
    assert style.png(figure) == style.png(figure)
    draw_grade_cells([GradeCells(title="Platelets", cells=[])], visits=["V1"], arms=[], keys=GRADES)


def test_names_of_columns_that_would_meet_are_left_out():
    visits = [f"F{number}" for number in range(1, 31)]
    tables = [GradeCells(title=title, cells=[[0] * 30]) for title in ("Platelets", "WBC", "eGFR")]
    figure = draw_grade_cells(tables, visits=visits, arms=[("Arm A", 1)], keys=GRADES)
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert 3 < len(boxes) < 30
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert figure.axes[0].get_xticklabels()[0].get_text() == "F1"
    few = draw_grade_cells(
        [GradeCells(title="WBC", cells=[[0, 1]])], visits=["T1", "V1"], arms=[("Arm A", 1)], keys=GRADES
    )
    assert [label.get_text() for label in few.axes[0].get_xticklabels()] == ["T1", "V1"]
