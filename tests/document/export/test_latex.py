import re
from dataclasses import replace

import pytest
from document.export.handed_over import table_of_latex, tables_of_html, text_of_latex
from document.sample_document import sample_document
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.document.export.flow import frame_of
from duonen_stats.document.export.latex import PACKAGES, escaped, latex_display
from duonen_stats.document.markup import printable
from duonen_stats.document.stored import read_document

SAMPLE = sample_document()
ALIKE = str.maketrans({"μ": "µ", "\u202f": "\u2009", "\ufffd": "?", "‘": "`", "’": "'"})


def test_nothing_in_a_text_is_a_command():
    assert escaped("\\input{x} $1^2_3$ 50 % & #~") == (
        r"\textbackslash{}input\{x\} \$1\textasciicircum{}2\_3\$ 50 \% \& \#\textasciitilde{}"
    )


@given(st.text(max_size=60))
def test_any_text_is_read_back_as_it_was(text):
    shown = printable(text).translate(ALIKE).replace("\t", " ")
    assert text_of_latex(escaped(shown)) == shown


@given(st.text(max_size=60))
def test_braces_are_closed_and_nothing_special_is_left(text):
    written = re.sub(r"\\[{}$&#%_,]", "", escaped(printable(text)))
    assert written.count("{") == written.count("}")
    assert written.count("$") % 2 == 0
    assert not set(re.sub(r"\$[^$]*\$", "", written)) & set("&#%_^")


@pytest.mark.parametrize("shown", SAMPLE.displays(), ids=lambda shown: shown.key)
def test_a_display_has_caption_label_notes_and_mark(shown):
    source = latex_display(shown, frame_of(SAMPLE), drawing=shown.key)
    kind = "fig" if hasattr(shown.content, "draw") else "tab"
    assert rf"\caption{{{escaped(printable(shown.title))}}}" in source
    assert rf"\label{{{kind}:" in source
    assert escaped(SAMPLE.stamp.banner) in source
    assert ",".join(PACKAGES) in source
    assert source.count(r"\begin{") == source.count(r"\end{")
    for note in shown.footnotes:
        words = "".join(part if isinstance(part, str) else part.text for part in note)
        assert escaped(printable(words)) in source


def test_every_table_of_the_report_has_the_cells_of_the_page(written_report):
    document = read_document((written_report / "document.json").read_bytes(), "report")
    page = tables_of_html((written_report / "report.html").read_text(encoding="utf-8"))
    for display in document.displays():
        if hasattr(display.content, "draw"):
            continue
        found = table_of_latex(latex_display(display, frame_of(document)))
        filled = [[cell for cell in row if cell] for row in found]
        wanted = [[cell.translate(ALIKE) for cell in row if cell] for row in page[display.key]]
        assert filled == wanted, display.key


def test_a_long_table_says_in_the_language_of_the_report_that_it_goes_on():
    table = next(one for one in SAMPLE.displays() if not hasattr(one.content, "draw"))
    longer = replace(table, content=replace(table.content, rows=table.content.rows * 40))
    for language, said, loaded in (("en", "(continued)", False), ("pl", "(ciąg dalszy)", True)):
        source = latex_display(longer, replace(frame_of(SAMPLE), language=language))
        assert rf"\tablename\ \thetable\ {said}" in source
        assert (r"\usepackage[polish]{babel}" in source) == loaded
