from duonen_stats.plan import INTERIM, rule_of
from duonen_stats.plan.decision import between


def test_levels_lie_between_0_and_1_and_words_of_tests_are_as_printed():
    for name in ("alpha", "confidence", "assumption_alpha"):
        assert rule_of(name).within == between(0, 1)
    assert INTERIM.words("between_arm_test") == "Kruskal–Wallis"
    assert INTERIM.words("quantile_type") == "definition 6 (SPSS HAVERAGE)"
