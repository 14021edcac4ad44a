import math

import pytest

from duonen_stats.displays.efficacy.survival_figures import comparison_note, month_scale, survival_group
from duonen_stats.displays.model.content import plain


def test_a_curve_is_the_rows_of_the_results_table(final_material, final_results):
    group = survival_group(final_material, "pfs", "BCD")
    assert group.time[0] == 0.0
    assert group.value[0] == 1.0
    assert len(group.time) == final_results.value("pfs.km.BCD.steps")
    assert group.end == max(group.time)
    assert sorted(group.value, reverse=True) == list(group.value)


def test_the_height_at_a_landmark_is_the_rate_of_the_table(final_material, final_results):
    group = survival_group(final_material, "os", "A")
    for month in final_material.plan.landmark_months:
        assert group.at(month) == pytest.approx(final_results.value(f"os.km.A.rate.{month:g}.survival"))


def test_at_risk_starts_with_everybody(final_material, final_results):
    group = survival_group(final_material, "pfs", "A")
    assert plain(group.counts[0]) == f"{final_results.value('pfs.km.A.n'):.0f} (0)"


@pytest.mark.parametrize(
    ("ends", "last"), [((), 0.0), ((0.0,), 0.0), ((7.0, 30.0), 36.0), ((119.0,), 120.0), ((130.0,), 120.0)]
)
def test_the_axis_reaches_the_next_month_of_the_grid(final_material, ends, last):
    scale = month_scale(final_material.plan.grid_months, ends)
    assert scale.ticks[-1] == last
    assert scale.high >= max(ends, default=0.0)


def test_the_legend_says_hazard_ratio_and_p(final_material):
    words = plain(comparison_note(final_material, "pfs")).replace("\u00a0", " ")
    assert words.startswith("Hazard ratio B + C + D against A (95% CI) 0.")
    assert "log-rank p = " in words


def test_the_primary_curve_has_bands_and_the_four_arms_have_none(final_shown):
    two, four = (final_shown[key].content.draw().axes[0].collections for key in ("figure_e3", "figure_e4"))
    assert {found.get_label() for found in two} == {"band BCD", "band A"}
    assert not four


def test_log_log_is_of_the_survival_curve(final_shown, final_results):
    axes = final_shown["figure_e6"].content.draw().axes[0]
    assert axes.get_xscale() == "log"
    line = next(found for found in axes.lines if found.get_label() == "curve A")
    time, height = line.get_xdata()[0], line.get_ydata()[0]
    survival = next(
        final_results.value(f"{block}.survival")
        for block in final_results.under("pfs.km.A.step")
        if final_results.value(f"{block}.time") == time
    )
    assert height == pytest.approx(math.log(-math.log(survival)))


def test_a_residual_stands_for_every_event(final_shown, final_results):
    axes = final_shown["figure_e7"].content.draw().axes[0]
    (points,) = (found for found in axes.collections if found.get_label() == "events")
    events = sum(final_results.value(f"pfs.km.{group}.events") for group in ("A", "BCD"))
    assert len(points.get_offsets()) == events
    (line,) = (found for found in axes.lines if found.get_label() == "proportional")
    assert line.get_ydata()[0] == final_results.value("pfs.primary.cox.coef")
