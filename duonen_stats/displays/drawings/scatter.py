"""Points: two measurements of every patient (Figures 3 and 6), and residuals over time.

seaborn's scatter plots (0.13.2) have one collection for all arms, where each arm has its name here (decision 26).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    Area,
    Key,
    Scale,
    add_axes,
    draw_y_axis,
    key_rows,
    left_room,
    scale_for,
    write_keys,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    wrapped,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import POINTS, Line, Number

# Two measurements of every patient against each other, arms distinguished (Figures 3 and 6).


_TICK_ROOM = 5 + style.SMALL * LEADING
_NOTE_GAP = 3.0
_BETWEEN_TICKS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterGroup:
    """The patients of an arm with both values known; ``n`` is written beside the arm in the legend.

    ``mark`` is that of its ``PatientPoints``.
    """

    arm: str
    label: str
    x: Sequence[float]
    y: Sequence[float]
    n: Number | None = None
    links: Sequence[str | None] = ()
    mark: str = ""

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"{self.label}: {len(self.x)} x values but {len(self.y)} y values")
        if not all(isfinite(value) for value in (*self.x, *self.y)):
            raise ValueError(f"{self.label}: every value of a point has to be finite")

    @property
    def key(self) -> Key:
        """The entry of the legend."""
        line: Line = (f"{self.label} (n = ", self.n, ")") if self.n else (self.label,)
        return Key(style.arm_mark(self.arm), line)


def draw_scatter(
    groups: Sequence[ScatterGroup],
    *,
    x_label: str,
    y_label: str,
    notes: Sequence[Line] = (),
    zero_x: bool = False,
    zero_y: bool = False,
    from_zero_x: bool = False,
    from_zero_y: bool = False,
    legend: bool = True,
    width_mm: float = style.SINGLE_COLUMN,
    height_mm: float = 58.0,
) -> Figure:
    """Draw a point for every patient.

    Parameters
    ----------
    groups
        One group an arm. Nothing is computed from the points.
    x_label, y_label
        What is on the axes, with units.
    notes
        Lines set above the axes, such as rho, p and n as looked-up numbers; they can hide no point there.
    zero_x, zero_y
        Mark zero, e.g. no change, by a line.
    from_zero_x, from_zero_y
        Start the axis at zero, e.g. for a dose.
    legend
        Name the arms with their signs above the axes.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.

    References
    ----------
    Publication, Figures 3 and 6.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    y_values = [float(value) for group in groups for value in group.y]
    x_values = [float(value) for group in groups for value in group.x]
    y_scale = scale_for([*y_values, *_zero(y_values, zero_y)], from_zero=from_zero_y)
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, y_scale)
    x_scale = _x_scale([*x_values, *_zero(x_values, zero_x)], from_zero=from_zero_x, width=width - left)
    inside = width - left - EDGE - x_scale.label_width / 2
    x_lines = wrapped(x_label, inside)
    keys = key_rows([group.key for group in groups] if legend else [], inside)
    remarks = [piece for note in notes for piece in wrapped(note, inside)]
    below = EDGE + _TICK_ROOM + len(x_lines) * style.TEXT * LEADING
    above = EDGE + 2 * _NOTE_GAP + (len(keys) + len(remarks)) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        _draw_x_axis(axes, x_scale)
        draw_y_axis(axes, y_scale)
        write_upright(figure, EDGE, area.middle, y_lines)
        if y_values:
            _draw_points(axes, groups, zero_x=zero_x, zero_y=zero_y)
        write_block(figure, left + inside / 2, below - _TICK_ROOM, x_lines, align="center")
        under_keys = write_keys(figure, left, below + height + above - EDGE, keys)
        write_block(figure, left, under_keys - _NOTE_GAP, remarks)
    return figure


def _zero(values: Sequence[float], wanted: bool) -> list[float]:
    return [0.0] if wanted and values else []


def _x_scale(values: Sequence[float], *, from_zero: bool, width: float) -> Scale:
    """Return the scale with the most ticks whose labels stand clear of each other."""
    scales = (scale_for(values, from_zero=from_zero, ticks=ticks) for ticks in (6, 5, 4, 3))
    return next((found for found in scales if _clear(found, width)), scale_for(values, ticks=2))


def _clear(scale: Scale, width: float) -> bool:
    return len(scale.labels) * (scale.label_width + _BETWEEN_TICKS) <= width


def _draw_x_axis(axes: Axes, scale: Scale) -> None:
    axes.set_xlim(scale.low, scale.high)
    axes.set_xticks(scale.ticks, scale.labels)


def _draw_points(axes: Axes, groups: Sequence[ScatterGroup], *, zero_x: bool, zero_y: bool) -> None:
    axes.grid(axis="x")
    if zero_y:
        axes.axhline(0, color=style.MUTED, linewidth=style.LINE, zorder=1.5, label="zero y")
    if zero_x:
        axes.axvline(0, color=style.MUTED, linewidth=style.LINE, zorder=1.5, label="zero x")
    for group in groups:
        mark = style.arm_mark(group.arm)
        drawn = axes.scatter(
            list(group.x),
            list(group.y),
            s=(1.1 * style.MARKER * mark.scale) ** 2,
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


# Scaled Schoenfeld residuals over time: does the effect change, or are the hazards proportional?


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
