"""A report compared with an earlier one: marks, a section, and a folder of changes."""

import csv
import io
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest
from comparison.small_output import CUT, output
from document.sample_document import sample_document

from duonen_stats.document.content_model import Listing
from duonen_stats.formats.csv_files import results_csv
from duonen_stats.formats.shown import displays_csv
from duonen_stats.report.mark_changes import mark_changes


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
