from duonen_stats.plan import INTERIM
from duonen_stats.results import ids
from duonen_stats.results.ids.scope import Scope


def test_pairs_of_arms_are_compared_in_one_direction(study):
    family = next(family for family in ids.families() if family.name == "pair")
    blocks = set(family.blocks(Scope(study=study, plan=INTERIM, report="interim")))
    assert "dose.kidney.between.games_howell.D_vs_A" in blocks
    assert "dose.kidney.between.games_howell.A_vs_D" not in blocks


def test_modification_is_compared_by_one_test_under_every_plan():
    assert ids.modification_test("HGB", "B") == "labs.HGB.nadir.modification.B.kruskal_wallis"
    assert ids.modification_test("HGB", "B", changed=True).stat("p").endswith("B.changed.kruskal_wallis.p")


def test_paired_tests_have_statistics_of_their_own():
    pair = ids.lab_pair("HGB", "V3", "V4")
    assert ids.paired(pair, "wilcoxon").stats == ("z", "p")
    assert ids.paired(pair, "paired_t").stat("difference") == "labs.HGB.V3_V4.paired.paired_t.difference"
