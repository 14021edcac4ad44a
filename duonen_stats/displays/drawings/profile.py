"""A patient's course on one axis of time: activities, organ doses, laboratory curves, decisions, adverse events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import EDGE, Area, Scale, add_axes, scale_for
from duonen_stats.displays.drawings.text_layout import LEADING, text_width, write

_COLUMNS = 2
_PANEL = 52.0
_HEAD = style.TEXT * LEADING + 3
_TICKS = 5 + style.SMALL * LEADING
_GUTTER = 16.0
_BAR = 10.0
_FEWEST_ROWS = 2
_NORMAL = "#e4efe4"
_CYCLE_LINE = "#b9c4d0"
_LIMIT = "#c4551a"
_DECISION = "#b9c9da"
GRADES = ("#ffffff", "#fbe3a0", "#f2a65a", "#d1495b", "#7d1d3f")
"""Fill of a value or an event by its grade, 0 to 4; 5 is drawn as 4."""
_UNKNOWN = "#d9d9d9"
_ISOTOPES = ("#5b7fa6", "#c9a227", "#7a9e7e")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityBars:
    """Values at some days, stacked by kind: label, and pairs of a day and what stands there for each kind."""

    title: str
    kinds: tuple[str, ...]
    days: tuple[int, ...]
    heights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCurve:
    """Points over days; ``band`` is the range of normal of each point, ``limit`` a line that is not to be crossed."""

    title: str
    days: tuple[int, ...]
    values: tuple[float, ...]
    grades: tuple[int | None, ...] = ()
    band: tuple[tuple[float | None, float | None], ...] = ()
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMarks:
    """A line of decisions of one kind: what they are, and days (last ``None``: going on)."""

    label: str
    days: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpan:
    """An event as a bar: days (``end`` ``None``: going on), what is written beside it, grade, whether serious."""

    label: str
    start: int
    end: int | None
    grade: int | None
    serious: bool


def draw_profile(
    bars: ActivityBars,
    curves: Sequence[ProfileCurve],
    spans: Sequence[EventSpan],
    *,
    cycles: Sequence[tuple[str, int]],
    marks: Sequence[DecisionMarks] = (),
    x_scale: Scale,
    x_label: str,
    width_mm: float = style.FULL_WIDTH,
) -> Figure:
    """Draw the course of one patient.

    Parameters
    ----------
    bars
        Activities; drawn first, over the whole width.
    curves
        Organ doses and laboratory values, two in a row, in this order.
    spans
        Adverse events, one under the other.
    cycles
        Code and day of each cycle; a line through every panel.
    marks
        Decisions and other treatment, a line each, above the events.
    x_scale, x_label
        The axis of time, the same in every panel.
    width_mm
        Width of the whole drawing; its height follows from what is drawn.
    """
    width = width_mm * style.POINTS_PER_MM
    rows = -(-len(curves) // _COLUMNS)
    decided, events = (max(len(lines), _FEWEST_ROWS) * _BAR for lines in (marks, spans))
    panel = _HEAD + _PANEL + _TICKS
    below = _HEAD + decided + _HEAD + events + _TICKS
    height = EDGE + style.TEXT * LEADING + (rows + 1) * panel + below + EDGE
    left = EDGE + max(text_width("00000", style.SMALL) + 8, 24)
    right = EDGE + x_scale.label_width / 2
    with style.settings():
        figure = style.new_figure(width, height)
        top = height - EDGE
        whole = width - left - right
        _activities(figure, bars, Area(left, top - _HEAD - _PANEL, whole, _PANEL), x_scale, cycles)
        top -= panel
        half = (whole - left - _GUTTER) / _COLUMNS
        for place, curve in enumerate(curves):
            row, column = divmod(place, _COLUMNS)
            area = Area(
                left + column * (half + left + _GUTTER), top - row * panel - _HEAD - _PANEL, half, _PANEL
            )
            _curve(figure, curve, area, x_scale, cycles)
        top -= rows * panel
        _decisions(figure, marks, Area(left, top - _HEAD - decided, whole, decided), x_scale, cycles)
        top -= _HEAD + decided
        _events(figure, spans, Area(left, top - _HEAD - events, whole, events), x_scale, cycles)
        write(figure, left + whole / 2, EDGE, (x_label,), align="center")
    return figure


def _panel(
    figure: Figure, title: str, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]], *, named: bool
) -> Axes:
    axes = add_axes(figure, area)
    axes.set(xlim=(scale.low, scale.high))
    axes.set_xticks(scale.ticks, scale.labels)
    for code, day in cycles:
        axes.axvline(day, color=_CYCLE_LINE, linewidth=style.LINE, zorder=1)
        if named:
            share = area.left + scale.share(day) * area.width
            write(figure, share, area.top + 2, (code,), align="center", size=style.SMALL, colour=style.MUTED)
    write(figure, area.left, area.top + 2 + (style.SMALL * LEADING if named else 0), (title,), weight="bold")
    return axes


def _activities(
    figure: Figure, bars: ActivityBars, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]
) -> None:
    axes = _panel(figure, bars.title, area, scale, cycles, named=False)
    wide = (scale.high - scale.low) / 60
    below = [0.0] * len(bars.days)
    for place, (kind, heights) in enumerate(zip(bars.kinds, bars.heights, strict=True)):
        axes.bar(
            bars.days, heights, bottom=below, width=wide, label=kind, zorder=2,
            color=_ISOTOPES[place % len(_ISOTOPES)], edgecolor=style.INK, linewidth=style.HAIRLINE,
        )  # fmt: skip
        below = [low + height for low, height in zip(below, heights, strict=True)]
    if not bars.days:
        _nothing(axes, "No cycle given")
        return
    y = scale_for(below, from_zero=True, ticks=3)
    axes.set_ylim(y.low, y.high)
    axes.set_yticks(y.ticks, y.labels)
    # Beside the title, as the bars may reach everywhere below.
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0, frameon=False, fontsize=style.SMALL,
        ncols=len(bars.kinds), handlelength=1,
    )  # fmt: skip


def _curve(
    figure: Figure, curve: ProfileCurve, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]
) -> None:
    axes = _panel(figure, curve.title, area, scale, cycles, named=False)
    if not curve.days:
        _nothing(axes, "No value")
        return
    ends = [*curve.values, *(end for pair in curve.band for end in pair if end is not None)]
    limit = [] if curve.limit is None else [curve.limit]
    y = scale_for([*ends, *limit], from_zero=bool(limit), ticks=3)
    axes.set_ylim(y.low, y.high)
    axes.set_yticks(y.ticks, y.labels)
    if curve.band:
        low = [y.low if pair[0] is None else pair[0] for pair in curve.band]
        high = [y.high if pair[1] is None else pair[1] for pair in curve.band]
        known = [pair != (None, None) for pair in curve.band]
        axes.fill_between(
            curve.days, low, high, where=known, color=_NORMAL, linewidth=0, zorder=0.5, step="mid"
        )
    if curve.limit is not None:
        axes.axhline(curve.limit, color=_LIMIT, linewidth=style.LINE, linestyle=(0, (4, 2)), zorder=1.5)
    axes.plot(curve.days, curve.values, color=style.INK, linewidth=style.LINE, zorder=2)
    colours = [_grade_colour(grade) for grade in curve.grades] or ["#ffffff"] * len(curve.days)
    axes.scatter(
        curve.days, curve.values, s=style.MARKER**2, c=colours, edgecolors=style.INK, linewidths=0.6, zorder=3,
        clip_on=False,
    )  # fmt: skip


def _grade_colour(grade: int | None) -> str:
    return _UNKNOWN if grade is None else GRADES[min(grade, len(GRADES) - 1)]


def _lines(
    figure: Figure,
    title: str,
    number: int,
    nothing: str,
    area: Area,
    scale: Scale,
    cycles: Sequence[tuple[str, int]],
) -> Axes:
    """Make a panel of lines of text and bars; ``nothing`` is said if there are none."""
    axes = _panel(figure, title, area, scale, cycles, named=False)
    axes.set(ylim=(max(number, _FEWEST_ROWS), 0), yticks=[])
    axes.spines["left"].set_visible(False)
    if not number:
        axes.text(scale.low, 1, f" {nothing}", va="center", fontsize=style.SMALL, color=style.MUTED)
    return axes


def _decisions(
    figure: Figure,
    marks: Sequence[DecisionMarks],
    area: Area,
    scale: Scale,
    cycles: Sequence[tuple[str, int]],
) -> None:
    axes = _lines(figure, "Decisions and other treatment", len(marks), "None recorded", area, scale, cycles)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    least = (scale.high - scale.low) / 150
    for place, mark in enumerate(marks):
        ends = [(first, scale.high if last is None else min(last, scale.high)) for first, last in mark.days]
        for first, last in ends:
            axes.barh(
                place + 0.5, max(last - first, least), left=first, height=0.7, zorder=2, color=_DECISION,
                edgecolor=style.INK, linewidth=style.HAIRLINE,
            )  # fmt: skip
        start, end = ends[0][0], max(last for _, last in ends)
        at, offset, align = _beside(scale.share(start), scale.share(end))
        axes.annotate(
            mark.label, (end if at == "after" else start, place + 0.5), xytext=(offset, 0),
            textcoords="offset points", ha=align, va="center", fontsize=style.SMALL, zorder=4, color=style.INK,
        )  # fmt: skip


def _events(
    figure: Figure, spans: Sequence[EventSpan], area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]
) -> None:
    axes = _lines(figure, "Adverse events", len(spans), "No adverse event", area, scale, cycles)
    for place, span in enumerate(spans):
        start, end = max(span.start, scale.low), scale.high if span.end is None else min(span.end, scale.high)
        axes.barh(
            place + 0.5, max(end - start, (scale.high - scale.low) / 150), left=start, height=0.7, zorder=2,
            color=_grade_colour(span.grade), edgecolor=style.INK,
            linewidth=style.HEAVY if span.serious else style.HAIRLINE,
        )  # fmt: skip
        if span.end is None:
            axes.plot(
                [scale.high],
                [place + 0.5],
                marker=">",
                color=style.INK,
                markersize=3,
                clip_on=False,
                zorder=3,
            )
        at, offset, align = _beside(scale.share(start), scale.share(end))
        dark = at == "within" and span.grade is not None and span.grade >= _DARK
        axes.annotate(
            span.label, (end if at == "after" else start, place + 0.5), xytext=(offset, 0),
            textcoords="offset points", ha=align, va="center", fontsize=style.SMALL, zorder=4,
            color="#ffffff" if dark else style.INK,
        )  # fmt: skip


_DARK = 3
"""Grade from which on a fill is too dark for black letters."""
_HALF = 0.5


def _beside(start: float, end: float) -> tuple[str, float, Literal["left", "right"]]:
    """Choose where the label of a bar has room: before it, after it, or within one that takes most of the width.

    Examples
    --------
    >>> _beside(0.6, 0.9), _beside(0.1, 0.3), _beside(0.2, 1.0)
    (('before', -4, 'right'), ('after', 6, 'left'), ('within', 4, 'left'))
    """
    if start > _HALF:
        return "before", -4, "right"
    return ("after", 6, "left") if end <= _HALF else ("within", 4, "left")


def _nothing(axes: Axes, words: str) -> None:
    axes.set_yticks([])
    text = axes.text(0.5, 0.5, words, transform=axes.transAxes, fontsize=style.SMALL, color=style.MUTED)
    text.set(ha="center", va="center")
