"""A swimmer plot: a lane for each patient, with treatment, cycles, progression, death and who is still followed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType

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
    write_keys,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    text_width,
    write,
    write_block,
)
from duonen_stats.displays.model.content import Line

_TICK_ROOM = 5 + style.SMALL * LEADING
_GAP = 5.0
_LANE = 4.6
_BETWEEN_ARMS = 2
_TREATED = "#8ea3b8"

SIGNS = MappingProxyType(
    {
        "cycle": style.Mark(colour="#ffffff", edge="#1a1a1a", marker="|", scale=0.8),
        "response": style.Mark(colour="#ffffff", edge="#1a1a1a", marker="o", scale=0.7),
        "progression": style.Mark(colour="#c4551a", edge="#75350a", marker="^", scale=0.85),
        "new_therapy": style.Mark(colour="#f7d774", edge="#6e5400", marker="D", scale=0.65),
        "death": style.Mark(colour="#14172b", edge="#14172b", marker="X", scale=0.85),
        "followed": style.Mark(colour="#5c5c5c", edge="#5c5c5c", marker=">", scale=0.7),
    }
)
"""The sign of each kind of event in a lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A patient: months from randomisation of treatment, follow-up and events.

    ``treated`` are first and last administration, None without any; ``end`` is the last day known of.
    ``events`` are pairs of a kind in ``SIGNS`` and its month.
    """

    end: float
    treated: tuple[float, float] | None = None
    events: Sequence[tuple[str, float]] = field(default=())

    def __post_init__(self) -> None:
        if not all(isfinite(month) for month in (self.end, *(month for _, month in self.events))):
            raise ValueError("every month of a lane has to be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class SwimmerGroup:
    """The lanes of an arm, from top to bottom; ``label`` is written beside them."""

    arm: str
    label: Line
    lanes: Sequence[Lane]


def draw_swimmer(
    groups: Sequence[SwimmerGroup],
    *,
    x_scale: Scale,
    x_label: str,
    names: dict[str, str],
    width_mm: float = style.FULL_WIDTH,
) -> Figure:
    """Draw every patient's course, arms under one another.

    Parameters
    ----------
    groups
        Nothing is computed from them; their order and that of their lanes is that of the drawing.
    x_scale, x_label
        Axis of time, and what is on it with its unit.
    names
        Words of the key for each kind of event, in the order of the key; only these kinds are drawn.
    width_mm
        Width of the whole drawing; its height follows from the number of lanes.
    """
    width = width_mm * style.POINTS_PER_MM
    rows = sum(max(len(group.lanes), 2) for group in groups) + _BETWEEN_ARMS * max(len(groups) - 1, 0)
    height = max(rows, 8) * _LANE
    left = (
        EDGE
        + max((text_width("".join(map(_plain, group.label)), style.TEXT) for group in groups), default=0)
        + _GAP
    )
    inside = width - left - EDGE - x_scale.label_width / 2
    bars = [
        Key(style.Fill(colour=_TREATED), ("First to last cycle",)),
        Key(style.Fill(colour=style.FAINT), ("Follow-up",)),
    ]
    keys = key_rows([*bars, *(Key(SIGNS[kind], (name,)) for kind, name in names.items())], inside)
    below = EDGE + _TICK_ROOM + style.TEXT * LEADING
    above = EDGE + _GAP + len(keys) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        drawn = any(group.lanes for group in groups)
        _draw_axes(axes, x_scale if drawn else Scale(0.0, 1.0, (), ()), max(rows, 8))
        _draw_arms(figure, axes, groups, area, max(rows, 8), set(names))
        write_block(figure, left + inside / 2, below - _TICK_ROOM, [(x_label,)], align="center")
        write_keys(figure, left, below + height + above - EDGE, keys)
    return figure


def _plain(part: object) -> str:
    return part if isinstance(part, str) else str(getattr(part, "text", ""))


def _draw_axes(axes: Axes, scale: Scale, rows: int) -> None:
    if not scale.ticks:
        draw_y_axis(axes, Scale(0.0, 1.0, (), ()))
        return
    axes.set(xlim=(scale.low, scale.high), ylim=(rows, 0), yticks=[])
    axes.set_xticks(scale.ticks, scale.labels)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def _draw_arms(
    figure: Figure, axes: Axes, groups: Sequence[SwimmerGroup], area: Area, rows: int, kinds: set[str]
) -> None:
    drawn = any(group.lanes for group in groups)
    start = 0
    for group in groups:
        size = max(len(group.lanes), 2)
        middle = area.top - (start + size / 2) / rows * area.height
        write(figure, EDGE, middle - 0.35 * style.TEXT, group.label, colour=style.arm_mark(group.arm).edge)
        if drawn and not group.lanes:
            text = axes.text(axes.get_xlim()[0], start + 1, " No patient", va="center", fontsize=style.SMALL)
            text.set_color(style.MUTED)
        if group.lanes:
            _draw_lanes(axes, group, start + 0.5, kinds)
        start += size + _BETWEEN_ARMS


def _draw_lanes(axes: Axes, group: SwimmerGroup, top: float, kinds: set[str]) -> None:
    heights = [top + place for place in range(len(group.lanes))]
    ends = [lane.end for lane in group.lanes]
    axes.barh(
        heights, ends, height=0.72, color=style.FAINT, linewidth=0, zorder=2, label=f"lanes {group.arm}"
    )
    treated = [(y, *lane.treated) for y, lane in zip(heights, group.lanes, strict=True) if lane.treated]
    if treated:
        at, first, last = (list(column) for column in zip(*treated, strict=True))
        spans = [end - begin for begin, end in zip(first, last, strict=True)]
        axes.barh(at, spans, left=first, height=0.72, color=_TREATED, linewidth=0, zorder=2.5)
    for kind in SIGNS:
        points = [
            (month, y)
            for y, lane in zip(heights, group.lanes, strict=True)
            for found, month in lane.events
            if found == kind and kind in kinds
        ]
        if points:
            _draw_events(axes, kind, points)


def _draw_events(axes: Axes, kind: str, points: Sequence[tuple[float, float]]) -> None:
    sign = SIGNS[kind]
    axes.plot(
        [month for month, _ in points], [y for _, y in points], linestyle="none", marker=sign.marker,
        markersize=style.MARKER * sign.scale, markerfacecolor=sign.colour, markeredgecolor=sign.edge,
        markeredgewidth=0.6, zorder=4, clip_on=False, label=kind,
    )  # fmt: skip
