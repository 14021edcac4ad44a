import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from document.sample_document import sample_document, sample_svgs
from PIL import Image

from duonen_stats.displays.model.content import FigureContent
from duonen_stats.document.export.flow import frame_of
from duonen_stats.document.export.pictures import (
    figure_picture,
    png_size,
    require_size,
    smallest_letters,
    table_picture,
)
from duonen_stats.errors import OptionError

MADE = datetime(2024, 1, 31, tzinfo=UTC)
DOCUMENT = sample_document()
SVGS = sample_svgs(DOCUMENT)
FIGURE = next(shown for shown in DOCUMENT.displays() if isinstance(shown.content, FigureContent))
TABLE = next(shown for shown in DOCUMENT.displays() if not isinstance(shown.content, FigureContent))


def picture(kind, **size) -> bytes:
    return figure_picture(SVGS[FIGURE.key], kind, title="t", alt="a", made=MADE, **size)


@pytest.mark.parametrize(("width", "dpi"), [(85, 300), (180, 100)])
def test_a_png_has_the_width_and_resolution_that_are_asked_for(width, dpi):
    with Image.open(BytesIO(picture("png", width_mm=width, dpi=dpi))) as image:
        assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.01)
        assert image.width / dpi * 25.4 == pytest.approx(width, abs=25.4 / dpi)


def test_a_tiff_is_packed_and_without_transparency():
    with Image.open(BytesIO(picture("tiff", width_mm=85, dpi=300))) as image:
        assert (image.mode, image.info["compression"]) == ("RGB", "tiff_lzw")
        assert image.info["dpi"] == pytest.approx((300, 300))
        assert image.width == pytest.approx(85 / 25.4 * 300, abs=1)
        assert image.getpixel((0, 0)) == (255, 255, 255)


def test_an_svg_and_a_pdf_have_the_width_that_is_asked_for():
    svg = picture("svg", width_mm=85).decode()
    width = float(re.search(r'<svg\b[^>]*?\swidth="([0-9.]+)pt"', svg)[1])
    assert width == pytest.approx(85 * 72 / 25.4, abs=0.01)
    assert re.search(r'viewBox="[^"]+"', svg)[0] == re.search(r'viewBox="[^"]+"', SVGS[FIGURE.key])[0]
    assert picture("pdf", width_mm=85)[:5] == b"%PDF-"


@pytest.mark.parametrize("kind", ["png", "tiff", "pdf", "svg"])
def test_the_same_drawing_gives_the_same_bytes(kind):
    assert picture(kind, width_mm=60, dpi=72) == picture(kind, width_mm=60, dpi=72)


def test_a_picture_knows_its_size_in_points():
    assert png_size(picture("png", width_mm=85, dpi=300))[0] == pytest.approx(85 * 72 / 25.4, abs=0.3)


def test_a_table_is_a_picture_with_the_mark_of_its_data():
    plain = frame_of(sample_document(simulated=False))
    marked = table_picture(TABLE, frame_of(DOCUMENT), "png", made=MADE, dpi=60)
    unmarked = table_picture(TABLE, plain, "png", made=MADE, dpi=60)
    assert png_size(marked)[1] > png_size(unmarked)[1]
    assert table_picture(TABLE, frame_of(DOCUMENT), "png", made=MADE, dpi=60) == marked


def test_a_figure_is_no_table():
    with pytest.raises(TypeError):
        table_picture(FIGURE, frame_of(DOCUMENT), "png", made=MADE)


@pytest.mark.parametrize(("width", "dpi"), [(3, 300), (2000, 300), (85, 5), (85, 9600), (float("nan"), 300)])
def test_sizes_that_no_picture_has_are_refused(width, dpi):
    with pytest.raises(OptionError):
        require_size(width, dpi)


def test_a_picture_of_too_many_dots_is_refused():
    with pytest.raises(OptionError, match="dots"):
        picture("png", width_mm=500, dpi=1200)


def test_the_smallest_letters_shrink_with_the_picture():
    svg = '<svg viewBox="0 0 510.236 100"><text style="font-size: 6.5px; font-family: x"/></svg>'
    assert smallest_letters(svg, None) == 6.5
    assert smallest_letters(svg, 90) == pytest.approx(3.25, abs=0.001)
    assert smallest_letters('<svg viewBox="0 0 10 10"/>', 90) == 0
