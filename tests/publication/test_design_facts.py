import pytest

from duonen_stats.publication import load_ledger
from duonen_stats.publication.design_facts import dictionary_facts


def test_every_fact_is_of_an_entry_of_the_design(study):
    ledger = load_ledger()
    assert {ledger.entry(name).kind for name in dictionary_facts(study)} == {"design"}


@pytest.mark.parametrize(
    ("entry", "value", "relation"),
    [
        ("design.n_planned", 92, None),
        ("design.activity.B.90Y", 1.85, None),
        ("sec4_1.standard_cumulative", 29.6, None),
        ("sec4_1.ratio", 2, None),
        ("design.eligibility.hb", 9, ">"),
        ("design.discontinuation.lft", 3, ">"),
        ("design.schedule.after_cycle", 2, None),
        ("design.limit.marrow_per_cycle", 0.5, None),
    ],
)
def test_facts_come_from_the_dictionary(study, entry, value, relation):
    fact = dictionary_facts(study)[entry]
    assert fact.value == pytest.approx(value)
    assert fact.relation == relation
    assert fact.source.startswith("data dictionary")
