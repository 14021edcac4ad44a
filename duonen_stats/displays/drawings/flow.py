"""A CONSORT flow: boxes of counts from randomisation to analysis, one column an arm, arrows between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import EDGE
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    page,
    text_width,
    wrapped,
    write,
)
from duonen_stats.displays.model.content import Line, plain

_PAD = 4.0
_COLUMN_GAP = 8.0
_ROW_GAP = 13.0
_STAGE_ROOM = style.TEXT * LEADING + 5
_INDENT = 6.0
_TOP_WIDTH = 170.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBox:
    """A box: a first line in bold, and indented lines under it, such as reasons with their counts."""

    head: Line
    lines: Sequence[Line] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStage:
    """A row of boxes, one a column, with a name at the edge."""

    name: str
    boxes: Sequence[FlowBox]


@dataclass(frozen=True, slots=True)
class _Set:
    """A box broken into lines: text, bold or not, and indent."""

    lines: tuple[tuple[Line, bool], ...]

    @property
    def height(self) -> float:
        return len(self.lines) * style.SMALL * LEADING + 2 * _PAD


def draw_flow(
    top: FlowBox, stages: Sequence[FlowStage], *, first: str = "Enrolment", width_mm: float = style.FULL_WIDTH
) -> Figure:
    """Draw the flow of patients from one box on top through stages of one box a column.

    Every box of a stage has the height of the fullest one, so that columns stay level and nothing overlaps,
    whatever the number of reasons.

    Parameters
    ----------
    top
        The box all come from.
    stages
        From top to bottom; each has as many boxes as there are columns.
    first
        Name of the stage of the box on top.
    width_mm
        Width of the whole drawing; its height follows from the boxes.

    Raises
    ------
    ValueError
        A stage has another number of boxes than the first.

    References
    ----------
    CONSORT 2025, flow diagram.
    """
    if len({len(stage.boxes) for stage in stages}) > 1:
        raise ValueError("every stage of a flow has a box in each column")
    width = width_mm * style.POINTS_PER_MM
    columns = max((len(stage.boxes) for stage in stages), default=1) or 1
    left = EDGE + _STAGE_ROOM
    box = (width - left - EDGE - _COLUMN_GAP * (columns - 1)) / columns
    on_top = _set(top, _TOP_WIDTH)
    set_stages = [[_set(found, box) for found in stage.boxes] for stage in stages]
    names = [first, *(stage.name for stage in stages)]
    heights = [on_top.height, *(max((one.height for one in row), default=0.0) for row in set_stages)]
    heights = [
        max(h, text_width(name, style.SMALL, "bold") + 4) for h, name in zip(heights, names, strict=True)
    ]
    height = sum(heights) + _ROW_GAP * (len(heights) - 1) + 2 * EDGE
    with style.settings():
        figure = style.new_figure(width, height)
        y = height - EDGE
        middle = (left + width - EDGE) / 2
        _draw_box(figure, middle - _TOP_WIDTH / 2, y, _TOP_WIDTH, heights[0], on_top)
        _write_stage(figure, names[0], y, heights[0])
        centres = [left + i * (box + _COLUMN_GAP) + box / 2 for i in range(columns)]
        for place, row in enumerate(set_stages, 1):
            above, y = y - heights[place - 1], y - heights[place - 1] - _ROW_GAP
            _join(figure, [middle] if place == 1 else centres, centres, above, y)
            for centre, one in zip(centres, row, strict=True):
                _draw_box(figure, centre - box / 2, y, box, heights[place], one)
            _write_stage(figure, names[place], y, heights[place])
    return figure


def _set(box: FlowBox, width: float) -> _Set:
    inside = width - 2 * _PAD
    head = [(line, True) for line in wrapped(box.head, inside / 1.15, style.SMALL)]
    lines = [(piece, False) for line in box.lines for piece in _hanging(line, inside)]
    return _Set((*head, *lines))


def _hanging(line: Line, width: float) -> list[Line]:
    return wrapped(line, width - _INDENT, style.SMALL)


def _draw_box(figure: Figure, left: float, top: float, width: float, height: float, box: _Set) -> None:
    across, up = page(figure)
    figure.add_artist(
        Rectangle(
            (left / across, (top - height) / up), width / across, height / up, facecolor="none",
            edgecolor=style.INK, linewidth=style.LINE, transform=figure.transFigure,
        )
    )  # fmt: skip
    y = top - _PAD
    for line, bold in box.lines:
        y -= style.SMALL * LEADING
        x = left + _PAD + (0 if bold else _INDENT)
        write(
            figure,
            x,
            y + style.SMALL * (LEADING - 1),
            line,
            size=style.SMALL,
            weight="bold" if bold else "normal",
        )


def _write_stage(figure: Figure, name: str, top: float, height: float) -> None:
    across, up = page(figure)
    figure.add_artist(
        Rectangle(
            (EDGE / across, (top - height) / up), (_STAGE_ROOM - 5) / across, height / up,
            facecolor=style.FAINT, edgecolor="none", transform=figure.transFigure,
        )
    )  # fmt: skip
    x = EDGE + style.SMALL * 1.02
    text = figure.text(x / across, (top - height / 2) / up, plain((name,)), rotation=90, fontsize=style.SMALL)
    text.set(ha="center", va="baseline", rotation_mode="anchor", fontweight="bold")


def _join(
    figure: Figure, sources: Sequence[float], targets: Sequence[float], above: float, below: float
) -> None:
    """Draw an arrow down to every target: straight from its own source, or from the one source along a bar."""
    across, up = page(figure)
    bend = (above + below) / 2
    for target in targets:
        source = sources[0] if len(sources) == 1 and len(targets) > 1 else target
        path = [(source, above), (source, bend), (target, bend)] if source != target else [(target, above)]
        for (x1, y1), (x2, y2) in pairwise(path):
            _line(figure, x1, y1, x2, y2)
        start = (path[-1][0] / across, path[-1][1] / up)
        figure.add_artist(
            FancyArrowPatch(
                start, (target / across, below / up), arrowstyle="-|>", mutation_scale=6, color=style.INK,
                linewidth=style.LINE, shrinkA=0, shrinkB=0, transform=figure.transFigure,
            )
        )  # fmt: skip


def _line(figure: Figure, x1: float, y1: float, x2: float, y2: float) -> None:
    across, up = page(figure)
    path = FancyArrowPatch(
        (x1 / across, y1 / up), (x2 / across, y2 / up), arrowstyle="-", color=style.INK, linewidth=style.LINE,
        shrinkA=0, shrinkB=0, transform=figure.transFigure,
    )  # fmt: skip
    figure.add_artist(path)
