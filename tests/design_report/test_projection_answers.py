"""The answer of a projection: what is shown is what is computed."""

import json
from dataclasses import replace

from PIL import Image

from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan
from duonen_stats.design_report.answer_output import answer_json, answer_text
from duonen_stats.design_report.cut_data import CutOptions, marked, read_blinded
from duonen_stats.design_report.planning.figure_file import require_figure_file, write_figure
from duonen_stats.design_report.projection_answers import fan, project_answer
from duonen_stats.design_report.question_inputs import summary_cut
from duonen_stats.displays.model.content import plain

CUT = {"entered": 60, "events": 15, "cut_month": 36.0}
PLAN = {
    "planned_patients": 92, "hazard_ratio": 0.5, "hazard_ratio_limits": (0.25, 1.0), "allocation_ratio": 3.0,
    "simulations": 200,
}  # fmt: skip


def rows(answer, place):
    return [tuple(plain(cell) for cell in row.cells) for row in answer.content(answer.tables[place]).rows]


def test_numbers_of_a_cut_have_months_and_dates_from_the_planned_opening():
    answer = project_answer(summary_cut(**CUT), targets=(15, 30), **PLAN)
    heads = (
        "Events",
        "Month, median",
        "90% prediction",
        "Reached",
        "Date, median",
        "Date, lower limit",
        "Date, upper limit",
    )
    assert answer.tables[0].heads == heads
    assert answer.data["cut"]["opened"].isoformat() == "2022-01-01"
    assert rows(answer, 0)[1][4] == answer.data["projection"].targets[1].date.isoformat()
    # Fifteen events are seen; numbers alone do not tell when they came.
    assert rows(answer, 0)[0][1:] == ("–", "– to –", "100%, already", "–", "–", "–")
    row = answer.results().row("design.project.projection.targets.0.months")
    assert (row.stat, row.note) == (None, "already reached; its month is not known from the numbers given")
    assert "no arm was read" in answer.notes[0]


def test_text_and_json_say_the_same():
    blinded, _ = read_blinded(None)
    answer = project_answer(blinded, targets=(25, 64), **PLAN)
    shown, data = answer_text(answer), json.loads(answer_json(answer))
    for row, one in zip(rows(answer, 0), data["projection"]["targets"], strict=True):
        assert row[0] == str(one["n_events"])
        assert row[1] == f"{one['months']:.1f}"
        assert row[4:] == tuple(one[name] or "–" for name in ("date", "date_lower", "date_upper"))
    ends = {row[0]: (int(row[1]), row[2] == "yes") for row in rows(answer, 1)}
    assert ends == {one["reason"]: (one["n"], one["lost"]) for one in data["cut"]["ends"]}
    assert sum(n for n, lost in ends.values() if lost) == data["cut"]["n_dropouts"]
    assert f"{data['cut']['n_events']} events, {data['cut']['n_dropouts']} lost" in shown
    assert len(rows(answer, 2)) == sum(len(row["targets"]) for row in data["projection"]["sensitivity"])
    assert data["warnings"][0] in " ".join(shown.split())


def test_a_cut_of_completers_is_a_warning_and_says_what_it_means():
    unknown, _ = read_blinded(None)
    told, _ = read_blinded(None, CutOptions(entered_so_far=70))
    shown = {
        name: project_answer(cut, targets=(40,), **PLAN).notes[0]
        for name, cut in (("unknown", unknown), ("told", told))
    }
    assert all(
        note.startswith("WARNING: this is a cut of completers. All its 56 patients")
        for note in shown.values()
    )
    assert "--entered-so-far" in shown["unknown"]
    assert "at risk since their entry" in shown["told"]
    assert all("none of them entered in the last" in note for note in shown.values())
    assert "Others have entered who are not in it (14)." in shown["told"]
    alone, _ = read_blinded(None, CutOptions(entered_so_far=56))
    assert alone.completers
    assert not project_answer(alone, targets=(40,), **PLAN).data["warnings"]
    facts = project_answer(told, targets=(40,), **PLAN).said
    assert facts["Entered so far"] == "70, 14 of them not in the cut"
    assert not project_answer(summary_cut(**CUT), targets=(40,), **PLAN).data["warnings"]


def test_every_assumption_stated_is_shown():
    plan = AccrualPlan(starts_months=(0.0, 12.0), patients_per_month=(1.5, 2.0))
    answer = project_answer(
        summary_cut(**CUT), targets=(30,), accrual=plan, max_followup=60.0, shape=1.2, confidence=0.8, **PLAN
    )
    shown = answer.said
    assert shown["Hazard ratio"] == "0.500, prior range 0.250 to 1.000 (95%)"
    assert (
        shown["Accrual after the cut"]
        == "as planned: 1.5 a month from month 0 after it, 2 a month from month 12 after it"
    )
    assert shown["Longest follow-up"] == "60.0 months"
    assert shown["Times to the event"] == "1.20 is the Weibull shape; 1 is exponential"
    assert shown["Events become known"] == "on their day"
    assert answer.tables[0].heads[2] == "80% prediction"
    known = project_answer(summary_cut(**CUT), targets=(30,), **{**PLAN, "hazard_ratio_limits": (0.5, 0.5)})
    assert known.said["Hazard ratio"] == "0.500, taken as known"


def test_what_is_never_reached_is_a_dash():
    few = replace(summary_cut(**CUT), opened=None)
    answer = project_answer(few, targets=(92,), **{**PLAN, "planned_patients": 92}, max_followup=12.0)
    assert rows(answer, 0)[0] == ("92", "–", "– to –", "0%", "–", "–", "–")


def test_the_fan_is_drawn_as_computed(tmp_path):
    blinded, cut = read_blinded(None)
    answer = marked(project_answer(blinded, targets=(25, 40), **PLAN), cut)
    found = answer.data["projection"]
    axes = fan(found, blinded).draw().axes[0]
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert list(lines["Prediction, median"].get_ydata()) == list(found.fan_median)
    steps = lines["Events seen in the cut"]
    assert (steps.get_ydata()[0], steps.get_ydata()[-1]) == (0, blinded.n_events)
    assert list(steps.get_xdata()[1:3]) == [found.observed_months[0]] * 2
    assert axes.get_xlim()[1] >= found.targets[1].upper
    for ending in ("svg", "png", "pdf"):
        write_figure(tmp_path / f"fan.{ending}", answer)
        require_figure_file(tmp_path / f"fan.{ending}")
    with Image.open(tmp_path / "fan.png") as image:
        image.load()  # checks every chunk
        assert image.info["Software"] == "duonen_stats"
    assert "SIMULATED DATA" in (tmp_path / "fan.svg").read_text(encoding="utf-8")
    assert (tmp_path / "fan.pdf").read_bytes().startswith(b"%PDF")


def test_every_number_shown_is_a_row_of_the_results_once():
    blinded, _ = read_blinded(None)
    answer = project_answer(blinded, targets=(25, 64), **PLAN)
    results = answer.results()
    assert results.value("design.project.cut.n_dropouts") == blinded.n_dropouts
    assert (
        results.value("design.project.projection.targets.0.lower")
        == answer.data["projection"].targets[0].lower
    )
    never = results.row("design.project.projection.targets.1.upper")
    assert (never.stat, never.note) == (None, "not reached with this probability")


def test_events_already_seen_have_the_month_they_came_in():
    blinded, _ = read_blinded(None)
    answer = project_answer(blinded, targets=(5,), **PLAN)
    month = sorted((blinded.entry_months + blinded.followup_months)[blinded.event])[4]
    assert rows(answer, 0)[0][:4] == ("5", f"{month:.1f}", f"{month:.1f} to {month:.1f}", "100%, already")
    assert any("“Already”" in note for note in answer.notes)


def test_limits_of_the_rates_have_a_level_and_contradictions_a_warning():
    blinded, _ = read_blinded(None)
    answer = project_answer(
        replace(blinded, contradictions=("the lists differ.",)), targets=(64,), confidence=0.8, **PLAN
    )
    assert "Limits of hazard, dropout and accrual at 80%, as those of the prediction." in answer.notes
    assert "WARNING: the lists differ." in answer.notes
    assert answer.data["warnings"][-1] == "WARNING: the lists differ."
