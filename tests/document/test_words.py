import pytest

from duonen_stats.displays.model.content import Number
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import Bullets, Listing, Paragraph
from duonen_stats.document.words import read_line, write_sections
from duonen_stats.errors import DuonenError, UnknownResultError
from duonen_stats.results.rows.table import ResultRow, Results

LOOK = Lookup(
    Results(
        [
            ResultRow(
                analysis_id="a.n", display="T", population="P", stat_name="n", stat_label="n", stat=12.0
            ),
            ResultRow(
                analysis_id="a.p",
                display="T",
                population="P",
                stat_name="p",
                stat_label="p",
                stat=0.0432,
                method="KW",
            ),
            ResultRow(
                analysis_id="b.p",
                display="T",
                population="P",
                stat_name="p",
                stat_label="p",
                stat=None,
                note="empty",
            ),
        ]
    )
)
LISTING = Listing(key="one", title="One", columns=("x",), rows=())


def write(tmp_path, text, blocks=None, **words):
    (tmp_path / "t.j2").write_text(text, encoding="utf-8")
    return write_sections(tmp_path, "t.j2", LOOK, words, blocks or {})


def test_words_and_numbers_become_sections(tmp_path):
    first, second = write(
        tmp_path,
        "# Summary {summary}\n\nOf {{ count('a.n') }} patients\nall are here.\n\n"
        "- p = {{ p('a.p') }}\n- {{ who }}\n\n## More {more}\n@ one\n",
        {"one": LISTING},
        who="nobody",
    )
    assert (first.key, first.level, second.title, second.level) == ("summary", 1, "More", 2)
    assert first.blocks == (
        Paragraph(("Of ", Number("a.n", "12"), " patients all are here.")),
        Bullets((("p = ", Number("a.p", "0.043")), ("nobody",))),
    )
    assert second.blocks == (LISTING,)


def test_what_cannot_be_estimated_is_a_dash_and_its_note_can_be_asked_for(tmp_path):
    (section,) = write(
        tmp_path, "# A {a}\n{{ p('b.p') }} {{ note('b.p') }} {{ method('a.p') }} {{ known('b.p') }}\n"
    )
    assert section.blocks == (Paragraph((Number("b.p", "–"), " empty KW False")),)


def test_an_unknown_number_stops_the_report(tmp_path):
    with pytest.raises(UnknownResultError, match="nothing"):
        write(tmp_path, "# A {a}\n{{ count('nothing') }}\n")


def test_an_unknown_display_stops_the_report(tmp_path):
    with pytest.raises(DuonenError, match="'two'"):
        write(tmp_path, "# A {a}\n@ two\n")


def test_a_display_left_out_stops_the_report(tmp_path):
    with pytest.raises(DuonenError, match="leaves out: one"):
        write(tmp_path, "# A {a}\nwords\n", {"one": LISTING})


def test_a_display_shown_twice_stops_the_report(tmp_path):
    with pytest.raises(DuonenError, match="stands twice"):
        write(tmp_path, "# A {a}\n@ one\n@ one\n", {"one": LISTING})


def test_words_before_the_first_heading_stop_the_report(tmp_path):
    with pytest.raises(DuonenError, match="before the first heading"):
        write(tmp_path, "lost words\n# A {a}\n")


def test_plain_words_are_one_piece():
    assert read_line("nothing looked up") == ("nothing looked up",)
    assert read_line("") == ()
