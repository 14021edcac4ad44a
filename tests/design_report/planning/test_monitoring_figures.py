"""Figures of monitoring and simulation: each point is what the engine, or the simulation itself, says."""

import numpy as np
import pytest

from duonen_stats.design import (
    SimulationScenario,
    conditional_power,
    expected_events,
    group_sequential_design,
    power,
    predictive_power,
)
from duonen_stats.design_report.monitoring_answers import boundaries_answer, conditional_power_answer
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.design_report.simulation_answers import methods_answer, simulation_answer
from duonen_stats.displays.drawings import style

PLAN = assumptions_from()


def lines(axes):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()
            if not line.get_label().startswith("_")}  # fmt: skip


def panels(answer):
    return [lines(axes) for axes in answer.figures[0].content.draw().axes]


@pytest.fixture(scope="module")
def simulated():
    scenario = SimulationScenario(assumptions=PLAN, n_patients=92)
    return simulation_answer(scenario, trials=600, calibration_trials=1000, seed=2)


def test_boundaries_on_three_scales_and_the_looks_in_time():
    plan = group_sequential_design((0.5, 0.75, 1), futility="lan_demets_pocock")
    answer = boundaries_answer(plan, PLAN)
    z, ratio, stops, calendar = panels(answer)
    events, months = answer.data["events"], answer.data["calendar"]
    assert z["Reject if Z is above"] == (list(events.n_events), list(plan.efficacy_z))
    assert z["Futility if Z is below"] == (list(events.n_events), list(plan.futility_z))
    assert ratio["Reject if below"][1] == list(events.hazard_ratio_boundary)
    assert ratio["Futility if above"][1] == list(events.futility_hazard_ratio)
    assert stops["Rejected by then, as planned"][1][-1] == pytest.approx(100 * events.power)
    assert stops["Rejected by then, no effect"][1][-1] == pytest.approx(2.5)
    assert stops["Futility by then, as planned"][1] == pytest.approx(
        100 * np.cumsum(events.futility_probability)
    )
    assert calendar["Looks"] == (list(months.look_months), list(events.n_events))
    x, y = (found[30] for found in calendar["Events"])
    assert y == expected_events(PLAN, months.max_patients, x).total


def test_looks_without_stopping_and_an_effect_for_the_worse():
    plan = group_sequential_design((0.3, 1), efficacy="stated_spending", efficacy_parameter=(0, 0.025))
    z, ratio, *_ = panels(boundaries_answer(plan, assumptions_from(hazard_ratio=(1.8,))))
    assert len(z["Reject if Z is above"][0]) == len(ratio["Reject if above"][0]) == 1
    better = panels(boundaries_answer(plan, PLAN))[1]
    assert len(better["Reject if below"][0]) == 1


def test_conditional_power_over_the_interim_result():
    plan = group_sequential_design((0.5, 1))
    answer = conditional_power_answer(plan, look=1, z=1.2, hazard_ratio=0.6, max_events=117)
    (panel,) = panels(answer)
    drift = answer.data["conditional"].drift
    x, y = (found[25] for found in panel["Trend goes on"])
    one = conditional_power(plan, look=1, z=x, drift=drift)
    names = ("Trend goes on", "Effect as planned", "No effect", "Predictive, flat prior", "Hazard ratio 0.6")
    assert y == 100 * one.under_trend
    assert [panel[name][1][25] for name in names] == [
        100 * value for value in (
            one.under_trend, one.under_design, one.under_null,
            predictive_power(plan, look=1, z=x).predictive_power, one.at_drift,
        )
    ]  # fmt: skip
    seen = answer.data["conditional"]
    xs, ys = panel["Seen: Z = 1.200"]
    assert set(xs) == {1.2}
    assert ys[:3] == [100 * seen.under_trend, 100 * seen.under_design, 100 * seen.under_null]
    assert ys[4] == 100 * seen.at_drift


def test_methods_with_and_without_simulation():
    answer = methods_answer(PLAN, patients=92, hazard_ratios=(0.5, 0.7), trials=300)
    (panel,) = panels(answer)
    x, y = (found[11] for found in panel["Freedman"])
    assert y == 100 * power(PLAN.with_hazard_ratio(x), 92, method="freedman").power
    assert panel["Simulated"] == ([0.5, 0.7], [100 * one for one in answer.data["comparison"].rows[-1].power])
    (panel,) = panels(methods_answer(PLAN, patients=92, hazard_ratios=(0.5, 2.0), trials=0))
    assert "Simulated" not in panel
    assert max(panel["Lakatos"][0]) > 2


def test_the_simulated_statistic_is_that_of_the_trials(simulated):
    by_ratio, statistic = panels(simulated)
    found = simulated.data["result"]
    label = next(name for name in by_ratio if name.startswith("Simulated:"))
    assert by_ratio[label] == ([0.5], [100 * found.power.power.value])
    x, y = (one[8] for one in by_ratio["Lakatos"])
    assert y == 100 * power(PLAN.with_hazard_ratio(x), 92, method="lakatos").power
    for name, test in (("No effect", found.size), ("Hazard ratio 0.5", found.power)):
        xs, ys = statistic[name]
        # Two points a bin: all trials are there, and those left of -2 are as many as the engine counts.
        assert sum(ys[1:-1:2]) == pytest.approx(100)
        left = sum(y for x, y in zip(xs[1:-1:2], ys[1:-1:2], strict=True) if x < -2)
        assert left == pytest.approx(100 * test.z_counts[: 6 * 1024].sum() / test.n_trials)
    assert set(statistic["Critical, normal"][0]) == set(found.calibration.nominal_values)
    assert set(statistic["Critical, calibrated"][0]) == set(found.calibration.scenario.tails)


def test_figures_have_words_numbers_and_the_same_bytes(simulated):
    plan = group_sequential_design((0.5, 1))
    for answer in (boundaries_answer(plan, PLAN), conditional_power_answer(plan, look=1, z=0.5), simulated):
        (figure,) = answer.figures
        results = answer.results()
        assert figure.content.numbers
        assert all(number.id in results for number in figure.content.numbers)
        assert "None" not in figure.content.alt
        assert style.svg(figure.content.draw()) == style.svg(figure.content.draw())
