from io import BytesIO
from pathlib import Path

import docx
import pytest
from document.export.handed_over import table_of_latex, tables_of_html, tables_of_rtf, tables_of_word
from PIL import Image

from duonen_stats import produce
from duonen_stats.displays.exposure.modifications import FIGURE_1
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.document.shown import Shown
from duonen_stats.errors import OptionError
from duonen_stats.plan import INTERIM


@pytest.fixture(scope="module")
def table(datasets, study) -> Shown:
    return produce(TABLE_1, datasets, study, INTERIM)


@pytest.fixture(scope="module")
def figure(datasets, study) -> Shown:
    return produce(FIGURE_1, datasets, study, INTERIM)


def cells(shown: Shown) -> list[list[str]]:
    return [[text for text in map(plain, row.cells) if text] for row in shown.content.rows]


def test_a_table_is_text_a_frame_and_a_page(table):
    assert str(table).startswith(f"Table 1. {table.title}\nRandomised patients, N = 56")
    assert "SIMULATED DATA – not results of the trial" in table._repr_html_()
    assert [[one for one in row if one] for row in tables_of_html(table._repr_html_())["table_1"]][
        1:
    ] == cells(table)
    frame = table.to_frame()
    assert list(frame.columns)[:2] == ["Characteristic", "Total (N = 56)"]
    assert [[one for one in row if one] for row in frame.to_numpy().tolist()] == cells(table)


def test_the_numbers_behind_a_display_are_unrounded_rows_with_the_mark(table, figure):
    numbers = table.to_frame(numbers=True).set_index("analysis_id")
    assert numbers.loc["table1.age.all.median", "stat"] == 68.5
    assert numbers["population"].str.contains("SIMULATED").all()
    assert figure.to_frame().equals(figure.to_frame(numbers=True))
    assert {number.id for number in figure.content.numbers} <= set(figure.to_frame()["analysis_id"])


def test_a_table_writes_itself_in_every_format(table, tmp_path):
    word = table.to_docx(tmp_path / "t.docx").read_bytes()
    rtf = table.to_rtf(tmp_path / "t.rtf").read_bytes()
    latex = table.to_latex(tmp_path / "t.tex")
    page = table.to_html(tmp_path / "t.html")
    assert (tmp_path / "t.tex").read_text(encoding="utf-8") == latex
    wanted = cells(table)
    for found in (tables_of_word(word)[0], tables_of_rtf(rtf)[0], tables_of_html(page)["table_1"]):
        assert [[one for one in row if one] for row in found][1:] == wanted
    assert len(table_of_latex(latex)) == len(wanted) + 1
    header = docx.Document(BytesIO(word)).sections[0].header.paragraphs[0].text
    assert header == "SIMULATED DATA – not results of the trial"


def test_a_figure_writes_itself_in_every_format(figure, tmp_path):
    with Image.open(figure.to_png(tmp_path / "f.png", width_mm=85, dpi=100)) as image:
        assert image.width == pytest.approx(85 / 25.4 * 100, abs=1)
    figure.to_docx(tmp_path / "f.docx", dpi=72)
    figure.to_rtf(tmp_path / "f.rtf", dpi=72)
    figure.to_picture(tmp_path / "f.tif", dpi=72)
    source = figure.to_latex(tmp_path / "f.tex")
    assert r"\includegraphics" in source
    assert {path.name for path in tmp_path.iterdir()} == {
        "f.png",
        "f.docx",
        "f.rtf",
        "f.tif",
        "f.tex",
        "f.pdf",
    }
    assert "<svg" in figure._repr_html_()


def test_the_same_display_gives_the_same_bytes(table, figure, datasets, study, tmp_path):
    again = produce(TABLE_1, datasets, study, INTERIM)
    assert table.to_docx(tmp_path / "1.docx").read_bytes() == again.to_docx(tmp_path / "2.docx").read_bytes()
    assert table._repr_html_() == again._repr_html_()
    assert figure._repr_html_() == figure._repr_html_()


@pytest.mark.parametrize("name", ["table.doc", "table", "table.jpg"])
def test_another_ending_is_refused_and_nothing_is_written(name, table, tmp_path):
    for write in (table.to_docx, table.to_rtf, table.to_png, table.to_picture):
        with pytest.raises(OptionError):
            write(tmp_path / name)
    assert not list(Path(tmp_path).iterdir())
