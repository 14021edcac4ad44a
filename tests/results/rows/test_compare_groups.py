"""The verbs that compare: what they put into rows. The mathematics has its own tests."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from duonen_stats.plan import INTERIM
from duonen_stats.results.rows.compare_groups import compare_groups, compare_planned, compare_visits
from duonen_stats.results.rows.table import About

ABOUT = About(id="dose", display="Table 3", population="Dosimetry", unit="Gy")
RNG = np.random.default_rng(5)
GROUPS = {
    "A": RNG.normal(15, 4, 14),
    "B": RNG.normal(21, 4, 14),
    "C": RNG.lognormal(3.3, 0.5, 8),
    "D": RNG.normal(21, 3, 12),
}


def rows_of(rows):
    return {row.analysis_id: row for row in rows}


@pytest.mark.independent
def test_every_omnibus_test_is_there_and_agrees_with_scipy():
    rows = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    samples = list(GROUPS.values())
    assert rows["dose.between.kruskal_wallis.p"].stat == pytest.approx(
        stats.kruskal(*samples).pvalue, rel=1e-12
    )
    assert rows["dose.between.anova.p"].stat == pytest.approx(stats.f_oneway(*samples).pvalue, rel=1e-12)
    assert rows["dose.between.welch_anova.p"].stat == pytest.approx(
        stats.f_oneway(*samples, equal_var=False).pvalue, rel=1e-10
    )
    assert rows["dose.between.kruskal_wallis.p"].n == 48


@pytest.mark.independent
def test_pairs_are_second_minus_first_with_ordered_limits():
    rows = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    difference = rows["dose.between.games_howell.C_vs_A.difference"].stat
    assert difference == pytest.approx(GROUPS["C"].mean() - GROUPS["A"].mean())
    low, high = (rows[f"dose.between.games_howell.C_vs_A.{end}"].stat for end in ("ci_low", "ci_high"))
    assert low < difference < high
    expected = stats.tukey_hsd(*GROUPS.values(), equal_var=False).pvalue[0, 2]
    assert rows["dose.between.games_howell.C_vs_A.p"].stat == pytest.approx(expected, abs=1e-9)


def test_dunn_adjustments_never_lower_a_p():
    rows = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    plain, holm, bonferroni = (
        rows[f"dose.between.dunn.C_vs_A.{name}"].stat for name in ("p", "holm", "bonferroni")
    )
    assert plain <= holm <= bonferroni


def test_the_route_is_recorded_with_its_assumptions():
    rows = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    assert rows["dose.between.routed.p"].method
    assert all(f"dose.between.shapiro_wilk.{arm}.p" in rows for arm in GROUPS)


@pytest.mark.parametrize("sizes", [(0, 0, 0, 0), (5, 0, 0, 0), (1, 1, 1, 1), (5, 1, 0, 6), (2, 2, 2, 2)])
def test_small_and_empty_arms_give_rows_with_reasons(sizes):
    groups = {name: GROUPS[name][:size] for name, size in zip("ABCD", sizes, strict=True)}
    rows = compare_groups(groups, ABOUT, INTERIM)
    assert all(row.stat is not None or row.note for row in rows)
    full = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    shown = {name for name in full if "shapiro" not in name and "levene" not in name}
    assert shown <= set(rows_of(rows))


def test_a_category_of_two_patients_gets_no_p():
    groups = {
        "INCREASED": np.array([1.0, 2.0]),
        "DECREASED": np.array([1.0, 2.0, 3.0]),
        "UNCHANGED": np.array([]),
    }
    rows = rows_of(compare_planned(groups, ABOUT, INTERIM))
    assert rows["dose.p"].stat is None
    assert rows["dose.p"].note == "a category has fewer than 3 patients"


def test_one_category_alone_is_not_compared():
    rows = rows_of(compare_planned({"INCREASED": np.arange(5.0), "DECREASED": np.array([])}, ABOUT, INTERIM))
    assert "fewer than two categories" in rows["dose.p"].note


def test_large_enough_categories_are_compared():
    groups = {
        "INCREASED": np.array([1.0, 2.0, 3.0]),
        "DECREASED": np.array([4.0, 5.0, 6.0]),
        "UNCHANGED": np.array([]),
    }
    rows = rows_of(compare_planned(groups, ABOUT, INTERIM))
    assert rows["dose.p"].stat == pytest.approx(stats.kruskal([1, 2, 3], [4, 5, 6]).pvalue)


def test_visits_are_paired_and_zeros_dropped():
    later = np.array([12.9, 12.0, 11.0, 10.5, np.nan, 13.0, 12.2])
    earlier = np.array([12.1, 12.0, 11.8, 11.6, 12.0, 12.4, 12.9])
    rows = rows_of(compare_visits(later, earlier, ABOUT, INTERIM))
    expected = stats.wilcoxon(
        np.round(later - earlier, 6)[[0, 2, 3, 5, 6]],
        zero_method="wilcox",
        correction=False,
        method="asymptotic",
    )
    assert rows["dose.paired.wilcoxon.p"].stat == pytest.approx(expected.pvalue, rel=1e-10)
    assert rows["dose.paired.wilcoxon.p"].n == 6


@pytest.mark.parametrize("pairs", [1, 2])
def test_visits_of_fewer_patients_than_the_plan_compares_have_a_reason(pairs):
    later, earlier = np.array([12.9, 12.0, np.nan])[-1 - pairs :], np.array([12.1, 12.4, 11.0])[-1 - pairs :]
    rows = rows_of(compare_visits(later, earlier, ABOUT, INTERIM))
    assert len(rows) == 4
    assert all(
        row.stat is None and "fewer than 3 patients have both values" in row.note for row in rows.values()
    )
    more = rows_of(compare_visits(later, earlier, ABOUT, replace(INTERIM, min_group=pairs)))
    assert more["dose.paired.wilcoxon.p"].stat is not None


def test_a_difference_is_later_minus_earlier():
    """By hand: differences 0.8, 0, -0.8, -1.1, 0.6, -0.7, mean -0.2; their ranks 3.5, -, 3.5, 5, 1, 2, so W+ = 4.5.

    W+ has mean 7.5 and variance 5 * 6 * 11 / 24 - (2**3 - 2) / 48 = 13.625: z = -3 / 13.625**0.5.
    """
    later = np.array([12.9, 12.0, 11.0, 10.5, 13.0, 12.2])
    earlier = np.array([12.1, 12.0, 11.8, 11.6, 12.4, 12.9])
    rows = rows_of(compare_visits(later, earlier, ABOUT, INTERIM))
    assert rows["dose.paired.paired_t.difference"].stat == pytest.approx(-0.2)
    assert rows["dose.paired.wilcoxon.z"].stat == pytest.approx(-3 / 13.625**0.5)


def test_no_pairs_is_a_reason():
    rows = compare_visits(np.array([np.nan]), np.array([1.0]), ABOUT, INTERIM)
    assert all(row.stat is None and row.note for row in rows)


def test_an_arm_below_the_smallest_size_is_in_no_test_and_the_method_says_so():
    groups = {**GROUPS, "D": GROUPS["D"][:2]}
    rows = rows_of(compare_groups(groups, ABOUT, INTERIM))
    three = [GROUPS[name] for name in "ABC"]
    assert rows["dose.between.kruskal_wallis.p"].stat == pytest.approx(stats.kruskal(*three).pvalue)
    assert "of groups A, B, C only" in rows["dose.between.kruskal_wallis.p"].method
    for name, row in rows.items():
        if "D_vs_" in name:
            assert row.stat is None
            assert "fewer than 3" in row.note


@pytest.mark.independent
def test_tukey_stands_beside_games_howell():
    rows = rows_of(compare_groups(GROUPS, ABOUT, INTERIM))
    expected = stats.tukey_hsd(*GROUPS.values()).pvalue[0, 2]
    assert rows["dose.between.tukey_hsd.C_vs_A.p"].stat == pytest.approx(expected, abs=1e-9)
    assert "6 pairs" in rows["dose.between.tukey_hsd.C_vs_A.p"].method


@pytest.mark.reference
def test_an_arm_without_spread_takes_no_other_pair_with_it():
    """R 4.2: ptukey(sqrt(2) * abs(t), 3, df, lower = FALSE) of t.test(b, c): 0.102847; of t.test(a, b): 0.741955."""
    groups = {"A": np.array([3.0, 3, 3]), "B": np.arange(1.0, 5), "C": np.array([5.0, 6, 9])}
    rows = rows_of(compare_groups(groups, ABOUT, INTERIM))
    assert rows["dose.between.games_howell.C_vs_B.p"].stat == pytest.approx(0.102847021085, abs=1e-6)
    assert rows["dose.between.games_howell.B_vs_A.p"].stat == pytest.approx(0.741954942317, abs=1e-6)
    both = rows_of(compare_groups({**groups, "D": np.array([4.0, 4, 4, 4])}, ABOUT, INTERIM))
    refused = both["dose.between.games_howell.D_vs_A.p"]
    assert refused.stat is None
    assert "Neither A nor D has any spread." in refused.note
    assert both["dose.between.games_howell.D_vs_B.p"].stat is not None


def test_a_pair_is_refused_for_its_own_reason():
    """D is too small; among the others nobody differs from anybody."""
    groups = {"A": np.full(4, 2.0), "B": np.full(4, 2.0), "D": np.array([1.0])}
    rows = rows_of(compare_groups(groups, ABOUT, INTERIM))
    for kind in ("games_howell.{}.p", "tukey_hsd.{}.p", "dunn.{}.holm"):
        small, equal = (rows["dose.between." + kind.format(pair)].note for pair in ("D_vs_A", "B_vs_A"))
        assert "fewer than 3 values in arm D" in small
        assert "any spread" in equal or "All values are equal" in equal


def test_assumptions_that_were_not_looked_at_are_rows_with_a_reason():
    """Every arm and Levene have their row: two arms too small, then all but one."""
    small = {"A": GROUPS["A"], "B": GROUPS["B"], "C": np.array([1.0, 2.0]), "D": np.array([])}
    rows = rows_of(compare_groups(small, ABOUT, INTERIM))
    assert rows["dose.between.shapiro_wilk.C.p"].note == "an arm has fewer than 3 values"
    assert rows["dose.between.shapiro_wilk.A.p"].stat is not None
    alone = rows_of(compare_groups({**small, "B": np.array([])}, ABOUT, INTERIM))
    for name in ("levene.p", "routed.p", "shapiro_wilk.A.p", "shapiro_wilk.D.p"):
        assert alone[f"dose.between.{name}"].stat is None
        assert "fewer than two arms" in alone[f"dose.between.{name}"].note


def test_levene_without_an_answer_says_why():
    """Two values are equally far from their mean, so that no distance has a spread."""
    two = {"A": np.array([1.0, 2.0]), "B": np.array([4.0, 9.0])}
    rows = rows_of(compare_groups(two, ABOUT, replace(INTERIM, min_group=2)))
    assert rows["dose.between.levene.p"].stat is None
    assert rows["dose.between.levene.p"].note == "The deviations have no spread within the groups."
    assert "normality not testable: A (fewer than 3 values), B (fewer" in rows["dose.between.routed.p"].method
