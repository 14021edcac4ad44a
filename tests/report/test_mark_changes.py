"""A report compared with an earlier one: marks, a section, and a folder of changes."""

import csv
import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest
from comparison.small_output import CUT, output
from document.sample_document import sample_document, sample_svgs

from duonen_stats.displays.model.content import CHANGED, plain
from duonen_stats.document.content_model import Listing
from duonen_stats.document.html import render_html
from duonen_stats.formats.csv_files import displays_csv, places, results_csv
from duonen_stats.report.mark_changes import mark_changes, mark_document


def marked_numbers(document):
    """Every marked number as ``now (before)``, in the order of reading."""
    return [f"{plain((one,))} ({one.before})" for one in document.numbers() if one.before is not None]


@pytest.fixture(scope="module")
def document():
    return sample_document()


def files(document):
    return {
        "results.csv": results_csv(document.results).decode(),
        "displays.csv": displays_csv(document).decode(),
    }


def test_a_section_after_the_first_says_what_changed(document, study):
    new = files(document)
    old = {name: text.replace("0.61", "0.58") for name, text in new.items()}
    marked = mark_changes(document, output(old, data_cut=CUT | {"date": "2023-09-30"}), output(new), study)
    section = marked.document.sections[1]
    assert section.title == "Changes since the report of data cut 2023-09-30"
    words = "".join("".join(map(str, block.line)) for block in section.blocks if hasattr(block, "line"))
    assert re.search(r"† marks each of the \d+ numbers", words)
    listed = [block for block in section.blocks if isinstance(block, Listing)]
    assert any(row[0] == "Table 1" for one in listed for row in one.rows)
    assert dict(marked.document.meta)["Compared with"].startswith("data cut 2023-09-30")
    assert set(marked.files) == {
        f"changes/{name}.csv" for name in ("records", "statistics", "displays", "findings", "context")
    }
    assert [one.key for one in marked.document.sections if one != section] == [
        one.key for one in document.sections
    ]


def test_the_same_data_give_no_mark(document, study):
    same = output(files(document))
    marked = mark_changes(document, same, same, study)
    assert all(number.before is None for number in marked.document.numbers())
    words = "".join(
        "".join(map(str, block.line))
        for block in marked.document.sections[1].blocks
        if hasattr(block, "line")
    )
    assert "Nothing differs" in words


def test_a_written_report_marks_exactly_the_numbers_shown_otherwise(
    comparison, written_report: Path, edited_report: Path
):
    page = (edited_report / "report.html").read_text(encoding="utf-8")
    marked = set(re.findall(r'class="num changed" data-ard="([^"]+)"', page))
    # A number that an earlier report showed in a place and this one does not is listed, and cannot be marked.
    shown = {name for item in comparison.displays for name, _, now in item.shown if now}
    assert marked == shown
    assert "Changes since the report of data cut 2025-09-30" in page
    assert 'class="num changed"' not in (written_report / "report.html").read_text(encoding="utf-8")
    assert not (written_report / "changes").exists()
    for name in ("results.csv", "displays.csv"):
        assert "†" not in (edited_report / name).read_text(encoding="utf-8")


def test_its_changes_are_those_of_compare(comparison, edited_report: Path):
    text = (edited_report / "changes" / "statistics.csv").read_text(encoding="utf-8")
    assert [row["analysis_id"] for row in csv.DictReader(io.StringIO(text))] == [
        item.analysis_id for item in comparison.statistics
    ]


@pytest.mark.skipif(which("pdftotext") is None, reason="poppler is not installed")
def test_the_printed_report_bears_the_marks(edited_report: Path):
    text = subprocess.run(
        ["pdftotext", "-layout", edited_report / "report.pdf", "-"], capture_output=True, check=True
    )
    assert "50† (89.3%†)" in text.stdout.decode()
    assert "† Differs from the earlier report (data cut 2025-09-30)." in text.stdout.decode()


def earlier(document, **other):
    """How the sample itself writes its numbers, but for those named."""
    texts = {}
    for place, numbers in places(document):
        texts[place.key] = {}
        for number in numbers:
            written = other.get(place.key, {}).get(number.id, number.text)
            known = texts[place.key].setdefault(number.id, ())
            if written is not None and written not in known:
                texts[place.key][number.id] = (*known, written)
    return texts


def test_the_same_report_bears_no_mark(document):
    assert mark_document(document, earlier(document), "the earlier report") == document


def test_a_number_that_differs_is_marked_where_it_stands_and_nowhere_else(document):
    marked = mark_document(document, earlier(document, t1={"t1/agep": "0.58"}), "the earlier report")
    assert marked_numbers(marked) == ["0.61† (0.58)"]
    table = next(one for one in marked.displays() if one.key == "t1")
    assert plain(table.footnotes[-1]) == f"{CHANGED} Differs from the earlier report."
    assert [one for one in marked.displays() if one.key != "t1"] == [
        one for one in document.displays() if one.key != "t1"
    ]


def test_a_number_that_was_not_there_is_marked_and_a_new_display_is_not(document):
    texts = earlier(document, t1={"t1/agep": None})
    del texts["t4"]
    assert marked_numbers(mark_document(document, texts, "x")) == ["0.61† ()"]


def test_a_number_written_in_two_ways_is_compared_way_by_way(document):
    section = document.sections[0]
    line = next(block.line for block in section.blocks if hasattr(block, "line"))
    number = next(part for part in line if not isinstance(part, str))
    both = (*line, " or ", replace(number, text=f"{number.text}.0"))
    blocks = tuple(replace(b, line=both) if getattr(b, "line", None) == line else b for b in section.blocks)
    twice = replace(document, sections=(replace(section, blocks=blocks), *document.sections[1:]))
    texts = earlier(twice)
    texts[f"section:{section.key}"] = texts[f"section:{section.key}"] | {number.id: (number.text, "9.0")}
    assert set(marked_numbers(mark_document(twice, texts, "x"))) == {f"{number.text}.0† (9.0)"}
    texts[f"section:{section.key}"] |= {
        number.id: (number.text,)
    }  # the earlier report wrote it in one way only
    assert set(marked_numbers(mark_document(twice, texts, "x"))) == {f"{number.text}.0† ({number.text})"}


def test_a_figure_names_its_changed_numbers(document):
    marked = mark_document(document, earlier(document, f1={"f1/A": "7.3"}), "the earlier report")
    figure = next(one for one in marked.displays() if one.key == "f1")
    assert plain(figure.footnotes[-1]).endswith("differ from the earlier report: 7.4 (before: 7.3).")


def test_a_mark_can_be_read_without_colour_and_without_a_mouse(document):
    marked = mark_document(document, earlier(document, t1={"t1/agep": "<0.05"}), "the earlier report")
    page = render_html(marked, sample_svgs(document))
    assert page.count('class="num changed"') == 1
    assert (
        'data-before="&lt;0.05" title="Earlier report: &lt;0.05" aria-description="Earlier report: &lt;0.05">0.61<'
        in page
    )
    assert 'content: "†"' in page
    assert 'class="num changed"' not in render_html(document, sample_svgs(document))
