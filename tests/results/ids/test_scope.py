from dataclasses import replace

from duonen_stats.plan import INTERIM
from duonen_stats.results.ids import scope as levels
from duonen_stats.results.ids.scope import Scope


def test_levels_follow_the_study_and_the_plan(study):
    own = Scope(study=study, plan=INTERIM)
    assert levels.groups(own) == ("all", "A", "B", "C", "D")
    assert levels.time_groups(own) == ("A", "B", "C", "D", "BCD", "all")
    assert levels.modified(own) == ("B", "C", "D")
    assert levels.organs(own) == ("kidney", "marrow")
    other = Scope(study=study, plan=replace(INTERIM, control_arm="B", follow_up_visits=("V1", "V3")))
    assert levels.experimental(other) == ("A", "C", "D")
    assert levels.time_groups(other)[-2] == "ACD"
    assert levels.visit_pairs(other) == (("V1", "V3"), ("T1", "V1"), ("T1", "V3"))
