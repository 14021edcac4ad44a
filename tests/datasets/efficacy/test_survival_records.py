import dataclasses

import pandas as pd
import pytest
from patients import contact, day, make_cut, subject
from survival_patients import cut_of, history

from duonen_stats.datasets.efficacy.sourced_dates import DateOf
from duonen_stats.datasets.efficacy.survival_records import (
    EVENT,
    LOST,
    PUBLISHED_RULES,
    REASONS,
    WITHDRAWN,
    select_survival_records,
)
from duonen_stats.errors import DataError


def select(study, *histories):
    return select_survival_records(cut_of(histories), study, PUBLISHED_RULES)


def test_each_record_goes_to_its_place(study):
    out = select(study, history("1", (84, "SD"), died=200, therapy=90), history("2", (84, "PD")))
    assert out.subject.tolist() == ["1", "2"]
    assert out.scans.free.patient.tolist() == [0]
    assert out.scans.progressed.patient.tolist() == [1]
    assert (out.deaths.patient.tolist(), out.deaths.source.tolist()) == ([0], [DateOf.DEATH])
    assert pd.to_datetime(out.new_therapy.date).tolist() == [pd.Timestamp(day(90))]
    assert out.series(out.alive.date).dt.strftime("%Y-%m-%d").to_dict() == {"1": day(200), "2": day(490)}
    assert not out.left.any()


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({"last": 100, "status": "LOST"}, LOST),
        ({"last": 501, "status": "LOST"}, None),
        ({"last": 60, "withdrawn": 60}, WITHDRAWN),
        ({"last": 61, "withdrawn": 60}, None),
        ({"last": 60, "withdrawn": 60, "status": "LOST"}, WITHDRAWN),
        ({"last": 501, "withdrawn": 501}, None),
        ({"last": 30, "withdrawn": 60, "given": 40}, WITHDRAWN),
        ({"last": 30, "withdrawn": 60, "given": 70}, None),
    ],
)
def test_who_left_the_trial(study, known, left):
    assert select(study, history("1", **known)).left.tolist() == [left or 0]


def test_another_reason_of_discontinuation_is_not_leaving(study):
    one = history("1", last=60, withdrawn=60)
    one["disposition"][0]["REASON"] = "PROGRESSION"
    assert select(study, one).left.tolist() == [0]


def test_records_of_nobody_and_of_later_patients_are_not_used(study):
    stranger = {**history("3", (84, "PD"), died=100), "subjects": []}
    later = {**history("2"), "subjects": [subject("2", RANDDT=day(501))]}
    out = select(study, history("1"), later, stranger)
    assert out.subject.tolist() == ["1"]
    assert not out.deaths.date.size
    assert not out.scans.progressed.date.size


def test_a_table_that_did_not_arrive_is_empty(study):
    cut = cut_of([history("1")])
    few = {name: cut.tables[name] for name in ("data_cut", "subjects")}
    out = select_survival_records(dataclasses.replace(cut, tables=few), study, PUBLISHED_RULES)
    assert pd.to_datetime(out.alive.date).tolist() == [pd.Timestamp(day(0))]
    assert out.alive.source.tolist() == [DateOf.RANDOMISATION]


def test_a_patient_twice_is_refused(study):
    with pytest.raises(DataError, match="SUBJID"):
        select_survival_records(make_cut(subjects=[subject("1")] * 2), study, PUBLISHED_RULES)
    twice = make_cut(subjects=[subject("1")], follow_up=[contact("1")] * 2)
    with pytest.raises(DataError, match="SUBJID"):
        select_survival_records(twice, study, PUBLISHED_RULES)


def test_the_longest_gap_is_two_intervals_and_the_tolerance():
    assert PUBLISHED_RULES.longest_gap_days == 2 * 84 + 14
    assert dataclasses.replace(PUBLISHED_RULES, missed_assessments=1).longest_gap_days == 98


def test_every_code_of_censoring_has_its_own_words():
    assert [*REASONS] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert EVENT not in REASONS
    assert len(set(REASONS.values())) == len(REASONS)


def test_the_months_are_those_of_the_planning():
    assert PUBLISHED_RULES.days_per_month == 365.25 / 12
