"""Figures as files: SVG and PNG as drawn, PDF from the SVG; what is not a result of the trial is marked so."""

from collections.abc import Mapping
from datetime import datetime

import typst
from matplotlib.figure import Figure

from duonen_stats.displays import style
from duonen_stats.displays.content import FigureContent
from duonen_stats.displays.produced import Produced
from duonen_stats.errors import DuonenError
from duonen_stats.report.fonts import typst_fonts
from duonen_stats.report.stamp import Stamp
from duonen_stats.resources import templates_path

_MARK_COLOUR = "#ececec"
_PNG_DPI = 220


def figure_files(
    produced: Produced, *, simulated: bool, timestamp: datetime, blinded: bool = False
) -> Mapping[str, bytes]:
    """Draw a figure as ``svg``, ``png`` and ``pdf``; the same input gives the same bytes.

    Parameters
    ----------
    produced
        A display whose content is a figure.
    simulated, blinded
        Write the mark behind the drawing, so that a copied figure still says what it is.
    timestamp
        Date of creation of the PDF, with a time zone.

    Raises
    ------
    TypeError
        The display is a table.
    """
    if not isinstance(produced.content, FigureContent):
        raise TypeError(f"{produced.label} is not a figure")
    figure = produced.content.draw()
    if simulated or blinded:
        _mark(figure, Stamp(simulated, blinded))
    svg = style.svg(figure)
    return {
        "svg": svg.encode(),
        "png": style.png(figure, dpi=_PNG_DPI),
        "pdf": _pdf(svg, produced.title, produced.content.alt, timestamp),
    }


def _mark(figure: Figure, stamp: Stamp) -> None:
    width, height = (float(side) * 72 for side in figure.get_size_inches())
    with style.settings():
        text = figure.text(0.5, 0.5, "\n".join(stamp.lines), ha="center", va="center")
    text.set(fontweight="bold", color=_MARK_COLOUR)
    text.set(fontsize=0.085 * min(width, 1.6 * height), rotation=20, zorder=-10)
    for axes in figure.axes:
        axes.patch.set_alpha(0)


def _pdf(svg: str, title: str, alt: str, timestamp: datetime) -> bytes:
    """Set the SVG as one page: its text stays text, its fonts are embedded."""
    try:
        return typst.compile(
            templates_path() / "figure.typ",
            root=templates_path(),
            font_paths=typst_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"svg": svg, "title": title, "alt": alt},
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise DuonenError(f"The figure {title!r} could not be set as PDF: {error.message}") from error
