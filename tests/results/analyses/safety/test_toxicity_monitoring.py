"""Monitoring of severe events: the course over accrual by hand, the boundary, and the plan's choices."""

from dataclasses import replace

import pytest
from patients import cycles, event, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.methods import exceedance_boundary, rate_exceedance, rule_characteristics
from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.safety.toxicity_monitoring import analyse_toxicity_monitoring


@pytest.fixture(scope="module")
def made(study):
    """Five patients of arm A; the second, third and fifth have a severe event."""
    patients = [str(number) for number in range(1, 6)]
    cut = make_cut(
        subjects=[subject(one) for one in patients],
        administrations=[row for one in patients for row in cycles(one, [7400.0])],
        adverse_events=[event(one, 1, 10, grade=3) for one in ("2", "3", "5")] + [event("1", 1, 10, grade=2)],
    )
    return build_datasets(cut, study, INTERIM)


def test_events_are_counted_over_accrual(made, study):
    found = Results(analyse_toxicity_monitoring(made, study, INTERIM))
    watch = ids.toxicity_watch("A")
    path = [found.value(f"{watch}.path.{number}.events") for number in range(1, 6)]
    assert path == [0, 1, 2, 2, 3]
    belief = rate_exceedance(3, 5, bound=0.3)
    assert found.value(watch.stat("exceeds")) == pytest.approx(belief.exceeds)
    assert found.row(watch.stat("exceeds")).stat_label == "Probability that the rate exceeds 30 %"
    assert found.value(watch.stat("mean")) == pytest.approx(100 * belief.mean)


def test_the_rule_signals_after_the_first_patient_on_the_boundary(made, study):
    plan = replace(INTERIM, toxicity_bound=0.2)
    found = Results(analyse_toxicity_monitoring(made, study, plan))
    boundary = exceedance_boundary(5, bound=0.2, threshold=0.9, first=plan.min_group)
    first = next(
        n for n, events in enumerate([0, 1, 2, 2, 3], 1) if boundary[n - 1] and events >= boundary[n - 1]
    )
    assert found.value(ids.toxicity_watch("A").stat("signal_at")) == first
    quiet = Results(analyse_toxicity_monitoring(made, study, replace(INTERIM, toxicity_bound=0.9)))
    assert quiet.row(ids.toxicity_watch("A").stat("signal_at")).note == "the rule has not signalled"


def test_the_characteristics_are_those_of_the_planned_size(results):
    boundary = exceedance_boundary(23, bound=0.3, threshold=0.9, first=3)
    for rate, found in zip(
        INTERIM.toxicity_rates, rule_characteristics(boundary, INTERIM.toxicity_rates), strict=True
    ):
        assert results.value(ids.toxicity_rule(rate).stat("signals")) == pytest.approx(found.signals)
    assert results.row("monitoring.boundary.step.1.events").note == "the rule looks from 3 patients on"


def test_an_arm_with_more_patients_than_planned_does_not_change_the_characteristics(made, study):
    small = replace(study, arms=tuple(replace(arm, planned=4) for arm in study.arms))
    found = Results(analyse_toxicity_monitoring(made, small, INTERIM))
    (rule,) = rule_characteristics(exceedance_boundary(4, bound=0.3, threshold=0.9, first=3), [0.3])
    assert found.value(ids.toxicity_rule(0.3).stat("signals")) == pytest.approx(rule.signals)
    assert found.row(ids.toxicity_rule(0.3).stat("signals")).context == "an arm of 4 patients, as planned"
    assert found.value("monitoring.boundary.step.5.events") is not None


def test_an_arm_without_patients_has_reasons(made, study):
    found = Results(analyse_toxicity_monitoring(made, study, INTERIM))
    assert found.row(ids.toxicity_watch("B").stat("exceeds")).note == "nobody is in this group"


def test_each_choice_changes_the_belief_or_the_rule(made, study):
    preset = Results(analyse_toxicity_monitoring(made, study, INTERIM))
    for change, name in (
        ({"toxicity_bound": 0.2}, "monitoring.toxicity.A.exceeds"),
        ({"toxicity_prior_events": 3.0}, "monitoring.toxicity.A.mean"),
        ({"toxicity_prior_others": 3.0}, "monitoring.toxicity.A.mean"),
        ({"toxicity_threshold": 0.5}, "monitoring.rule.30.signals"),
    ):
        other = Results(analyse_toxicity_monitoring(made, study, replace(INTERIM, **change)))
        assert other.value(name) != preset.value(name), change
