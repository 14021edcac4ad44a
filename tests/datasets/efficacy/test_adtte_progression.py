import pandas as pd
import pytest
from patients import day
from survival_patients import cut_of, history

from duonen_stats.datasets.efficacy.adtte import (
    OUTCOME,
    as_censored,
    as_event,
    hypothetical,
    last_without_progression,
    overall,
    reason_of_leaving,
    treatment_policy,
)
from duonen_stats.datasets.efficacy.survival_records import (
    MISSED,
    PUBLISHED_RULES,
    REASONS,
    select_survival_records,
)


@pytest.fixture
def records(study):
    # Given in an order that is neither that of the dates nor that of the names.
    cut = cut_of(
        [
            history("c", (84, "SD"), died=300),
            history("a", (84, "SD"), (168, "NE"), (252, "PD"), last=260, status="LOST"),
            history("b", last=20, status="LOST"),
        ]
    )
    return select_survival_records(cut, study, PUBLISHED_RULES)


def test_outcomes_keep_the_patients_and_their_order(records):
    policy = treatment_policy(records)
    outcomes = [policy, hypothetical(policy, records, PUBLISHED_RULES), overall(records)]
    order = [*records.patients["SUBJID"]]
    for outcome in outcomes:
        assert list(outcome.columns) == [*OUTCOME]
        assert [*outcome.index] == order
    assert policy["CNSR"].to_dict() == {"c": 0, "a": 0, "b": 2}
    assert outcomes[1]["CNSR"].to_dict() == {"c": MISSED, "a": 0, "b": 2}
    assert outcomes[2]["CNSR"].to_dict() == {"c": 0, "a": 2, "b": 2}


def test_the_last_assessment_without_progression(records):
    last = last_without_progression(records)["ADT"]
    assert last.to_dict() == {name: pd.Timestamp(day(on)) for name, on in (("c", 84), ("a", 84), ("b", 0))}
    early = last_without_progression(records, pd.Series(pd.Timestamp(day(83)), index=list("abc")))
    assert early["CNSDTDSC"].unique().tolist() == ["Randomization"]


def test_the_reason_of_leaving_comes_before_the_other(records):
    otherwise = pd.Series([1, 4], index=["c", "b"])
    assert reason_of_leaving(records, otherwise).to_dict() == {"c": 1, "b": 2}


def test_events_and_censorings_are_labelled(records):
    assert as_event(records.deaths.set_index("SUBJID"))["CNSR"].tolist() == [0]
    censored = as_censored(records.alive.set_index("SUBJID"), 1)
    assert set(censored["EVNTDESC"]) == {REASONS[1]}
