from math import exp

import pytest

from duonen_stats.publication import load_ledger
from duonen_stats.publication.design_facts import dictionary_facts, formula_facts


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


@pytest.fixture(scope="module")
def facts(study):
    return formula_facts(study, load_ledger())


@pytest.mark.independent
def test_sizes_are_schoenfelds(facts):
    """Four times (1.96 + 1.2816)² over 3/16·... by hand: d = (z₁ + z₂)² / (p(1 − p)(ln 0.5)²) = 116.6."""
    by_hand = (1.959964 + 1.281552) ** 2 / (0.75 * 0.25 * 0.693147**2)
    assert facts["design.events_required"].value == int(by_hand) + 1 == 117
    assert facts["design.n_for_90"].value == 167
    assert facts["design.n_for_90_per_arm"].value == 42
    assert facts["design.power_target"].value == pytest.approx(90, abs=0.5)


@pytest.mark.independent
def test_the_rate_of_events_follows_from_the_exponential_model(facts):
    def seen(hazard: float) -> float:
        return 1 - (exp(-hazard * 60) - exp(-hazard * 120)) / (60 * hazard)

    assert facts["design.event_rate"].value == pytest.approx(
        100 * (0.25 * seen(0.0235) + 0.75 * seen(0.01175))
    )


@pytest.mark.independent
def test_what_is_not_reproduced_is_not_tuned(facts):
    powers = [facts[f"design.power.{hr}"].value for hr in ("hr0.667", "hr0.50", "hr0.43")]
    assert powers == pytest.approx([31.7, 67.4, 81.3], abs=0.1)
    assert facts["design.pfs20.high"].value == pytest.approx(100 * exp(-0.47))


@pytest.mark.independent
def test_precision_is_the_wald_interval(facts):
    assert facts["design.precision.half_width"].value == pytest.approx(100 * 1.959964 * (0.09 / 92) ** 0.5)


@pytest.mark.independent
def test_listed_times_are_counted(facts):
    assert (facts["design.dosimetry.n_blood"].value, facts["design.dosimetry.n_spect"].value) == (5, 4)
