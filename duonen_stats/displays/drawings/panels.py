"""Panels side by side: means over visits, a line for every patient, points between guides, grades as cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TypedDict

from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from seaborn import heatmap

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    EDGE,
    Area,
    Key,
    Scale,
    add_axes,
    draw_y_axis,
    key_rows,
    left_room,
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
from duonen_stats.displays.model.content import POINTS, Line

_TICK_ROOM = 5 + style.SMALL * LEADING
_GAP = 5.0
_BETWEEN = 9.0
_HEIGHT, _COLUMN_HEIGHT = 42.0, 150.0
"""Height of the axes of a panel, and of all together in a single column, in mm."""

_DODGE = 0.11
_CELL_NAME = style.SMALL - 1.5
_ROW, _LOW_ROW = 5.2, 1.7
"""Height of the row of a patient among cells, in points: across the page, and in a single column."""

_NARROW_CELLS = 2
GRADE_COLOURS = ("#ffffff00", "#fff3b0", "#fdbe6f", "#ef6c4a", "#a5142a")
"""Grades 0 to 4; that of grade 0 is clear, so that a mark behind the drawing can be read."""

UNDECIDED_COLOUR, NOTHING_COLOUR = "#b5b5b5", "#f0f0f0"
"""A grade that is not certain, and no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLine:
    """A line of a group, or of one patient of it; with limits it has a bar at each point, None where there is none.

    ``mark`` is that of its ``PatientPoints``.
    """

    arm: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float | None] = field(default=())
    high: Sequence[float | None] = field(default=())
    mark: str = ""

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y) or not all(isfinite(value) for value in (*self.x, *self.y)):
            raise ValueError(f"{self.arm}: a line needs as many x as y, and all of them finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Axes of their own: title, lines, and the values that a thin line marks."""

    title: str
    lines: Sequence[PanelLine]
    y_scale: Scale
    guides: Sequence[float] = field(default=())


def draw_panels(
    panels: Sequence[Panel],
    *,
    x_scale: Scale,
    x_label: str,
    y_label: str,
    keys: Sequence[Key] = (),
    columns: int = 2,
    patients: bool = False,
    width_mm: float = style.FULL_WIDTH,
    height_mm: float = _HEIGHT,
) -> Figure:
    """Draw panels in a grid, one axis of x for all.

    Parameters
    ----------
    panels
        In reading order. Nothing is computed from their lines.
    x_scale
        Range and ticks of x; with limits, the lines of a panel stand a little apart along it.
    x_label, y_label
        What is on the axes, with units.
    keys
        The legend above.
    columns
        Panels in a row.
    patients
        Lines are single patients: thin, without marks at their points.
    width_mm, height_mm
        Width of the whole drawing; height of the axes of a panel.
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    rows = -(-len(panels) // columns)
    y_lines = wrapped(y_label, 0.95 * height)
    room = max(left_room((), panel.y_scale) for panel in panels)
    label = len(y_lines) * style.TEXT * LEADING
    inside = (width - 2 * EDGE - label - _BETWEEN * (columns - 1)) / columns - room
    head = style.TEXT * LEADING + _GAP
    row_height = head + height + _TICK_ROOM + _GAP
    legend = key_rows(keys, width - 2 * EDGE)
    below = EDGE + style.TEXT * LEADING
    total = below + rows * row_height + len(legend) * style.TEXT * LEADING + _GAP + EDGE
    with style.settings():
        figure = style.new_figure(width, total)
        top = write_keys(figure, EDGE + label, total - EDGE, legend) - _GAP
        for place, panel in enumerate(panels):
            row, column = divmod(place, columns)
            left = EDGE + label + room + column * (inside + room + _BETWEEN)
            bottom = top - (row + 1) * row_height + _TICK_ROOM + _GAP
            area = Area(left, bottom, inside, height)
            write(figure, left, bottom + height + _GAP, panel.title, weight="bold")
            _draw_panel(add_axes(figure, area), panel, x_scale, patients=patients)
            if column == 0:
                write_upright(figure, EDGE, area.middle, y_lines)
        write_block(figure, width / 2, EDGE + style.TEXT * LEADING, [(x_label,)], align="center")
    return figure


class _OneColumn(TypedDict):
    columns: int
    width_mm: float
    height_mm: float


def in_one_column(panels: int) -> _OneColumn:
    """Arguments of ``draw_panels`` that put panels one below another, the lower the more there are.

    Examples
    --------
    >>> in_one_column(5)
    {'columns': 1, 'width_mm': 88.0, 'height_mm': 30.0}
    """
    return {
        "columns": 1,
        "width_mm": style.SINGLE_COLUMN,
        "height_mm": min(_HEIGHT, _COLUMN_HEIGHT / max(panels, 1)),
    }


def _draw_panel(axes: Axes, panel: Panel, x_scale: Scale, *, patients: bool) -> None:
    drawn = bool(x_scale.ticks and panel.y_scale.ticks and any(line.x for line in panel.lines))
    axes.set_xlim(x_scale.low, x_scale.high)
    axes.set_xticks(x_scale.ticks if drawn else [], x_scale.labels if drawn else [])
    draw_y_axis(axes, panel.y_scale if drawn else Scale(0.0, 1.0, (), ()))
    if not drawn:
        return
    for guide in panel.guides:
        axes.axhline(guide, color=style.MUTED, linewidth=style.HAIRLINE, linestyle=(0, (3, 2)), zorder=1.5)
    arms = list(dict.fromkeys(line.arm for line in panel.lines))
    for line in panel.lines:
        stroke, mark = style.arm_stroke(line.arm), style.arm_mark(line.arm)
        aside = 0.0 if patients else _DODGE * (arms.index(line.arm) - (len(arms) - 1) / 2)
        x = [value + aside for value in line.x]
        (drawn_line,) = axes.plot(x, list(line.y), color=stroke.colour, zorder=3)
        drawn_line.set(linewidth=0.5 if patients else 1.0, alpha=0.55 if patients else 1.0)
        drawn_line.set(marker="" if patients and len(x) > 1 else mark.marker, markeredgewidth=0.4)
        drawn_line.set(markersize=(0.45 if patients else 0.8) * style.MARKER)
        drawn_line.set(markerfacecolor=mark.colour, markeredgecolor=mark.edge)
        if stroke.dashes and not patients:
            drawn_line.set_linestyle((0, stroke.dashes))
        for place, low, high in zip(x, line.low, line.high, strict=False):
            if low is not None and high is not None:
                axes.plot(
                    [place, place], [low, high], color=stroke.colour, linewidth=style.LINE, zorder=2.5,
                    solid_capstyle="butt",
                )  # fmt: skip


def draw_guided_points(
    groups: Sequence[PanelLine],
    *,
    x_scale: Scale,
    y_scale: Scale,
    x_guide: float,
    y_guide: float,
    x_label: str,
    y_label: str,
    keys: Sequence[Key],
    corners: Sequence[str],
    width_mm: float = style.MIDDLE_WIDTH,
    height_mm: float = 76.0,
) -> Figure:
    """Draw a point for every patient on logarithmic axes that two guides part into four fields.

    Parameters
    ----------
    groups
        The patients of an arm.
    x_scale, y_scale
        Ranges and ticks, all above 0.
    x_guide, y_guide
        Where the guides stand.
    x_label, y_label
        What is on the axes, with units.
    keys
        The legend above.
    corners
        Names of the fields: upper left, upper right, lower left, lower right.
    width_mm, height_mm
        Width of the whole drawing; height of its axes.

    References
    ----------
    Watkins et al. (2011) Drug Saf 34:243-252 (eDISH).
    """
    width, height = width_mm * style.POINTS_PER_MM, height_mm * style.POINTS_PER_MM
    y_lines = wrapped(y_label, 0.95 * height)
    left = EDGE + left_room(y_lines, y_scale)
    inside = width - left - EDGE - x_scale.label_width / 2
    legend = key_rows(keys, inside)
    below = EDGE + _TICK_ROOM + style.TEXT * LEADING
    above = EDGE + 2 * _GAP + len(legend) * style.TEXT * LEADING
    area = Area(left, below, inside, height)
    with style.settings():
        figure = style.new_figure(width, above + height + below)
        axes = add_axes(figure, area)
        drawn = bool(x_scale.ticks and any(group.x for group in groups))
        if drawn:
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.minorticks_off()
            axes.set_xlim(x_scale.low, x_scale.high)
            axes.set_xticks(x_scale.ticks, x_scale.labels)
            axes.minorticks_off()
        draw_y_axis(axes, y_scale if drawn else Scale(0.0, 1.0, (), ()))
        axes.minorticks_off()
        if drawn:
            axes.axvline(x_guide, color=style.MUTED, linewidth=style.LINE, linestyle=(0, (3, 2)), zorder=1.5)
            axes.axhline(y_guide, color=style.MUTED, linewidth=style.LINE, linestyle=(0, (3, 2)), zorder=1.5)
            for group in groups:
                mark = style.arm_mark(group.arm)
                points = axes.scatter(
                    list(group.x), list(group.y), s=(1.1 * style.MARKER * mark.scale) ** 2, marker=mark.marker,
                    facecolor=[(mark.colour, 0.85)], edgecolor=mark.edge, linewidth=0.5, zorder=4, clip_on=False,
                )  # fmt: skip
                points.set_gid(f"{POINTS}{group.mark}" if group.mark else None)
            _name_fields(figure, area, corners)
        write_upright(figure, EDGE, area.middle, y_lines)
        write_block(figure, left + inside / 2, below - _TICK_ROOM, [(x_label,)], align="center")
        write_keys(figure, left, below + height + above - EDGE, legend)
    return figure


def _name_fields(figure: Figure, area: Area, corners: Sequence[str]) -> None:
    top, bottom = area.top - style.SMALL * LEADING, area.bottom + 3
    places = ((area.left + 3, top, "left"), (area.right - 3, top, "right"),
              (area.left + 3, bottom, "left"), (area.right - 3, bottom, "right"))  # fmt: skip
    for (x, y, align), name in zip(places, corners, strict=True):
        write(figure, x, y, name, size=style.SMALL, colour=style.MUTED, align=align)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCells:
    """Grades of one analyte: a row a patient, a column a visit; -1 where it is not certain, None without a value."""

    title: str
    cells: Sequence[Sequence[int | None]]


def draw_grade_cells(
    tables: Sequence[GradeCells],
    *,
    visits: Sequence[str],
    arms: Sequence[tuple[str, int]],
    keys: Sequence[Line] = (),
    stacked: bool = False,
) -> Figure:
    """Draw the grade of every patient at every visit as a cell, analytes side by side.

    Parameters
    ----------
    tables
        One an analyte, with the same patients and visits.
    visits
        Names of the columns.
    arms
        Name and number of patients of each arm, in the order of the rows; a line parts them.
    keys
        Words of the colours: grades 0 to 4, not certain, no value.
    stacked
        For a single column: two analytes in a row, and lower rows of patients.
    """
    width = (style.SINGLE_COLUMN if stacked else style.FULL_WIDTH) * style.POINTS_PER_MM
    columns = min(_NARROW_CELLS, len(tables)) if stacked else len(tables)
    cell_name, row_points = (style.SMALL, _LOW_ROW) if stacked else (_CELL_NAME, _ROW)
    patients = sum(number for _, number in arms)
    height = max(row_points * patients, 30.0)
    names = max((text_width(name, style.SMALL) for name, _ in arms), default=0.0) + 6
    left = EDGE + names
    inside = (width - left - EDGE - _BETWEEN * (columns - 1)) / columns
    colours = (NOTHING_COLOUR, UNDECIDED_COLOUR, *GRADE_COLOURS)
    legend = key_rows(_keys_of_colours(keys, colours), width - left - EDGE)
    block = _TICK_ROOM + height + _GAP + style.TEXT * LEADING
    total = -(-len(tables) // columns) * block + 2 * EDGE + _GAP + len(legend) * style.TEXT * LEADING
    with style.settings():
        figure = style.new_figure(width, total)
        top = write_keys(figure, left, total - EDGE, legend) - _GAP
        for place, table in enumerate(tables):
            line, column = divmod(place, columns)
            bottom = top - (line + 1) * block + _TICK_ROOM
            area = Area(left + column * (inside + _BETWEEN), bottom, inside, height)
            axes = add_axes(figure, area)
            if patients:
                codes = [[0 if cell is None else cell + 2 for cell in row] for row in table.cells]
                heatmap(
                    codes, ax=axes, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(colours) - 0.5, cbar=False,
                    linewidths=0.25, linecolor="#d8d8d8", xticklabels=False, yticklabels=False,
                )  # fmt: skip
            named = _with_room(visits, inside, cell_name)
            axes.set_xticks([number + 0.5 for number in named], [visits[number] for number in named])
            axes.tick_params(axis="x", length=0, labelsize=cell_name, rotation=0)
            axes.set_yticks([])
            for side in axes.spines.values():
                side.set_visible(True)
            row = 0
            for name, number in arms:
                if column == 0 and number:
                    middle = area.top - row_points * (row + number / 2)
                    write(figure, EDGE, middle - style.SMALL / 3, name, size=style.SMALL)
                row += number
                if row < patients:
                    axes.axhline(row, color=style.INK, linewidth=style.LINE)
            write(figure, area.left, area.top + _GAP, table.title, weight="bold")
    return figure


def _with_room(names: Sequence[str], width: float, size: float) -> list[int]:
    """Choose, from the left, the columns whose names stand below them without meeting the one before."""
    chosen: list[int] = []
    free = -width
    for number, name in enumerate(names):
        middle, half = (number + 0.5) * width / len(names), text_width(name, size) / 2
        if middle - half >= free:
            chosen.append(number)
            free = middle + half + size / 2
    return chosen


def _keys_of_colours(keys: Sequence[Line], colours: Sequence[str]) -> list[Key]:
    """Give the colours of grades 0 to 4, of not certain and of no value their words."""
    shown = (*colours[2:], *colours[1::-1])
    return [Key(style.Fill(colour=colour), line) for colour, line in zip(shown, keys, strict=False)]
