import pandas as pd
import pytest

from duonen_stats.datasets.dry_run import (
    TREATMENT_TABLES,
    WITHHELD,
    draw_arms,
    permute_arms,
    tells_the_arm,
)
from duonen_stats.datasets.metadata.stamp import DRY_RUN
from duonen_stats.errors import DataError


@pytest.fixture(scope="module")
def masked(final_datasets, study):
    return permute_arms(final_datasets, study, 7)


def test_arms_keep_their_sizes_and_lose_their_patients(final_datasets, masked):
    true, drawn = final_datasets.adsl["TRT01P"], masked.adsl["TRT01P"]
    assert true.value_counts().to_dict() == drawn.value_counts().to_dict()
    assert (true != drawn).mean() > 0.5


def test_the_arms_drawn_do_not_depend_on_the_true_ones(final_datasets, study, masked):
    """Swap who had which arm: the same seed draws the same arms, so that the seed undoes nothing."""
    shuffled = final_datasets.adsl.assign(TRT01P=final_datasets.adsl["TRT01P"].to_numpy()[::-1])
    other = permute_arms(type(final_datasets)(**{**_fields(final_datasets), "adsl": shuffled}), study, 7)
    assert other.adsl["TRT01P"].tolist() == masked.adsl["TRT01P"].tolist()


def _fields(data):
    return {name: getattr(data, name) for name in data.__slots__}


def test_a_patient_has_one_arm_in_every_dataset(masked):
    arms = masked.adsl.set_index("USUBJID")["TRT01P"]
    for name, frame in masked:
        if len(frame):
            assert (frame["TRT01P"] == frame["USUBJID"].map(arms)).all(), name
            assert frame["TRT01PN"].map(dict(enumerate("ABCD", 1))).tolist() == frame["TRT01P"].tolist(), name


def test_what_tells_the_arm_is_withheld(final_datasets, masked):
    for name, frame in masked:
        assert (len(frame) == 0) == (name in WITHHELD), name
        assert frame["STUDYID"].str.contains(DRY_RUN).all(), name
    assert masked.adsl["MODCAT"].isna().all()
    assert final_datasets.adae["AEACN"].notna().any()
    assert masked.adae["AEACN"].isna().all()
    assert not masked.set_aside["table"].isin(TREATMENT_TABLES).any()
    assert DRY_RUN in masked.cut_line
    assert masked.stamp.blinded


def test_outcomes_and_types_are_untouched(final_datasets, masked):
    for column in ("AVAL", "CNSR", "ADT"):
        pd.testing.assert_series_equal(final_datasets.adtte[column], masked.adtte[column])
    for (name, frame), (_, other) in zip(final_datasets, masked, strict=True):
        assert frame.dtypes.to_dict() == other.dtypes.to_dict(), name


def test_a_seed_gives_the_same_arms_and_another_one_others(final_datasets, study, masked):
    again, other = (permute_arms(final_datasets, study, seed).adsl["TRT01P"].tolist() for seed in (7, 8))
    assert again == masked.adsl["TRT01P"].tolist() != other


def test_a_negative_seed_is_refused(final_datasets, study):
    with pytest.raises(DataError, match="give 0 or more"):
        permute_arms(final_datasets, study, -1)


@pytest.mark.law
def test_over_seeds_a_patient_is_in_an_arm_as_often_as_it_is_large(final_datasets, study):
    """Drawn arms carry no information: agreement with the true ones is that of chance."""
    adsl = final_datasets.adsl
    true = adsl.set_index("USUBJID")["TRT01P"]
    chance = sum((true == arm).mean() ** 2 for arm in "ABCD")
    drawn = (pd.Series(draw_arms(adsl, study, seed)).reindex(true.index) for seed in range(200))
    assert sum((arms == true).mean() for arms in drawn) / 200 == pytest.approx(chance, abs=0.02)


@pytest.mark.parametrize(
    ("table", "column", "wanted"),
    [
        ("dosimetry", None, True), ("subjects", "ARM", True), ("adverse_events", "ACTION", True),
        ("subjects", "SEX", False), ("labs", None, False),
    ],
)  # fmt: skip
def test_remarks_on_treatment_or_arm_are_withheld(table, column, wanted):
    assert tells_the_arm(table, column) is wanted
