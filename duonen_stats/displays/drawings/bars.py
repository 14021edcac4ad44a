"""Bars: shares of patients whose activity was changed (Figure 1), and waterfalls of tumour size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

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
    draw_y_axis,
    key_rows,
    left_room,
    scale_for,
    write_keys,
)
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    text_width,
    wrapped,
    write,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import Line, Number, plain

# Shares of patients whose activity was changed, by arm and isotope (Figure 1).


CATEGORIES: Mapping[str, str] = {
    "DECREASED": "Decreased",
    "UNCHANGED": "Unchanged",
    "INCREASED": "Increased",
    "NOT EVALUABLE": "Not evaluable",
}
"""Modification categories in the order of their bars, with their names."""

_BAR_SHARE = 0.84
_GROUP_GAP = 0.8
_LABEL_GAP = 2.0
_WHOLE = Scale(0.0, 100.0, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0), ("0", "20", "40", "60", "80", "100"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModificationBar:
    """A category of an arm: the height of its bar in percent (0-100), and the numbers written on it."""

    category: str
    share: float
    count: Number
    percent: Number | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.share) and 0 <= self.share <= 100):  # noqa: PLR2004
            raise ValueError(f"{self.category}: a share of {self.share} % is not between 0 and 100")

    @property
    def lines(self) -> list[Line]:
        """What is written on the bar: the count, and under it the percentage."""
        return [(number,) for number in (self.count, self.percent) if number]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModificationGroup:
    """An arm, the isotope that dosimetry could change in it, its n, and a bar for every category.

    An arm without patients has no bars.
    """

    arm: str
    label: str
    isotope: str
    n: Number
    bars: Sequence[ModificationBar]


def draw_modification_bars(
    groups: Sequence[ModificationGroup],
    *,
    categories: Mapping[str, str] = CATEGORIES,
    y_label: str = "Patients (%)",
    width_mm: float = style.MIDDLE_WIDTH,
    height_mm: float = 52.0,
) -> Figure:
    """Draw, for each arm, a bar for every category, with its count and percentage on top.

    Parameters
    ----------
    groups
        The arms, left to right. A category that an arm does not have leaves its place empty.
    categories
        Codes of the categories in the order of their bars, with the names of the legend.
    y_label
        What the height of a bar is.
    width_mm, height_mm
        Width of the whole drawing, more if the numbers on the bars need it; height of its axes.

    Raises
    ------
    ValueError
        A bar's category is not among ``categories``.

    References
    ----------
    Publication, Figure 1.
    """
    unknown = {bar.category for group in groups for bar in group.bars} - set(categories)
    if unknown:
        raise ValueError(f"no place for the categories {sorted(unknown)}")
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    scale = _WHOLE if any(group.bars for group in groups) else scale_for(())
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, scale)
    lane = max((width - left - EDGE) / max(len(groups), 1), _least_lane(groups, categories))
    inside = lane * max(len(groups), 1)
    keys = key_rows([Key(style.category_fill(code), (name,)) for code, name in categories.items()], inside)
    under = [_lines_under(group, lane) for group in groups]
    below = EDGE + 5 + max((len(lines) for lines in under), default=0) * style.TEXT * LEADING
    highest = max((_label_top(bar, height) for group in groups for bar in group.bars), default=0.0)
    above = max(highest - height, 0) + 2 * _LABEL_GAP + len(keys) * style.TEXT * LEADING + EDGE
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(left + inside + EDGE, above + height + below)
        axes = add_axes(figure, area)
        axes.set(xlim=(0, max(len(groups), 1)), xticks=[])
        draw_y_axis(axes, scale)
        write_upright(figure, EDGE, area.middle, y_lines)
        write_keys(figure, left, area.top + above - EDGE, keys)
        for i, (group, lines) in enumerate(zip(groups, under, strict=True)):
            write_block(figure, left + (i + 0.5) * lane, below - 4, lines, align="center")
            if scale.ticks:
                _draw_group(axes, group, i, list(categories))
        _write_labels(figure, groups, list(categories), area)
    return figure


def _lines_under(group: ModificationGroup, lane: float) -> list[Line]:
    return [*wrapped(group.label, lane - 4), *wrapped(group.isotope, lane - 4), ("n = ", group.n)]


def _slot(categories: Sequence[str]) -> float:
    """Width of a bar with its gap, as a share of the lane of its arm."""
    return 1 / (len(categories) + _GROUP_GAP)


def _middle(position: int, category: str, categories: Sequence[str]) -> float:
    return position + _slot(categories) * (categories.index(category) + 0.5 + _GROUP_GAP / 2)


def _draw_group(axes: Axes, group: ModificationGroup, position: int, categories: Sequence[str]) -> None:
    for bar in group.bars:
        fill = style.category_fill(bar.category)
        axes.bar(
            _middle(position, bar.category, categories),
            bar.share,
            width=_slot(categories) * _BAR_SHARE,
            color=fill.colour,
            hatch=fill.hatch,
            edgecolor=style.INK,
            linewidth=style.LINE,
            clip_on=False,
            label=f"{group.arm} {bar.category}",
        )
    if not group.bars:
        text = axes.text(position + 0.5, 50, NO_DATA)
        text.set(ha="center", va="center", color=style.MUTED, fontsize=style.SMALL, backgroundcolor="white")


def _write_labels(
    figure: Figure, groups: Sequence[ModificationGroup], categories: Sequence[str], area: Area
) -> None:
    lane = area.width / max(len(groups), 1)
    for i, group in enumerate(groups):
        for bar in group.bars:
            x = area.left + lane * _middle(i, bar.category, categories)
            top = area.bottom + _label_top(bar, area.height)
            write_block(figure, x, top, bar.lines, size=style.SMALL, align="center")


def _label_top(bar: ModificationBar, height: float) -> float:
    """Upper edge of what is written on a bar, in points above the axis."""
    return _WHOLE.share(bar.share) * height + _LABEL_GAP + len(bar.lines) * style.SMALL * LEADING


def _least_lane(groups: Sequence[ModificationGroup], categories: Mapping[str, str]) -> float:
    """Width an arm needs for every label to stand clear of the next."""
    labels = {plain(line) for group in groups for bar in group.bars for line in bar.lines}
    widest = max((text_width(label, style.SMALL) for label in labels), default=0.0)
    return (widest + 2 * _LABEL_GAP) / _slot(list(categories))


# A waterfall: each patient's best change of tumour size as a bar, arms side by side, largest growth
# first.


_GAP = 4.0
_BETWEEN = 2
_LEAST = 3
_HATCHES = {"A": "", "B": "////", "C": "....", "D": "\\\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallGroup:
    """The patients of an arm with a best change in %, in the order of their bars."""

    arm: str
    label: str
    values: Sequence[float]
    n: Number

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in self.values):
            raise ValueError(f"{self.label}: every value of a bar has to be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLine:
    """A limit that means something, such as −30 % for a response; named beside the axes."""

    value: float
    label: str


def draw_waterfall(
    groups: Sequence[WaterfallGroup],
    *,
    y_label: str,
    lines: Sequence[ReferenceLine] = (),
    width_mm: float = style.FULL_WIDTH,
    height_mm: float = 66.0,
) -> Figure:
    """Draw a bar for every patient.

    Parameters
    ----------
    groups
        One an arm, left to right. Nothing is computed from the values.
    y_label
        What is on the axis, with its unit.
    lines
        Dashed lines across all arms.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    values = [value for group in groups for value in group.values]
    scale = scale_for([*values, 0.0, *(line.value for line in lines)] if values else ())
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, scale)
    shown = lines if values else ()
    right = EDGE + max((text_width(line.label, style.SMALL) + _GAP for line in shown), default=1.0)
    area = Area(left, EDGE + 2 * style.TEXT * LEADING + _GAP, width - left - right, height)
    with style.settings():
        figure = style.new_figure(width, area.top + EDGE + _GAP)
        axes = add_axes(figure, area)
        slots = sum(max(len(group.values), _LEAST) for group in groups) + _BETWEEN * max(len(groups) - 1, 0)
        axes.set(xlim=(-0.5, max(slots, 1) - 0.5), xticks=[])
        draw_y_axis(axes, scale)
        write_upright(figure, EDGE, area.middle, y_lines)
        if values:
            axes.spines["bottom"].set_visible(False)
            _draw_lines(figure, axes, shown, scale, area)
        _draw_groups(figure, axes, groups, area, slots=max(slots, 1), drawn=bool(values))
    return figure


def _draw_lines(figure: Figure, axes: Axes, lines: Sequence[ReferenceLine], scale: Scale, area: Area) -> None:
    axes.axhline(0, color=style.INK, linewidth=style.LINE, zorder=3, label="zero")
    for line in lines:
        drawn = axes.axhline(line.value, color=style.INK, linewidth=style.LINE, zorder=3.5, label=line.label)
        drawn.set_dashes((5, 2.5))
        y = area.bottom + scale.share(line.value) * area.height
        write(figure, area.right + _GAP, y - 0.35 * style.SMALL, line.label, size=style.SMALL)


def _draw_groups(
    figure: Figure, axes: Axes, groups: Sequence[WaterfallGroup], area: Area, *, slots: int, drawn: bool
) -> None:
    start = 0
    for group in groups:
        size = max(len(group.values), _LEAST)
        mark = style.arm_mark(group.arm)
        for place, value in enumerate(group.values):
            axes.bar(
                start + place, value, width=0.8, facecolor=mark.colour, edgecolor=mark.edge, linewidth=0.4,
                hatch=_HATCHES.get(group.arm, ""), zorder=2.5, label=f"patient {group.arm}",
            )  # fmt: skip
        middle = area.left + (start + size / 2) / slots * area.width
        if drawn and not group.values:
            text = axes.text(
                start + size / 2 - 0.5, 0, NO_DATA, ha="center", va="center", fontsize=style.SMALL
            )
            text.set(color=style.MUTED, backgroundcolor="white", zorder=5)
        under: list[Line] = [(group.label,), ("n = ", group.n)]
        write_block(figure, middle, area.bottom - _GAP, under, align="center")
        start += size + _BETWEEN
