from dataclasses import replace

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


def test_each_definition_has_its_own_name():
    assert ids.late_incidence("dysfunction", "A") != ids.late_incidence("severe_cytopenia", "A")
    assert (
        ids.late_rate(ids.late_incidence("renal", "BCD"), 12.0).stat("n_risk")
        == "late.cif.renal.BCD.rate.12.n_risk"
    )


def test_the_grid_starts_at_0_once(study):
    plan = replace(FINAL, late_months=(0.0, 12.0))
    assert ids.late_grid_months(ids.Scope(study=study, plan=plan)) == (0.0, 12.0)


def test_late_harm_is_of_the_final_report(study):
    name = ids.late_incidence("neoplasm", "A").stat("events")
    assert name in ids.known_ids(study, FINAL, "final")
    assert name not in ids.known_ids(study, FINAL, "interim")
