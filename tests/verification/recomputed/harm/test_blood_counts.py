import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed.harm.blood_counts import lasting_spells, recompute_blood_counts

PATIENTS = pd.DataFrame(
    {"SAFETY": True, "FIRST": day(0), "LAST": day(56), "TREATED": list("AB")}, index=["1", "2"]
)
CYCLES = pd.DataFrame(
    {
        "SUBJID": ["1", "2"],
        "BEFORE": day(0),
        "EXDT": [day(56), day(75)],
        "DAYS": [56, 75],
        "LATE": [0, 5],
        "REASON": ["TOXICITY", None],
    }
)
RIVALS = pd.DataFrame({"DEATH": [pd.NaT, day(60)], "OTHER": pd.NaT}, index=["1", "2"])


def values_of(*rows, code="HGB"):
    frame = pd.DataFrame(rows, columns=["SUBJID", "ADT", "AVAL", "ATOXGRMN", "ATOXGRMX"])
    first = [None if on > 0 else "Y" for on in frame["ADT"]]
    return frame.assign(
        ABLFL=first, ADT=[day(on) for on in frame["ADT"]], PARAMCD=code, DTYPE=None, LBSEQ=range(len(frame))
    )


ADLB = values_of(
    ("1", 0, 13.0, 0, 0), ("1", 14, 9.0, 2, 2), ("1", 40, 9.5, 1, 2), ("1", 54, 11.0, 1, 1), ("1", 400, 8.0, 2, 2),
    ("2", 0, 9.5, 2, 2), ("2", 14, 9.4, 2, 2), ("2", 70, 7.0, 3, 3),
)  # fmt: skip


@pytest.fixture
def found(study):
    return values(recompute_blood_counts, ADLB, CYCLES, PATIENTS, RIVALS, None, plan(), study)


def test_first_low_values_and_recovery(found):
    assert found["course.HGB.grade_ge2.A.events"] == 1
    assert found["course.HGB.grade_ge2.B.events"] == 1
    assert found["course.HGB.grade_ge3.B.competing"] == 1  # the value of grade 3 is dated after death
    assert found["course.HGB.grade_ge2.A.n_open"] == 0
    assert found["course.HGB.recovery.A.events"] == 1
    assert found["course.HGB.recovery.A.n_open"] == 1  # on day 40 it may have been over
    assert found["course.HGB.recovery.A.rate.2.incidence"] == 1.0  # 40 days after day 14
    assert found["course.PLAT.grade_ge2.all.n_without"] == 2


def test_the_lowest_value_is_of_the_treatment(found):
    assert found["course.HGB.lowest.A.mean"] == 2  # weeks; the lower one of day 400 is another matter
    # A value dated after death is an error of the date; it counts as it stands.
    assert found["course.HGB.lowest.B.mean"] == 10


def test_cycles_after_a_low_value(found):
    assert found["course.HGB.next_cycle.A.low"] == 1
    assert found["course.HGB.next_cycle.A.recovered"] == 1
    assert found["course.HGB.next_cycle.B.recovered"] == 0  # grade 3, from 2
    assert found["course.changed_cycles.all.delayed"] == 1
    assert found["course.changed_cycles.B.delayed_low"] == 1
    assert found["course.changed_cycles.A.reduced"] == 1


def test_without_deaths_only_what_they_do_not_end(study):
    """As of an open session: death and another treatment end nothing there, and no time to an event is in it."""
    found = values(recompute_blood_counts, ADLB, CYCLES, PATIENTS, None, None, plan(), study)
    assert found["course.HGB.lowest.A.mean"] == 2
    assert found["course.HGB.lowest.B.mean"] == 10  # that of day 70, after the death nobody is told of
    assert found["course.HGB.next_cycle.A.low"] == 1
    assert not [name for name in found if ".recovery." in name or ".grade_ge" in name]


def test_a_spell_lasts_from_its_first_to_its_last_low_value_and_a_better_day_ends_it():
    rows = [
        ("1", 10, 2, 0),
        ("1", 100, 2, 0),
        ("1", 100, 0, 0),
        ("1", 200, 3, 0),
        ("1", 210, 1, 0),
        ("1", 220, 2, 0),
    ]
    rows += [("2", 10, 2, 2), ("2", 300, 2, 2), ("3", 10, 2, None), ("3", 194, 2, None)]
    values_ = pd.DataFrame(rows, columns=["SUBJID", "ADT", "LOW", "AT_FIRST"])
    values_ = values_.assign(ADT=[day(on) for on in values_["ADT"]])
    assert lasting_spells(values_, 2, 183) == ["1", "3"]
    assert lasting_spells(values_, 2, 184) == ["1"]
    assert lasting_spells(values_, 2, 190) == []


@pytest.mark.parametrize(
    ("rule", "events", "competing", "recovered", "changed"),
    [("as_observed", 1, 0, 1, 0), ("unsupported", 0, 0, 0, 1), ("not_recovered", 0, 1, 0, 1)],
)
def test_a_transfusion_before_the_good_value_counts_as_planned(
    study, rule, events, competing, recovered, changed
):
    """Patient 1 is low on day 14, transfused on day 30 and good on day 54, within 28 days."""
    helped = pd.DataFrame({"SUBJID": ["1", "3"], "FROM": day(30), "TO": day(30)})  # the third was never low
    rules = plan(recovery_support=rule, recovery_support_days=28)
    again = values(recompute_blood_counts, ADLB, CYCLES, PATIENTS, RIVALS, helped, rules, study)
    names = ("recovery.A.events", "recovery.A.competing", "next_cycle.A.recovered", "next_cycle.A.changed")
    assert [again[f"course.HGB.{name}"] for name in names] == [events, competing, recovered, changed]
    assert again["course.HGB.next_cycle.A.supported"] == again["course.HGB.recovery.A.supported"] == 1
    untold = values(recompute_blood_counts, ADLB, CYCLES, PATIENTS, None, None, rules, study)
    assert untold["course.HGB.next_cycle.A.recovered"] == 1  # as observed, whatever the rule
    assert "course.HGB.next_cycle.A.supported" not in untold


def test_cycles_are_counted_where_the_grades_have_no_term_for_low_values(study):
    """Version 6.0 of CTCAE has none for lymphocytes."""
    found = values(
        recompute_blood_counts, ADLB, CYCLES, PATIENTS, RIVALS, None, plan(ctcae_version="6.0"), study
    )
    assert found["course.LYMPH.next_cycle.A.cycles"] == found["course.HGB.next_cycle.A.cycles"] > 0
    assert "course.LYMPH.next_cycle.A.low" not in found
