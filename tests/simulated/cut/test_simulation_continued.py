"""A whole simulated trial and its interim cut."""

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.cut.simulation import continue_trial
from duonen_stats.simulated.model.dates import NEVER, as_dates


@pytest.fixture(scope="module")
def found():
    return continue_trial(11)


def test_the_interim_cut_holds_those_randomised_first_all_off_treatment(found, study):
    cut = found.interim_cut(study)
    subjects = cut.tables["subjects"]
    assert len(subjects) == study.design.interim_subjects
    days = np.sort(found.trial.recruits.randomised)
    assert subjects["RANDDT"].max() == as_dates(days[[study.design.interim_subjects - 1]])[0]
    assert not cut.tables["disposition"]["STATUS"].eq("ONGOING").any()
    assert cut.cut_date == as_dates(np.array([found.interim]))[0]
    assert [one for one in check_cut(cut, study) if one.severity == "error"] == []


def test_events_known_at_the_interim_are_those_of_the_whole_trial(found, study):
    tables = found.interim_cut(study).tables
    shown = tables["tumour_assessments"].loc[tables["tumour_assessments"]["RESPONSE"].eq("PD"), "SUBJID"]
    dead = tables["follow_up"].loc[tables["follow_up"]["STATUS"].eq("DEAD"), "SUBJID"]
    assert len({*shown, *dead}) == (found.known[found.first] <= found.interim).sum()


def test_the_list_of_who_has_entered_holds_the_others_too(found, study):
    entered = found.interim_cut(study).tables["enrolment"]
    assert len(entered) == (found.trial.recruits.randomised <= found.interim).sum() > 56
    assert entered["SUBJID"].is_unique
    assert {*found.interim_cut(study).tables["subjects"]["SUBJID"]} < {*entered["SUBJID"]}
    assert list(entered.columns) == ["SUBJID", "SITEID", "ENROLDT", "_ROW"]


def test_an_event_is_never_known_after_a_loss(found):
    fates = found.trial.fates
    known = found.known
    assert (known[known < NEVER] <= fates.lost[known < NEVER]).all()
    assert (known >= np.minimum(fates.progression, fates.death)).all()


def test_a_trial_may_go_on_for_longer_and_is_the_same_until_then():
    short, long = continue_trial(3), continue_trial(3, total_months=400)
    assert short.interim == long.interim
    assert (short.trial.recruits.arm == long.trial.recruits.arm).all()
    assert (short.trial.fates.progression == long.trial.fates.progression).all()
    assert (short.known[short.known < NEVER] <= short.trial.cut).all()
    assert (long.known < NEVER).sum() > (short.known < NEVER).sum()


def test_a_trial_that_ends_before_its_interim_cut_is_refused():
    with pytest.raises(PlanError, match="ends before its interim cut"):
        continue_trial(3, total_months=12)


def test_a_cut_of_those_who_finished_first_is_one_by_the_protocol(study):
    """The last to finish of the cut ends treatment before anybody who is not in it; some of them entered late."""
    found = continue_trial(11, chosen="finished")
    trial, rest = found.trial, np.setdiff1d(np.arange(92), found.first)
    assert found.first.size == study.design.interim_subjects
    assert trial.course.ended[found.first].max() <= trial.course.ended[rest].min()
    entered = trial.recruits.randomised
    assert entered[found.first].max() > entered[rest].min()
    assert found.interim <= continue_trial(11).interim
    cut = found.interim_cut(study)
    assert not cut.tables["disposition"]["STATUS"].eq("ONGOING").any()
    listed = cut.tables["enrolment"]["SUBJID"]
    assert listed.is_unique
    assert len(listed) == (entered <= found.interim).sum()
    assert {*cut.tables["subjects"]["SUBJID"]} < {*listed}
    assert [one for one in check_cut(cut, study) if one.severity == "error"] == []


def test_another_way_of_choosing_is_refused():
    with pytest.raises(PlanError, match="'entered' or 'finished'"):
        continue_trial(11, chosen="dosed")
