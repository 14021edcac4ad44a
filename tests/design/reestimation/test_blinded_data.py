"""A data cut without arms."""

from datetime import date

import numpy as np
import pytest

from duonen_stats.design import blinded_cut
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
