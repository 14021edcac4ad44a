import pytest
from displays.legibility import assert_legible, numbers
from matplotlib.patches import FancyArrowPatch, Rectangle

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.flow import FlowBox, FlowStage, draw_flow
from duonen_stats.displays.model.content import Number

TOP = FlowBox(head=("Randomised (n = ", Number("all.n", "92"), ")"))


def reasons(number):
    names = (
        "Toxicity",
        "Progression of the disease",
        "Withdrawal of consent to treatment",
        "Death",
        "Other: see listing",
    )
    return [(f"{name}: ", Number(f"reason.{i}", "2")) for i, name in enumerate(names[:number])]


def stages(columns, number):
    allocated = FlowBox(
        head=("Arm: fixed activity of lutetium, allocated (n = 23)",), lines=[("Treated: 23",)]
    )
    stopped = FlowBox(head=("Discontinued (n = 5)",), lines=reasons(number))
    analysed = FlowBox(head=("PFS analysed (n = 23)",))
    rows = (("Allocation", allocated), ("Treatment", stopped), ("Analysis", analysed))
    return [FlowStage(name=name, boxes=[box] * columns) for name, box in rows]


def boxes(figure):
    return [one for one in figure.artists if isinstance(one, Rectangle) and one.get_edgecolor()[3] > 0]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("columns", [1, 2, 4])
def test_boxes_never_overlap_whatever_the_number_of_reasons(columns, number):
    figure = draw_flow(TOP, stages(columns, number))
    assert_legible(figure)
    found = boxes(figure)
    assert len(found) == 1 + 3 * columns
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            across = min(a.get_x() + a.get_width(), b.get_x() + b.get_width()) - max(a.get_x(), b.get_x())
            up = min(a.get_y() + a.get_height(), b.get_y() + b.get_height()) - max(a.get_y(), b.get_y())
            assert across <= 0 or up <= 0


def test_words_stay_inside_their_boxes():
    figure = draw_flow(TOP, stages(4, 5))
    assert_legible(figure)
    found = [box.get_window_extent() for box in boxes(figure)]
    for text in figure.texts:
        if text.get_rotation() == 0:
            at = text.get_window_extent()
            around = [box for box in found if box.contains((at.x0 + at.x1) / 2, (at.y0 + at.y1) / 2)]
            assert len(around) == 1, text.get_text()
            assert around[0].x0 <= at.x0 and at.x1 <= around[0].x1, text.get_text()  # noqa: PT018


def test_an_arrow_leads_to_every_box_but_the_first():
    figure = draw_flow(TOP, stages(4, 2))
    arrows = [one for one in figure.artists if isinstance(one, FancyArrowPatch)]
    heads = [one for one in arrows if one.get_arrowstyle().arrow == "-|>"]
    assert len(heads) == 12


def test_counts_carry_their_ids():
    assert numbers(draw_flow(TOP, stages(2, 3)))["all.n"] == "92"


def test_the_same_counts_give_the_same_bytes():
    assert style.svg(draw_flow(TOP, stages(4, 3))) == style.svg(draw_flow(TOP, stages(4, 3)))


def test_a_ragged_flow_is_refused():
    with pytest.raises(ValueError, match="a box in each column"):
        draw_flow(TOP, [*stages(2, 1), *stages(3, 1)])
