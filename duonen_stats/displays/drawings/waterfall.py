"""A waterfall: each patient's best change of tumour size as a bar, arms side by side, largest growth first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

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
from duonen_stats.displays.model.content import Line, Number

_GAP = 4.0
_BETWEEN = 2
_LEAST = 3
_HATCHES = {"A": "", "B": "////", "C": "....", "D": "\\\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallGroup:
    """The patients of an arm with a best change in %, in the order of their bars."""

    arm: str
    label: str
    values: Sequence[float]
    n: Number

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in self.values):
            raise ValueError(f"{self.label}: every value of a bar has to be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLine:
    """A limit that means something, such as −30 % for a response; named beside the axes."""

    value: float
    label: str


def draw_waterfall(
    groups: Sequence[WaterfallGroup],
    *,
    y_label: str,
    lines: Sequence[ReferenceLine] = (),
    width_mm: float = style.FULL_WIDTH,
    height_mm: float = 66.0,
) -> Figure:
    """Draw a bar for every patient.

    Parameters
    ----------
    groups
        One an arm, left to right. Nothing is computed from the values.
    y_label
        What is on the axis, with its unit.
    lines
        Dashed lines across all arms.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    values = [value for group in groups for value in group.values]
    scale = scale_for([*values, 0.0, *(line.value for line in lines)] if values else ())
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, scale)
    shown = lines if values else ()
    right = EDGE + max((text_width(line.label, style.SMALL) + _GAP for line in shown), default=1.0)
    area = Area(left, EDGE + 2 * style.TEXT * LEADING + _GAP, width - left - right, height)
    with style.settings():
        figure = style.new_figure(width, area.top + EDGE + _GAP)
        axes = add_axes(figure, area)
        slots = sum(max(len(group.values), _LEAST) for group in groups) + _BETWEEN * max(len(groups) - 1, 0)
        axes.set(xlim=(-0.5, max(slots, 1) - 0.5), xticks=[])
        draw_y_axis(axes, scale)
        write_upright(figure, EDGE, area.middle, y_lines)
        if values:
            axes.spines["bottom"].set_visible(False)
            _draw_lines(figure, axes, shown, scale, area)
        _draw_groups(figure, axes, groups, area, slots=max(slots, 1), drawn=bool(values))
    return figure


def _draw_lines(figure: Figure, axes: Axes, lines: Sequence[ReferenceLine], scale: Scale, area: Area) -> None:
    axes.axhline(0, color=style.INK, linewidth=style.LINE, zorder=3, label="zero")
    for line in lines:
        drawn = axes.axhline(line.value, color=style.INK, linewidth=style.LINE, zorder=3.5, label=line.label)
        drawn.set_dashes((5, 2.5))
        y = area.bottom + scale.share(line.value) * area.height
        write(figure, area.right + _GAP, y - 0.35 * style.SMALL, line.label, size=style.SMALL)


def _draw_groups(
    figure: Figure, axes: Axes, groups: Sequence[WaterfallGroup], area: Area, *, slots: int, drawn: bool
) -> None:
    start = 0
    for group in groups:
        size = max(len(group.values), _LEAST)
        mark = style.arm_mark(group.arm)
        for place, value in enumerate(group.values):
            axes.bar(
                start + place, value, width=0.8, facecolor=mark.colour, edgecolor=mark.edge, linewidth=0.4,
                hatch=_HATCHES.get(group.arm, ""), zorder=2.5, label=f"patient {group.arm}",
            )  # fmt: skip
        middle = area.left + (start + size / 2) / slots * area.width
        if drawn and not group.values:
            text = axes.text(
                start + size / 2 - 0.5, 0, NO_DATA, ha="center", va="center", fontsize=style.SMALL
            )
            text.set(color=style.MUTED, backgroundcolor="white", zorder=5)
        under: list[Line] = [(group.label,), ("n = ", group.n)]
        write_block(figure, middle, area.bottom - _GAP, under, align="center")
        start += size + _BETWEEN
