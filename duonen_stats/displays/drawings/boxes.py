"""Boxes by arm with every patient's point (Figures 2A, 2B, 4, 5 and 7).

The swarm is our own: seaborn's (0.13.2) puts 28 of 69 rounded values exactly on another point, and warns (decision 26).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, sqrt

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    NO_DATA,
    Area,
    Scale,
    add_axes,
    draw_y_axis,
    left_room,
    scale_for,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    text_width,
    wrapped,
    write,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import POINTS, Line, Number, plain
from duonen_stats.displays.model.format import NOT_ESTIMABLE

# Where points and labels go, so that none hides another: fixed rules, no chance.


def swarm(heights: Sequence[float], *, spacing: float, room: float) -> list[float]:
    """Set points of given heights apart sideways, each as near to the middle as it can be.

    Parameters
    ----------
    heights
        Vertical positions in points.
    spacing
        Least distance between the centres of two points, in points.
    room
        Largest distance from the middle; a wider swarm is pressed together sideways.

    Returns
    -------
    list of float
        Sideways offsets in points, in the order of ``heights``; the same heights give the same offsets.
    """
    placed: list[tuple[float, float]] = []
    offsets = [0.0] * len(heights)
    for i in sorted(range(len(heights)), key=lambda k: heights[k]):
        near = [(x, y) for x, y in placed if heights[i] - y < spacing]
        reach = [(x, sqrt(max(spacing**2 - (heights[i] - y) ** 2, 0.0))) for x, y in near]
        free = [0.0, *(x + side * dx for x, dx in reach for side in (1, -1))]
        side = 1 if len(placed) % 2 else -1
        offsets[i] = min(
            (x for x in free if all(abs(x - other) >= dx - 1e-9 for other, dx in reach)),
            key=lambda x: (abs(x), x * side),
            default=inf,
        )
        placed.append((offsets[i], heights[i]))
    widest = max((abs(x) for x in offsets), default=0.0)
    return [x * room / widest for x in offsets] if widest > room else offsets


def spread(centres: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart, as little as needed, so that none overlaps the next and all lie in [low, high].

    ``centres`` rise; both are in points, and so is the result.
    """
    placed = [max(centre, low + height / 2) for centre, height in zip(centres, heights, strict=True)]
    gaps = [(a + b) / 2 for a, b in pairwise(heights)]
    for i, gap in enumerate(gaps):
        placed[i + 1] = max(placed[i + 1], placed[i] + gap)
    for i in reversed(range(len(placed))):
        ceiling = high - heights[i] / 2 if i == len(placed) - 1 else placed[i + 1] - gaps[i]
        placed[i] = min(placed[i], ceiling)
    return placed


_BOX_WIDTH = 0.56
_SWARM_SHARE = 0.42
_LIMIT_ROOM = 46.0
_PANEL_GAP = 14.0
_TITLE_GAP = 7.0
_BOLDER = 1.15  # bold type over regular type, in which lines are measured
_MEDIAN_HEADING = "Median"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxGroup:
    """An arm: every patient's value, and the numbers of its box as they are in the results table.

    The box is drawn if its quartiles and median are given, with a whisker on each side that has one; otherwise
    the points stand alone, with a tick at the median if that is given. ``n`` and ``median_number`` are written
    under the arm. ``mark`` is that of its ``PatientPoints``.
    """

    arm: str
    label: str
    values: Sequence[float]
    n: Number
    links: Sequence[str | None] = ()
    mark: str = ""
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    whisker_low: float | None = None
    whisker_high: float | None = None
    median_number: Number | None = None

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in (*self.values, *self.given)):
            raise ValueError(f"{self.label}: every value of a box has to be finite")

    @property
    def has_box(self) -> bool:
        """Whether the quartiles and the median are given."""
        return None not in {self.q1, self.median, self.q3}

    @property
    def given(self) -> tuple[float, ...]:
        """Those of the five numbers of the box that are given, from the lower whisker up."""
        five = (self.whisker_low, self.q1, self.median, self.q3, self.whisker_high)
        return tuple(number for number in five if number is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLine:
    """A dose limit or another fixed value: a dashed line across all arms, named beside the axes."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPanel:
    """One pair of axes: arms side by side on a common scale, with the unit in ``y_label``.

    ``zero_line`` marks no change; ``from_zero`` starts the axis at zero, for quantities such as a dose.
    """

    groups: Sequence[BoxGroup]
    y_label: str
    title: str = ""
    limit_lines: Sequence[LimitLine] = ()
    zero_line: bool = False
    from_zero: bool = False

    def scale(self) -> Scale:
        """Return an axis on which every point, box and limit is seen; without ticks if there are no data."""
        values = [float(value) for group in self.groups for value in (*group.values, *group.given)]
        lines = [line.value for line in self.limit_lines] + ([0.0] if self.zero_line else [])
        return scale_for([*values, *lines] if values else (), from_zero=self.from_zero)

    @property
    def has_medians(self) -> bool:
        """Whether a median is written under any arm."""
        return any(group.median_number for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What stands around the axes of a panel, broken into lines before anything is drawn (points)."""

    scale: Scale
    y_label: Sequence[Line]
    title: Sequence[Line]
    arms: Sequence[Sequence[Line]]
    limits: Sequence[Sequence[Line]]
    left: float
    right: float


def draw_boxes(
    groups: Sequence[BoxGroup],
    *,
    y_label: str,
    limit_lines: Sequence[LimitLine] = (),
    zero_line: bool = False,
    from_zero: bool = False,
    title_panel: str | None = None,
    width_mm: float = style.SINGLE_COLUMN,
    height_mm: float = 52.0,
) -> Figure:
    """Draw one panel of boxes; the arguments are those of :class:`BoxPanel` and :func:`draw_box_panels`."""
    panel = BoxPanel(
        groups=groups,
        y_label=y_label,
        title=title_panel or "",
        limit_lines=limit_lines,
        zero_line=zero_line,
        from_zero=from_zero,
    )
    return draw_box_panels([panel], width_mm=width_mm, height_mm=height_mm)


def draw_box_panels(
    panels: Sequence[BoxPanel],
    *,
    stacked: bool = False,
    width_mm: float | None = None,
    height_mm: float = 52.0,
) -> Figure:
    """Draw panels of boxes side by side, or one below another.

    Parameters
    ----------
    panels
        One or more panels, left to right. Nothing is computed from their values: the numbers of the boxes
        and every number written come from the results table.
    stacked
        One below another, in a single column.
    width_mm
        Width of the whole drawing; if omitted, that of both columns, or of one if stacked.
    height_mm
        Height of the axes; the drawing grows with what is written above and below them.

    Returns
    -------
    matplotlib.figure.Figure
        The same panels give the same drawing: the points are set apart by a fixed rule, without chance.

    Raises
    ------
    ValueError
        There is no panel.

    References
    ----------
    Publication, Figures 2, 4, 5 and 7.
    """
    if not panels:
        raise ValueError("a drawing of boxes needs a panel")
    wide = style.SINGLE_COLUMN if stacked else style.FULL_WIDTH
    width, height = (width_mm or wide) * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    columns = 1 if stacked else len(panels)
    share = (width - 2 * EDGE - _PANEL_GAP * (columns - 1)) / columns
    layouts = [_lay_out(panel, share, height) for panel in panels]
    above = _TITLE_GAP + max(len(layout.title) for layout in layouts) * style.HEAD * LEADING
    arm_lines = max((len(lines) for layout in layouts for lines in layout.arms), default=0)
    count_lines = 1 + any(panel.has_medians for panel in panels)
    below = EDGE + 5 + (arm_lines * style.TEXT + count_lines * style.SMALL) * LEADING
    with style.settings():
        row_height, rows = above + height + below, len(panels) // columns
        figure = style.new_figure(width, rows * row_height)
        for i, (panel, layout) in enumerate(zip(panels, layouts, strict=True)):
            row, column = divmod(i, columns)
            left, bottom = EDGE + column * (share + _PANEL_GAP), below + (rows - 1 - row) * row_height
            area = Area(left + layout.left, bottom, share - layout.left - layout.right, height)
            _draw_panel(figure, panel, layout, area)
            _write_title(figure, layout, left, area.top + _TITLE_GAP)
            _write_below(figure, panel, layout, area, area.bottom - 4 - arm_lines * style.TEXT * LEADING)
    return figure


def _lay_out(panel: BoxPanel, share: float, height: float) -> _Layout:
    scale = panel.scale()
    y_label = wrapped(panel.y_label, 0.95 * height)
    limits = [wrapped(line.label, _LIMIT_ROOM, style.SMALL) for line in panel.limit_lines if scale.ticks]
    widest = max((text_width(plain(line), style.SMALL) for lines in limits for line in lines), default=0)
    heading = text_width(_MEDIAN_HEADING, style.SMALL) + 3 if panel.has_medians else 0.0
    left = max(left_room(y_label, scale), heading)
    right = widest + 4 if limits else 1.0
    lane = (share - left - right) / max(len(panel.groups), 1)
    return _Layout(
        scale=scale,
        y_label=y_label,
        title=wrapped(panel.title, share / _BOLDER, style.HEAD),
        arms=[wrapped(group.label, lane - 3) for group in panel.groups],
        limits=limits,
        left=left,
        right=right,
    )


def _draw_panel(figure: Figure, panel: BoxPanel, layout: _Layout, area: Area) -> None:
    axes = add_axes(figure, area)
    axes.set(xlim=(-0.5, max(len(panel.groups), 1) - 0.5), xticks=[])
    draw_y_axis(axes, layout.scale)
    write_upright(figure, area.left - layout.left, area.middle, layout.y_label)
    if not layout.scale.ticks:
        return
    if panel.zero_line:
        axes.axhline(0, color=style.MUTED, linewidth=style.LINE, zorder=1.5, label="zero")
    for line in panel.limit_lines:
        limit = axes.axhline(line.value, color=style.INK, linewidth=style.LINE, zorder=1.6, label=line.label)
        limit.set_dashes((5, 2.5))
    for position, group in enumerate(panel.groups):
        _draw_group(axes, group, position, layout.scale, area)
    _write_limits(figure, panel, layout, area)


def _draw_group(axes: Axes, group: BoxGroup, position: int, scale: Scale, area: Area) -> None:
    if group.has_box:
        _draw_box(axes, group, position)
    elif group.median is not None:
        ends = (position - _BOX_WIDTH / 2, position + _BOX_WIDTH / 2)
        colour = style.arm_mark(group.arm).edge
        axes.plot(ends, [group.median] * 2, color=colour, linewidth=style.HEAVY, zorder=3, label="median")
    if group.values:
        _draw_points(axes, group, position, scale, area)
    elif group.median is None:
        text = axes.text(position, (scale.low + scale.high) / 2, NO_DATA)
        text.set(ha="center", va="center", color=style.MUTED, fontsize=style.SMALL, backgroundcolor="white")


def _draw_box(axes: Axes, group: BoxGroup, position: int) -> None:
    mark = style.arm_mark(group.arm)
    thin = {"color": mark.edge, "linewidth": style.LINE}
    drawn = axes.bxp(
        [
            {
                "q1": group.q1,
                "med": group.median,
                "q3": group.q3,
                # Without a whisker its line has no length and its cap lies on the edge of the box.
                "whislo": group.q1 if group.whisker_low is None else group.whisker_low,
                "whishi": group.q3 if group.whisker_high is None else group.whisker_high,
            }
        ],
        positions=[position],
        widths=_BOX_WIDTH,
        capwidths=_BOX_WIDTH * 0.45,
        patch_artist=True,
        showfliers=False,
        manage_ticks=False,
        boxprops={"facecolor": (mark.colour, 0.22), "edgecolor": mark.edge, "linewidth": style.LINE},
        whiskerprops=thin,
        capprops=thin,
        medianprops={"color": mark.edge, "linewidth": style.HEAVY, "solid_capstyle": "butt"},
        zorder=2,
    )
    drawn["boxes"][0].set_label(f"box {group.arm}")
    drawn["medians"][0].set_label("median")


def _draw_points(axes: Axes, group: BoxGroup, position: int, scale: Scale, area: Area) -> None:
    mark = style.arm_mark(group.arm)
    lane = area.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
    heights = [scale.share(value) * area.height for value in group.values]
    offsets = swarm(heights, spacing=style.MARKER + 0.6, room=lane * _SWARM_SHARE)
    drawn = axes.scatter(
        [position + offset / lane for offset in offsets],
        list(group.values),
        s=(style.MARKER * mark.scale) ** 2,
        marker=mark.marker,
        facecolor=[(mark.colour, 0.85)] * (len(group.links) or 1),
        edgecolor=mark.edge,
        linewidth=0.5,
        zorder=4,
        clip_on=False,
        label=f"patients {group.arm}",
    )
    drawn.set_urls([*group.links])
    drawn.set_gid(f"{POINTS}{group.mark}" if group.mark else None)


def _write_title(figure: Figure, layout: _Layout, left: float, y: float) -> None:
    for i, line in enumerate(reversed(layout.title)):
        write(figure, left, y + i * style.HEAD * LEADING, line, size=style.HEAD, weight="bold")


def _write_below(figure: Figure, panel: BoxPanel, layout: _Layout, area: Area, counts: float) -> None:
    lane = area.width / max(len(panel.groups), 1)
    for i, (group, lines) in enumerate(zip(panel.groups, layout.arms, strict=True)):
        middle = area.left + (i + 0.5) * lane
        write_block(figure, middle, area.bottom - 4, lines, align="center")
        under: list[Line] = [("n = ", group.n)]
        under += [(group.median_number or NOT_ESTIMABLE,)] if panel.has_medians else []
        write_block(figure, middle, counts, under, size=style.SMALL, align="center")
    if panel.has_medians:
        heading: list[Line] = [(_MEDIAN_HEADING,)]
        write_block(
            figure, area.left - 3, counts - style.SMALL * LEADING, heading, size=style.SMALL, align="right"
        )


def _write_limits(figure: Figure, panel: BoxPanel, layout: _Layout, area: Area) -> None:
    order = sorted(range(len(panel.limit_lines)), key=lambda i: panel.limit_lines[i].value)
    centres = [area.bottom + layout.scale.share(panel.limit_lines[i].value) * area.height for i in order]
    heights = [len(layout.limits[i]) * style.SMALL * LEADING for i in order]
    placed = spread(centres, heights, 0, area.top + _TITLE_GAP)
    for i, middle, height in zip(order, placed, heights, strict=True):
        write_block(figure, area.right + 3, middle + height / 2, layout.limits[i], size=style.SMALL)
