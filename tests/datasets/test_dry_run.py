import pandas as pd
import pytest

from duonen_stats import FINAL, build_datasets
from duonen_stats.datasets.dry_run import WITHHELD, mark_dry_run
from duonen_stats.datasets.metadata.stamp import DRY_RUN
from duonen_stats.raw.blinded_view import TREATMENT_TABLES, blinded_view, with_drawn_arms


@pytest.fixture(scope="module")
def masked(final_cut, study):
    view = with_drawn_arms(blinded_view(final_cut, study), study, 7)
    return mark_dry_run(build_datasets(view, study, FINAL))


def test_arms_keep_their_planned_sizes_and_lose_their_patients(final_datasets, masked):
    true, drawn = final_datasets.adsl["TRT01P"], masked.adsl["TRT01P"]
    assert drawn.value_counts().to_dict() == dict.fromkeys("ABCD", 23)
    assert (true != drawn).mean() > 0.5


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
    for name in ("MODCAT", "DOSFL"):
        assert final_datasets.adsl[name].notna().any()
        assert masked.adsl[name].isna().all()
    assert final_datasets.adae["AEACN"].notna().any()
    assert masked.adae["AEACN"].isna().all()
    assert not masked.set_aside["table"].isin(TREATMENT_TABLES).any()
    assert masked.set_aside["row"].isna().all()
    assert DRY_RUN in masked.cut_line
    assert masked.stamp.blinded


def test_outcomes_and_types_are_those_of_the_cut(final_datasets, masked):
    for column in ("AVAL", "CNSR", "ADT", "SRCSEQ"):
        pd.testing.assert_series_equal(final_datasets.adtte[column], masked.adtte[column])
    for column in ("NCYC", "TRTSDT", "TRTEDT", "SAFFL", "COMPLFL", "EOTSTT", "DTHDT"):
        pd.testing.assert_series_equal(final_datasets.adsl[column], masked.adsl[column])
    for column in ("AVISIT", "AVAL", "CHG", "ATOXGR", "LBSEQ"):
        pd.testing.assert_series_equal(final_datasets.adlb[column], masked.adlb[column])
    for (name, frame), (_, other) in zip(final_datasets, masked, strict=True):
        assert frame.dtypes.to_dict() == other.dtypes.to_dict(), name
