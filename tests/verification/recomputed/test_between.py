from itertools import product

import numpy as np
import pytest
from scipy import stats
from verification.made_folder import plan, values

from duonen_stats.verification.recomputed import between as own
from duonen_stats.verification.second_numbers import SecondNumbers

GROUPS = {
    "A": np.array([10.0, 12.0, 11.0, 14.0, 13.0]),
    "B": np.array([15.0, 17.0, 16.0, 19.0, np.nan]),
    "C": np.array([11.0, 11.0, 12.0, 13.0]),
}


@pytest.fixture(scope="module")
def found():
    return values(own.compare_groups, "x", GROUPS, plan())


@pytest.mark.independent
def test_omnibus_and_pairs_are_those_of_scipy(found):
    samples = [own.present(one) for one in GROUPS.values()]
    assert found["x.between.anova.statistic"] == pytest.approx(stats.f_oneway(*samples).statistic)
    assert found["x.between.welch_anova.p"] == pytest.approx(stats.f_oneway(*samples, equal_var=False).pvalue)
    tukey = stats.tukey_hsd(*samples)
    assert found["x.between.tukey_hsd.B_vs_A.p"] == pytest.approx(tukey.pvalue[1, 0], rel=1e-6)
    assert found["x.between.tukey_hsd.B_vs_A.ci_low"] == pytest.approx(
        tukey.confidence_interval().low[1, 0], rel=1e-6
    )
    games = stats.tukey_hsd(*samples, equal_var=False)
    assert found["x.between.games_howell.C_vs_B.p"] == pytest.approx(games.pvalue[2, 1], rel=1e-6)
    assert found["x.between.games_howell.C_vs_B.ci_high"] == pytest.approx(
        games.confidence_interval().high[2, 1], rel=1e-6
    )


def test_ties_shrink_the_variance_of_dunn(found):
    ranks = stats.rankdata(np.concatenate([own.present(one) for one in GROUPS.values()]))
    n = 13
    ties = 2 * (2**3 - 2) + 3**3 - 3
    assert sorted(np.unique(ranks, return_counts=True)[1])[-3:] == [2, 2, 3]
    variance = (n * (n + 1) - ties / (n - 1)) / 12 * (1 / 5 + 1 / 4)
    z = (ranks[:5].mean() - ranks[5:9].mean()) / np.sqrt(variance)
    assert found["x.between.dunn.B_vs_A.p"] == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert found["x.between.dunn.B_vs_A.bonferroni"] == pytest.approx(min(1, 6 * stats.norm.sf(abs(z))))


def test_the_route_takes_the_test_that_its_assumptions_allow(found):
    assert found["x.between.shapiro_wilk.A.p"] > 0.05
    assert found["x.between.levene.p"] > 0.05
    assert found["x.between.routed.p"] == found["x.between.anova.p"]
    skewed = {"A": np.array([1.0, 1, 1, 1, 1, 1, 9]), "B": np.array([1.0, 2, 3, 4])}
    routed = values(own.compare_groups, "x", skewed, plan())
    assert routed["x.between.routed.p"] == routed["x.between.kruskal_wallis.p"]


def test_small_and_tied_groups_are_not_compared():
    assert values(own.compare_groups, "x", {"A": np.ones(5), "B": np.ones(2)}, plan()) == {}
    tied = values(own.compare_groups, "x", {"A": np.ones(5), "B": np.ones(4)}, plan())
    assert tied == {}
    assert values(own.compare_categories, "x", {"UP": np.arange(5.0), "DOWN": np.arange(2.0)}, plan()) == {}
    assert "x.p" in values(
        own.compare_categories, "x", {"UP": np.arange(5.0), "DOWN": np.arange(4.0)}, plan()
    )


def test_a_single_value_takes_part_without_a_variance_of_its_own():
    groups = {"A": np.array([11.5]), "B": np.array([10.1, 16.5, 20.3]), "C": np.array([14.0, 20.2])}
    found = values(own.compare_groups, "x", groups, plan(min_group=1))
    assert found["x.between.anova.p"] == pytest.approx(stats.f_oneway(*groups.values()).pvalue)
    assert not any(name.endswith("_vs_A.difference") for name in found if "games_howell" in name)
    games = stats.tukey_hsd(groups["B"], groups["C"], groups["C"], equal_var=False)
    assert found["x.between.games_howell.C_vs_B.p"] == pytest.approx(games.pvalue[1, 0], rel=1e-6)
    # The variance of the three groups together: that of B (2 degrees of freedom) and C (1).
    pooled = (2 * np.var(groups["B"], ddof=1) + np.var(groups["C"], ddof=1)) / 3
    q = np.abs(groups["B"].mean() - 11.5) / np.sqrt(pooled * (1 + 1 / 3) / 2)
    assert found["x.between.tukey_hsd.B_vs_A.p"] == pytest.approx(
        stats.studentized_range.sf(q, 3, 3), rel=1e-6
    )


def test_visits_are_compared_by_signed_ranks_of_rounded_differences():
    later, earlier = np.array([13.1, 12.4, 12.0, 9.0, np.nan]), np.array([12.9, 12.2, 12.0, 9.9, 1.0])
    found = values(own.compare_visits, "x", later, earlier, plan())
    # differences 0.2, 0.2 (a tie), 0 (dropped) and -0.9: ranks 1.5, 1.5 and 3
    assert found["x.paired.wilcoxon.z"] == pytest.approx(0.0)
    assert found["x.paired.paired_t.difference"] == pytest.approx(-0.125)
    assert values(own.compare_visits, "x", later, later, plan()) == {}


def test_distances_from_a_mean_between_two_values_have_no_spread():
    two = {"A": np.array([0.3, 0.1]), "B": np.array([1.7, 2.9])}
    assert "x.between.levene.p" not in values(own.compare_groups, "x", two, plan(min_group=2))


@pytest.mark.parametrize("test", ["kruskal_wallis", "routed", "anova", "welch_anova"])
def test_the_p_that_is_adjusted_over_visits_is_that_of_the_test_of_the_plan(found, test):
    out = SecondNumbers()
    assert own.compare_groups(out, "x", GROUPS, plan(between_arm_test=test)) == found[f"x.between.{test}.p"]


def test_signed_ranks_follow_the_program_of_the_plan():
    """Six pairs, one of them negative: exact without ties; with ties R corrects for continuity."""
    change, zero = np.array([1.0, 2, 3, 4, 5, -6]), np.zeros(6)
    exact = stats.wilcoxon(change, method="exact").pvalue
    for convention in ("r", "default"):
        untied = values(own.compare_visits, "x", change, zero, plan(convention=convention))
        assert untied["x.paired.wilcoxon.p"] == pytest.approx(exact)
        assert untied["x.paired.wilcoxon.z"] == pytest.approx(4.5 / 22.75**0.5)
    tied = np.array([1.0, 1, 3, 4, 5, -6])
    # ranks 1.5, 1.5, 3 to 6: the positive sum is 15, its variance is less by half a pair's 6 / 48
    z = values(own.compare_visits, "x", tied, zero, plan(convention="r"))["x.paired.wilcoxon.z"]
    assert z == pytest.approx(4 / (22.75 - 0.125) ** 0.5)
    patterns = [np.dot(signs, [1.5, 1.5, 3, 4, 5, 6]) for signs in product((0, 1), repeat=6)]
    p = values(own.compare_visits, "x", tied, zero, plan(convention="default"))["x.paired.wilcoxon.p"]
    assert p == pytest.approx(2 * np.mean(np.array(patterns) >= 15))
