"""Drawings in words, for readers who cannot see them: every arm with its numbers."""

from collections.abc import Mapping, Sequence

from duonen_stats.displays.drawings.bars import CATEGORIES, ModificationGroup
from duonen_stats.displays.drawings.boxes import BoxGroup, LimitLine
from duonen_stats.displays.drawings.scatter import ScatterGroup
from duonen_stats.displays.drawings.step_curves import StepGroup
from duonen_stats.displays.model.content import Line, plain

_NOTHING = "There are no data to draw."


def describe_boxes(groups: Sequence[BoxGroup], *, measure: str, limit_lines: Sequence[LimitLine] = ()) -> str:
    """Say what the boxes show: every arm with its n and its median, and the limits drawn.

    ``measure`` names what is on the axis with its unit, e.g. ``"cumulative kidney dose (Gy)"``.
    """
    if not any(group.values or group.has_box for group in groups):
        return f"Box plots of {measure} by arm. {_NOTHING}"
    arms = "; ".join(_arm(group) for group in groups)
    limits = "; ".join(line.label for line in limit_lines)
    points = ", with a point for every patient" if any(group.values for group in groups) else ""
    drawn = f"Box plots of {measure} by arm{points}. {arms}."
    return f"{drawn} Dashed lines: {limits}." if limits else drawn


def _arm(group: BoxGroup) -> str:
    if not group.values and group.median is None:
        return f"{group.label}: no data"
    median = f", median {group.median_number.text}" if group.median_number else ""
    return f"{group.label}: n = {group.n.text}{median}"


def describe_scatter(
    groups: Sequence[ScatterGroup], *, x_measure: str, y_measure: str, notes: Sequence[Line] = ()
) -> str:
    """Say what the points show: both measures, every arm with its n, and the numbers of the annotation."""
    title = f"Scatter plot of {y_measure} against {x_measure}"
    if not any(group.x for group in groups):
        return f"{title}. {_NOTHING}"
    arms = "; ".join(f"{group.label}: n = {group.n.text}" if group.n else group.label for group in groups)
    remarks = "".join(f" {plain(note).rstrip('.')}." for note in notes)
    return f"{title}, a point for every patient. {arms}.{remarks}"


def describe_modification_bars(
    groups: Sequence[ModificationGroup],
    *,
    measure: str = "Share of patients by change of activity",
    categories: Mapping[str, str] = CATEGORIES,
) -> str:
    """Say what the bars show: every arm with isotope, n, and count and percentage of each category."""
    if not any(group.bars for group in groups):
        return f"{measure}, by arm. {_NOTHING}"
    return f"{measure}, by arm. {'; '.join(_bars(group, categories) for group in groups)}."


def _bars(group: ModificationGroup, categories: Mapping[str, str]) -> str:
    start = f"{group.label}, {group.isotope}, n = {group.n.text}"
    counts = [
        f"{categories[bar.category].lower()} {bar.count.text}"
        + (f" ({bar.percent.text})" if bar.percent else "")
        for bar in group.bars
    ]
    return f"{start}: {', '.join(counts) or 'no data'}"


def describe_step_curves(
    groups: Sequence[StepGroup],
    *,
    ticks: Sequence[str],
    measure: str,
    counts_title: str = "",
    notes: Sequence[Line] = (),
) -> str:
    """Say what the curves show: every group with its numbers, the annotation, and the counts below the axis."""
    title = f"{measure} in steps over time"
    if not any(group.time for group in groups):
        legend = "; ".join(plain(group.label) for group in groups)
        return f"{title}. {_NOTHING} {legend}.{''.join(f' {plain(note)}.' for note in notes)}"
    curves = "; ".join(plain(group.label) for group in groups)
    remarks = "".join(f" {plain(note).rstrip('.')}." for note in notes)
    if not counts_title:
        return f"{title}. {curves}.{remarks}"
    rows = "; ".join(
        f"{group.short}: {', '.join(plain(cell) for cell in group.counts[: len(ticks)])}" for group in groups
    )
    return f"{title}. {curves}.{remarks} {counts_title} at {', '.join(ticks)} months: {rows}."
