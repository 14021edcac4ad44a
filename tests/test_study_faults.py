from dataclasses import replace

import pytest
import yaml

from duonen_stats.resources import dictionary_path
from duonen_stats.study_faults import find_faults, items, names

pytestmark = pytest.mark.worked


@pytest.fixture
def data():
    return yaml.safe_load(dictionary_path().read_text(encoding="utf-8"))


def test_the_shipped_dictionary_has_no_faults(study, data):
    assert [*find_faults(study, data)] == []


def test_entries_of_a_list_and_their_names():
    data = [{"code": "A"}, "B", {"id": "C"}, {"name": 3}, {"unit": "g"}, {}]
    assert len(items(data)) == 5
    assert names(data) == ["A", "C", "g"]
    assert items({"code": "A"}) == items(None) == []


def test_isotopes_have_a_column_of_activities(study, data):
    data["isotopes"].append({"code": "AC225", "label": "²²⁵Ac", "plain": "225Ac"})
    faults = [*find_faults(study, data)]
    assert faults == ["tables: administrations.AC225_MBQ is missing, which the analyses need"]


def test_an_arm_with_activities_of_other_isotopes(study, data):
    arms = (replace(study.arm("A"), initial_activity={"Y90": 1.0}), *study.arms[1:])
    assert [*find_faults(replace(study, arms=arms), data)] == [
        "arms[A]: isotopes and initial_activity name different isotopes"
    ]
