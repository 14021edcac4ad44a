"""Drawings of a design: curves with the points that were simulated (power, events over time, boundaries)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
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
    scale_for,
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

_TICK_ROOM = 5 + style.SMALL * LEADING
_SAMPLE, _GAP = 20.0, 11.0
_BELOW_KEYS = 5.0
_SHADE = 0.25
_THICK = 6.0

# Dark to light, each with a dash or a sign of its own, so that lines stay apart in grey.
STROKES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("#14172b", ()),
    ("#1a72a8", (5.0, 1.6)),
    ("#b4480f", (1.2, 1.4)),
    ("#2e8b57", (6.0, 1.5, 1.2, 1.5)),
    ("#7b4fa3", (3.0, 1.4)),
    ("#c29a00", (8.0, 1.5, 1.2, 1.5, 1.2, 1.5)),
)
_MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line, or with ``line=False`` points alone; ``error`` are half-lengths of bars, ``signs`` marks each value."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    error: Sequence[float] = field(default=())
    line: bool = True
    signs: bool = False

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y) or (self.error and len(self.error) != len(self.x)):
            raise ValueError(f"{self.label}: {len(self.x)} x values, {len(self.y)} y values")
        if not all(isfinite(value) for value in (*self.x, *self.y, *self.error)):
            raise ValueError(f"{self.label}: every value of a curve has to be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A shaded area between a low and a high value at each ``x``."""

    label: str
    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]

    def __post_init__(self) -> None:
        if not len(self.x) == len(self.low) == len(self.high):
            raise ValueError(f"{self.label}: as many low and high values as x values are needed")


def draw_curves(
    curves: Sequence[Curve],
    *,
    x_label: str,
    y_label: str,
    level: float | None = None,
    levels: Sequence[float] = (),
    band: Band | None = None,
    from_zero_x: bool = False,
    from_zero_y: bool = True,
    width_mm: float = style.MIDDLE_WIDTH,
    height_mm: float = 66.0,
) -> Figure:
    """Draw curves over one another with a key above.

    Parameters
    ----------
    curves
        Nothing is computed from them. Their order is that of the key.
    x_label, y_label
        What is on the axes, with units.
    level
        A value to mark by a thin line, such as the power wanted.
    levels
        Further values to mark so.
    band
        An area behind the curves, the last entry of the key.
    from_zero_x, from_zero_y
        Start the axis at zero.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    marked = [*levels, *([] if level is None else [level])]
    area_y = [] if band is None else [*band.low, *band.high]
    ends = [y + sign * e for c in curves for y, e in zip(c.y, c.error, strict=False) for sign in (-1, 1)]
    y_scale = scale_for([*(y for c in curves for y in c.y), *ends, *marked, *area_y], from_zero=from_zero_y)
    x_scale = scale_for([x for c in curves for x in c.x], from_zero=from_zero_x, ticks=9)
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, y_scale)
    inside = width - left - EDGE - x_scale.label_width / 2
    # The area has an entry of its own in the key: a thick line in its colour.
    keyed = [*curves, *([] if band is None else [Curve(label=band.label, x=(), y=())])]
    rows = _key_rows(keyed, inside)
    below = EDGE + _TICK_ROOM + style.TEXT * LEADING
    above = EDGE + _BELOW_KEYS + len(rows) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        _draw_x_axis(axes, x_scale)
        draw_y_axis(axes, y_scale)
        for value in marked:
            axes.axhline(
                value, color=style.MUTED, linewidth=style.HAIRLINE, linestyle=(0, (2, 2)), zorder=1.5
            )
        if band is not None:
            axes.fill_between(
                list(band.x),
                list(band.low),
                list(band.high),
                color=STROKES[len(curves) % len(STROKES)][0],
                alpha=_SHADE,
                linewidth=0,
                zorder=2,
            )
        for place, curve in enumerate(curves):
            _draw_curve(axes, curve, place)
        write_upright(figure, EDGE, area.middle, y_lines)
        write_block(figure, left + inside / 2, below - _TICK_ROOM, [(x_label,)], align="center")
        _write_keys(figure, left, below + height + above - EDGE, rows, shaded=len(curves))
    return figure


def _draw_x_axis(axes: Axes, scale: Scale) -> None:
    axes.set_xlim(scale.low, scale.high)
    axes.set_xticks(scale.ticks, scale.labels)
    axes.grid(axis="x")


def _draw_curve(axes: Axes, curve: Curve, place: int) -> None:
    if curve.error:
        axes.errorbar(
            list(curve.x), list(curve.y), yerr=list(curve.error), fmt="none", ecolor=style.INK,
            elinewidth=style.LINE, zorder=4,
        )  # fmt: skip
    line = _sample(curve, place, curve.x, curve.y)
    line.set(zorder=3 if curve.line else 5, clip_on=False, label=curve.label)
    axes.add_line(line)


def _sample(curve: Curve, place: int, x: Sequence[float], y: Sequence[float]) -> Line2D:
    """Make a line, or points, in the look of a curve."""
    colour, dashes = STROKES[place % len(STROKES)]
    line = Line2D(list(x), list(y), linewidth=1.2, color=colour)
    if not curve.line:
        line.set_linestyle("none")
    elif dashes:
        line.set_linestyle((0, dashes))
    if curve.signs or not curve.line:
        line.set_marker(_MARKERS[place % len(_MARKERS)] if curve.line else "o")
        line.set_markersize(style.MARKER)
        line.set_markerfacecolor("white")
        line.set_markeredgecolor(colour if curve.line else style.INK)
        line.set_markeredgewidth(0.9)
    return line


def _key_rows(curves: Sequence[Curve], width: float) -> list[list[tuple[int, Curve]]]:
    """Put as many entries of the key in a row as fit in columns of one width."""
    column = max((_SAMPLE + text_width(c.label, style.TEXT) for c in curves), default=0.0) + _GAP
    fit = max(int((width + _GAP) / column), 1) if curves else 1
    numbered = list(enumerate(curves))
    return [numbered[i : i + fit] for i in range(0, len(numbered), fit)]


def _write_keys(
    figure: Figure, left: float, top: float, rows: Sequence[Sequence[tuple[int, Curve]]], *, shaded: int
) -> None:
    width, height = page(figure)
    column = (
        max((_SAMPLE + text_width(c.label, style.TEXT) for row in rows for _, c in row), default=0.0) + _GAP
    )
    starts = list(
        accumulate((column for _ in range(max((len(row) for row in rows), default=0))), initial=left)
    )
    for row in rows:
        top -= style.TEXT * LEADING
        baseline = top + style.TEXT * (LEADING - 1)
        for x, (place, curve) in zip(starts, row, strict=False):
            ends = [x + 2, x + _SAMPLE - 6] if curve.line else [x + (_SAMPLE - 4) / 2]
            middle = [(baseline + 2.5) / height] * len(ends)
            sample = _sample(curve, place, [end / width for end in ends], middle)
            sample.set_transform(figure.transFigure)
            if place == shaded:
                sample.set(linewidth=_THICK, linestyle="-", alpha=_SHADE, solid_capstyle="butt")
            figure.add_artist(sample)
            write(figure, x + _SAMPLE, baseline, curve.label)


def describe_curves(curves: Sequence[Curve], *, x_measure: str, y_measure: str) -> str:
    """Say in words what a drawing shows, for readers who cannot see it."""
    names = "; ".join(f"{curve.label} ({'line' if curve.line else 'points'})" for curve in curves)
    return f"{y_measure} over {x_measure}: {names}."
