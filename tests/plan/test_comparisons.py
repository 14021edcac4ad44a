from duonen_stats.plan import comparisons, rule_of


def test_no_rule_of_comparison_is_held_by_the_datasets():
    for name, declared in vars(comparisons).items():
        if name.isupper() and not name.startswith("_"):
            assert not declared.metadata["rule"].datasets, name
    assert rule_of("control_arm").primary == "comparison"
