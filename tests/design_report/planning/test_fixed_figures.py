"""Figures of fixed designs: each point is what the engine says, and the point asked for lies on its curve."""

from bisect import bisect_left
from math import ceil

import pytest

from duonen_stats.design import expected_events, power, proportion_precision, sample_size
from duonen_stats.design_report.fixed_answers import (
    events_answer,
    power_answer,
    precision_answer,
    sample_size_answer,
)
from duonen_stats.design_report.planning.fixed_figures import ratio_range
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.drawings import style

PLAN = assumptions_from()


def panels(answer):
    """Return the lines of each panel of the answer's figure by label: x and y."""
    (figure,) = answer.figures
    return [
        {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()
         if not line.get_label().startswith("_")}
        for axes in figure.content.draw().axes
    ]  # fmt: skip


def height(curve, x):
    """Height of a curve at x, linear between its points."""
    xs, ys = curve
    place = min(max(bisect_left(xs, x), 1), len(xs) - 1)
    share = (x - xs[place - 1]) / (xs[place] - xs[place - 1])
    return ys[place - 1] + share * (ys[place] - ys[place - 1])


def marked(panel, start):
    """Return the one point of a panel whose label begins so."""
    ((x,), (y,)) = next(found for label, found in panel.items() if label.startswith(start))
    return x, y


@pytest.mark.parametrize("method", ["schoenfeld", "lakatos"])
def test_power_by_ratio_and_by_patients_is_that_of_the_engine(method):
    answer = power_answer(PLAN, patients=92, method=method)
    by_ratio, by_size = panels(answer)
    for x, y in list(zip(*by_ratio["92 patients"], strict=True))[::7]:
        assert y == 100 * power(PLAN.with_hazard_ratio(x), 92, method=method).power
    for size in (69, 138):
        x, y = (found[10] for found in by_ratio[f"{size} patients"])
        assert y == 100 * power(PLAN.with_hazard_ratio(x), size, method=method).power
    (curve,) = (found for label, found in by_size.items() if label.endswith("at hazard ratio 0.5"))
    for x, y in list(zip(*curve, strict=True))[::7]:
        assert y == 100 * power(PLAN, x, method=method).power
    found = answer.data["result"].power
    assert marked(by_ratio, "Asked for") == (0.5, 100 * found)
    assert marked(by_size, "Asked for") == (92, 100 * found)
    assert marked(by_ratio, "Detectable") == (answer.data["detectable"].hazard_ratio, pytest.approx(90))
    # The curves are fine enough to be read between their points.
    for drawn, panel in ((by_ratio["92 patients"], by_ratio), (curve, by_size)):
        x, y = marked(panel, "Asked for")
        assert height(drawn, x) == pytest.approx(y, abs=0.15)


def test_an_analysis_at_an_event_has_events_on_its_axis():
    answer = power_answer(PLAN, patients=92, events=50)
    by_ratio, by_size = panels(answer)
    assert set(by_ratio) >= {"50 events"}
    assert not any("patients" in label for label in (*by_ratio, *by_size))
    x, y = marked(by_size, "Asked for")
    assert (x, y) == (50, 100 * power(PLAN, 92, n_events=50).power)
    (curve,) = (found for label, found in by_size.items() if label.startswith("Schoenfeld"))
    # More events than the patients can have are not drawn.
    assert max(curve[0]) < 92
    assert "events" in answer.figures[0].content.alt


def test_hazard_ratios_that_change_leave_the_panel_over_patients():
    changing = assumptions_from(hazard_ratio=(1, 0.5), hazard_starts=(0, 6))
    (by_size,) = panels(power_answer(changing, patients=92, method="lakatos"))
    assert marked(by_size, "Asked for") == (92, 100 * power(changing, 92, method="lakatos").power)
    (by_size,) = panels(sample_size_answer(changing, method="lakatos"))
    assert marked(by_size, "Asked for")[1] == 90


def test_patients_needed_and_the_power_they_give():
    answer = sample_size_answer(PLAN, target_power=0.8)
    by_ratio, by_size = panels(answer)
    needed = answer.data["result"].n_patients
    assert marked(by_ratio, "Asked for") == (0.5, needed)
    assert marked(by_size, "Asked for") == (needed, 80)
    for wanted in (0.8, 0.9):
        xs, ys = by_ratio[f"{100 * wanted:.0f}% power"]
        for x, y in list(zip(xs, ys, strict=True))[::9]:
            assert y == sample_size(PLAN.with_hazard_ratio(x), power=wanted).n_patients
        assert max(ys) <= 5 * needed
    (curve,) = (found for label, found in by_size.items() if label.startswith("Schoenfeld"))
    assert curve[1][5] == 100 * power(PLAN, curve[0][5]).power


def test_events_over_time_with_the_bend_of_the_accrual_and_the_target():
    plan = assumptions_from(accrual_starts=(0, 13), accrual_intensities=(1, 3))
    answer = events_answer(plan, patients=92, target=60)
    (panel,) = panels(answer)
    months, events = panel["Events"]
    assert {13.0, 60.0} <= set(months)
    for place in (3, 20, 50):
        found = expected_events(plan, 92, months[place])
        drawn = [panel[name][1][place] for name in (
            "Events", "Events, control arm", "Events, experimental arm", "Patients entered")]  # fmt: skip
        assert drawn == [found.total, found.control, found.experimental, found.entered]
    assert marked(panel, "60 events at month") == (answer.data["months_to_target"], 60)
    assert events[-1] == pytest.approx(64.5, abs=8)


def test_a_target_out_of_reach_is_a_line_and_said():
    answer = events_answer(PLAN, patients=92)
    (panel,) = panels(answer)
    assert not any("at month" in label for label in panel)
    assert "117 events are never reached" in answer.figures[0].content.alt


def test_precision_over_patients():
    answer = precision_answer(patients=(92, 23), rates=(0.05, 0.3), method="clopper_pearson", confidence=0.9)
    (panel,) = panels(answer)
    for rate in ("5%", "30%"):
        x, y = panel[f"Rate {rate}"]
        one = proportion_precision(
            int(x[12]), float(rate[:-1]) / 100, method="clopper_pearson", confidence=0.9
        )
        assert y[12] == 100 * one.half_width
        assert all(float(n).is_integer() for n in x)
    assert panel["Asked for"] == (
        [one.n for one in answer.data["precision"]],
        [100 * one.half_width for one in answer.data["precision"]],
    )


@pytest.mark.parametrize(
    "answer",
    [
        power_answer(PLAN, patients=92),
        sample_size_answer(PLAN),
        events_answer(PLAN, patients=92, target=60),
        precision_answer(patients=(92, 23), rates=(0.1, 0.3)),
    ],
    ids=lambda answer: answer.question,
)
def test_a_figure_has_words_looked_up_numbers_and_the_same_bytes_again(answer):
    (figure,) = answer.figures
    assert len(figure.content.alt) > 60
    assert figure.content.numbers
    results = answer.results()
    assert all(number.id in results for number in figure.content.numbers)
    first = style.svg(figure.content.draw())
    assert style.svg(figure.content.draw()) == first
    assert "%" in figure.content.alt or "month" in figure.content.alt


def test_a_design_without_an_effect_has_a_figure_too():
    none = assumptions_from(hazard_ratio=(1.0,))
    by_ratio, _ = panels(power_answer(none, patients=92))
    assert marked(by_ratio, "Asked for") == (1.0, 5.0)
    assert ceil(max(by_ratio["92 patients"][0])) == 1


def test_ratios_lie_on_the_side_of_the_effect():
    low, high = ratio_range(1.0, "lower", 0.2)
    assert low < 0.2 < high < 1
    low, high = ratio_range(1.3, "higher", 5.0)
    assert 1.3 < low < 5 < high
    worse = power_answer(assumptions_from(hazard_ratio=(1.8,)), patients=92)
    by_ratio, _ = panels(worse)
    assert min(by_ratio["92 patients"][0]) > 1
