from dataclasses import replace

import pytest

from duonen_stats.errors import UnknownStatisticError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import ids


def test_times_follow_the_plan_and_go_on_into_late_follow_up(study):
    scope = ids.Scope(study=study, plan=FINAL)
    assert ids.sign_times(scope) == ("T1", "V1", "V2", "V3", "V4", *ids.LATE_VISITS, "last")
    assert ids.change_times(scope) == ids.sign_times(scope)[1:]
    assert ids.signs(scope) == ("KPS", "WEIGHT", "SYSBP", "DIABP", "PULSE", "TEMP")


def test_a_shift_has_a_percentage_only_between_two_known_levels():
    assert ids.karnofsky_shift("90", "below_60", "A").stat("pct") == "vitals.KPS.shift.90.below_60.A.pct"
    with pytest.raises(UnknownStatisticError):
        ids.karnofsky_shift("90", "missing", "A").stat("pct")


def test_what_the_dictionary_does_not_measure_has_no_id(study):
    less = replace(study, vital_signs=tuple(one for one in study.vital_signs if one.code == "PULSE"))
    known = {name for name in ids.known_ids(less, INTERIM, "interim").exact if name.startswith("vitals.")}
    assert {name.split(".")[1] for name in known} == {"PULSE"}
    assert "vitals.PULSE.T1.A.change.n" not in known  # a change from itself
