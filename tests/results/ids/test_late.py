import pytest

from duonen_stats.errors import UnknownStatisticError
from duonen_stats.plan import FINAL
from duonen_stats.results import ids


def test_falls_are_named_by_their_percentage():
    assert [ids.decline_name(one) for one in (0.3, 0.4, 0.575)] == ["30", "40", "57_5"]
    assert (
        ids.decline_rate(ids.egfr_decline("30", "A"), 12.0).stat("incidence")
        == "kidney.decline.30.A.rate.12.incidence"
    )


def test_levels_follow_the_plan(study):
    scope = ids.Scope(study=study, plan=FINAL)
    assert ids.kdigo_times(scope)[0] == "T1"
    assert ids.late_visits(scope) == ("V4", *ids.LATE_VISITS)
    assert ids.blood_counts(scope) == ("HGB", "PLAT", "WBC", "NEUT", "LYMPH")
    with pytest.raises(UnknownStatisticError):
        ids.kidney_rapid("A").stat("slope")
