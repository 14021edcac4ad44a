"""A data cut without arms."""

from datetime import date

import numpy as np
import pytest

from duonen_stats.design import ScanSchedule, blinded_cut
from duonen_stats.errors import DataError


def test_months_are_taken_as_they_are_and_counted():
    cut = blinded_cut([0, 2, 5, 9], [6, 10, 1, 3], [1, 0, 0, 0], cut=12, lag_months=1)
    assert (cut.n_patients, cut.n_events, cut.n_dropouts) == (4, 1, 1)
    assert cut.exposure_months == 20
    # Patient 3 was last seen at month 6, six months before the cut; patients 2 and 4 at month 12
    assert cut.dropout.tolist() == [False, False, True, False]
    assert cut.at_risk.tolist() == [False, True, False, True]
    assert cut.event_months.tolist() == [6]
    assert cut.date_at(3) is None


@pytest.mark.parametrize(
    "entry",
    [
        ["2024-01-01", "2024-07-01"],
        [date(2024, 1, 1), date(2024, 7, 1)],
        np.array(["2024-01-01", "2024-07-01"], dtype="datetime64[ns]"),
    ],
)
def test_dates_become_months_since_the_trial_opened(entry):
    cut = blinded_cut(entry, [3.0, 1.0], [0, 1], cut="2025-01-01", opened="2023-12-02")
    assert cut.entry_months == pytest.approx([30 / 30.4375, 212 / 30.4375])
    assert cut.opened == date(2023, 12, 2)
    assert cut.date_at(0) == date(2023, 12, 2)
    assert cut.date_at(cut.cut_months) == date(2025, 1, 1)


def test_left_out_the_opening_is_the_first_entry():
    cut = blinded_cut(["2024-03-05", "2024-01-15"], [1.0, 1.0], [0, 1], cut=date(2024, 6, 1))
    assert cut.opened == date(2024, 1, 15)
    assert cut.entry_months.min() == 0


def test_dropouts_may_be_stated():
    cut = blinded_cut([0, 0, 0], [1, 12, 2], [0, 0, 1], cut=12, dropout=[0, 1, 0])
    assert cut.dropout.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], [], []), "not none"),
        (([0, 1], [1], [0, 1]), "equally many"),
        (([0], [float("nan")], [0]), "followup_months"),
        (([0], [-1], [0]), "none negative"),
        (([0], [1], [2]), "0 and 1 only"),
        (([0, 4], [1, 9], [0, 0]), "Patient number 2"),
        ((["soon"], [1], [0]), "neither in months nor a date|in months too"),
    ],
)
def test_a_faulty_cut_is_refused(arguments, message):
    cut = "2024-01-01" if arguments[0] == ["soon"] else 12
    with pytest.raises(DataError, match=message):
        blinded_cut(*arguments, cut=cut)


def test_months_and_dates_do_not_mix():
    with pytest.raises(DataError, match="in months too"):
        blinded_cut([0], [1], [0], cut="2024-01-01")
    with pytest.raises(DataError, match="before the trial opened"):
        blinded_cut(["2024-01-01"], [1.0], [0], cut="2024-06-01", opened="2024-02-01")
    with pytest.raises(DataError, match="dropout"):
        blinded_cut([0], [1], [1], cut=12, dropout=[1])
    with pytest.raises(DataError, match="lag_months"):
        blinded_cut([0], [1], [1], cut=12, lag_months=-1)


def test_a_follow_up_may_pass_the_cut_by_a_day_and_no_more():
    """Months are days over 30.4375, so that a day may be lost in rounding."""
    day = 1 / 30.4375
    assert blinded_cut([0], [12 + day], [0], cut=12).followup_months.tolist() == [12 + day]
    with pytest.raises(DataError, match="Patient number 1"):
        blinded_cut([0], [12 + 1.01 * day], [0], cut=12)


@pytest.mark.parametrize(
    "wrong", [{"tolerance_days": 42}, {"tolerance_days": -1}, {"every_days": 0}, {"missed": 1}]
)
def test_scans_that_could_change_places_are_refused(wrong):
    """Six weeks early and six weeks late are the same day, of scans twelve weeks apart."""
    ScanSchedule(tolerance_days=41.9)
    with pytest.raises(DataError, match="tolerance below half"):
        ScanSchedule(**wrong)


def completers(entry, treated, **more):
    n = len(entry)
    return blinded_cut(
        entry, [1.0] * n, [1] + [0] * (n - 1), cut=20.0, dropout=[0] * n, completers=True,
        treatment_months=treated, **more,
    )  # fmt: skip


def test_entries_of_completers_are_known_until_the_longest_course_before_the_last_end_of_treatment():
    """The courses end at months 6, 9, 12, 14, 15 and 16: the longest is 7 months, so that month 9 is left of 16."""
    entry, treated = [0.0, 2.0, 6.0, 7.0, 10.0, 14.0], [6.0, 7.0, 6.0, 7.0, 5.0, 2.0]
    cut = completers(entry, treated)
    assert cut.entries_known_months == 9
    assert (cut.unknown_entry_months, cut.end_is_an_entry) == (11, False)
    # Of the two later entries one is that of the patient who ended treatment last and so set the month.
    assert cut.n_entered_later == 1
    # At half a patient a month one enters in two months: in nine of the eleven the others did. At none, nobody did.
    assert cut.months_unknown(np.array([[0.5], [0.1], [0.05], [0.0]])).ravel() == pytest.approx([9, 1, 0, 0])
    # The last end is that of the longest course: its entry sets the month.
    other = completers([0.0, 2.0, 6.0, 7.0, 8.0], [6.0, 7.0, 6.0, 7.5, 5.0])
    assert (other.entries_known_months, other.end_is_an_entry, other.n_entered_later) == (7, True, 1)
    told = completers(entry, treated, entered_since=[11.0, 12.0])
    assert (told.entries_known_months, told.n_entered_later, told.months_unknown(np.ones(1))[0]) == (20, 0, 0)


def test_without_courses_or_with_one_too_long_entries_are_known_until_the_last_in_the_cut():
    entry = [0.0, 2.0, 6.0, 7.0, 10.0, 14.0]
    for treated in (None, [14.0, 7.0, 6.0, 7.0, 5.0, 2.0]):  # 14 months of 16: one entry of six would be left
        cut = completers(entry, treated)
        assert (cut.entries_known_months, cut.end_is_an_entry, cut.n_entered_later) == (14, True, 0)
        assert cut.months_unknown(np.array([0.5, 0.0])).tolist() == [6, 6]
    for wrong in ([1.0], [6.0, 7.0, 6.0, 7.0, 5.0, 7.0]):
        with pytest.raises(DataError, match="treatment_months needs one time a patient, none after the cut"):
            completers(entry, wrong)


def test_others_of_a_number_stated_entered_since_the_month_up_to_which_all_are_known():
    """Month 9 to 20: one of the cut (beside the one who set the month), and two others in the last two thirds."""
    cut = completers([0.0, 2.0, 6.0, 7.0, 10.0, 14.0], [6.0, 7.0, 6.0, 7.0, 5.0, 2.0], entered_so_far=8)
    assert cut.unseen_entry_months == pytest.approx([9 + 11 * 3 / 6, 9 + 11 * 5 / 6])
    assert cut.unknown_entry_months == 0
