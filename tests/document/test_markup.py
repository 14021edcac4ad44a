"""A drawing inside a page keeps to itself."""

import re
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import fromstring

import pytest
from document.sample_document import HOSTILE, sample_document, sample_svgs
from matplotlib.figure import Figure

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.style import svg as drawn_svg
from duonen_stats.displays.model.content import PAGE
from duonen_stats.document.markup import figure_size, inline_svg, printable, xml_text
from duonen_stats.study.shipped_files import templates_path


@pytest.fixture(scope="module")
def svgs():
    return sample_svgs(sample_document())


def test_ids_carry_the_prefix_and_every_reference_finds_its_target(svgs):
    inline = inline_svg(svgs["f2"], prefix="f2", alt="x")
    ids = set(re.findall(r'\bid="([^"]+)"', inline))
    references = set(re.findall(r'href="#([^"]+)"', inline)) | set(re.findall(r"url\(#([^)]+)\)", inline))
    assert ids
    assert all(identity.startswith("f2-") for identity in ids)
    assert len(references) > 2
    assert references <= ids


def test_two_drawings_share_no_id(svgs):
    one, two = (re.findall(r'\bid="([^"]+)"', inline_svg(svgs["f1"], prefix=p, alt="")) for p in ("a", "b"))
    assert len(one) == len(set(one))
    assert not set(one) & set(two)


def test_a_number_drawn_twice_is_marked_twice_and_has_no_id():
    figure = Figure()
    for place in (0.2, 0.6):
        figure.text(place, 0.5, "1.5").set_gid('ard:mean/"A" & <B>')
    root = fromstring(inline_svg(drawn_svg(figure), prefix="p", alt="x"))  # noqa: S314 - our own drawing
    assert [e.get("data-ard") for e in root.iter() if e.get("data-ard")] == ['mean/"A" & <B>'] * 2
    assert not [e for e in root.iter() if (e.get("id") or "").startswith("ard:")]


def test_nothing_in_it_needs_a_style_sheet_or_runs(svgs):
    inline = inline_svg(svgs["f1"], prefix="f1", alt="x")
    assert not re.search(r"<style|\sstyle=|<script|<metadata|<!DOCTYPE|<\?xml|xlink", inline)
    assert 'fill="none"' in inline
    assert 'font-size="10px"' in inline
    loud = '<g onclick="x()"><script>1</script></g>'
    noisy = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{loud}</svg>'
    assert not re.search("onclick|script", inline_svg(noisy, prefix="n", alt=""))


def test_words_are_kept_and_escaped(svgs):
    inline = inline_svg(svgs["f1"], prefix="f1", alt='a "quoted" <alt> & more')
    root = fromstring(inline)  # noqa: S314 - our own drawing
    assert (root.get("role"), root.get("aria-label")) == ("img", 'a "quoted" <alt> & more')
    assert HOSTILE[0] in {element.text for element in root.iter()}
    assert "<script>" not in inline


def test_size_comes_from_the_view_box(svgs):
    assert figure_size(svgs["f1"]) == pytest.approx((475.2, 273.6))
    with pytest.raises(ValueError, match="viewBox"):
        figure_size("<svg/>")


def written(address):
    return xml_text(ET.Element(f"{{{address}}}root"), {"": address})


def test_a_document_does_not_take_the_prefix_of_another():
    assert written("urn:one") == '<root xmlns="urn:one" />'
    assert written("urn:two") == '<root xmlns="urn:two" />'
    assert written("urn:one") == '<root xmlns="urn:one" />'


def test_prefixes_are_those_asked_for():
    root = ET.Element("{urn:one}root", {"{urn:links}href": "#a"})
    assert xml_text(root, {"": "urn:one", "to": "urn:links"}) == (
        '<root xmlns="urn:one" xmlns:to="urn:links" to:href="#a" />'
    )


@pytest.mark.parametrize(
    "sign", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800", "\uffff"]
)
def test_signs_that_are_not_seen_or_reorder_others_are_replaced(sign):
    assert printable(f"a{sign}b") == "a\ufffdb"


def test_words_lines_and_signs_of_the_field_are_kept():
    text = "Łódź – ≥ 5 µmol/L\n\tΔ ¹⁷⁷Lu\u00a0−1"
    assert printable(text) == text


@pytest.mark.parametrize(
    ("width", "kind"),
    [(style.SINGLE_COLUMN, None), (style.MIDDLE_WIDTH, "middle"), (style.FULL_WIDTH, "broad")],
)
def test_a_drawing_says_whether_a_telephone_has_to_move_it(width, kind):
    figure = style.new_figure(width * style.POINTS_PER_MM, 100)
    inline = inline_svg(drawn_svg(figure), prefix="p", alt="x")
    assert fromstring(inline).get("class") == kind  # noqa: S314 - our own drawing


def test_a_point_leads_to_a_display_of_the_page_by_its_name():
    figure = style.new_figure(200, 100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.scatter([0, 1, 2], [0, 1, 2]).set_urls([PAGE + "patient_PL.1", PAGE + "patient_2", None])
    root = fromstring(  # noqa: S314 - our own drawing
        inline_svg(drawn_svg(figure), prefix="p", alt="x", names={"patient_PL.1": "Patient PL.1"})
    )
    links = [element.attrib for element in root.iter("{http://www.w3.org/2000/svg}a")]
    assert links == [{"href": "#patient_PL-1", "aria-label": "Patient PL.1"}]
    assert root.get("role") == "group"
    assert root.get("aria-label") == "x"


def test_the_script_of_a_page_is_read_by_browsers_of_2020():
    """Safari before 16.4 refuses a whole script that holds a regular expression looking behind."""
    assert not re.search(r"\(\?<[=!]", (templates_path() / "report.js").read_text(encoding="utf-8"))
