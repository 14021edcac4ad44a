"""One typeface for PDF and figures, the same on every machine, and how wide a text is when set in it."""

from functools import cache
from pathlib import Path

import matplotlib as mpl
import typst
from matplotlib.ft2font import FT2Font, LoadFlags

SANS = "DejaVu Sans"
_FILES = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}


def font_folder() -> Path:
    """Folder of matplotlib's own TrueType files, DejaVu among them; nothing from the system."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """Width in points of one line of ``text`` set in DejaVu Sans at ``size`` points."""
    return sum(_advance(character, bold) for character in text) * size


@cache
def _font(bold: bool) -> FT2Font:
    return FT2Font(str(font_folder() / _FILES[bold]))


@cache
def _advance(character: str, bold: bool) -> float:
    """Advance in em; one em for a character the face does not have."""
    font = _font(bold)
    index = font.get_char_index(ord(character))
    if not index:
        return 1.0
    font.set_size(100, 72)
    return font.load_glyph(index, LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


@cache
def typst_fonts() -> typst.Fonts:
    """Fonts for typst: DejaVu beside its own Libertinus, whatever the machine has."""
    return typst.Fonts(include_system_fonts=False, font_paths=[font_folder()])
