"""The cohort's outline: sizes, early stops, decisions on activity, completeness of dosimetry."""

import numpy as np
import pytest
from calibration_parts import small_targets

from duonen_stats.errors import DataError
from duonen_stats.simulated.calibration.roster import ARMS, build_roster


def test_sizes_stops_and_doses():
    roster = build_roster(small_targets())
    assert [len(roster.members(arm)) for arm in ARMS] == [16, 16, 12, 12]
    assert roster.present.sum(axis=1).tolist() == [56, 55, 51, 48]
    assert [int(roster.dosed[roster.members(arm)].sum()) for arm in ARMS] == [14, 14, 8, 12]
    assert roster.severe.sum() == 5
    assert (roster.delivered[roster.severe] < 4).all()


def test_counts_of_table_2_with_one_patient_in_both():
    roster = build_roster(small_targets())
    own = roster.decisions[:, roster.members("B")]
    assert [int((row > 0).sum()) for row in own[:2]] == [2, 9]
    assert int(((own[0] > 0) & (own[1] > 0)).sum()) == 1
    assert int(((own[0] == 0) & (own[1] == 0)).sum()) == 6
    assert (own.sum(axis=0) == roster.delivered[roster.members("B")] - 1).all()


def test_only_modified_arms_are_compared_by_decision():
    roster = build_roster(small_targets())
    assert np.unique(roster.changed[roster.members("A")]).tolist() == [-1]
    assert int(roster.changed[roster.members("D")].sum()) == 9


def test_counts_that_fit_no_arm_are_named():
    with pytest.raises(DataError, match="Arm C: 1 up, 9 down and 7 unchanged"):
        build_roster(small_targets(table2__C__n_unchanged=(7, 0)))
