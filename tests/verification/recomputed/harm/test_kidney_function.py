import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed.harm.kidney_function import recompute_kidney_function

PATIENTS = pd.DataFrame({"SAFETY": True, "FIRST": day(0), "TREATED": list("AABB")}, index=list("1234"))
GIVEN = pd.DataFrame({"SUBJID": list("1234"), "EXDT": day(0)})
DEATHS = pd.Series(pd.NaT, index=PATIENTS.index, dtype="datetime64[ns]", name="DEATH")


def values_of(**courses):
    rows = [(name[1:], on, value) for name, course in courses.items() for on, value in course.items()]
    frame = pd.DataFrame(rows, columns=["SUBJID", "ADT", "AVAL"])
    first = ["Y" if on <= 0 else None for on in frame["ADT"]]
    visit = ["T1" if on <= 0 else "F4" if on == 392 else None for on in frame["ADT"]]
    frame = frame.assign(
        ABLFL=first, AVISIT=visit, ANL01FL="Y", PARAMCD="EGFR", DTYPE=None, LBSEQ=range(len(frame))
    )
    return frame.assign(ADT=[day(on) for on in frame["ADT"]], ATOXGRMN=0, ATOXGRMX=0)


ADLB = values_of(
    _1={0: 90.0, 30: 60.0, 70: 85.0, 100: 62.0, 130: 58.0, 392: 59.9},  # 60 is not confirmed, 62 is, by 58
    _2={0: 100.0, 200: 92.0, 392: 65.0},  # the last value, which nothing can confirm
    _3={0: 80.0, 2: 40.0, 200: 78.0, 392: 76.0},  # two days after an infusion
    _4={0: 61.0, 200: 59.0},
)


@pytest.fixture
def found(study):
    return values(recompute_kidney_function, ADLB, GIVEN, PATIENTS, DEATHS, plan(), study)


def test_a_fall_counts_if_the_next_value_some_weeks_later_shows_it_too(found):
    assert found["kidney.decline.30.A.events"] == 2
    assert found["kidney.decline.30.A.unconfirmed"] == 1
    assert found["kidney.decline.30.B.events"] == 0
    assert found["kidney.decline.40.A.events"] == 0
    assert found["kidney.decline.30.all.rate.12.incidence"] == pytest.approx(0.25 * 4 / 4)


def test_death_competes_and_without_it_no_fall_is_counted(study):
    dead = DEATHS.copy()
    dead["1"] = day(60)
    found = values(recompute_kidney_function, ADLB, GIVEN, PATIENTS, dead, plan(), study)
    assert found["kidney.decline.30.A.competing"] == 1
    found = values(recompute_kidney_function, ADLB, GIVEN, PATIENTS, None, plan(), study)
    assert not [name for name in found if "decline" in name]


def test_categories_progression_and_rapid_loss(found):
    assert found["kidney.kdigo.T1.G1.A.n"] == 2
    assert found["kidney.kdigo.F4.G3a.A.n"] == 1  # 59.9, unrounded
    assert found["kidney.kdigo.worst.G3b.B.n"] == 1
    assert found["kidney.kdigo.last.G2.B.n"] == 1
    assert found["kidney.progressed.A.n"] == 2
    assert found["kidney.progressed.B.n"] == 1  # from 61 to 59 is a category, but no quarter
    assert found["kidney.rapid.A.n"] == 2
    assert found["kidney.rapid.B.n"] == 0
    assert found["kidney.rapid.B.pct"] == 0  # of one: the other has two values
