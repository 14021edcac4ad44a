"""The report of one answer: every form says the same, blinded and unblinded stay apart."""

import csv
import io
import json
from dataclasses import replace

import pytest

from duonen_stats.design import ReestimationRule, group_sequential_design
from duonen_stats.design_report.answer import AnswerFigure
from duonen_stats.design_report.answer_files import answer_report_files, write_answer
from duonen_stats.design_report.answer_output import answer_json
from duonen_stats.design_report.fixed_answers import events_answer
from duonen_stats.design_report.question_inputs import assumptions_from, summary_cut
from duonen_stats.design_report.reestimation_answers import (
    reestimate_blinded_answer,
    reestimate_unblinded_answer,
)
from duonen_stats.displays.drawings.design_figures import Curve, describe_curves, draw_curves
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.errors import DuonenError
from duonen_stats.study import load_study

CUT = summary_cut(entered=60, events=15, cut_month=36.0)
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)


def blinded():
    return reestimate_blinded_answer(
        CUT, hazard_ratio=0.5, planned_patients=92, allocation_ratio=3.0, end_months=120.0, n_draws=50
    )


def unblinded():
    return reestimate_unblinded_answer(RULE, z=1.5, assumptions=assumptions_from(), patients=92)


@pytest.mark.parametrize("make", [blinded, unblinded, lambda: events_answer(assumptions_from(), patients=92)])
def test_text_json_results_and_page_say_the_same(make):
    answer = make()
    files = answer_report_files(answer, load_study())
    rows = list(csv.DictReader(io.StringIO(files["results.csv"].decode("utf-8-sig"))))
    shown = json.loads(answer_json(answer))["shown"]
    assert json.loads(files["answer.json"])["shown"] == shown
    assert [row["analysis_id"] for row in rows] == [one["id"] for one in shown]
    for row, one in zip(rows, shown, strict=True):
        assert (float(row["stat"]) if row["stat"] else None) == one["value"], one["id"]
    page = files["report.html"].decode()
    for label, text in answer.said.items():
        assert label in page
        assert (
            text.split(" (")[0].split("<")[0] in page.replace("</span>", "").replace("&nbsp;", " ")
            or "span" in page
        )
    assert files["report.pdf"].startswith(b"%PDF")
    assert "tables/facts.csv" in files


def test_the_same_answer_gives_the_same_bytes():
    assert answer_report_files(blinded(), load_study()) == answer_report_files(blinded(), load_study())


def test_blinded_and_unblinded_do_not_replace_each_other(tmp_path):
    out = tmp_path / "filed"
    line = write_answer(out, blinded(), options={"entered": 60})
    assert line.startswith("Written to")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["kind"], manifest["blinded"], manifest["options"]) == (
        "blinded answer",
        True,
        {"entered": 60},
    )
    assert set(manifest["outputs"] if isinstance(manifest["outputs"], dict) else
               [one["name"] for one in manifest["outputs"]]) == {
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    } - {"manifest.json"}  # fmt: skip
    with pytest.raises(DuonenError):
        write_answer(out, unblinded())
    write_answer(out, blinded())
    page = answer_report_files(unblinded(), load_study())["report.html"].decode()
    assert "UNBLINDED" in page
    assert "UNBLINDED" not in (out / "report.html").read_text(encoding="utf-8")


def test_figures_and_the_mark_of_simulated_data():
    curves = [Curve(label="Events", x=[0.0, 1.0], y=[0.0, 2.0])]
    figure = AnswerFigure(
        "fan", "A figure",
        FigureContent(
            draw=lambda: draw_curves(curves, x_label="Month", y_label="Events"),
            alt=describe_curves(curves, x_measure="Month", y_measure="Events"),
        ),
    )  # fmt: skip
    answer = blinded()
    marked = replace(answer, figures=(figure,), data={"simulated": True, "data": "a cohort", **answer.data})
    files = answer_report_files(marked, load_study())
    assert b"SIMULATED" in files["figures/fan.svg"]
    assert "not results of the trial" in files["report.html"].decode()
    assert "not results of the trial" not in answer_report_files(answer, load_study())["report.html"].decode()
