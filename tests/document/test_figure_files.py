import struct
from datetime import UTC, datetime

import pytest
from document.sample_document import sample_document

from duonen_stats.document.figure_files import figure_files

WHEN = datetime(2025, 6, 30, tzinfo=UTC)
TABLE, FIGURE, *_ = sample_document().displays()


def test_the_same_bytes_every_time_and_no_date_of_today():
    files, again = (figure_files(FIGURE, timestamp=WHEN) for _ in range(2))
    assert set(files) == {"svg", "pdf", "png"}
    assert files == again
    assert files["pdf"].startswith(b"%PDF")
    assert b"dc:date" not in files["svg"]


@pytest.mark.usefixtures("whole_output")
def test_png_is_fine_enough_to_print():
    png = figure_files(FIGURE, timestamp=WHEN)["png"]
    at = png.index(b"pHYs") + 4
    assert struct.unpack(">I", png[at : at + 4])[0] == pytest.approx(220 / 0.0254, abs=1)


def test_a_table_is_no_figure():
    with pytest.raises(TypeError, match="is not a figure"):
        figure_files(TABLE, timestamp=WHEN)
