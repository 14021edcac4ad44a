"""Planning reports in Polish: every phrase has a term, numbers keep their digits, data files stay as they are."""

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner
from small_design import small_findings

from duonen_stats.cli.design import design
from duonen_stats.design_report import answer_files
from duonen_stats.design_report.answer_files import answer_document, answer_report_files
from duonen_stats.design_report.fixed_answers import power_answer
from duonen_stats.design_report.planning_report import design_document
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.model.format import decimal_comma
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.html import SLIDER_WORDS, render_html
from duonen_stats.document.language.catalogue import fixed_words, load_catalogue
from duonen_stats.document.language.translation import Translation
from duonen_stats.study import load_study

QUESTIONS = (
    ("power",),
    ("power", "--hazard-ratio", "1"),
    ("power", "--method", "lakatos", "--rho", "1", "--max-followup", "48", "--dropout", "0.002"),
    ("sample-size",),
    ("sample-size", "--method", "lakatos", "--hazard-starts", "0,6", "--hazard-ratio", "0.5,0.7"),
    ("events",),
    ("events", "--target", "40"),
    ("methods", "--trials", "300"),
    ("simulate", "--trials", "300"),
    ("boundaries",),
    ("boundaries", "--futility", "hwang_shih_decani", "--futility-parameter", "-2"),
    ("conditional-power", "--z", "1.5"),
    ("conditional-power", "--z", "3.4", "--hazard-ratio", "0.7", "--max-events", "64"),
    ("precision",),
    ("precision", "--method", "wald", "--half-width", "0.05", "--event-rate", "0.01"),
    ("toxicity", "--trials", "300", "--every", "5"),
    ("toxicity", "--trials", "300", "--every", "1", "--first", "1", "--window", "0"),
    ("toxicity", "--trials", "300", "--window", "1"),
    *(("toxicity", "--trials", "9", "--patients", "1", "--first", "1", "--window", one) for one in "016"),
    ("project", "--simulations", "60"),
    ("reestimate", "--trials", "300", "--calibration-trials", "1000"),
    ("reestimate", "--z", "1.5", "--events", "33", "--trials", "3000"),
    ("reestimate", "--z", "0.4", "--final-z", "2.1", "--final-events", "64", "--trials", "0"),
)


def polish(document):
    translation = Translation(load_catalogue("pl"))
    return translation, translation.document(document)


@pytest.fixture(scope="module")
def design_in_polish():
    found = small_findings()
    results = design_results(found)
    return polish(
        design_document(found, results, design_displays(found, Lookup(results)), load_study(), "1.2.3")
    )


@pytest.mark.parametrize("asked", QUESTIONS, ids=" ".join)
def test_every_phrase_of_an_answer_has_a_term(asked, monkeypatch):
    said = []

    def shown(answer, **_):
        said.append(polish(answer_document(answer, load_study(), "1.2.3"))[0])
        return ""

    monkeypatch.setattr("duonen_stats.cli.design_frame._shown", shown)
    done = CliRunner().invoke(design, list(asked))
    assert done.exit_code == 0, done.output
    assert [list(one.english) for one in said] == [[]]


def test_every_phrase_of_the_design_report_has_a_term(design_in_polish):
    translation, document = design_in_polish
    assert list(translation.english) == []
    assert document.title == "Raport z planowania"


def test_sliders_are_polish(design_in_polish):
    _, document = design_in_polish
    panel = next(one.sliders for one in document.sections if one.sliders)
    assert "Iloraz hazardów (HR)" in {one.label for one in panel.sliders}
    page = render_html(document, _blank(document))
    settings = json.loads(re.search(r'id="slider-settings">(.*?)</script>', page)[1])
    assert settings["decimal"] == ","
    assert settings["words"]["needed"] == "zdarzenia: {0}, pacjenci: {1}"
    for english in SLIDER_WORDS.values():
        places = re.compile(r"\{\d\}")
        assert sorted(places.findall(english)) == sorted(places.findall(fixed_words("pl", english)))
    assert ">Według suwaków<" in page
    assert "At the sliders" not in page


def _blank(document):
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" viewBox="0 0 10 10"></svg>'
    return {one.key: drawn for one in document.displays()}


def test_files_of_data_are_the_same_in_both_languages(monkeypatch):
    monkeypatch.setattr(answer_files, "drawn_pages", lambda *_: {})
    monkeypatch.setattr(answer_files, "drawn_files", lambda _: {})
    answer = power_answer(assumptions_from(), patients=92)
    english, said = (dict(answer_report_files(answer, load_study(), language=one)) for one in ("en", "pl"))
    assert english == said
    rows = csv.reader(io.StringIO(english["tables/facts.csv"].decode("utf-8-sig")))
    assert "Power" in {row[0] for row in rows}


def test_numbers_keep_their_digits():
    document = answer_document(power_answer(assumptions_from(), patients=92), load_study(), "1.2.3")
    _, said = polish(document)
    assert [decimal_comma(one.text) for one in document.numbers()] == [one.text for one in said.numbers()]


def test_a_figure_and_a_report_are_written_in_polish(tmp_path):
    out, figure = tmp_path / "out", tmp_path / "power.svg"
    done = CliRunner().invoke(
        design, ["power", "--out", str(out), "--figure", str(figure), "--language", "pl", "--quiet"]
    )
    assert (done.exit_code, done.output) == (0, "")
    assert "Iloraz hazardów" in figure.read_text(encoding="utf-8")
    assert '<html lang="pl">' in (out / "report.html").read_text(encoding="utf-8")
    (drawn,) = (out / "figures").glob("*.svg")
    assert "Iloraz hazardów" in drawn.read_text(encoding="utf-8")
    assert "language" not in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["options"]


def test_a_language_of_nothing_that_is_written_is_wrong_usage():
    done = CliRunner().invoke(design, ["power", "--language", "pl"])
    assert done.exit_code == 2
    assert "--language has an effect only with --figure or with --out" in done.output
