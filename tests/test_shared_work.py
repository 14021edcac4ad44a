"""What tests share is what they would have computed, and no test can spoil another's."""

from dataclasses import replace

import pytest
from shared_work import computed_anew

from duonen_stats.datasets import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.results import run_analysis
from duonen_stats.results.analyses.patients.baseline import analyse_baseline
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.simulated.cut.simulation import simulate_cut

BOTH = (analyse_baseline, analyse_adverse_events)


@pytest.fixture(scope="module")
def small(study):
    return simulate_cut(83, patients=8, study=study)


def rows(data, study, plan=INTERIM):
    return [repr(row) for row in run_analysis(data, study, plan, analyses=BOTH)]


def test_what_is_shared_is_what_is_computed(small, study):
    found = [
        (check_cut(small, study), [(name, frame) for name, frame in data], rows(data, study))
        for data in (build_datasets(small, study, INTERIM) for _ in range(2))
    ]
    with computed_anew():
        data = build_datasets(small, study, INTERIM)
        anew = check_cut(small, study), [*data], rows(data, study)
    for findings, frames, numbers in found:
        assert findings == anew[0]
        for (name, frame), (other, same) in zip(frames, anew[1], strict=True):
            assert (name, repr(frame.dtypes)) == (other, repr(same.dtypes))
            assert frame.equals(same)
        assert numbers == anew[2]


def test_datasets_that_a_test_changes_are_its_own(small, study):
    first = build_datasets(small, study, INTERIM)
    age = first.adsl.loc[0, "AGE"]
    first.adsl.loc[0, "AGE"] = age + 1
    assert build_datasets(small, study, INTERIM).adsl.loc[0, "AGE"] == age


def test_another_value_another_plan_and_another_type_are_not_shared(small, study):
    data = build_datasets(small, study, INTERIM)
    before = rows(data, study)
    older = data.adsl.assign(AGE=data.adsl["AGE"] + 1)
    assert rows(replace(data, adsl=older), study) != before
    data.adsl.loc[0, "AGE"] += 1
    assert rows(data, study) != before
    assert rows(build_datasets(small, study, INTERIM), study, replace(INTERIM, quantile_type=7)) != before
    subjects = small.tables["subjects"]
    old = replace(small, tables={**small.tables, "subjects": subjects.assign(AGE=subjects["AGE"] + 200)})
    assert check_cut(old, study) != check_cut(small, study)
    assert build_datasets(old, study, INTERIM).adsl["AGE"].min() > 200


def test_an_analysis_of_a_test_is_run_each_time(small, study):
    data, runs = build_datasets(small, study, INTERIM), []

    def analyse(*_):
        runs.append(1)
        return []

    for _ in range(2):
        run_analysis(data, study, INTERIM, analyses=(analyse,))
    assert len(runs) == 2


def test_what_a_replaced_function_says_is_not_shared(small, study, monkeypatch):
    data = build_datasets(small, study, INTERIM)
    before = rows(data, study)
    with monkeypatch.context() as patch:
        patch.setattr(f"{analyse_baseline.__module__}.describe", lambda *_, **__: [])
        assert rows(data, study) != before
    assert rows(data, study) == before
