"""Cases on groups with options that the shipped cases do not have."""

import pytest

from duonen_stats.qualification.qualification_group_adapters import GROUP_ADAPTERS
from duonen_stats.qualification.reference_cases import Case
from duonen_stats.qualification.run_cases import run_case

GROUPS = {"A": [6.4, 6.8, 7.2, 8.3], "B": [2.5, 3.7, 4.9, None], "C": [1.3, 4.1, 5.5, 9.0]}


def run(procedure, expected, **options):
    plain = {"id": "x", "kind": "reference", "data": {"groups": GROUPS}}
    return run_case(Case(**plain, procedure=procedure, options=options, expected=expected))


def obtained(outcome):
    return [item.obtained for item in outcome.comparisons]


def test_other_adjustments_of_dunns_test():
    pair = {"pairs": [{"group1": "A", "group2": "B", "p": 0, "p_adj": 0}]}
    plain, adjusted = obtained(run("dunn", pair, p_adjust="bonferroni"))
    assert adjusted == pytest.approx(min(1, 3 * plain))
    assert obtained(run("dunn", pair, p_adjust="BH")) == obtained(run("dunn", pair, p_adjust="fdr"))
    assert "p_adjust = 'sidak' is not known" in run("dunn", pair, p_adjust="sidak").message


def test_another_level_widens_the_limits():
    pair = {"pairs": [{"group1": "A", "group2": "B", "lower": 0}]}
    for procedure in ("tukey_hsd", "games_howell"):
        assert obtained(run(procedure, pair, conf_level=0.99)) < obtained(run(procedure, pair))


def test_a_monte_carlo_case_may_name_its_size_and_seed():
    one, other = (obtained(run("kruskal_montecarlo", {"p": 0}, n_resamples=500, seed=s)) for s in (1, 2))
    assert one != other
    assert one == obtained(run("kruskal_montecarlo", {"p": 0}, n_resamples=500, seed=1))


def test_the_level_of_the_route_decides():
    expected = {"normal": True, "omnibus": "anova"}
    assert obtained(run("route", expected, alpha=1e-6)) == [True, "anova"]
    assert obtained(run("route", expected, alpha=0.999)) == [False, "kruskal"]


def test_every_adapter_runs_on_groups():
    for procedure in set(GROUP_ADAPTERS) - {"friedman"}:
        outcome = run(
            procedure, {"p": 0} if procedure not in ("dunn", "tukey_hsd", "games_howell") else {"pairs": []}
        )
        assert not outcome.message or outcome.message == "The case expects nothing.", procedure
