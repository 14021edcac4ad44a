from duonen_stats.results import ids


def test_events_and_patients_with_them_are_counted_apart():
    assert ids.events("ANEMIA", "any").stat("n") == "table5.anemia.any.n"
    assert (
        ids.event_patients("total", "grade_ge3", "B").stat("pct") == "table5.total.grade_ge3.patients.B.pct"
    )


def test_months_are_written_as_short_as_they_can_be_told_apart():
    assert (
        ids.severe_rate(ids.severe_incidence("BCD"), 12.0).stat("incidence")
        == "ae3.cif.BCD.rate.12.incidence"
    )
    assert ids.severe_grid(ids.severe_incidence("A"), 7.5).stat("n_risk") == "ae3.cif.A.grid.7.5.n_risk"
