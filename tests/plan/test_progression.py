from duonen_stats.plan import INTERIM, progression


def test_every_rule_of_progression_is_held_by_the_datasets():
    for name, declared in vars(progression).items():
        if name.isupper():
            assert declared.metadata["rule"].datasets, name
    assert INTERIM.words("response_confirmation") == "confirmation not required"
