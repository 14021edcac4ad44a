"""What every drawing has to keep: all text on the page, no text over another."""

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import FigureContent

_SLACK = 1.0


def texts(figure: Figure) -> list[Text]:
    """Every text that is seen, but for the marks of simulated data: they lie behind everything."""
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text.get_zorder() >= 0
    ]


def readable(figure: Figure) -> list[Text]:
    """Every text that is to be read: the mark of simulated data lies behind the others, and may."""
    return [text for text in texts(figure) if text.get_zorder() >= 0]


def words(figure: Figure) -> list[str]:
    """Every text that is seen, as plain strings without hard spaces."""
    return [text.get_text().replace("\u00a0", " ").strip() for text in texts(figure)]


def numbers(figure: Figure) -> dict[str, str]:
    """The text of every number by its id."""
    return {
        gid.removeprefix("ard:"): text.get_text()
        for text in texts(figure)
        if (gid := text.get_gid() or "").startswith("ard:")
    }


def box_of(figure: Figure, wanted: str):
    """Place of a text on the page, in pixels."""
    return next(t.get_window_extent() for t in texts(figure) if t.get_text() == wanted)


def assert_legible(figure: Figure) -> None:
    """Raise if a text is cut at the edge of the page or lies over another."""
    figure.set_dpi(200)
    with style.settings():
        FigureCanvasAgg(figure).draw()
        boxes = [(text.get_text(), text.get_window_extent()) for text in readable(figure)]
    for words_, box in boxes:
        assert box.x0 >= -_SLACK, f"cut at the left: {words_}"
        assert box.y0 >= -_SLACK, f"cut at the bottom: {words_}"
        assert box.x1 <= figure.bbox.x1 + _SLACK, f"cut at the right: {words_}"
        assert box.y1 <= figure.bbox.y1 + _SLACK, f"cut at the top: {words_}"
    for (first, a), (second, b) in combinations(boxes, 2):
        apart = (
            min(a.x1, b.x1) - max(a.x0, b.x0) <= 2 * _SLACK or min(a.y1, b.y1) - max(a.y0, b.y0) <= 2 * _SLACK
        )
        assert apart, f"{first!r} lies over {second!r}"


def assert_traceable(content: FigureContent) -> None:
    """Every number drawn carries the id of its row and stands in the alternative text."""
    drawn = style.svg(content.draw())
    for number in content.numbers:
        assert f"ard:{number.id}" in drawn
        assert number.text in content.alt


def patients_drawn(figure: Figure) -> int:
    """Number of points that stand for patients."""
    points = [one for axes in figure.axes for one in axes.collections]
    return sum(len(one.get_offsets()) for one in points if "patients" in str(one.get_label()))
