"""A patient's course on one axis of time: activities, organ doses, laboratory curves, decisions, adverse events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import EDGE, Area, Key, Scale, add_axes, scale_for, write_keys
from duonen_stats.displays.drawings.text_layout import LEADING, text_width, wrapped, write, write_block

_NAMES = 66.0
_BOLDER = 1.2
"""How much wider a text may be in bold than as it is measured."""
_PANEL = 28.0
_GAP = 7.0
_HEAD = style.TEXT * LEADING + 3
_TICKS = 5 + style.SMALL * LEADING
_BAR = 10.0
_FEWEST_ROWS = 2
_NORMAL = "#e4efe4"
_CYCLE_LINE = "#b9c4d0"
_LIMIT = "#c4551a"
_DECISION = "#b9c9da"
GRADES = ("#ffffff", "#fbe3a0", "#f2a65a", "#d1495b", "#7d1d3f")
"""Fill of a value or an event by its grade, 0 to 4; 5 is drawn as 4."""
_UNKNOWN = "#d9d9d9"
_ISOTOPES = tuple(style.Fill(colour=colour) for colour in ("#5b7fa6", "#c9a227", "#7a9e7e"))


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
        Activities; drawn first.
    curves
        Organ doses and laboratory values, one under the other, in this order.
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
    decided, events = (max(len(lines), _FEWEST_ROWS) * _BAR for lines in (marks, spans))
    above = style.SMALL * LEADING + len(bars.kinds) * style.TEXT * LEADING
    panels = [_PANEL + above, *(_PANEL for _ in curves)]
    height = (
        EDGE + style.SMALL * LEADING + sum(panels) + len(panels) * _GAP + 2 * _TICKS
        + _HEAD + decided + _HEAD + events + _TICKS + style.TEXT * LEADING + EDGE
    )  # fmt: skip
    left = EDGE + _NAMES + max(text_width("00000", style.SMALL) + 8, 24)
    whole = width - left - EDGE - x_scale.label_width / 2
    with style.settings():
        figure = style.new_figure(width, height)
        top = height - EDGE - style.SMALL * LEADING
        area = Area(left, top - panels[0], whole, panels[0])
        _activities(figure, bars, area, x_scale, cycles)
        top = area.bottom - _TICKS - _GAP
        for place, curve in enumerate(curves, 1):
            area = Area(left, top - _PANEL, whole, _PANEL)
            _curve(figure, curve, area, x_scale, cycles, dated=place == len(curves))
            top = area.bottom - _GAP
        top -= _TICKS
        area = Area(left, top - _HEAD - decided, whole, decided)
        _decisions(figure, marks, area, x_scale, cycles)
        area = Area(left, area.bottom - _HEAD - events, whole, events)
        _events(figure, spans, area, x_scale, cycles)
        write(figure, left + whole / 2, EDGE, (x_label,), align="center")
    return figure


def _panel(
    figure: Figure, title: str, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]], *, dated: bool
) -> Axes:
    """Make a panel with its name on the left and a line for each cycle; ``dated`` writes days below it."""
    axes = add_axes(figure, area)
    axes.set(xlim=(scale.low, scale.high))
    axes.set_xticks(scale.ticks, scale.labels if dated else [""] * len(scale.ticks))
    for _, day in cycles:
        axes.axvline(day, color=_CYCLE_LINE, linewidth=style.LINE, zorder=1)
    lines = wrapped(title, _NAMES / _BOLDER)
    write_block(figure, EDGE, area.top + 2, lines, weight="bold")
    return axes


def _name_cycles(figure: Figure, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]) -> None:
    """Write the code of each cycle above its line, if it does not touch the one before."""
    free = area.left - style.SMALL
    for code, day in cycles:
        centre, half = area.left + scale.share(day) * area.width, text_width(code, style.SMALL) / 2 + 1
        if centre - half >= free:
            write(figure, centre, area.top + 2, (code,), align="center", size=style.SMALL, colour=style.MUTED)
            free = centre + half


def _activities(
    figure: Figure, bars: ActivityBars, area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]
) -> None:
    axes = _panel(figure, bars.title, area, scale, cycles, dated=True)
    _name_cycles(figure, area, scale, cycles)
    wide = (scale.high - scale.low) / 80
    below = [0.0] * len(bars.days)
    for place, heights in enumerate(bars.heights):
        axes.bar(
            bars.days, heights, bottom=below, width=wide, zorder=2,
            color=_ISOTOPES[place % len(_ISOTOPES)].colour, edgecolor=style.INK, linewidth=style.HAIRLINE,
        )  # fmt: skip
        below = [low + height for low, height in zip(below, heights, strict=True)]
    if not bars.days:
        _nothing(axes, "No cycle given")
        return
    y = scale_for(below, from_zero=True, ticks=3)
    axes.set_ylim(y.low, y.high)
    axes.set_yticks(y.ticks, y.labels)
    keys = [
        [Key(_ISOTOPES[place % len(_ISOTOPES)], (kind,))]
        for place, (kind, heights) in enumerate(zip(bars.kinds, bars.heights, strict=True))
        if any(heights)
    ]
    write_keys(
        figure, EDGE, area.top - len(wrapped(bars.title, _NAMES / _BOLDER)) * style.TEXT * LEADING, keys
    )


def _curve(
    figure: Figure,
    curve: ProfileCurve,
    area: Area,
    scale: Scale,
    cycles: Sequence[tuple[str, int]],
    *,
    dated: bool,
) -> None:
    axes = _panel(figure, curve.title, area, scale, cycles, dated=dated)
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
    *,
    dated: bool,
) -> Axes:
    """Make a panel of lines of text and bars; ``nothing`` is said if there are none."""
    # No line goes through the words that say that there is nothing.
    axes = _panel(figure, "", area, scale, cycles if number else (), dated=dated)
    write(figure, EDGE, area.top + 3, (title,), weight="bold")
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
    axes = _lines(
        figure,
        "Decisions and other treatment",
        len(marks),
        _NOTHING_DECIDED,
        area,
        scale,
        cycles,
        dated=False,
    )
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
        boxes = [(scale.share(first), scale.share(max(last, first + least))) for first, last in ends]
        share, align = _free_place(boxes, (text_width(mark.label, style.SMALL) + 2 * _APART) / area.width)
        axes.annotate(
            mark.label, (share, place + 0.5), xytext=(_APART if align == "left" else -_APART, 0),
            xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha=align, va="center",
            fontsize=style.SMALL, zorder=4, color=style.INK,
        )  # fmt: skip


def _events(
    figure: Figure, spans: Sequence[EventSpan], area: Area, scale: Scale, cycles: Sequence[tuple[str, int]]
) -> None:
    axes = _lines(figure, "Adverse events", len(spans), "No adverse event", area, scale, cycles, dated=True)
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


_APART = 4.0
_NOTHING_DECIDED = (
    "No changed activity, growth factor or transfusion, and no other treatment against the tumour, recorded in "
    "this time"
)


def _free_place(boxes: Sequence[tuple[float, float]], width: float) -> tuple[float, Literal["left", "right"]]:
    """Choose where the label of a line of boxes is on none of them: after all, before them, or in a gap.

    Boxes and the width of the label are shares of the axis. One that fits nowhere begins at the first box.

    Examples
    --------
    >>> _free_place([(0.1, 0.3)], 0.2), _free_place([(0.6, 0.9)], 0.2), _free_place([(0.1, 0.2), (0.7, 0.9)], 0.2)
    ((0.3, 'left'), (0.6, 'right'), (0.2, 'left'))
    >>> _free_place([(0.0, 1.0)], 0.2)
    (0.0, 'left')
    """
    ordered = sorted(boxes)
    first, last = ordered[0][0], max(end for _, end in ordered)
    if 1 - last >= width:
        return last, "left"
    if first >= width:
        return first, "right"
    end = ordered[0][1]
    for start, until in ordered[1:]:
        if start - end >= width:
            return end, "left"
        end = max(end, until)
    return first, "left"


def _nothing(axes: Axes, words: str) -> None:
    axes.set_yticks([])
    text = axes.text(0.5, 0.5, words, transform=axes.transAxes, fontsize=style.SMALL, color=style.MUTED)
    text.set(ha="center", va="center")
