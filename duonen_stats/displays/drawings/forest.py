"""A forest plot: an estimate with its interval in each row, between the words that name it and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, log

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    NO_DATA,
    Area,
    Scale,
    add_axes,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    page,
    text_width,
    write,
    write_block,
)
from duonen_stats.displays.model.content import Line, plain
from duonen_stats.displays.model.format import fixed

_ROW = style.TEXT * 1.75
_GAP = 9.0
_INDENT = 8.0
_WIDEST = 20.0
_LEAST_PLOT = 60.0
_CANDIDATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_SQUARE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """A row: its name, the cells left and right of the plot, and an estimate with limits.

    Without an estimate the row stands with its words alone. ``heading`` sets the name in bold; ``summary`` draws
    the estimate as a diamond; ``arm`` chooses colour and marker. Limits may be missing one at a time: the line
    then runs to the edge of the plot, with an arrow.
    """

    label: Line
    cells: tuple[Line, ...]
    after: tuple[Line, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    heading: bool = False
    summary: bool = False
    indent: int = 0
    arm: str = ""

    def __post_init__(self) -> None:
        given = [value for value in (self.estimate, self.low, self.high) if value is not None]
        if not all(isfinite(value) and value > 0 for value in given):
            raise ValueError(f"{plain(self.label)}: estimates and limits are ratios above 0")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left edges of the columns of words, and the area of the plot, in points."""

    before: tuple[float, ...]
    widths: tuple[float, ...]
    after: tuple[float, ...] = field(default=())
    after_widths: tuple[float, ...] = field(default=())
    plot_left: float = 0.0
    plot_width: float = 0.0


def draw_forest(
    rows: Sequence[ForestRow],
    *,
    heads: Sequence[str],
    after_heads: Sequence[str],
    x_label: str,
    lower: str,
    higher: str,
    width_mm: float = style.FULL_WIDTH,
) -> Figure:
    """Draw ratios on a logarithmic axis, the line of no effect at 1.

    Parameters
    ----------
    rows
        From top to bottom. Nothing is computed from them.
    heads, after_heads
        Headings of the columns before the plot (the first is that of the names) and after it.
    x_label
        What the ratio is.
    lower, higher
        Words under the axis left and right of 1, such as which arm is favoured.
    width_mm
        Width of the whole drawing; its height follows from the rows.
    """
    width = width_mm * style.POINTS_PER_MM
    columns = _columns(rows, heads, after_heads, width)
    scale = _scale(rows)
    height = max(len(rows), 1) * _ROW
    below = EDGE + 5 + style.SMALL * LEADING + 2 * style.TEXT * LEADING + 3
    above = EDGE + 3 + style.TEXT * LEADING
    area = Area(columns.plot_left, below, columns.plot_width, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        _draw_axes(axes, scale, len(rows))
        for place, row in enumerate(rows):
            middle = height + below - (place + 0.5) * _ROW
            _write_row(figure, row, middle - 0.35 * style.TEXT, columns)
            if scale.ticks:
                _draw_row(axes, row, len(rows) - place - 0.5, scale)
        _write_heads(figure, heads, after_heads, area.top + 3, columns)
        _write_under(figure, area, scale, x_label, lower, higher)
    return figure


def _columns(
    rows: Sequence[ForestRow], heads: Sequence[str], after_heads: Sequence[str], width: float
) -> _Columns:
    names = [text_width(plain(row.label), style.TEXT, "bold") + row.indent * _INDENT for row in rows]
    before = [max([text_width(heads[0], style.TEXT, "bold"), *names])]
    before += [_widest(head, [row.cells[i : i + 1] for row in rows]) for i, head in enumerate(heads[1:])]
    after = [_widest(head, [row.after[i : i + 1] for row in rows]) for i, head in enumerate(after_heads)]
    lefts, x = [], EDGE
    for one in before:
        lefts.append(x)
        x += one + _GAP
    right = width - EDGE - sum(after) - _GAP * len(after)
    rights = [right + _GAP + sum(after[:i]) + _GAP * i for i in range(len(after))]
    return _Columns(
        before=tuple(lefts), widths=tuple(before), after=tuple(rights), after_widths=tuple(after),
        plot_left=x, plot_width=max(right - x, _LEAST_PLOT),
    )  # fmt: skip


def _widest(head: str, cells: Sequence[tuple[Line, ...]]) -> float:
    written = [text_width(plain(cell), style.TEXT) for group in cells for cell in group]
    return max([text_width(head, style.TEXT, "bold"), *written])


def _scale(rows: Sequence[ForestRow]) -> Scale:
    """Choose ticks that hold estimates and, within reason, limits; none without an estimate."""
    drawn = [row for row in rows if row.estimate is not None]
    if not drawn:
        return Scale(0.5, 2.0, (), ())
    values = [v for row in drawn for v in (row.estimate, row.low, row.high) if v is not None]
    values = [min(max(value, 1 / _WIDEST), _WIDEST) for value in values]
    low, high = min(*values, 0.5), max(*values, 2.0)
    ticks = tuple(tick for tick in _CANDIDATES if low / 1.01 <= tick <= high * 1.01)
    labels = tuple(fixed(tick, 0 if tick >= 1 else 2 if tick < 0.1 else 1) for tick in ticks)  # noqa: PLR2004
    return Scale(low / 1.12, high * 1.12, ticks, labels)


def has_arrows(rows: Sequence[ForestRow]) -> bool:
    """Return whether the interval of any row is drawn with an arrow, as it goes on beyond the axis."""
    scale = _scale(rows)
    return any(_ends_beyond(row, scale) for row in rows)


def _ends_beyond(row: ForestRow, scale: Scale) -> tuple[int, ...]:
    """Return the ends of an interval, 0 the lower and 1 the upper, that are missing or lie beyond the axis."""
    limits = (row.low, row.high)
    if row.estimate is None or limits == (None, None):
        return ()
    return tuple(
        end for end, limit in enumerate(limits) if limit is None or not scale.low <= limit <= scale.high
    )


def _draw_axes(axes: Axes, scale: Scale, rows: int) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set(xlim=(scale.low, scale.high), ylim=(0, max(rows, 1)), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(scale.ticks, scale.labels)
    if scale.ticks:
        axes.axvline(1, color=style.INK, linewidth=style.LINE, zorder=1.5, label="no effect")
        axes.grid(axis="x")
    else:
        text = axes.text(0.5, 0.5, NO_DATA, transform=axes.transAxes)
        text.set(ha="center", va="center", color=style.MUTED, fontsize=style.SMALL)


def _draw_row(axes: Axes, row: ForestRow, y: float, scale: Scale) -> None:
    if row.estimate is None:
        return
    mark = (
        style.arm_mark(row.arm)
        if row.arm
        else style.Mark(colour=style.INK, edge=style.INK, marker="s", scale=0.9)
    )
    if row.low is not None or row.high is not None:
        ends = [row.low or scale.low, row.high or scale.high]
        shown = [max(ends[0], scale.low), min(ends[1], scale.high)]
        axes.plot(
            shown, [y, y], color=mark.edge, linewidth=1.0, zorder=3, label=f"interval {plain(row.label)}"
        )
        for end in _ends_beyond(row, scale):
            axes.plot(
                [(scale.low, scale.high)[end]], [y], marker="<>"[end], markersize=3.2, color=mark.edge, zorder=3,
                clip_on=False, label=f"beyond {end}",
            )  # fmt: skip
    x = min(max(row.estimate, scale.low), scale.high)
    axes.plot(
        [x], [y], linestyle="none", marker="D" if row.summary else mark.marker, markersize=_SQUARE * mark.scale,
        markerfacecolor=mark.colour, markeredgecolor=mark.edge, markeredgewidth=0.5, zorder=4, clip_on=False,
        label=f"estimate {plain(row.label)}",
    )  # fmt: skip


def _write_row(figure: Figure, row: ForestRow, baseline: float, columns: _Columns) -> None:
    weight = "bold" if row.heading else "normal"
    write(figure, columns.before[0] + row.indent * _INDENT, baseline, row.label, weight=weight)  # type: ignore[arg-type]
    for x, wide, cell in zip(columns.before[1:], columns.widths[1:], row.cells, strict=False):
        write(figure, x + wide, baseline, cell, align="right")
    for x, wide, cell in zip(columns.after, columns.after_widths, row.after, strict=False):
        write(figure, x + wide, baseline, cell, align="right")


def _write_heads(
    figure: Figure, heads: Sequence[str], after_heads: Sequence[str], baseline: float, columns: _Columns
) -> None:
    write(figure, columns.before[0], baseline, heads[0], weight="bold")
    for x, wide, head in zip(columns.before[1:], columns.widths[1:], heads[1:], strict=True):
        write(figure, x + wide, baseline, head, align="right", weight="bold")
    for x, wide, head in zip(columns.after, columns.after_widths, after_heads, strict=True):
        write(figure, x + wide, baseline, head, align="right", weight="bold")


def _write_under(figure: Figure, area: Area, scale: Scale, x_label: str, lower: str, higher: str) -> None:
    top = area.bottom - 5 - style.SMALL * LEADING
    if not scale.ticks:
        return
    one = area.left + area.width * log(1 / scale.low) / log(scale.high / scale.low)
    middle = min(max(one, area.left), area.right)
    left = middle - 5 - max(text_width(lower, style.TEXT) - (middle - 5 - EDGE), 0)
    write(figure, left, top - style.TEXT, f"← {lower}", align="right", colour=style.MUTED)
    beyond = max(middle + 5 + text_width(f"{higher} →", style.TEXT) - (page(figure)[0] - EDGE), 0)
    write(figure, middle + 5 - beyond, top - style.TEXT, f"{higher} →", colour=style.MUTED)
    write_block(figure, area.left + area.width / 2, top - style.TEXT * LEADING, [(x_label,)], align="center")
