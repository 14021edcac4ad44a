import pytest

from duonen_stats.document.fonts import font_folder, text_width, typst_fonts


def test_the_fonts_come_with_an_installed_package():
    assert (font_folder() / "DejaVuSans.ttf").is_file()
    assert typst_fonts() is typst_fonts()


def test_width_grows_with_text_size_and_weight():
    assert text_width("mm", size=10) == pytest.approx(2 * text_width("m", size=10))
    assert text_width("m", size=20) == pytest.approx(2 * text_width("m", size=10))
    assert text_width("Analyte", size=10, bold=True) > text_width("Analyte", size=10)


@pytest.mark.parametrize("sign", "Δρ≥×⁹⁰¹⁷−↑↓→łąćęńóśźż")
def test_the_signs_of_the_field_are_in_the_font(sign):
    """A character the face lacks counts as one em wide, which none of these is."""
    assert 0 < text_width(sign, size=1) < 1
