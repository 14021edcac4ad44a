import pytest

pytestmark = pytest.mark.worked


def test_curves_rise_from_zero(final_shown):
    lines = [
        line
        for line in final_shown["figure_e12"].content.draw().axes[0].lines
        if "curve" in str(line.get_label())
    ]
    assert len(lines) == 4
    for line in lines:
        heights = list(line.get_ydata())
        assert heights[0] == 0.0
        assert heights == sorted(heights)


def test_events_and_competing_deaths_are_counted_apart(final_cells, final_results):
    rows = final_cells("table_e10")
    for place, group in enumerate(("BCD", "A", "B", "C", "D")):
        events, deaths = (
            int(rows[name][place]) for name in ("Patients with the event", "Deaths without the event")
        )
        assert events + deaths <= final_results.value(f"ae3.cif.{group}.n")


def test_incidence_is_stated_at_every_landmark(final_cells, final_material):
    rows = final_cells("table_e10")
    months = [name for name in rows if ": at " in name]
    assert len(months) == len(final_material.plan.landmark_months)
