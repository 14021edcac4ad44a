"""The PDF report: the same bytes, whole pages, nothing from data read as markup."""

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from document.sample_document import HOSTILE, sample_document, sample_svgs

from duonen_stats.displays.model.content import Column, TableContent, TableRow
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.document.pdf import render_pdf
from duonen_stats.errors import DuonenError

STAMP = datetime(2024, 4, 1, tzinfo=UTC)
MARGIN = 64.0
needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"),
    reason="pdftotext (poppler-utils) is not installed, so pages cannot be read back",
)


def drawn(document):
    return {key: svg.encode() for key, svg in sample_svgs(document).items()}


@pytest.fixture(scope="module")
def document():
    return sample_document()


@pytest.fixture(scope="module")
def pdf(document):
    return render_pdf(document, drawn(document), STAMP)


def read(pdf, tmp_path, *options):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", *options, path, "-"], check=True, capture_output=True).stdout.decode()


def pages(pdf, tmp_path):
    return read(pdf, tmp_path, "-layout").split("\f")[:-1]


def inflated(pdf):
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_same_document_same_bytes_and_the_timestamp_is_in_them(document, pdf):
    assert render_pdf(document, drawn(document), STAMP) == pdf
    assert b"2024-04-01T00:00:00" in inflated(pdf)
    assert render_pdf(document, drawn(document), datetime(2024, 4, 2, tzinfo=UTC)) != pdf


def test_it_is_tagged_titled_and_bookmarked(pdf):
    inside = inflated(pdf)
    assert b"pdfuaid:part" in inside
    assert b"DUONEN interim report" in inside
    for tag in (b"/StructTreeRoot", b"/Outlines", b"/TH", b"/Figure", b"/Alt", b"/Lang"):
        assert tag in inside
    assert b"Two intervals" in inside


def test_only_matplotlibs_and_typsts_own_fonts_are_used(pdf):
    names = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", inflated(pdf)))
    assert names
    assert names <= {b"DejaVuSans", b"LibertinusSerif"}


@needs_poppler
def test_pages_are_numbered_and_marked(pdf, tmp_path):
    texts = pages(pdf, tmp_path)
    assert len(texts) == 7
    for place, text in enumerate(texts, start=1):
        assert f"Page {place} of {len(texts)}" in text
        assert "SIMULATED DATA – no patient was treated" in text
    assert all("Data cut 2024-03-31" in text and "DUONEN interim report" in text for text in texts[1:])


@needs_poppler
def test_contents_point_to_the_right_pages(pdf, tmp_path):
    texts = pages(pdf, tmp_path)
    for title in ("5 Data quality", "Demography and disease at entry", "Laboratory values at each visit"):
        at = int(re.search(rf"{title}.*?(\d+)\n", texts[0])[1])
        assert title in re.sub(r" +", " ", texts[at - 1])


@needs_poppler
def test_hostile_texts_are_set_as_they_are(pdf, tmp_path):
    text = re.sub(r"\s+", " ", read(pdf, tmp_path))
    for hostile in HOSTILE[:6]:
        assert hostile in text
    assert "Łódź, żółć – 5 μmol/L & ½" in text.replace("µ", "μ")


@needs_poppler
def test_a_table_over_two_pages_repeats_its_heads(pdf, tmp_path):
    wide = [text for text in pages(pdf, tmp_path) if "Neutrophils" in text and "median (IQR)" in text]
    assert len(wide) >= 1
    following = next(text for text in pages(pdf, tmp_path) if "eGFR (mL/min/1.73 m²)" in text)
    assert "Arm D" in following
    assert following.index("Neutrophils") < following.index("Lymphocytes")


def assert_within_margins(pdf, tmp_path):
    found = read(pdf, tmp_path, "-bbox")
    for page in re.findall(r"<page .*?</page>", found, re.DOTALL):
        width = float(re.search(r'width="([\d.]+)"', page)[1])
        for left, right, word in re.findall(
            r'<word xMin="([\d.]+)".*? xMax="([\d.]+)".*?>(.*?)</word>', page
        ):
            assert float(left) >= MARGIN - 2, word
            assert float(right) <= width - MARGIN + 2, word


@needs_poppler
def test_no_word_leaves_the_text_area(pdf, tmp_path):
    assert_within_margins(pdf, tmp_path)


@needs_poppler
def test_crowded_tables_and_endless_words_stay_within_the_margins(document, tmp_path):
    columns = tuple(Column(header=f"Arm {i}", below=("median (IQR)",)) for i in range(9))
    rows = tuple(TableRow(cells=(("123.4 (100.1–200.5)",),) * 9) for _ in range(3))
    crowded = replace(document.displays()[0], content=TableContent(columns=columns, rows=rows))
    names = tuple(f"column_{i}" for i in range(12))
    endless = Listing(key="l", title="L", columns=names, rows=((("endless" * 8),) * 12,) * 3)
    tall = Section(key="s", title="S", blocks=(DisplayBlock(crowded), endless))
    assert_within_margins(render_pdf(replace(document, sections=(tall,)), {}, STAMP), tmp_path)


@needs_poppler
def test_without_simulated_data_there_is_no_mark(tmp_path):
    real = sample_document(simulated=False)
    assert real.banner not in read(render_pdf(real, drawn(real), STAMP), tmp_path)


STRANGE = "emoji 😀 漢字 العربية \x00\x07\ud800\ufeff line\nbreak\ttab \u202e \ue000"


@pytest.mark.parametrize(
    "blocks",
    [
        (),
        (Paragraph(()), Bullets(()), KeyFigures(()), KeyFigures((("x", ()),))),
        (Paragraph((STRANGE,)), Bullets(((STRANGE,), ()))),
        (Listing(key="l", title=STRANGE, columns=(STRANGE, "b"), rows=((STRANGE, STRANGE * 9),)),),
    ],
    ids=["nothing", "empty parts", "strange words", "strange cells"],
)
def test_nothing_and_strange_characters_can_be_set(document, blocks):
    section = Section(key="s", title="S " + STRANGE, blocks=blocks)
    assert render_pdf(replace(document, sections=(section,)), {}, STAMP).startswith(b"%PDF")


def test_a_figure_without_a_drawing_is_an_error(document):
    with pytest.raises(DuonenError, match="Figure 1 has no drawing"):
        render_pdf(document, {}, STAMP)


@needs_poppler
def test_a_heading_does_not_stand_alone_on_the_page_before_a_high_table(document, tmp_path):
    """The notes count as the table does: 38 rows fit a page, and with 14 lines of notes and a heading they do not."""
    columns = (Column(header="Row", align="left", weight=3), Column(header="Value"))
    rows = tuple(TableRow(cells=((f"Row {n}",), (str(n),))) for n in range(38))
    note = (
        "What the numbers of the table above are, what they are not, and for whom they were counted. " * 4,
    )
    produced = replace(
        next(one for one in document.displays() if isinstance(one.content, TableContent)),
        content=TableContent(columns=columns, rows=rows),
        footnotes=(note,) * 4,
    )
    sections = tuple(
        Section(key=f"s{n}", title=f"Heading {n}", blocks=(DisplayBlock(replace(produced, key=f"high_{n}")),))
        for n in (1, 2)
    )
    made = pages(render_pdf(replace(document, sections=sections), {}, STAMP), tmp_path)
    headed = [page for page in made if re.search(r"Heading \d", page) and "Contents" not in page]
    assert len(headed) == len(sections)
    assert all("Row 0" in page for page in headed)


def _of_rows(document, n, *, notes=6, landscape=False, texts=("Value",)):
    """Show one table of some rows and long notes in each of two sections."""
    columns = (Column(header="Row", align="left", weight=3), *(Column(header=text) for text in texts))
    note = ("What the numbers of the table above are, and for whom they were counted. " * 5,)
    produced = replace(
        next(one for one in document.displays() if isinstance(one.content, TableContent)),
        content=TableContent(
            columns=columns,
            rows=tuple(TableRow(cells=((f"Row {i}",), *((text,) for text in texts))) for i in range(n)),
            landscape=landscape,
        ),
        footnotes=(note,) * notes,
    )
    sections = tuple(
        Section(key=f"s{i}", title=f"Heading {i}", blocks=(DisplayBlock(replace(produced, key=f"t{i}")),))
        for i in (1, 2)
    )
    return replace(document, sections=sections)


@needs_poppler
@pytest.mark.parametrize("rows", [34, 35, 36, 37, 38])
def test_no_page_holds_notes_alone_and_a_table_that_goes_on_says_so(rows, document, tmp_path):
    made = pages(render_pdf(_of_rows(document, rows), {}, STAMP), tmp_path)
    noted = [page for page in made if "for whom they were counted" in page]
    assert all(f"Row {rows - 1}" in page and f"Row {rows - 2}" in page for page in noted)
    holding = [page for page in made if re.search(r"Row \d", page) and "Contents" not in page]
    begun = [page for page in holding if "Row 0 " in page]
    going_on = [page for page in holding if page not in begun]
    assert len(begun) == 2
    assert going_on
    assert all(", continued" in page for page in going_on)
    assert not any(
        re.search(r"^ *\S+ \S+, continued", page.split("Row 0 ")[0], re.MULTILINE) for page in begun[:1]
    )


@needs_poppler
@pytest.mark.parametrize("rows", [36, 37, 38, 39, 40])
def test_the_last_heading_of_a_table_does_not_end_a_page(rows, document, tmp_path):
    """The last two rows go with the notes, and with them the heading that they stand under."""
    made = _of_rows(document, rows, notes=2)
    sections = []
    for section in made.sections:
        (block,) = section.blocks
        content = block.produced.content
        heading = TableRow(cells=(("All values together",), ()), kind="group")
        body = (*content.rows[:-2], heading, *(replace(row, indent=1) for row in content.rows[-2:]))
        produced = replace(block.produced, content=replace(content, rows=body))
        sections.append(replace(section, blocks=(DisplayBlock(produced),)))
    shown = pages(render_pdf(replace(made, sections=tuple(sections)), {}, STAMP), tmp_path)
    headed = [page for page in shown if "All values together" in page]
    assert len(headed) == len(sections)
    assert all(f"Row {rows - 1}" in page for page in headed)


@needs_poppler
def test_turned_tables_share_a_page_and_one_that_is_read_as_well_upright_is_not_turned(document, tmp_path):
    def sizes(texts):
        made = render_pdf(_of_rows(document, 5, notes=1, landscape=True, texts=texts), {}, STAMP)
        (tmp_path / "made.pdf").write_bytes(made)
        said = subprocess.run(
            ["pdfinfo", "-l", "99", tmp_path / "made.pdf"], capture_output=True, check=True, text=True
        ).stdout
        return re.findall(r"size: +([\d.]+) x", said)

    assert len(set(sizes(("Value",)))) == 1
    broad = sizes(tuple(f"12.3 (4.5 to {i}.7)" for i in range(8)))
    assert len([one for one in broad if float(one) > 800]) == 1


@needs_poppler
@pytest.mark.parametrize(("rows", "shared"), [(2, True), (40, False)])
def test_what_is_left_of_a_turned_page_is_given_to_the_next_display(rows, shared, document, tmp_path):
    broad = _of_rows(document, 5, notes=1, landscape=True, texts=[f"12.3 (4.5 to {i}.7)" for i in range(8)])
    turned = broad.sections[0]
    after = replace(_of_rows(document, rows, notes=0).sections[1], title="Heading 2")
    made = pages(render_pdf(replace(document, sections=(turned, after)), {}, STAMP), tmp_path)
    page = next(one for one in made if "4.5 to 7.7" in one)
    assert ("Heading 2" in page) == shared


def _figure(document):
    blocks = (block for section in document.sections for block in section.blocks)
    return next(one for one in blocks if isinstance(one, DisplayBlock) and one.produced.key == "f1")


@needs_poppler
@pytest.mark.parametrize(("lines", "together"), [(20, True), (24, False)])
def test_a_figure_a_little_too_high_is_drawn_smaller_and_one_much_too_high_is_not(
    lines, together, document, tmp_path
):
    figure = _figure(document)
    before = tuple(Paragraph((f"Line {i} of the text.",)) for i in range(lines))
    sections = (Section(key="a", title="Before", blocks=(*before, figure)),)
    drawn = {"f1": sample_svgs(document)["f1"].encode()}
    made = pages(render_pdf(replace(document, sections=sections), drawn, STAMP), tmp_path)
    last = next(place for place, page in enumerate(made) if f"Line {lines - 1} of" in page)
    shown = next(place for place, page in enumerate(made) if place >= last and "Figure 1" in page)
    assert (shown == last) == together


@needs_poppler
@pytest.mark.parametrize("lines", [27, 30, 33])
def test_a_heading_goes_to_the_next_page_with_its_figure(lines, document, tmp_path):
    figure = _figure(document)
    before = tuple(Paragraph((f"Line {i} of the text.",)) for i in range(lines))
    sections = (
        Section(key="a", title="Before", blocks=before),
        Section(key="b", title="Heading of the drawing", blocks=(figure,)),
    )
    drawn = {"f1": sample_svgs(document)["f1"].encode()}
    made = pages(render_pdf(replace(document, sections=sections), drawn, STAMP), tmp_path)
    (headed,) = [page for page in made if "Heading of the drawing" in page and "Contents" not in page]
    assert "Figure 1" in headed
