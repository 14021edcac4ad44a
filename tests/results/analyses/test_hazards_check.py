from made_times import ABOUT, spread, times

from duonen_stats.methods import proportional_hazards_test, scaled_schoenfeld
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.hazards_check import check_hazards
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import two_groups

SAMPLE = times(*spread("A", 9, step=2), *spread("B", 9, step=3, first=2))


def test_test_residuals_and_smooth_are_rows():
    found = Results(check_hazards(two_groups(SAMPLE, ("B",), FINAL), ABOUT, FINAL))
    x = (SAMPLE.arm == "B").astype(float)
    assert found.value("t.p") == proportional_hazards_test(SAMPLE.time, SAMPLE.event, x).terms[0].p_value
    residuals = scaled_schoenfeld(SAMPLE.time, SAMPLE.event, x)[0]
    assert found.value("t.residuals") == 18
    values = [found.value(f"{block}.value") for block in found.under("t.residual")]
    assert values == [value for _, value in sorted(zip(residuals.time, residuals.value, strict=True))]
    assert found.value("t.smooths") == 40
    assert found.value("t.smooth.39.time") == residuals.smooth.time[-1]


def test_without_a_model_there_are_reasons():
    silent = times(*spread("A", 6), *spread("B", 6, event=0))
    found = Results(check_hazards(two_groups(silent, ("B",), FINAL), ABOUT, FINAL))
    assert {row.stat for row in found} == {None}
    assert all(row.note for row in found)
