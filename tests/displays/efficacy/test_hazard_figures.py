import math

import pytest


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
