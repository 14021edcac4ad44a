from dataclasses import replace

from displays.legibility import numbers

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety.severe_events import INCIDENCE_FIGURE, INCIDENCE_TABLE
from duonen_stats.results.rows.table import Results


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
    assert len(months) == len(final_material.plan.ae_landmark_months)


def test_rare_events_are_not_drawn_at_the_foot_of_an_empty_axis(final_shown):
    axes = final_shown["figure_e12"].content.draw().axes[0]
    highest = max(max(line.get_ydata()) for line in axes.lines if "curve" in str(line.get_label()))
    assert 0.3 * axes.get_ylim()[1] < highest <= axes.get_ylim()[1]


def changed(material, stats, notes=None):
    """The same material, with other numbers in the results table, and reasons for those that are None."""
    rows = [
        replace(row, stat=stats[row.analysis_id], note=(notes or {}).get(row.analysis_id, row.note))
        if row.analysis_id in stats
        else row
        for row in material.look.results
    ]
    return replace(material, look=Lookup(Results(rows)))


def test_numbers_at_risk_stand_at_every_month_of_the_axis(final_shown, final_material):
    figure = final_shown["figure_e12"].content.draw()
    ticks = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert ticks == [f"{month:g}" for month in final_material.plan.ae_grid_months][: len(ticks)]
    assert len(ticks) > 3
    written = [key for key in numbers(figure) if ".grid." in key]
    assert len(written) == 2 * 4 * len(ticks)


def test_without_any_event_there_is_no_test(final_material):
    none = changed(final_material, {"ae3.cif.all.events": 0})
    for display in (INCIDENCE_FIGURE, INCIDENCE_TABLE):
        produced = lay_out(display, none)
        said = produced.content.alt if display is INCIDENCE_FIGURE else plain(produced.sentence)
        assert "No event of grade 3 or higher" in said
        assert "p\u00a0=" not in said


def test_a_test_that_was_not_made_has_its_reason(final_material):
    key = "ae3.gray.four_arm.p"
    refused = changed(final_material, {key: None}, {key: "an arm has fewer than 5 patients"})
    sentence = plain(lay_out(INCIDENCE_TABLE, refused).sentence)
    assert sentence.endswith("Gray's test of all arms: not estimable, an arm has fewer than 5 patients.")


def test_events_without_a_date_are_told(final_shown, final_material):
    undated = lay_out(INCIDENCE_TABLE, changed(final_material, {"ae3.undated.n": 3}))
    assert "3 event(s) of grade 3" in " ".join(plain(note) for note in undated.footnotes)
    assert "date of onset" not in " ".join(plain(note) for note in final_shown["table_e10"].footnotes)
