"""Scaled Schoenfeld residuals over time: does the effect change, or are the hazards proportional?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    Area,
    Scale,
    add_axes,
    draw_y_axis,
    left_room,
    scale_for,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    wrapped,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import Line

_TICK_ROOM = 5 + style.SMALL * LEADING
_GAP = 3.0
_CURVE = "#1a72a8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smooth:
    """A smooth curve through the residuals with limits, None where there is none."""

    time: Sequence[float]
    value: Sequence[float]
    low: Sequence[float | None] = field(default=())
    high: Sequence[float | None] = field(default=())


def draw_residuals(
    time: Sequence[float],
    value: Sequence[float],
    smooth: Smooth,
    *,
    constant: float | None,
    x_label: str,
    y_label: str,
    notes: Sequence[Line] = (),
    width_mm: float = style.MIDDLE_WIDTH,
    height_mm: float = 62.0,
) -> Figure:
    """Draw a point for every event, the smooth curve with its band, and the estimate that proportionality gives.

    Parameters
    ----------
    time, value
        Residuals by time of event; nothing is computed from them.
    smooth
        Curve and limits; it may be empty.
    constant
        The log hazard ratio of the proportional model, a dashed line; None if there is none.
    x_label, y_label
        What is on the axes, with units.
    notes
        Lines above the axes.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.

    Raises
    ------
    ValueError
        A residual is not finite, or there are not as many times.

    References
    ----------
    Grambsch & Therneau (1994) Biometrika 81:515-526.
    """
    if len(time) != len(value) or not all(isfinite(one) for one in (*time, *value)):
        raise ValueError("every residual needs a finite time and a finite value")
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    limits = [one for one in (*smooth.low, *smooth.high) if one is not None]
    reach = [min(max(one, *_within(value)), _most(value)) for one in limits] if value else []
    fixed = [] if constant is None else [constant]
    y_scale = scale_for([*value, *smooth.value, *reach, *fixed, 0.0] if value else ())
    x_scale = scale_for([*time], from_zero=True, ticks=9)
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, y_scale)
    inside = width - left - EDGE - x_scale.label_width / 2
    remarks = [piece for note in notes for piece in wrapped(note, inside)]
    below = EDGE + _TICK_ROOM + style.TEXT * LEADING
    above = EDGE + 2 * _GAP + len(remarks) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        axes.set_xlim(x_scale.low, x_scale.high)
        axes.set_xticks(x_scale.ticks, x_scale.labels)
        draw_y_axis(axes, y_scale)
        if value:
            _draw(axes, time, value, smooth, constant, y_scale)
        write_upright(figure, EDGE, area.middle, y_lines)
        write_block(figure, left + inside / 2, below - _TICK_ROOM, [(x_label,)], align="center")
        write_block(figure, left, below + height + above - EDGE, remarks)
    return figure


def _most(value: Sequence[float]) -> float:
    return max(value) + 0.5 * (max(value) - min(value))


def _within(value: Sequence[float]) -> tuple[float]:
    """Lower bound of what a band may add to the axis: it must not squeeze the points."""
    return (min(value) - 0.5 * (max(value) - min(value)),)


def _draw(
    axes: Axes,
    time: Sequence[float],
    value: Sequence[float],
    smooth: Smooth,
    constant: float | None,
    scale: Scale,
) -> None:
    axes.axhline(0, color=style.MUTED, linewidth=style.LINE, zorder=1.5, label="no effect")
    if constant is not None:
        line = axes.axhline(constant, color=style.INK, linewidth=style.LINE, zorder=2.5, label="proportional")
        line.set_dashes((5, 2.5))
    known = [
        (x, max(low, scale.low), min(high, scale.high))
        for x, low, high in zip(smooth.time, smooth.low, smooth.high, strict=False)
        if low is not None and high is not None
    ]
    if known:
        x, low, high = zip(*known, strict=True)
        axes.fill_between(x, low, high, color=_CURVE, alpha=0.14, linewidth=0, zorder=2, label="band")
    if smooth.time:
        axes.plot(
            list(smooth.time), list(smooth.value), color=_CURVE, linewidth=1.4, zorder=3, label="smooth"
        )
    axes.scatter(
        list(time), list(value), s=style.MARKER**2, facecolor="white", edgecolor=style.INK, linewidth=0.6,
        zorder=4, clip_on=False, label="events",
    )  # fmt: skip
