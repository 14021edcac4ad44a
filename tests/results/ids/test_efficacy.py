from dataclasses import replace

from duonen_stats.plan import FINAL
from duonen_stats.results import ids
from duonen_stats.results.ids.scope import Scope


def test_comparisons_build_on_what_is_compared():
    primary = ids.primary("pfs")
    assert ids.hazard_ratio(primary).stat("hr") == "pfs.primary.hr.hr"
    assert ids.log_rank(ids.single_arm("os", "B", "A")).stat("p") == "os.B_vs_A.log_rank.p"
    assert (
        ids.subgroup_ratio(ids.subgroup("pfs", "sex", "M")).stat("ci_low") == "pfs.subgroup.sex.M.hr.ci_low"
    )


def test_levels_of_subgroups_and_factors_follow_the_plan(study):
    plan = replace(FINAL, subgroup_age=60, tipping_deltas=(1.0, 2.5), control_arm="D")
    known = ids.known_ids(study, plan, "final")
    assert "pfs.subgroup.age.lt60.n_control" in known
    assert "pfs.subgroup.age.lt65.n_control" not in known
    assert "pfs.sensitivity.delta.2.5.hr" in known
    assert "pfs.km.ABC.median" in known
    assert "pfs.A_vs_D.cox.hr" in known
    assert "pfs.B_vs_A.cox.hr" not in known
    assert ids.subgroup_levels(Scope(study=study, plan=plan), "age") == ("lt60", "ge60")


def test_factors_of_subgroups_are_those_of_the_plan(study):
    known = ids.known_ids(study, replace(FINAL, subgroups=("AGE:50:65.5", "RACE")), "final")
    assert "pfs.subgroup.age.50to65_5.hr.ci_low" in known
    assert "os.subgroup.race.interaction.p" in known
    assert "pfs.subgroup.age.ge65.n_control" not in known
    assert "pfs.subgroup.sex.M.n_control" not in known
