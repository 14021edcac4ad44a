"""Keys to lines: what each curve of a drawing stands for, one entry a row, with a piece of its line."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.text_layout import (
    LEADING,
    page,
    wrapped,
    write,
)
from duonen_stats.displays.model.content import Line

SAMPLE = 22.0
"""Room for the piece of line before an entry, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeKey:
    """An entry: the group whose line is shown, and the words beside it."""

    arm: str
    label: Line


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """Entries broken into lines of a width, before anything is drawn."""

    rows: tuple[tuple[str, Line], ...]

    @property
    def height(self) -> float:
        """Height in points."""
        return len(self.rows) * style.TEXT * LEADING


def key_block(keys: Sequence[StrokeKey], width: float) -> KeyBlock:
    """Break every entry at ``width`` points; a line that continues an entry shows no piece of line."""
    rows = [
        (key.arm if i == 0 else "", line)
        for key in keys
        for i, line in enumerate(wrapped(key.label, width - SAMPLE))
    ]
    return KeyBlock(tuple(rows))


def line_of(arm: str, x: Sequence[float], y: Sequence[float], *, width: float = 1.2) -> Line2D:
    """Make a line in the look of a group: colour and dashes."""
    stroke = style.arm_stroke(arm)
    line = Line2D(list(x), list(y), linewidth=width, color=stroke.colour, solid_capstyle="butt")
    if stroke.dashes:
        line.set_linestyle((0, stroke.dashes))
    return line


def write_key_block(figure: Figure, left: float, top: float, block: KeyBlock) -> float:
    """Draw the entries from ``top`` down; return the y below the last."""
    width, height = page(figure)
    for arm, label in block.rows:
        top -= style.TEXT * LEADING
        baseline = top + style.TEXT * (LEADING - 1)
        if arm:
            y = (baseline + 2.5) / height
            sample = line_of(arm, [left / width, (left + SAMPLE - 5) / width], [y, y], width=1.5)
            sample.set_transform(figure.transFigure)
            figure.add_artist(sample)
        write(figure, left + SAMPLE, baseline, label)
    return top
