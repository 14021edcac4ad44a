"""How every figure looks: journal column widths, type, colours that survive grey print, marker per arm."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.figure import Figure

POINTS_PER_MM = 72 / 25.4
SINGLE_COLUMN = 88.0
MIDDLE_WIDTH = 136.0
FULL_WIDTH = 180.0
"""Widths of a drawing in mm: one column of a journal page, one and a half, both."""

FONT = "DejaVu Sans"
TEXT = 7.0
SMALL = 6.5
HEAD = 8.0
"""Sizes of type in points: labels and legends, tick labels and counts, titles of panels."""

INK = "#1a1a1a"
MUTED = "#5c5c5c"
FAINT = "#e3e3e3"

HAIRLINE = 0.4
LINE = 0.7
HEAVY = 1.5
"""Widths of lines in points: grid, axes and boxes, medians."""

MARKER = 4.2
"""Diameter of a patient's point, in points."""

SETTINGS = MappingProxyType(
    {
        "font.family": ["sans-serif"],
        "font.sans-serif": [FONT],
        "font.size": TEXT,
        "text.color": INK,
        "text.parse_math": False,
        # Letters as wide on the screen as in print: text is placed by its unhinted width.
        "text.hinting": "no_hinting",
        "axes.unicode_minus": True,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.linewidth": LINE,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": FAINT,
        "grid.linewidth": HAIRLINE,
        "hatch.linewidth": 0.6,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.major.width": LINE,
        "ytick.major.width": LINE,
        "xtick.major.pad": 2.0,
        "ytick.major.pad": 2.0,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        "svg.hashsalt": "duonen",
        "pdf.fonttype": 42,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How an arm's patients are drawn: fill, a dark edge of the same hue, and a shape."""

    colour: str
    edge: str
    marker: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How a bar is drawn: colour, and a hatch that distinguishes it without colour."""

    colour: str
    hatch: str = ""


# Lightness rises from A to D, so that the arms stay apart in grey; each has a shape besides.
_ARMS = MappingProxyType(
    {
        "A": Mark(colour="#2e3350", edge="#14172b", marker="o"),
        "B": Mark(colour="#1a72a8", edge="#0b3c5c", marker="s", scale=0.9),
        "C": Mark(colour="#e4763a", edge="#75350a", marker="^", scale=1.1),
        "D": Mark(colour="#f7d774", edge="#6e5400", marker="D", scale=0.84),
    }
)
_OTHER_ARM = Mark(colour="#a6a6a6", edge="#404040", marker="v", scale=1.1)
_POOLED = Mark(colour="#2a8c6e", edge="#0f4636", marker="P", scale=1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How the line of a group is drawn: colour, and dashes (points on, off, ...) that distinguish it in grey."""

    colour: str
    dashes: tuple[float, ...] = ()


_STROKES = MappingProxyType(
    {
        "A": Stroke(colour="#14172b"),
        "B": Stroke(colour="#1a72a8", dashes=(5.0, 1.5)),
        "C": Stroke(colour="#c4551a", dashes=(6.0, 1.5, 1.3, 1.5)),
        "D": Stroke(colour="#a07800", dashes=(1.6, 1.3)),
    }
)
_OTHER_STROKE = Stroke(colour="#5c5c5c", dashes=(2.5, 1.5))
_POOLED_STROKE = Stroke(colour="#1d7a5e", dashes=(5.0, 1.5))

_CATEGORIES = MappingProxyType(
    {
        "DECREASED": Fill(colour="#2f5d8c"),
        "UNCHANGED": Fill(colour="#b9bec4"),
        "INCREASED": Fill(colour="#f0a04b", hatch="////"),
        "NOT EVALUABLE": Fill(colour="#ffffff"),
    }
)
_OTHER_CATEGORY = Fill(colour="#ffffff")


def arm_mark(arm: str) -> Mark:
    """Return the colour and the marker of an arm, or of arms pooled (``"BCD"``); grey for any other group."""
    return _ARMS.get(arm, _POOLED if _is_pooled(arm) else _OTHER_ARM)


def arm_stroke(arm: str) -> Stroke:
    """Return the colour and the dashes of an arm's line, or of arms pooled; grey for any other group."""
    return _STROKES.get(arm, _POOLED_STROKE if _is_pooled(arm) else _OTHER_STROKE)


def _is_pooled(arm: str) -> bool:
    return len(arm) > 1 and set(arm) <= set(_ARMS)


def category_fill(category: str) -> Fill:
    """Return the fill of a modification category such as ``"INCREASED"``; white for any other category."""
    return _CATEGORIES.get(category, _OTHER_CATEGORY)


def settings() -> AbstractContextManager[None]:
    """Apply the look within a ``with`` block; outside it matplotlib's settings are untouched."""
    return mpl.rc_context(dict(SETTINGS))  # type: ignore[arg-type]


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of ``width`` by ``height`` points, tied to no window and no global state."""
    return Figure(figsize=(width / 72, height / 72), layout=None)


def svg(figure: Figure) -> str:
    """Return the figure as SVG with searchable text; the same figure gives the same bytes."""
    return _saved(figure, "svg", {"Date": None, "Creator": None}).decode("utf-8")


def pdf(figure: Figure) -> bytes:
    """Return the figure as a one-page PDF with embedded fonts; the same figure gives the same bytes."""
    return _saved(figure, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})


def png(figure: Figure, *, dpi: float = 300) -> bytes:
    """Return the figure as PNG at ``dpi`` dots per inch; the same figure gives the same bytes."""
    return _saved(figure, "png", {"Software": None}, dpi=dpi)


def _saved(figure: Figure, kind: str, metadata: dict[str, None], dpi: float = 72) -> bytes:
    target = BytesIO()
    with settings():
        figure.savefig(target, format=kind, dpi=dpi, metadata=metadata)
    return target.getvalue()
