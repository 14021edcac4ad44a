from duonen_stats.plan import FINAL, comparisons, rule_of


def test_no_rule_of_comparison_is_held_by_the_datasets():
    for name, declared in vars(comparisons).items():
        if name.isupper() and not name.startswith("_"):
            assert not declared.metadata["rule"].datasets, name
    assert rule_of("control_arm").primary == "comparison"


def test_covariates_of_adjustment_are_chosen_from_those_of_weighting():
    assert rule_of("adjustment_covariates").choices == rule_of("censoring_covariates").choices


def test_what_stands_beside_the_primary_comparison_leaves_it_alone():
    for field in ("interval_cutpoints", "adjustment_covariates"):
        assert rule_of(field).primary is None
        assert rule_of(field).final_only
    assert FINAL.interval_cutpoints == (12.0, 24.0)
