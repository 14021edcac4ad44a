from dataclasses import replace

import pytest
import yaml

from duonen_stats.study.entities import CtcaeCriteria, GradeBounds, GradeIncrease, GradeMultiples
from duonen_stats.study.faults import find_faults, items, names
from duonen_stats.study.shipped_files import dictionary_path


@pytest.fixture
def data():
    return yaml.safe_load(dictionary_path().read_text(encoding="utf-8"))


def test_the_shipped_dictionary_has_no_faults(study, data):
    assert [*find_faults(study, data)] == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"day_low": 1}, "the target day does not lie between day_low and day_high"),
        ({"day_low": -42, "day_high": 42}, "the windows of two visits overlap"),
    ],
)
def test_windows_of_late_follow_up(study, data, changes, fault):
    series = replace(study.follow_up_visits, **changes)
    assert [*find_faults(replace(study, follow_up_visits=series), data)] == [f"follow_up_visits: {fault}"]


def test_an_analyte_is_listed_once(study, data):
    data["further_analytes"].append({"code": "HGB"})
    assert "further_analytes: 'HGB' is one of the analytes" in [*find_faults(study, data)]


def test_a_vital_sign_has_bounds_and_steps(study, data):
    sign = replace(study.vital_sign("KPS"), plausible_low=100.0, step=0.0)
    assert [*find_faults(replace(study, vital_signs=(sign,)), data)] == [
        "vital_signs[KPS]: plausible_low is not below plausible_high",
        "vital_signs[KPS]: step is not above 0",
    ]


def test_criteria_of_grades_have_a_term(study, data):
    analyte = replace(study.analyte("HGB"), ctcae_term=None)
    assert [*find_faults(replace(study, further_analytes=(analyte,)), data)] == [
        "analytes[HGB].ctcae_term: is missing, and criteria of grades are given"
    ]


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


ABOVE = GradeMultiples(of_uln=(1, 2), of_baseline=(None, 2), baseline="added")


@pytest.mark.parametrize(
    ("code", "changes", "fault"),
    [
        ("HGB", {"ctcae_bounds": ()}, "bounds are given where low values are adverse"),
        ("HGB", {"ctcae_multiples": ABOVE}, "and not both"),
        ("ALT", {"ctcae_multiples": None}, "else ctcae_multiples"),
        ("HGB", {"ctcae_bounds": (GradeBounds(unit="stone", below=(2, 1)),)}, "HGB has no such unit"),
        ("HGB", {"ctcae_bounds": (GradeBounds(unit="g/dL", below=(8, 10)),)}, "do not fall"),
        ("HGB", {"ctcae_bounds": (GradeBounds(unit="g/dL", below=()),)}, "one bound per grade"),
        (
            "HGB",
            {
                "ctcae_bounds": tuple(
                    GradeBounds(unit=u, below=b) for u, b in (("g/dL", (2, 1)), ("g/L", (20,)))
                )
            },
            "one bound per grade",
        ),
        ("ALT", {"ctcae_multiples": replace(ABOVE, of_uln=(1, 2, 3))}, "one number per grade"),
        ("ALT", {"ctcae_multiples": replace(ABOVE, of_uln=(2, 1))}, "do not rise"),
        ("ALT", {"ctcae_multiples": replace(ABOVE, of_baseline=(3, 2))}, "do not rise"),
        ("ALT", {"ctcae_6": CtcaeCriteria(term="X")}, "ctcae_6.bounds: bounds are given where"),
        (
            "ALT",
            {"ctcae_6": CtcaeCriteria(term="X", multiples=replace(ABOVE, of_uln=(2, 1)))},
            "ctcae_6.multiples",
        ),
        ("WBC", {"ctcae_increase": GradeIncrease(term="X", above=(None, 3, 2))}, "do not rise"),
        ("WBC", {"ctcae_increase": GradeIncrease(term="X", above=(None,))}, "do not rise"),
        ("ALT", {"ctcae_increase": GradeIncrease(term="X", above=(1,))}, "have their grades already"),
    ],
)
def test_faulty_criteria_of_grades(study, data, code, changes, fault):
    analytes = tuple(replace(item, **changes) if item.code == code else item for item in study.analytes)
    (found,) = find_faults(replace(study, analytes=analytes), data)
    assert found.startswith(f"analytes[{code}].ctcae_")
    assert fault in found
