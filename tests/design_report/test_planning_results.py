"""Numbers of a design report as rows."""

from math import exp, sqrt

import pytest
from small_design import small_findings

from duonen_stats.design_report.planning_results import design_results


def test_numbers_have_ids_units_and_methods():
    results = design_results(small_findings())
    row = results.row("design.method.schoenfeld.events")
    assert (row.stat, row.unit, row.method) == (117, "events", "Schoenfeld")
    assert results.value("design.assumed.event_probability") == pytest.approx(70.136009)
    assert results.row("design.method.lakatos.hr0.5.power").unit == "%"
    assert results.value("design.events.m120.expected.total") == pytest.approx(64.5251, abs=1e-4)
    planned = "design.planned.schoenfeld"
    # Normal distribution at sqrt(64.5251 x 0.75 x 0.25) log 2 - 1.95996 = 0.4510
    assert results.value(f"{planned}.power") == pytest.approx(67.400, abs=1e-3)
    assert results.value(f"{planned}.events") == results.value("design.events.m120.expected.total")
    reach = 1.9599640 * sqrt(
        sum(1 / results.value(f"{planned}.{arm}") for arm in ("control", "experimental"))
    )
    assert results.value(f"{planned}.lower") == pytest.approx(0.5 * exp(-reach), rel=1e-7)
    assert results.value(f"{planned}.upper") == pytest.approx(0.5 * exp(reach), rel=1e-7)
    assert results.value(f"{planned}.patients_needed") == 167
    # Wilson: z sqrt(pq/n + z²/4n²) / (1 + z²/n)
    assert results.value("design.precision.n92.p0.1.half_width") == pytest.approx(6.21639, abs=2e-5)
    needed = results.row("design.boundary.pocock.plan.patients")
    assert needed.stat % 4 == 0
    assert needed.population == "As many patients as the events need"
    assert results.row("design.assumed.max_followup").note.startswith("none")
    assert results.value("design.boundary.pocock.plan.3.information") == pytest.approx(100)
    simulated = results.row("design.size.nominal.logrank.favourable")
    assert (simulated.n, simulated.unit) == (1000, "%")
    assert results.row("design.size.calibrated.logrank.favourable").n == 500
    assert all(row.analysis_id.startswith("design.") for row in results)
