"""Cases on samples and pairs with options that the shipped cases do not have."""

import math

import pytest

from duonen_stats.qualification.reference_cases import Case
from duonen_stats.qualification.run_cases import run_case
from duonen_stats.qualification.sample_adapters import GROUP_ADAPTERS

X = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
Y = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def run(procedure, expected, data=None, **options):
    plain = {"id": "x", "kind": "reference", "data": data or {"x": X, "y": Y}}
    return run_case(Case(**plain, procedure=procedure, options=options, expected=expected))


def obtained(procedure, expected, data=None, **options):
    outcome = run(procedure, expected, data, **options)
    assert not outcome.message
    return [item.obtained for item in outcome.comparisons]


def test_other_quantiles():
    lower, upper = obtained("quantile", {"type7": [0, 0]}, probs=[0.1, 0.9])
    assert lower < upper
    assert "not one of 2, 6, 7" in run("quantile", {"type9": [0]}, probs=[0.5]).message


def test_signed_rank_with_other_combinations():
    pratt = obtained("wilcoxon_signed_rank", {"V": 0, "p": 0}, zero_method="Pratt", method="exact")
    assert pratt == pytest.approx([0, 0.00390625])
    corrected = obtained("wilcoxon_signed_rank", {"p": 0}, zero_method="pratt", continuity=True)
    assert corrected > obtained("wilcoxon_signed_rank", {"p": 0}, zero_method="pratt", continuity=False)
    assert "zero_method = 'zsplit'" in run("wilcoxon_signed_rank", {"p": 0}, zero_method="zsplit").message


def test_interval_levels():
    for procedure, name in (
        ("paired_t", "lower"),
        ("t_test_independent", "lower"),
        ("pearson", "lower"),
        ("hedges_g", "g_lower"),
        ("spearman", "fisher_z_lower"),
    ):
        assert obtained(procedure, {name: 0}, conf_level=0.99) < obtained(
            procedure, {name: 0}, conf_level=0.9
        )


def test_adjustments_by_any_of_their_names():
    data = {"p": [0.01, 0.02, 0.03, None]}
    wanted = {"BH": [0, 0, 0, None], "fdr": [0, 0, 0, None]}
    values = obtained("p_adjust", wanted, data)
    assert values[:3] == values[4:7] == pytest.approx([0.03, 0.03, 0.03])
    assert obtained("p_adjust", {"p_adj": [0, 0, 0, None]}, data, method="bonferroni")[:3] == [
        0.03,
        0.06,
        0.09,
    ]
    assert "'tarone' is not known" in run("p_adjust", {"tarone": [0]}, data).message


def test_a_geometric_mean_of_values_below_zero_is_not_defined():
    assert obtained("describe", {"geometric_mean": None, "n": 10}) == [None, 10]
    assert not math.isnan(obtained("describe", {"sd": 1.0})[0])


def test_hodges_lehmann_limits_of_both_kinds():
    exact, normal = (
        obtained("hodges_lehmann_paired", {"estimate": 0, "lower": 0}, method=m)
        for m in ("exact", "asymptotic")
    )
    assert exact[0] == normal[0]


GROUPS = {"A": [6.4, 6.8, 7.2, 8.3], "B": [2.5, 3.7, 4.9, None], "C": [1.3, 4.1, 5.5, 9.0]}


def run_group_adapters(procedure, expected, **options):
    plain = {"id": "x", "kind": "reference", "data": {"groups": GROUPS}}
    return run_case(Case(**plain, procedure=procedure, options=options, expected=expected))


def obtained_group_adapters(outcome):
    return [item.obtained for item in outcome.comparisons]


def test_other_adjustments_of_dunns_test():
    pair = {"pairs": [{"group1": "A", "group2": "B", "p": 0, "p_adj": 0}]}
    plain, adjusted = obtained_group_adapters(run_group_adapters("dunn", pair, p_adjust="bonferroni"))
    assert adjusted == pytest.approx(min(1, 3 * plain))
    assert obtained_group_adapters(
        run_group_adapters("dunn", pair, p_adjust="BH")
    ) == obtained_group_adapters(run_group_adapters("dunn", pair, p_adjust="fdr"))
    assert "p_adjust = 'sidak' is not known" in run_group_adapters("dunn", pair, p_adjust="sidak").message


def test_another_level_widens_the_limits():
    pair = {"pairs": [{"group1": "A", "group2": "B", "lower": 0}]}
    for procedure in ("tukey_hsd", "games_howell"):
        assert obtained_group_adapters(
            run_group_adapters(procedure, pair, conf_level=0.99)
        ) < obtained_group_adapters(run_group_adapters(procedure, pair))


def test_a_monte_carlo_case_may_name_its_size_and_seed():
    one, other = (
        obtained_group_adapters(run_group_adapters("kruskal_montecarlo", {"p": 0}, n_resamples=500, seed=s))
        for s in (1, 2)
    )
    assert one != other
    assert one == obtained_group_adapters(
        run_group_adapters("kruskal_montecarlo", {"p": 0}, n_resamples=500, seed=1)
    )


def test_the_level_of_the_route_decides():
    expected = {"normal": True, "omnibus": "anova"}
    assert obtained_group_adapters(run_group_adapters("route", expected, alpha=1e-6)) == [True, "anova"]
    assert obtained_group_adapters(run_group_adapters("route", expected, alpha=0.999)) == [False, "kruskal"]


def test_every_adapter_runs_on_groups():
    for procedure in set(GROUP_ADAPTERS) - {"friedman"}:
        outcome = run_group_adapters(
            procedure, {"p": 0} if procedure not in ("dunn", "tukey_hsd", "games_howell") else {"pairs": []}
        )
        assert not outcome.message or outcome.message == "The case expects nothing.", procedure
