"""The figure of an answer as a file: by its ending, marked, the same bytes again, refused before the work."""

from dataclasses import replace

import pytest
from PIL import Image

from duonen_stats.design_report.fixed_answers import precision_answer
from duonen_stats.design_report.planning.figure_file import require_figure_file, write_figure
from duonen_stats.errors import OptionError

ANSWER = precision_answer(patients=(92,), rates=(0.1,))


def test_it_is_written_by_its_ending_and_the_same_bytes_replace_it(tmp_path):
    first = {}
    for kind in ("svg", "png", "pdf", "SVG"):
        path = tmp_path / f"half_width.{kind}"
        assert (
            write_figure(path, ANSWER)
            == f"Written to {path}: half-width of the interval over the number of patients."
        )
        first[kind] = path.read_bytes()
        write_figure(path, ANSWER)
        assert path.read_bytes() == first[kind]
    assert first["svg"] == first["SVG"]
    assert first["pdf"].startswith(b"%PDF")
    assert b"SIMULATED" not in first["svg"]
    with Image.open(tmp_path / "half_width.png") as image:
        image.load()
        assert image.info["Software"] == "duonen_stats"


def test_the_figure_of_simulated_patients_is_marked(tmp_path):
    write_figure(tmp_path / "one.svg", replace(ANSWER, data={**ANSWER.data, "simulated": True}))
    assert "SIMULATED DATA" in (tmp_path / "one.svg").read_text(encoding="utf-8")


def test_what_cannot_be_written_is_said_of_the_option(tmp_path):
    own = tmp_path / "own.svg"
    own.write_bytes(b"<svg/>")
    (tmp_path / "folder.svg").mkdir()
    for path, words in (
        (tmp_path / "one.gif", "must end in .svg, .pdf or .png"),
        (tmp_path / "one", "must end in"),
        (own, "is not a figure as this package wrote it"),
        (own / "one.svg", "cannot be written"),
        (tmp_path / "folder.svg", "is a folder"),
    ):
        with pytest.raises(OptionError, match=words) as fault:
            require_figure_file(path)
        assert fault.value.option == "figure"
        with pytest.raises(OptionError):
            write_figure(path, ANSWER)
    assert own.read_bytes() == b"<svg/>"
    with pytest.raises(OptionError, match="has no figure"):
        write_figure(tmp_path / "none.svg", replace(ANSWER, figures=()))
