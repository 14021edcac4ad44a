"""Curves in steps over time: survival, cumulative incidence, log(−log) survival, with the numbers at risk below."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    Area,
    Scale,
    add_axes,
    draw_y_axis,
    left_room,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    page,
    text_width,
    wrapped,
    write,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import Line, plain

# Keys to lines: what each curve of a drawing stands for, one entry a row, with a piece of its line.


SAMPLE = 22.0
"""Room for the piece of line before an entry, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveKey:
    """An entry: the group whose line is shown, and the words beside it."""

    arm: str
    label: Line


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """Entries broken into lines of a width, before anything is drawn."""

    rows: tuple[tuple[str, Line], ...]

    @property
    def height(self) -> float:
        """Height in points."""
        return len(self.rows) * style.TEXT * LEADING


def key_block(keys: Sequence[CurveKey], width: float) -> KeyBlock:
    """Break every entry at ``width`` points; a line that continues an entry shows no piece of line."""
    rows = [
        (key.arm if i == 0 else "", line)
        for key in keys
        for i, line in enumerate(wrapped(key.label, width - SAMPLE))
    ]
    return KeyBlock(tuple(rows))


def line_of(arm: str, x: Sequence[float], y: Sequence[float], *, width: float = 1.2) -> Line2D:
    """Make a line in the look of a group: colour and dashes."""
    stroke = style.arm_stroke(arm)
    line = Line2D(list(x), list(y), linewidth=width, color=stroke.colour, solid_capstyle="butt")
    if stroke.dashes:
        line.set_linestyle((0, stroke.dashes))
    return line


def write_key_block(figure: Figure, left: float, top: float, block: KeyBlock) -> float:
    """Draw the entries from ``top`` down; return the y below the last."""
    width, height = page(figure)
    for arm, label in block.rows:
        top -= style.TEXT * LEADING
        baseline = top + style.TEXT * (LEADING - 1)
        if arm:
            y = (baseline + 2.5) / height
            sample = line_of(arm, [left / width, (left + SAMPLE - 5) / width], [y, y], width=1.5)
            sample.set_transform(figure.transFigure)
            figure.add_artist(sample)
        write(figure, left + SAMPLE, baseline, label)
    return top


_TICK_ROOM = 5 + style.SMALL * LEADING
_GAP = 4.0
_TICK_HALF = 2.4


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroup:
    """The curve of a group, and what is written of it.

    ``value[i]`` holds from ``time[i]`` to ``time[i + 1]``, the last one to ``end``. ``low`` and ``high`` are limits at
    the same times, None where there is none. ``censored`` are times at which the curve gets a tick. ``counts``
    are the cells of the group's row below the axes, one for each tick of the axis of time.
    """

    arm: str
    label: Line
    short: str
    time: Sequence[float]
    value: Sequence[float]
    end: float
    low: Sequence[float | None] = field(default=())
    high: Sequence[float | None] = field(default=())
    censored: Sequence[float] = field(default=())
    counts: Sequence[Line] = field(default=())

    def __post_init__(self) -> None:
        if len(self.time) != len(self.value):
            raise ValueError(f"{self.short}: {len(self.time)} times but {len(self.value)} values")
        if any(limits and len(limits) != len(self.time) for limits in (self.low, self.high)):
            raise ValueError(f"{self.short}: limits are given at every time of the curve, or not at all")
        if not all(isfinite(value) for value in (*self.time, *self.value, *self.censored, self.end)):
            raise ValueError(f"{self.short}: every value of a curve has to be finite")

    def at(self, time: float) -> float:
        """Height of the curve at ``time``."""
        return self.value[max(bisect_right(list(self.time), time) - 1, 0)]


def draw_step_curves(
    groups: Sequence[StepGroup],
    *,
    x_scale: Scale,
    y_scale: Scale,
    x_label: str,
    y_label: str,
    counts_title: str = "",
    notes: Sequence[Line] = (),
    bands: bool = False,
    log_time: bool = False,
    marked: Sequence[float] = (),
    width_mm: float = style.MIDDLE_WIDTH,
    height_mm: float = 66.0,
) -> Figure:
    """Draw curves over one another, a key above and a table of counts below, in line with the ticks.

    Parameters
    ----------
    groups
        In the order of the key and of the table. Nothing is computed from them.
    x_scale, y_scale
        Ranges and ticks; without ticks of either the drawing says that there are no data.
    x_label, y_label
        What is on the axes, with units.
    counts_title
        Heading of the table, such as "At risk (censored)"; without it there is no table.
    notes
        Lines above the axes, under the key: hazard ratio, interval and p as looked-up numbers.
    bands
        Shade between the limits: only readable with two groups.
    log_time
        The axis of time is logarithmic.
    marked
        Heights to mark by a thin line, such as one half.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    rows = list(groups) if counts_title and x_scale.ticks else []
    y_lines = wrapped(y_label, 0.95 * height)
    names = max((text_width(group.short, style.SMALL) + 8 for group in rows), default=0.0)
    heading = text_width(counts_title, style.SMALL) if rows else 0.0
    left = EDGE + max(left_room(y_lines, y_scale), names + _cell_half(rows))
    inside = width - left - EDGE - max(x_scale.label_width / 2, _cell_half(rows))
    keys = key_block([CurveKey(arm=group.arm, label=group.label) for group in groups], inside)
    remarks = [piece for note in notes for piece in wrapped(note, inside)]
    below = (
        EDGE
        + _TICK_ROOM
        + style.TEXT * LEADING
        + (_GAP + (len(rows) + 1) * style.SMALL * LEADING) * bool(rows)
    )
    above = EDGE + 2 * _GAP + keys.height + len(remarks) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        drawn = bool(x_scale.ticks and y_scale.ticks and any(group.time for group in groups))
        _draw_x_axis(axes, x_scale, log=log_time and drawn)
        draw_y_axis(axes, y_scale if drawn else Scale(0.0, 1.0, (), ()))
        if drawn:
            _draw_groups(axes, groups, y_scale, bands=bands, marked=marked)
        write_upright(figure, EDGE, area.middle, y_lines)
        write_block(figure, left + inside / 2, below - _TICK_ROOM, [(x_label,)], align="center")
        _write_above(figure, left, below + height + above - EDGE, keys, remarks)
        if rows:
            top = below - _TICK_ROOM - style.TEXT * LEADING - _GAP
            _write_counts(figure, area, top, rows, x_scale, counts_title, heading)
    return figure


def _cell_half(rows: Sequence[StepGroup]) -> float:
    return max(
        (text_width(plain(cell), style.SMALL) / 2 for group in rows for cell in group.counts), default=0.0
    )


def _draw_x_axis(axes: Axes, scale: Scale, *, log: bool) -> None:
    if log:
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xlim(scale.low, scale.high)
    axes.set_xticks(scale.ticks, scale.labels)


def _draw_groups(
    axes: Axes, groups: Sequence[StepGroup], scale: Scale, *, bands: bool, marked: Sequence[float]
) -> None:
    for height in marked:
        axes.axhline(height, color=style.MUTED, linewidth=style.HAIRLINE, linestyle=(0, (2, 2)), zorder=1.5)
    for group in groups:
        if not group.time:
            continue
        if bands and group.low and group.high:
            _draw_band(axes, group)
        line = line_of(group.arm, *_corners(group))
        line.set(zorder=3, label=f"curve {group.arm}")
        axes.add_line(line)
        _draw_censored(axes, group, scale)


def _corners(group: StepGroup) -> tuple[list[float], list[float]]:
    """Return the corners of a line in steps: each value holds up to the next time, the last one to the end."""
    later = [time for time in group.time[1:] for _ in range(2)]
    end = max(group.end, group.time[-1])
    return [group.time[0], *later, end], [value for value in group.value for _ in range(2)]


def _draw_band(axes: Axes, group: StepGroup) -> None:
    known = [
        (start, stop, low, high)
        for start, stop, low, high in zip(
            group.time, [*group.time[1:], max(group.end, group.time[-1])], group.low, group.high, strict=True
        )
        if low is not None and high is not None
    ]
    if not known:
        return
    x = [value for start, stop, _, _ in known for value in (start, stop)]
    low = [value for _, _, value, _ in known for _ in range(2)]
    high = [value for _, _, _, value in known for _ in range(2)]
    colour = style.arm_stroke(group.arm).colour
    axes.fill_between(
        x, low, high, color=colour, alpha=0.13, linewidth=0, zorder=2, label=f"band {group.arm}"
    )


def _draw_censored(axes: Axes, group: StepGroup, scale: Scale) -> None:
    if not group.censored:
        return
    y = [min(max(group.at(time), scale.low), scale.high) for time in group.censored]
    axes.plot(
        list(group.censored), y, linestyle="none", marker="|", markersize=2 * _TICK_HALF, markeredgewidth=style.LINE,
        color=style.arm_stroke(group.arm).colour, zorder=4, label=f"censored {group.arm}", clip_on=False,
    )  # fmt: skip


def _write_above(figure: Figure, left: float, top: float, keys: KeyBlock, remarks: Sequence[Line]) -> None:
    write_block(figure, left, write_key_block(figure, left, top, keys), remarks)


def _write_counts(
    figure: Figure,
    area: Area,
    top: float,
    rows: Sequence[StepGroup],
    scale: Scale,
    title: str,
    heading: float,
) -> None:
    """Write the table under the axes; its heading hangs over the names if it fits there, else it starts there."""
    start = min(EDGE, area.left - heading) if heading <= area.left else EDGE
    write_block(figure, start, top, [(title,)], size=style.SMALL)
    for place, group in enumerate(rows):
        baseline = top - (place + 2) * style.SMALL * LEADING + style.SMALL * (LEADING - 1)
        write(
            figure, EDGE, baseline, group.short, size=style.SMALL, colour=style.arm_stroke(group.arm).colour
        )
        for tick, cell in zip(scale.ticks, group.counts, strict=False):
            x = area.left + scale.share(tick) * area.width
            write(figure, x, baseline, cell, size=style.SMALL, align="center")
