"""What all drawings share: areas in points, axes with round ticks, keys to the signs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    in_words,
    page,
    text_width,
    wrapped,
    write,
)
from duonen_stats.displays.model.content import FigureContent, Line, plain
from duonen_stats.displays.model.format import fixed, rounded

EDGE = 3.0
"""White margin around a drawing, in points."""

NO_DATA = "No data"
_MARK_COLOUR = "#ececec"
_BEHIND = -10
_PAD = 0.06
_MAX_TICK_DECIMALS = 8
_KEY_SIGN = 10.0
_KEY_GAP = 11.0


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the page, in points from the lower left corner of the figure."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height

    @property
    def middle(self) -> float:
        """Half way up."""
        return self.bottom + self.height / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of an axis with its ticks, written with a true minus sign."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    @property
    def label_width(self) -> float:
        """Width of the widest tick label, in points."""
        return max((text_width(label, style.SMALL) for label in self.labels), default=0.0)

    def share(self, value: float) -> float:
        """Position of a value on the axis, 0 at its low and 1 at its high end."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: what a sign stands for. Without a sign it continues the entry above."""

    sign: style.Mark | style.Fill | None
    label: Line


def scale_for(
    values: Sequence[float], *, from_zero: bool = False, ticks: int = 7, whole: bool = False
) -> Scale:
    """Return an axis that shows every value with a little room, and round ticks within it.

    ``from_zero`` starts (or ends) the axis exactly at zero if all values lie on one side of it. Without
    any value the axis has no ticks. ``whole`` is for what is counted: all ticks are whole numbers.
    """
    if not values:
        return Scale(0.0, 1.0, (), ())
    ends = [*values, 0.0] if from_zero else list(values)
    low, high = min(ends), max(ends)
    room = _PAD * (high - low) or max(abs(high) * 0.1, 1.0 if whole else 0.5)
    low, high = (
        low if from_zero and low == 0 else low - room,
        high if from_zero and high == 0 and low < 0 else high + room,
    )
    found = MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    inside = tuple(float(tick) for tick in found if low <= tick <= high)
    decimals = next((d for d in range(_MAX_TICK_DECIMALS) if _exact(inside, d)), _MAX_TICK_DECIMALS)
    return Scale(low, high, inside, tuple(fixed(tick, decimals) for tick in inside))


def _exact(ticks: Sequence[float], decimals: int) -> bool:
    slack = 1e-6 * (max(ticks) - min(ticks))
    return all(abs(float(rounded(tick, decimals)) - tick) <= slack for tick in ticks)


def add_axes(figure: Figure, area: Area) -> Axes:
    """Add axes that fill ``area`` exactly."""
    width, height = page(figure)
    place = (area.left / width, area.bottom / height, area.width / width, area.height / height)
    return figure.add_axes(place)


def left_room(y_label: Sequence[Line], scale: Scale) -> float:
    """Width in points that the label and the ticks of a vertical axis need."""
    return len(y_label) * style.TEXT * LEADING + scale.label_width + 8


def draw_y_axis(axes: Axes, scale: Scale) -> None:
    """Draw range, ticks and faint grid of the vertical axis, or say that there are no data."""
    axes.set_ylim(scale.low, scale.high)
    if scale.ticks:
        axes.set_yticks(scale.ticks, scale.labels)
        axes.grid(axis="y")
    else:
        _state_no_data(axes)


def _state_no_data(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    text = axes.text(0.5, 0.5, NO_DATA, transform=axes.transAxes)
    text.set(ha="center", va="center", color=style.MUTED, fontsize=style.HEAD)


def key_rows(keys: Sequence[Key], width: float) -> list[list[Key]]:
    """Lay the entries of a legend in one row if ``width`` points allow, else in columns.

    An entry wider than ``width`` is broken over rows of its own.
    """
    whole = sum(_key_width(key) for key in keys) + _KEY_GAP * (len(keys) - 1)
    widest = max((_key_width(key) for key in keys), default=0.0)
    if widest > width:
        return [row for key in keys for row in _broken(key, width)]
    columns = len(keys) if whole <= width else int((width + _KEY_GAP) / (widest + _KEY_GAP))
    return [list(keys[i : i + columns]) for i in range(0, len(keys), max(columns, 1))]


def _broken(key: Key, width: float) -> list[list[Key]]:
    lines = wrapped(key.label, width - _KEY_SIGN)
    return [[Key(None if i else key.sign, line)] for i, line in enumerate(lines)]


def _key_width(key: Key) -> float:
    return _KEY_SIGN + text_width(plain(key.label), style.TEXT)


def write_keys(figure: Figure, left: float, top: float, rows: Sequence[Sequence[Key]]) -> float:
    """Draw the rows of a legend from ``top`` down, in columns if there are several; return the y below."""
    widest = max((_key_width(key) for row in rows for key in row), default=0.0)
    for row in rows:
        top -= style.TEXT * LEADING
        baseline = top + style.TEXT * (LEADING - 1)
        x = left
        for key in row:
            if key.sign:
                _draw_sign(figure, x, baseline, key.sign)
            write(figure, x + _KEY_SIGN, baseline, key.label)
            x += (_key_width(key) if len(rows) == 1 else widest) + _KEY_GAP
    return top


def _draw_sign(figure: Figure, x: float, baseline: float, sign: style.Mark | style.Fill) -> None:
    width, height = page(figure)
    if isinstance(sign, style.Mark):
        figure.add_artist(
            Line2D(
                [(x + 3.5) / width], [(baseline + 2.5) / height], marker=sign.marker, linestyle="none",
                markersize=style.MARKER * sign.scale, markerfacecolor=sign.colour,
                markeredgecolor=sign.edge, markeredgewidth=0.5, transform=figure.transFigure,
            )
        )  # fmt: skip
    else:
        figure.add_artist(
            Rectangle(
                (x / width, (baseline - 0.5) / height), 7 / width, 6 / height, facecolor=sign.colour,
                hatch=sign.hatch, edgecolor=style.INK, linewidth=0.5, transform=figure.transFigure,
            )
        )  # fmt: skip


def marked_figure(content: FigureContent, stamp: Stamp) -> FigureContent:
    """Return a figure whose drawing bears the marks of its data, whichever way it is drawn and saved.

    Parameters
    ----------
    content
        A figure. It is not changed.
    stamp
        Why its numbers are not to be read as results; without a mark the figure stays as it is.

    Returns
    -------
    FigureContent
        Its ``draw`` writes the marks behind the drawing.
    """
    if not stamp.lines:
        return content
    stacked = content.stacked
    return replace(
        content,
        draw=lambda: _with_marks(content.draw(), stamp),
        stacked=None if stacked is None else lambda: _with_marks(stacked(), stamp),
    )


def _with_marks(figure: Figure, stamp: Stamp) -> Figure:
    width, height = page(figure)
    lines = [plain(in_words(line)) for line in stamp.lines]
    # A mark that is longer in another language is set in smaller type, so that it stays within the drawing.
    narrower = min(1.0, max(map(len, stamp.lines)) / max(map(len, lines)))
    with style.settings():
        text = figure.text(0.5, 0.5, "\n".join(lines), ha="center", va="center")
    text.set(fontweight="bold", color=_MARK_COLOUR)
    text.set(fontsize=narrower * 0.085 * min(width, 1.6 * height), rotation=20, zorder=_BEHIND)
    for axes in figure.axes:  # a white background would hide what is behind it
        axes.patch.set_alpha(0)
    return figure
