import numpy as np
import pandas as pd
import pytest
from patients import day
from survival_patients import cut_of, history

from duonen_stats.datasets.efficacy.adtte import (
    hypothetical,
    last_without_progression,
    overall,
    treatment_policy,
)
from duonen_stats.datasets.efficacy.sourced_dates import DateOf
from duonen_stats.datasets.efficacy.survival_records import (
    MISSED,
    PUBLISHED_RULES,
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


def reasons(records, outcome):
    return dict(zip(records.subject, outcome.reason.tolist(), strict=True))


def test_outcomes_have_an_entry_per_patient(records):
    policy = treatment_policy(records)
    assert reasons(records, policy) == {"c": 0, "a": 0, "b": 2}
    assert reasons(records, hypothetical(policy, records, PUBLISHED_RULES)) == {"c": MISSED, "a": 0, "b": 2}
    assert reasons(records, overall(records)) == {"c": 0, "a": 2, "b": 2}


def test_the_last_assessment_without_progression(records):
    last = records.series(last_without_progression(records).date)
    assert last.to_dict() == {name: pd.Timestamp(day(on)) for name, on in (("c", 84), ("a", 84), ("b", 0))}
    before = np.full(3, np.datetime64(day(83), "ns"))
    assert (last_without_progression(records, before).source == DateOf.RANDOMISATION).all()
