"""What has no answer, row by row: the case, what the libraries say, and what this package says instead.

``REFUSED`` is the table of typed verdicts; the tests after it are the rows in which there is an answer. That
no answer holds NaN or a p of 0, however extreme the data, is in ``test_extremes.py``.
"""

import math
import re

import numpy as np
import pytest

from duonen_stats import methods as m
from duonen_stats.errors import NotEstimable

NAN, INF = math.nan, math.inf

CONSTANT = {"a": [2, 2, 2], "b": [2, 2]}
APART = {"a": [1, 1, 1], "b": [2, 2, 2]}
ONE_CONSTANT = {"a": [1, 2, 3.5], "b": [4, 4, 4], "c": [2, 5, 6]}
ONE_VALUE = {"a": [1, 2, 3.5], "b": [4], "c": [2, 5, 6]}
EMPTY = {"a": [1, 2, 3.5, 7], "b": [NAN, None], "c": [2, 5, 6, 6.5]}
ONLY_ONE_LEFT = {"a": [1, 2, 3.5], "b": [], "c": [NAN]}
SINGLE = {"a": [1, 2, 3.5]}
INFINITE = {"a": [1, 2, INF], "b": [3, 4, 6]}
GROUP_TESTS = (
    m.levene,
    m.anova,
    m.welch_anova,
    m.kruskal_wallis,
    m.dunn,
    m.tukey_hsd,
    m.games_howell,
    m.route,
)
MEAN_TESTS = (m.levene, m.anova, m.welch_anova, m.tukey_hsd, m.games_howell)

TIME, EVENT, ARM = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], ["A", "A", "A", "B", "B", "B"]


def rmst_difference(time, event, group):
    return m.restricted_mean_difference(time, event, group, compare=("A", "B"), tau=4)


def cox(time, event, group):
    return m.cox_model(time, event, [label == "A" for label in group])


def hazards(time, event, group):
    return m.proportional_hazards_test(time, event, [label == "A" for label in group])


def curve(time, event, _):
    return m.kaplan_meier(time, event)


def follow_up(time, event, _):
    return m.reverse_km_followup(time, event)


def mean_time(time, event, _):
    return m.restricted_mean(time, event, tau=4)


def incidence(time, event, _):
    return m.cumulative_incidence(time, event, at=[4])


SURVIVAL = (curve, follow_up, mean_time, m.log_rank, rmst_difference, cox, hazards, incidence, m.gray_test)


def rows(case, reason, functions, *arguments):
    """Rows of the table: one a function, named after the case and the function."""
    return [
        pytest.param(function, arguments, reason, id=f"{case}: {function.__name__} -> {reason}")
        for function in functions
    ]


REFUSED = [
    *rows("empty group, fewer than two left", "empty_group", GROUP_TESTS, ONLY_ONE_LEFT),
    *rows("no value at all", "empty_group", [m.describe, m.hinges, m.geometric_mean], [NAN, None]),
    *rows(
        "no value in one of two samples", "empty_group", [m.mann_whitney, m.cohens_d, m.hedges_g], [1, 2], []
    ),
    *rows("no value in one of two samples", "empty_group", [m.hodges_lehmann_two_sample], [1, 2], [NAN]),
    *rows("no subject", "empty_group", SURVIVAL, [], [], []),
    *rows("nobody counted", "empty_group", [m.proportion_ci], 0, 0),
    *rows("one value in a group", "group_too_small", [m.welch_anova], ONE_VALUE),
    *rows("one value in every group", "group_too_small", [m.anova, m.levene], {"a": [1], "b": [2]}),
    *rows("all tied", "all_tied", [m.kruskal_wallis, m.dunn, m.route], CONSTANT),
    *rows("all tied", "all_tied", [m.mann_whitney], [2, 2, 2], [2, 2]),
    *rows("all tied", "all_tied", [m.friedman], [[1, 1, 1], [2, 2, 2]]),
    *rows("all tied", "zero_variance", [*MEAN_TESTS], CONSTANT),
    *rows("all tied", "zero_variance", [m.shapiro_wilk], [4, 4, 4, 4]),
    *rows("all tied", "zero_variance", [m.cohens_d, m.hedges_g], [1, 1], [1, 1, 1]),
    *rows("one group constant", "zero_variance_group", [m.welch_anova], ONE_CONSTANT),
    *rows("all groups constant, means differ", "zero_variance", MEAN_TESTS, APART),
    *rows("infinite value", "non_finite", GROUP_TESTS, INFINITE),
    *rows(
        "infinite value",
        "non_finite",
        [m.describe, m.hinges, m.geometric_mean, m.shapiro_wilk],
        [1, 2, -INF, 4],
    ),
    *rows("infinite value", "non_finite", [m.mann_whitney, m.cohens_d, m.hedges_g], [1, 2, INF], [2, 3, 5]),
    *rows("infinite value", "non_finite", [m.hodges_lehmann_two_sample], [1, 2, INF], [2, 3, 5]),
    *rows("infinite value", "non_finite", [m.paired_t, m.wilcoxon_signed_rank], [1, 2, INF], [2, 3, 5]),
    *rows("infinite value", "non_finite", [m.hodges_lehmann_paired], [1, 2, INF], [2, 3, 5]),
    *rows(
        "infinite value",
        "non_finite",
        [m.pearson, m.spearman, m.spearman_bootstrap],
        [1, 2, INF, 4],
        [2, 1, 3, 5],
    ),
    *rows("infinite value", "non_finite", [m.partial_spearman], [1, 2, 3, 4], [2, 1, 3, 5], [1, 2, INF, 4]),
    *rows("infinite value", "non_finite", [m.friedman], [[1, 2, INF], [2, 3, 1]]),
    *rows("infinite time", "non_finite", SURVIVAL, [1, 2, 3, 4, 5, INF], EVENT, ARM),
    *rows(
        "constant x",
        "constant_input",
        [m.pearson, m.spearman, m.spearman_bootstrap],
        [1, 1, 1, 1],
        [1, 2, 3, 4],
    ),
    *rows("constant x", "constant_input", [m.partial_spearman], [1, 1, 1, 1], [1, 2, 3, 4], [2, 1, 3, 4]),
    *rows("two pairs", "n_too_small", [m.pearson, m.spearman, m.spearman_bootstrap], [1, 2, NAN], [2, 1, 3]),
    *rows("two pairs", "n_too_small", [m.partial_spearman], [1, 2], [2, 1], [1, 2]),
    *rows("points on a line", "zero_variance", [m.pearson], [1, 2, 3], [2, 4, 6]),
    *rows(
        "all differences zero",
        "all_differences_zero",
        [m.wilcoxon_signed_rank, m.paired_t],
        [1, 2, 3],
        [1, 2, 3],
    ),
    *rows("constant difference", "zero_variance", [m.paired_t], [1.1, 2.2, 3.3], [1.0, 2.1, 3.2]),
    *rows("two values", "n_too_small", [m.shapiro_wilk], [1, 2]),
    *rows("more than 5000 values", "n_too_large", [m.shapiro_wilk], range(5001)),
    *rows("no events in one arm", "monotone_likelihood", [cox, hazards], TIME, EVENT, ARM),
    *rows(
        "all censored",
        "no_events",
        [m.log_rank, cox, hazards, rmst_difference, m.gray_test],
        TIME,
        [0] * 6,
        ARM,
    ),
    *rows("single arm", "single_group", GROUP_TESTS, SINGLE),
    *rows("single arm", "single_group", [m.log_rank, m.gray_test], TIME, EVENT, ["A"] * 6),
    *rows("single arm", "empty_group", [rmst_difference], TIME, EVENT, ["A"] * 6),
    *rows("single arm", "constant_input", [cox, hazards], TIME, EVENT, ["A"] * 6),
    *rows("single arm", "single_group", [m.friedman], [[1], [2], [3]]),
    *rows("negative time", "negative_time", SURVIVAL, [-1, 2, 3, 4, 5, 6], EVENT, ARM),
    *rows("zero margin", "zero_margin", [m.chi_square, m.fisher_exact], [[0, 0], [5, 7]]),
    *rows("zero margin", "zero_margin", [m.chi_square, m.fisher_exact], [[0, 3], [0, 7]]),
    *rows("event coded 2", "event_code", SURVIVAL[:-2], TIME, [1, 2, 1, 0, 0, 0], ARM),
    *rows("event coded 0.5", "event_code", SURVIVAL, TIME, [1, 0.5, 1, 0, 0, 0], ARM),
    *rows("value of 0", "not_positive", [m.geometric_mean], [0, 1, 2]),
]


@pytest.mark.parametrize(("function", "arguments", "reason"), REFUSED)
def test_refused(function, arguments, reason):
    """The verdict is typed, counts the values and says one sentence; it is not a number."""
    with pytest.raises(NotEstimable) as caught:
        function(*arguments)
    assert caught.value.reason == reason
    assert caught.value.n
    assert caught.value.detail


@pytest.mark.parametrize("equal_var", [True, False])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2], [], "empty_group"),
        ([1], [2], "group_too_small"),
        ([2, 2, 2], [1, 1], "zero_variance"),
        ([1, INF], [2, 3], "non_finite"),
    ],
)
def test_refused_by_the_t_test_of_two_samples(x, y, reason, equal_var):
    with pytest.raises(NotEstimable) as caught:
        m.independent_t(x, y, equal_var=equal_var)
    assert caught.value.reason == reason


@pytest.mark.parametrize("function", [m.levene, m.anova, m.welch_anova, m.kruskal_wallis])
def test_empty_group_is_left_out_kept_at_0_and_named(function):
    found = function(EMPTY)
    without = function({name: EMPTY[name] for name in "ac"})
    assert (found.statistic, found.p_value) == (without.statistic, without.p_value)
    assert found.n == {"a": 4, "b": 0, "c": 4}
    assert "empty_group: b" in found.note


@pytest.mark.parametrize("function", [m.tukey_hsd, m.games_howell, m.dunn])
def test_empty_group_has_no_pairs(function):
    assert [(pair.a, pair.b) for pair in function(EMPTY)] == [("a", "c")]


def test_empty_group_is_named_in_the_route():
    assert "empty_group: b" in m.route(EMPTY).path


def test_group_of_one_is_allowed_by_kruskal_wallis_with_a_note():
    found = m.kruskal_wallis(ONE_VALUE)
    assert 0 < found.p_value < 1
    assert found.note == "one value only: b"


@pytest.mark.parametrize("size", [1, 2])
def test_group_of_one_or_two_is_routed_to_kruskal_wallis_and_says_so(size):
    decision = m.route({"a": [1, 2, 3.5, 2.2], "b": [4, 9][:size], "c": [2, 5, 6, 4.5]})
    assert (decision.omnibus, decision.posthoc) == ("kruskal_wallis", "dunn")
    assert "normality not testable: b (fewer than 3 values)" in decision.path


def test_group_without_spread_is_routed_to_kruskal_wallis_and_says_so():
    decision = m.route(ONE_CONSTANT)
    assert decision.omnibus == "kruskal_wallis"
    assert "normality not testable: b (all values equal)" in decision.path
    assert decision.alternatives["welch_anova"] == "zero_variance_group"


def test_groups_without_spread_and_different_means_are_routed_to_kruskal_wallis():
    decision = m.route(APART)
    assert 0 < decision.result.p_value < 1
    assert decision.alternatives == {"anova": "zero_variance", "welch_anova": "zero_variance"}


HOLES = {"a": [1, NAN, 2, 3.5], "b": [4, 6, None, 4.5], "c": [2, 5, 6, NAN]}
WHOLE = {"a": [1, 2, 3.5], "b": [4, 6, 4.5], "c": [2, 5, 6]}


@pytest.mark.parametrize("function", [m.levene, m.anova, m.welch_anova, m.kruskal_wallis])
def test_missing_value_is_dropped_at_the_door_and_counted(function):
    found, whole = function(HOLES), function(WHOLE)
    assert (found.statistic, found.p_value) == (whole.statistic, whole.p_value)
    assert found.n_missing == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("function", [m.tukey_hsd, m.games_howell, m.dunn])
def test_missing_value_changes_no_pair(function):
    assert function(HOLES) == function(WHOLE)


@pytest.mark.parametrize("function", [m.paired_t, m.wilcoxon_signed_rank, m.pearson, m.spearman])
def test_missing_value_drops_its_pair_and_is_counted(function):
    found = function([1, NAN, 2, 3, 5], [2, 9, None, 1, 7.5])
    whole = function([1, 3, 5], [2, 1, 7.5])
    assert found.p_value == whole.p_value
    assert found.n_missing == 2


def without_counts(result):
    """A result as text, what was missing left out."""
    return re.sub(r"n_missing=\d+", "", str(result))


@pytest.mark.parametrize("function", SURVIVAL)
def test_missing_time_event_or_arm_drops_the_subject(function):
    time, event, arm = [1, 2, 3, 4, 5, 6], [1, 0, 1, 1, 0, 1], ["A", "A", "B", "B", "A", "B"]
    holes = function([*time, NAN, 3], [*event, 1, NAN], [*arm, "A", "B"])
    assert holes.n_missing == 2
    assert without_counts(holes) == without_counts(function(time, event, arm))


@pytest.mark.parametrize(("y", "rho"), [([10, 20, 30], 1), ([30, 20, 10], -1)])
def test_perfect_rank_correlation_has_its_exact_p(y, rho):
    found = m.spearman([1, 2, 3], y)
    assert (found.coefficient, found.p_value) == (rho, pytest.approx(2 / 6))


def test_perfect_rank_correlation_of_many_pairs_has_no_p_of_0():
    for method in ("t", "edgeworth"):
        assert 0 < m.spearman(range(300), range(300), method=method).p_value < 1e-300


def test_constant_difference_has_a_signed_rank_test():
    assert m.wilcoxon_signed_rank([2, 3, 4], [1, 2, 3], method="exact").p_value == 0.25


def test_no_events_in_one_arm_keep_the_log_rank_test_and_the_restricted_means():
    assert m.log_rank(TIME, EVENT, ARM).p_value == pytest.approx(0.025, abs=5e-4)
    assert rmst_difference(TIME, EVENT, ARM).difference == pytest.approx(-2)


def test_all_censored_has_a_median_that_is_not_reached():
    flat = m.kaplan_meier(TIME, [0] * 6)
    assert m.survival_quantile(flat) == m.SurvivalQuantile(
        probability=0.5, estimate=None, lower=None, upper=None
    )
    assert m.survival_at(flat, [3])[0].survival == 1


def test_nobody_censored_has_a_follow_up_that_is_not_reached():
    assert m.reverse_km_followup(TIME, [1] * 6).median is None


def test_event_at_time_0_counts_and_is_noted():
    time, event = [0, 1, 2, 3], [1, 1, 0, 1]
    survived = m.kaplan_meier(time, event)
    (cif,) = m.cumulative_incidence(time, event, at=[0]).at
    assert (m.survival_at(survived, [0])[0].survival, cif.incidence) == (0.75, 0.25)
    assert survived.note == m.cumulative_incidence(time, event, at=[0]).note == "time 0: 1"


def test_huge_ties_are_counted_together_in_any_order():
    time, event = np.repeat([3, 6, 9], 20), np.tile([0, 1, 2, 1, 0], 12)
    order = np.random.default_rng(1).permutation(60)
    plain, shuffled = (m.cumulative_incidence(time[i], event[i], at=[3, 6]) for i in (np.arange(60), order))
    assert [p.incidence for p in plain.at] == [p.incidence for p in shuffled.at]
    assert plain.at[0].incidence == 8 / 60


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_huge_ties_record_how_they_were_handled(ties):
    x = np.tile([0, 1, 1], 20)
    assert m.cox_model(np.repeat([3, 6, 9], 20), np.tile([1, 1, 0, 1], 15), x, ties=ties).ties == ties


def test_zero_margin_is_left_out_and_named_if_enough_is_left():
    for function in (m.chi_square, m.fisher_exact):
        found = function([[5, 3, 0], [2, 7, 0]])
        assert found.p_value == function([[5, 3], [2, 7]]).p_value
        assert found.note == "empty column left out: 1"
