import json

import pytest
from document.sample_document import sample_document
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.model.content import FigureContent
from duonen_stats.document.content_model import Document
from duonen_stats.document.stored import document_json, read_document
from duonen_stats.errors import DataError


def read(content: bytes) -> Document:
    return read_document(content, "my_report")


def test_a_report_is_read_back_as_it_was_written():
    document = sample_document()
    written = document_json(document)
    found = read(written)
    assert document_json(found) == written
    assert found.stamp == document.stamp
    assert [*found.numbers()] == [*document.numbers()]
    for one, other in zip(found.displays(), document.displays(), strict=True):
        assert str(one) == str(other)


def test_a_figure_that_was_read_back_is_not_drawn_again():
    found = next(shown for shown in read(document_json(sample_document())).displays()
                 if isinstance(shown.content, FigureContent))  # fmt: skip
    with pytest.raises(DataError, match="drawing is in the folder"):
        found.content.draw()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged"),
        (b"[]", "damaged"),
        (b'{"made_by": "another"}', "not one of this package"),
        (b'{"made_by": "duonen_stats", "format": 99}', "later version"),
        (b'{"made_by": "duonen_stats", "format": 1}', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"\xff\xfe", "damaged"),
    ],
)
def test_what_is_no_such_file_is_an_error_that_says_what_to_do(content, message):
    with pytest.raises(DataError, match=message):
        read(content)


WRITTEN = json.loads(document_json(sample_document()))


def spots(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from spots(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value[:2]):
            yield from spots(inner, (*path, place))
    yield path


PATHS = [path for path in spots(WRITTEN) if path]


@given(st.sampled_from(PATHS), st.sampled_from([None, 7, "x", [], {}, [[]], [1], True]))
def test_a_damaged_file_is_read_or_refused_and_never_a_traceback(path, value):
    copy = json.loads(json.dumps(WRITTEN))
    place = copy
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    try:
        found = read(json.dumps(copy).encode())
    except DataError:
        return
    document_json(found)
