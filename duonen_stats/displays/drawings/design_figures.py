"""Drawings of a design: curves with points (power, events over time, boundaries), alone or in panels."""

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
from duonen_stats.displays.model.content import Line

_TICK_ROOM = 5 + style.SMALL * LEADING
_SAMPLE, _GAP = 20.0, 11.0
_BELOW_KEYS = 5.0
_BETWEEN, _ROW_GAP = 14.0, 12.0
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
    """A line, or with ``line=False`` points alone; ``error`` are half-lengths of bars, ``signs`` marks each value.

    ``asked`` makes points those that were asked for: they are filled, and thin lines lead from them to the axes.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    error: Sequence[float] = field(default=())
    line: bool = True
    signs: bool = False
    asked: bool = False

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePanel:
    """Curves over one another on axes of their own, a key above.

    Attributes
    ----------
    curves
        Nothing is computed from them. Their order is that of the key.
    x_label, y_label
        What is on the axes, with units.
    levels, places
        Values of y and of x to mark by a thin line, such as the power wanted.
    band
        An area behind the curves, the last entry of the key.
    from_zero_x, from_zero_y
        Start the axis at zero.
    """

    curves: Sequence[Curve]
    x_label: str
    y_label: str
    levels: Sequence[float] = field(default=())
    places: Sequence[float] = field(default=())
    band: Band | None = None
    from_zero_x: bool = False
    from_zero_y: bool = True

    @property
    def x_scale(self) -> Scale:
        """Axis of x, over all curves and marked places."""
        return scale_for(
            [*(x for c in self.curves for x in c.x), *self.places], from_zero=self.from_zero_x, ticks=9
        )

    @property
    def y_scale(self) -> Scale:
        """Axis of y, over all curves with their bars, the area and the marked levels."""
        area = [] if self.band is None else [*self.band.low, *self.band.high]
        ends = [
            y + sign * e for c in self.curves for y, e in zip(c.y, c.error, strict=False) for sign in (-1, 1)
        ]
        values = [*(y for c in self.curves for y in c.y), *ends, *self.levels, *area]
        return scale_for(values, from_zero=self.from_zero_y)

    @property
    def keyed(self) -> list[Curve]:
        """What the key names: the curves, then the area as a thick line in its colour."""
        return [*self.curves, *([] if self.band is None else [Curve(label=self.band.label, x=(), y=())])]


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
    curves, x_label, y_label, levels, band, from_zero_x, from_zero_y
        As of a :class:`CurvePanel`.
    level
        A further value to mark by a thin line.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.
    """
    marked = [*levels, *([] if level is None else [level])]
    panel = CurvePanel(
        curves=curves, x_label=x_label, y_label=y_label, levels=marked, band=band, from_zero_x=from_zero_x,
        from_zero_y=from_zero_y,
    )  # fmt: skip
    return draw_curve_panels([panel], columns=1, width_mm=width_mm, height_mm=height_mm)


def draw_curve_panels(
    panels: Sequence[CurvePanel],
    *,
    columns: int = 2,
    width_mm: float = style.FULL_WIDTH,
    height_mm: float = 52.0,
) -> Figure:
    """Draw panels in reading order, each with axes and a key of its own.

    Parameters
    ----------
    panels
        What to draw; nothing is computed from it.
    columns
        Panels in a row.
    width_mm, height_mm
        Width of the whole drawing; height of the axes of a panel.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    each = (width - _BETWEEN * (columns - 1)) / columns
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    heads = [
        EDGE + _BELOW_KEYS + max(len(_layout(panel, each, height)[2]) for panel in row) * style.TEXT * LEADING
        for row in rows
    ]
    below = EDGE + _TICK_ROOM + style.TEXT * LEADING
    total = sum(heads) + len(rows) * (height + below) + _ROW_GAP * (len(rows) - 1)
    with style.settings():
        figure = style.new_figure(width, total)
        top = total
        for row, head in zip(rows, heads, strict=True):
            bottom = top - head - height
            for place, panel in enumerate(row):
                _draw_curve_panel(figure, panel, Area(place * (each + _BETWEEN), bottom, each, height))
            top = bottom - below - _ROW_GAP
    return figure


def _thin(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """Draw a thin broken line that marks a value; it has no name, so that it is none of the curves."""
    axes.plot(
        list(x),
        list(y),
        color=style.MUTED,
        linewidth=style.HAIRLINE,
        linestyle=(0, (2, 2)),
        zorder=1.5,
        label="_thin",
    )


def _layout(
    panel: CurvePanel, width: float, height: float
) -> tuple[list[Line], float, list[list[tuple[int, Curve]]]]:
    """Break the label of y into lines; find the room left of the axes, and the rows of the key above them."""
    y_lines = wrapped(panel.y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, panel.y_scale)
    inside = width - left - EDGE - panel.x_scale.label_width / 2
    return y_lines, left, _key_rows(panel.keyed, inside)


def _draw_curve_panel(figure: Figure, panel: CurvePanel, slot: Area) -> None:
    """Draw a panel into the width of a slot; the key grows upwards from the slot, the labels down from it."""
    x_scale, y_scale = panel.x_scale, panel.y_scale
    y_lines, left, rows = _layout(panel, slot.width, slot.height)
    inside = slot.width - left - EDGE - x_scale.label_width / 2
    area = Area(slot.left + left, slot.bottom, inside, slot.height)
    axes = add_axes(figure, area)
    _draw_x_axis(axes, x_scale)
    draw_y_axis(axes, y_scale)
    for level in panel.levels:
        _thin(axes, [x_scale.low, x_scale.high], [level, level])
    for place in panel.places:
        _thin(axes, [place, place], [y_scale.low, y_scale.high])
    if panel.band is not None:
        axes.fill_between(
            list(panel.band.x),
            list(panel.band.low),
            list(panel.band.high),
            color=STROKES[len(panel.curves) % len(STROKES)][0],
            alpha=_SHADE,
            linewidth=0,
            zorder=2,
        )
    for place, curve in enumerate(panel.curves):
        if curve.asked:
            for x, y in zip(curve.x, curve.y, strict=True):
                _thin(axes, [x_scale.low, x, x], [y, y, y_scale.low])
        _draw_curve(axes, curve, place)
    write_upright(figure, slot.left + EDGE, area.middle, y_lines)
    write_block(figure, area.left + inside / 2, area.bottom - _TICK_ROOM, [(panel.x_label,)], align="center")
    above = area.top + _BELOW_KEYS + len(rows) * style.TEXT * LEADING
    _write_keys(figure, area.left, above, rows, shaded=len(panel.curves))


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
    line.set(zorder=3 if curve.line else 4.5 if curve.asked else 5, clip_on=False, label=curve.label)
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
        # a circle, but for the second of two series of points, which may lie over each other
        another = curve.line or (place > 1 and not curve.asked)
        line.set_marker(_MARKERS[place % len(_MARKERS)] if another else "o")
        line.set_markersize(style.MARKER)
        line.set_markerfacecolor(style.INK if curve.asked else "white")
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
