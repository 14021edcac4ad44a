"""Tables and figures of a design report."""

from dataclasses import replace

import pytest
from small_design import small_findings

from duonen_stats.design_report.planning_findings import compute_design
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.model.content import FigureContent, plain
from duonen_stats.displays.model.lookup import Lookup


@pytest.fixture(scope="module")
def displays():
    found = small_findings()
    return design_displays(found, Lookup(design_results(found)))


def rows(produced):
    return [[plain(cell) for cell in row.cells] for row in produced.content.rows]


def test_methods_begin_with_schoenfeld_and_end_with_the_simulation(displays):
    found = rows(displays["methods"])
    assert found[0] == ["Schoenfeld", "117", "167", "31.7%", "67.4%", "81.3%"]
    assert found[-1][:3] == ["Simulated log-rank test", "–", "–"]
    assert "±" in found[-1][4]


def test_published_numbers_carry_a_verdict(displays):
    found = rows(displays["published"])
    assert ["Schoenfeld", "117", "116.64", "reproduced"] in found
    assert ["Schoenfeld", "75", "67.4", "not reproduced"] in found
    assert displays["published"].label == "Table 3"


def test_another_plan_has_no_published_table():
    found = replace(small_findings(), published_size=(), published_power=())
    assert "published" not in design_displays(found, Lookup(design_results(found)))


def test_events_and_precision_as_shown(displays):
    assert rows(displays["events"])[-1] == ["120", "92.0", "20.0", "44.5", "64.5"]
    assert ["92", "10.0%", "5.4% to 17.8%", "6.2"] in rows(displays["precision"])


def test_every_figure_can_be_drawn_and_says_what_it_shows(displays):
    figures = [one for one in displays.values() if isinstance(one.content, FigureContent)]
    assert [one.key for one in figures] == ["power_curve", "events_curve", "boundary_curve"]
    for one in figures:
        assert one.content.draw().axes
        assert one.content.alt


def test_the_hazard_ratio_assumed_is_among_the_columns_and_marked_in_the_figure():
    """Of a plan that is not the published one, too: who asks about 1.3 reads its power, simulated and by formula."""
    found = compute_design(
        assumptions_from(hazard_ratio=[1.3]), patients=120, trials=60, calibration_trials=1000, seed=3
    )
    shown = design_displays(found, Lookup(design_results(found)))
    heads = [column.header for column in shown["methods"].content.columns]
    assert heads[3:] == ["Power, HR 1.3", "Power, HR 0.667", "Power, HR 0.5", "Power, HR 0.43"]
    power = 100 * found.planned.power
    assert rows(shown["methods"])[0][3] == f"{power:.1f}%"
    assert "±" in rows(shown["methods"])[-1][3]
    (axes,) = shown["power_curve"].content.draw().axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert (list(lines["As planned"].get_xdata()), list(lines["As planned"].get_ydata())) == ([1.3], [power])
    assert max(lines["Schoenfeld"].get_xdata()) == pytest.approx(1.3)
    assert lines["Schoenfeld"].get_ydata()[-1] == pytest.approx(power)
    # Without an effect there is no direction, and no point of the curves.
    assert 1 not in lines["Schoenfeld"].get_xdata()
