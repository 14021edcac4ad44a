import csv
import io

import pytest
from document.sample_document import sample_document

from duonen_stats.formats.shown import PLACE_COLUMNS, displays_csv, places


@pytest.fixture(scope="module")
def document():
    return sample_document()


@pytest.fixture(scope="module")
def rows(document):
    return list(csv.DictReader(io.StringIO(displays_csv(document).decode(), newline="")))


def test_every_number_of_the_report_stands_in_the_register(document, rows):
    assert tuple(rows[0]) == PLACE_COLUMNS
    assert {row["analysis_id"] for row in rows} - {""} == {number.id for number in document.numbers()}
    shown = {(row["analysis_id"], row["shown"].removeprefix("'")) for row in rows if row["analysis_id"]}
    assert shown == {(number.id, number.text) for number in document.numbers()}


def test_every_display_and_section_is_a_place(document, rows):
    keys = [produced.key for produced in document.displays()]
    sections = [f"section:{section.key}" for section in document.sections]
    assert {row["display"] for row in rows} == {*keys, *sections}
    named = {place.key: place.name for place, _ in places(document)}
    assert named["t1"] == "Table 1"
    assert named[sections[0]].startswith("section ")


def test_a_place_without_numbers_has_one_row(document, rows):
    empty = [place.key for place, numbers in places(document) if not numbers]
    assert empty
    for key in empty:
        assert [row["shown"] for row in rows if row["display"] == key] == [""]
