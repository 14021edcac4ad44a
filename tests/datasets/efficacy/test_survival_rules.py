import dataclasses

from duonen_stats.datasets.efficacy.survival_rules import EVENT, PUBLISHED_RULES, REASONS


def test_the_longest_gap_is_two_intervals_and_the_tolerance():
    assert PUBLISHED_RULES.longest_gap_days == 2 * 84 + 14
    assert dataclasses.replace(PUBLISHED_RULES, missed_assessments=1).longest_gap_days == 98


def test_every_code_of_censoring_has_its_own_words():
    assert [*REASONS] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert EVENT not in REASONS
    assert len(set(REASONS.values())) == len(REASONS)


def test_the_months_are_those_of_the_planning():
    assert PUBLISHED_RULES.days_per_month == 365.25 / 12
