import dataclasses

import pandas as pd
import pytest
from patients import day, frame
from survival_patients import scan

from duonen_stats.datasets.efficacy.survival_rules import PUBLISHED_RULES
from duonen_stats.datasets.efficacy.tumour_response import judge_assessments
from duonen_stats.errors import DataError

PATIENTS = pd.DataFrame({"SUBJID": ["1"], "ADT": [pd.Timestamp(day(0))]})
CUT = pd.Timestamp(day(500))


def judged(*scans, rules=PUBLISHED_RULES):
    return judge_assessments(frame("tumour_assessments", [*scans]), PATIENTS, rules, until=CUT)


@pytest.mark.parametrize(
    ("response", "lesion", "evaluable", "progression", "said"),
    [
        ("CR", "N", True, False, None),
        ("PR", "N", True, False, None),
        ("SD", "N", True, False, None),
        ("SD", None, True, False, None),
        ("PD", "N", True, True, "Progressive disease (RECIST 1.1)"),
        ("PD", "Y", True, True, "Progressive disease (RECIST 1.1)"),
        ("SD", "Y", True, True, "New lesion"),
        ("NE", "Y", True, True, "New lesion"),
        (None, "Y", True, True, "New lesion"),
        ("NE", "N", False, False, None),
        (None, None, False, False, None),
    ],
)
def test_a_response_and_a_lesion(response, lesion, evaluable, progression, said):
    row = judged(scan("1", 84, response, lesion)).squeeze()
    assert (row["EVALUABLE"], row["PROGRESSION"], row["EVNTDESC"]) == (evaluable, progression, said)


def test_only_after_randomisation_and_up_to_the_cut():
    days = (-10, 0, 1, 84, 500, 501)
    out = judged(*[scan("1", on) for on in days], scan("unknown", 84))
    assert out["ADT"].tolist() == [pd.Timestamp(day(on)) for on in (1, 84, 500)]
    assert out["SRCSEQ"].tolist() == [4, 5, 6]


def test_a_new_lesion_may_be_left_to_the_response():
    rules = dataclasses.replace(PUBLISHED_RULES, new_lesion_is_progression=False)
    out = judged(scan("1", 84, "SD", "Y"), scan("1", 168, "NE", "Y"), rules=rules)
    assert out["PROGRESSION"].tolist() == [False, False]
    assert out["EVALUABLE"].tolist() == [True, False]


def test_no_assessment_and_no_column():
    assert judged().empty
    assert judged()["PROGRESSION"].dtype == bool
    with pytest.raises(DataError, match="RESPONSE"):
        judge_assessments(pd.DataFrame({"NEWLESION": []}), PATIENTS, PUBLISHED_RULES, until=CUT)
