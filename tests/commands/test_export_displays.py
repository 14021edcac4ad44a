import json
import shutil
from io import BytesIO
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from document.export.handed_over import tables_of_html, tables_of_word

from duonen_stats.cli.app import main
from duonen_stats.commands.export_displays import export_displays, read_report
from duonen_stats.commands.personal_files import find_personal
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.document.markup import figure_size
from duonen_stats.errors import DataError, OptionError


@pytest.fixture(scope="module")
def report(written_report):
    return read_report(written_report)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(*words: object):
    return CliRunner().invoke(main, ["export", *map(str, words)])


def test_a_table_as_word_has_title_population_notes_source_and_mark(report, written_report, tmp_path):
    exported = export_displays(report, form="docx", out=tmp_path / "out", displays=["table_1"])
    assert exported.files == ("manifest.json", "table_1.docx")
    content = files(tmp_path / "out")["table_1.docx"]
    page = tables_of_html((written_report / "report.html").read_text(encoding="utf-8"))
    assert tables_of_word(content) == [page["table_1"]]
    file = docx.Document(BytesIO(content))
    texts = [paragraph.text for paragraph in file.paragraphs]
    shown = next(one for one in report.document.displays() if one.key == "table_1")
    assert texts[0] == f"Table 1. {shown.title}"
    assert texts[1].startswith("Randomised")
    assert any(shown.source in text for text in texts)
    assert "SIMULATED DATA" in file.sections[0].header.paragraphs[0].text


def test_the_whole_report_is_one_document_with_contents(report, tmp_path):
    export_displays(report, form="rtf", out=tmp_path / "out", dpi=60)
    assert set(files(tmp_path / "out")) == {"manifest.json", "report.rtf"}
    text = files(tmp_path / "out")["report.rtf"].decode("ascii")
    figures = [one.key for one in INTERIM_DISPLAYS.values() if one.key.startswith("figure")]
    assert text.count("\\pngblip") == len(figures) == 16
    assert "PAGEREF" in text


@pytest.mark.parametrize("form", ["docx", "rtf", "tex", "html", "png", "svg"])
def test_the_same_report_gives_the_same_bytes(form, report, tmp_path):
    for name in ("one", "two"):
        export_displays(report, form=form, out=tmp_path / name, displays=["Table 3", "figure_1"], dpi=72)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_file_for_each_display_and_drawings_beside_latex(report, tmp_path):
    export_displays(report, form="tex", out=tmp_path / "out")
    keys = {shown.key for shown in report.document.displays()}
    names = set(files(tmp_path / "out"))
    assert {f"{key}.tex" for key in keys} <= names
    assert {f"{key}.pdf" for key in report.drawings} <= names
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert (manifest["kind"], manifest["simulated"]) == ("exported displays", True)


def test_letters_too_small_for_a_journal_are_said(report, tmp_path):
    exported = export_displays(
        report, form="tiff", out=tmp_path / "out", displays=["figure_1"], width_mm=85, dpi=100
    )
    assert exported.files == ("figure_1.tif", "manifest.json")
    assert "4.0 points" in exported.notes[0]


def test_panels_are_one_below_another_where_a_row_of_them_would_be_too_small(report, tmp_path):
    sizes = {}
    for width in (85, 180):
        exported = export_displays(
            report, form="svg", out=tmp_path / str(width), displays=["figure_2"], width_mm=width
        )
        assert exported.notes == ()
        sizes[width] = figure_size(files(tmp_path / str(width))["figure_2.svg"].decode())
    assert sizes[85][1] > sizes[85][0]
    assert sizes[180][1] < sizes[180][0]
    assert set(report.columns) <= set(report.drawings)


def test_what_an_export_holds_of_patients_is_told(report, tmp_path):
    export_displays(report, form="svg", out=tmp_path / "out", displays=["figure_1", "figure_2"])
    assert [one.name for one in find_personal(tmp_path / "out").files] == ["figure_2.svg"]
    export_displays(report, form="rtf", out=tmp_path / "whole", dpi=50)
    assert [one.name for one in find_personal(tmp_path / "whole").files] == ["report.rtf"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"displays": ["table_99"]}, "Did you mean"),
        ({"displays": ["tabel_1"]}, "table_1"),
        ({"width_mm": 85}, "width of its page"),
        ({"dpi": 7}, "dots per inch"),
    ],
)
def test_what_cannot_be_had_is_found_before_anything_is_written(options, message, report, tmp_path):
    with pytest.raises(OptionError, match=message):
        export_displays(report, form="docx", out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_no_format_of_that_name(report, tmp_path):
    with pytest.raises(OptionError, match="no format"):
        export_displays(report, form="odt", out=tmp_path / "out")


def test_the_command_writes_and_says_how_many_files(written_report, tmp_path):
    result = run(written_report, "--format", "html", "--display", "table_1", "--out", tmp_path / "out")
    assert (result.exit_code, result.output) == (0, f"1 file written to {tmp_path / 'out'}.\n")


def test_an_unwritable_or_strange_place_is_wrong_usage(written_report, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for place in (tmp_path, written_report, tmp_path / "notes.txt"):
        result = run(written_report, "--format", "html", "--out", place)
        assert result.exit_code == 2
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.fixture
def copied(written_report, tmp_path) -> Path:
    shutil.copytree(written_report, tmp_path / "report")
    return tmp_path / "report"


def refuse(folder: Path) -> str:
    result = run(folder, "--format", "html", "--out", folder.parent / "out")
    assert result.exit_code == 2, result.output
    assert not (folder.parent / "out").exists()
    return " ".join(result.output.split())


def test_a_damaged_report_is_wrong_usage(copied):
    drawing = copied / "figures" / "figure_1.svg"
    drawing.write_text("<svg/>", encoding="utf-8")
    assert "is not what was written" in refuse(copied)
    drawing.unlink()
    assert "cannot be read" in refuse(copied)


def test_a_foreign_folder_is_wrong_usage(tmp_path):
    (tmp_path / "report").mkdir()
    assert "no manifest.json" in refuse(tmp_path / "report")


def edit_manifest(folder: Path, change) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_report_of_an_earlier_version_and_an_output_of_another_kind_are_told(copied):
    edit_manifest(copied, lambda about: about.update(kind="audit"))
    assert "another kind (audit)" in refuse(copied)

    def without_pages(about):
        about.update(
            kind="report", outputs=[one for one in about["outputs"] if one["name"] != "document.json"]
        )

    edit_manifest(copied, without_pages)
    with pytest.raises(DataError, match="earlier version"):
        read_report(copied)
