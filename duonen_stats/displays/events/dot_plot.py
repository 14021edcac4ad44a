"""A dot plot in two panels: percentages of each arm, and differences to the control arm with their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    NO_DATA,
    Area,
    Key,
    Scale,
    add_axes,
    key_rows,
    scale_for,
    write_keys,
)
from duonen_stats.displays.drawings.text_layout import LEADING, text_width, wrapped, write, write_block
from duonen_stats.displays.model.content import Line, plain

_GAP = 9.0
_ROW = style.TEXT * 2.3
_STEP = 0.23
_WIDEST_LABEL, _NARROW_LABEL = 130.0, 78.0
_SHARE_OF_FIRST = 0.42


@dataclass(frozen=True, slots=True)
class DotInterval:
    """A difference with its limits, in percentage points."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DotRow:
    """A term: its name, the count of all arms, the percentage of each arm, and the difference of each to the control.

    An arm without patients has neither percentage nor difference.
    """

    label: Line
    count: Line
    shares: Mapping[str, float] = field(default_factory=dict)
    differences: Mapping[str, DotInterval] = field(default_factory=dict)


def draw_dot_plot(
    rows: Sequence[DotRow],
    *,
    keys: Mapping[str, Line],
    count_head: str,
    share_label: str,
    difference_label: str,
    stacked: bool = False,
) -> Figure:
    """Draw percentages by arm and differences to the control arm, a term a row, the first at the top.

    Parameters
    ----------
    rows
        From top to bottom. Nothing is computed from them.
    keys
        Words of the legend by arm.
    count_head
        Heading of the column of counts.
    share_label, difference_label
        Words below the two axes.
    stacked
        Differences below the percentages, each with the names of the terms, for a single column.
    """
    width = (style.SINGLE_COLUMN if stacked else style.FULL_WIDTH) * style.POINTS_PER_MM
    names = [wrapped(row.label, _NARROW_LABEL if stacked else _WIDEST_LABEL) for row in rows]
    label_width = max((text_width(plain(line), style.TEXT) for lines in names for line in lines), default=0.0)
    count_width = max(
        [
            text_width(count_head, style.TEXT, "bold"),
            *(text_width(plain(row.count), style.TEXT) for row in rows),
        ]
    )
    left = EDGE + label_width + _GAP + count_width + _GAP
    room = width - EDGE - left - (_GAP if stacked else 1.5 * _GAP)
    legend = key_rows([Key(style.arm_mark(arm), words) for arm, words in keys.items()], width - 2 * EDGE)
    heights = [max(_ROW, len(lines) * style.TEXT * LEADING + 4) for lines in names]
    height = sum(heights) or 2 * _ROW
    below = EDGE + 2 * style.TEXT * LEADING + style.SMALL * LEADING + 6
    above = EDGE + len(legend) * style.TEXT * LEADING + 6 + style.TEXT * LEADING
    if stacked:
        second = Area(left, below, room, height)
        first = replace(second, bottom=second.top + _GAP + style.TEXT * LEADING + below)
    else:
        first = Area(left, below, _SHARE_OF_FIRST * room, height)
        second = Area(first.right + 1.5 * _GAP, below, room - first.width, height)
    middles, top = [], height
    for one in heights:
        middles.append(top - one / 2)
        top -= one
    with style.settings():
        figure = style.new_figure(width, first.top + above)
        write_keys(figure, EDGE, first.top + above - EDGE, legend)
        for area in (first, second) if stacked else (first,):
            write(figure, left - _GAP, area.top + 4, count_head, align="right", weight="bold")
            for row, lines, middle in zip(rows, names, middles, strict=True):
                write_block(figure, EDGE, area.bottom + middle + len(lines) * style.TEXT * LEADING / 2, lines)
                write(figure, left - _GAP, area.bottom + middle - 0.35 * style.TEXT, row.count, align="right")
        _draw_shares(add_axes(figure, first), rows, middles, height)
        _draw_differences(add_axes(figure, second), rows, middles, height)
        for area, words in ((first, share_label), (second, difference_label)):
            lines = wrapped(words, area.width)
            under = area.bottom - 6 - style.SMALL * LEADING
            write_block(figure, area.left + area.width / 2, under, lines, align="center")
    return figure


def _prepare(axes: Axes, scale: Scale, height: float) -> None:
    axes.set(xlim=(scale.low, scale.high), ylim=(0, height), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(scale.ticks, scale.labels)
    if scale.ticks:
        axes.grid(axis="x")
        return
    text = axes.text(0.5, 0.5, NO_DATA, transform=axes.transAxes)
    text.set(ha="center", va="center", color=style.MUTED, fontsize=style.SMALL)


def _draw_shares(axes: Axes, rows: Sequence[DotRow], middles: Sequence[float], height: float) -> None:
    shares = [share for row in rows for share in row.shares.values()]
    _prepare(axes, scale_for(shares, from_zero=True, ticks=5), height)
    for row, middle in zip(rows, middles, strict=True):
        _dots(axes, row.shares, middle, f"share {plain(row.label)}")


def _draw_differences(axes: Axes, rows: Sequence[DotRow], middles: Sequence[float], height: float) -> None:
    found = [one for row in rows for one in row.differences.values()]
    ends = [value for one in found for value in (one.low, one.high)]
    _prepare(axes, scale_for([*ends, 0.0] if ends else [], ticks=6), height)
    if not found:
        return
    axes.axvline(0, color=style.INK, linewidth=style.LINE, zorder=1.5, label="no difference")
    for row, middle in zip(rows, middles, strict=True):
        places = _places(len(row.differences), middle)
        for (arm, one), y in zip(row.differences.items(), places, strict=True):
            mark = style.arm_mark(arm)
            axes.plot(
                [one.low, one.high], [y, y], color=mark.edge, linewidth=0.8, zorder=3,
                label=f"interval {arm} {plain(row.label)}",
            )  # fmt: skip
        estimates = {arm: one.estimate for arm, one in row.differences.items()}
        _dots(axes, estimates, middle, f"difference {plain(row.label)}")


def _dots(axes: Axes, values: Mapping[str, float], middle: float, name: str) -> None:
    for (arm, value), y in zip(values.items(), _places(len(values), middle), strict=True):
        mark = style.arm_mark(arm)
        axes.plot(
            [value], [y], linestyle="none", marker=mark.marker, markersize=0.85 * style.MARKER * mark.scale,
            markerfacecolor=mark.colour, markeredgecolor=mark.edge, markeredgewidth=0.5, zorder=4, clip_on=False,
            label=f"{name} {arm}",
        )  # fmt: skip


def _places(number: int, middle: float) -> list[float]:
    """Spread the marks of a row around its middle, the first at the top."""
    return [middle + ((number - 1) / 2 - place) * _STEP * _ROW for place in range(number)]
