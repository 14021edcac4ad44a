from html.parser import HTMLParser

from document.export.handed_over import tables_of_html
from document.sample_document import HOSTILE, sample_document, sample_svgs
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.model.content import Column, ProducedDisplay, TableContent, TableRow
from duonen_stats.document.export.flow import Frame, frame_of
from duonen_stats.document.export.html_fragment import html_fragment
from duonen_stats.document.markup import printable
from duonen_stats.document.stored import read_document

FRAME = Frame(title="Report", running_title="Report", cut_line="")


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_fragment_is_whole_and_runs_nothing():
    document = sample_document()
    svgs = sample_svgs(document)
    for shown in document.displays():
        page = html_fragment(shown, frame_of(document), svg=svgs.get(shown.key, ""))
        parser = Elements()
        parser.feed(page)
        assert parser.open == []
        assert not parser.names & {"script", "link", "img", "iframe", "object"}
        assert not any(name.startswith("on") for name in parser.attributes)
        assert all(text not in page for text in HOSTILE if "<" in text)


@given(st.text(max_size=60))
def test_any_text_is_read_back_as_it_was(text):
    content = TableContent(
        columns=(Column(header="x", align="left"), Column(header="y")),
        rows=(TableRow(cells=((text,), ("1",))),),
    )
    shown = ProducedDisplay(
        key="t", label="Table 1", ich_number="", title=text, population=(text,), content=content
    )
    found = tables_of_html(html_fragment(shown, FRAME))["t"]
    assert found == [["x", "y"], [printable(text).strip(), "1"]]


def test_every_table_of_the_report_has_the_cells_of_the_page(written_report):
    document = read_document((written_report / "document.json").read_bytes(), "report")
    page = tables_of_html((written_report / "report.html").read_text(encoding="utf-8"))
    for display in document.displays():
        if not hasattr(display.content, "draw"):
            fragment = html_fragment(display, frame_of(document))
            assert tables_of_html(fragment)[display.key] == page[display.key], display.key
