from dataclasses import replace

import pandas as pd
import pytest
from patients import contact, cycles, dose, ended, event, lab, make_cut, subject

from duonen_stats.datasets.build import accounting, build_datasets
from duonen_stats.datasets.metadata.shape import conform
from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.plan import INTERIM
from duonen_stats.raw import read_cut
from duonen_stats.raw.derived.visits import ANOTHER, OUTSIDE
from duonen_stats.study import load_study


@pytest.fixture(scope="module")
def cohort():
    study = load_study()
    cut = read_cut(study)
    before = {name: table.copy(deep=True) for name, table in cut.tables.items()}
    return cut, before, build_datasets(cut, study, INTERIM)


def assert_shaped(datasets):
    for name, frame in datasets:
        pd.testing.assert_frame_equal(frame.iloc[:0], conform(pd.DataFrame(), name), check_index_type=False)


ABSENT = {"reference_ranges", "vital_signs", "concomitant_therapies", "protocol_deviations"}
"""Tables that a cut may be without."""


def assert_balanced(cut, datasets):
    counts = accounting(cut, datasets).set_index("table")
    present = {name: len(table) for name, table in cut.tables.items() if len(table) or name not in ABSENT}
    assert counts["read"].to_dict() == present
    unbalanced = counts.loc[counts["read"] != counts["used"] + counts["set_aside"]]
    assert unbalanced.empty, unbalanced


WORKED = {
    "subjects": [
        subject("1", "A"),
        subject("2", "B"),
        subject("3", "C"),
        subject("4", "D"),
        subject("5", "D"),
    ],
    "administrations": [
        *cycles("1", [7400.0] * 4),
        *cycles("2", [3700.0] * 3, [1850.0, 3700.0, None]),
        *cycles("4", [7400.0]),
    ],  # 3 was never treated
    "dosimetry": [dose("1", "T1", "KIDNEY", "LU177", 4.0), dose("4", "T2", "KIDNEY", "LU177", 4.0)],
    "labs": [
        lab("1", "T1", -1, 13.0),
        lab("1", "V1", 14, 12.0),
        lab("1", "UNS", 12, 11.0),
        lab("1", "UNS", 35, 11.0),
        lab("2", "T1", -1, 13.0, UNIT="?"),
    ],
    "adverse_events": [event("1", 1, -4), event("1", 2, 20)],
    "disposition": [ended(str(k)) for k in range(1, 6)],
    "follow_up": [contact(str(k)) for k in range(1, 6)],
}


def test_every_raw_record_is_used_or_set_aside(study):
    cut = make_cut(**WORKED)
    datasets = build_datasets(cut, study, INTERIM)
    assert_balanced(cut, datasets)
    aside = datasets.set_aside
    assert aside.to_numpy().tolist() == [
        ["dosimetry", 3, "4", "cycle was not delivered"],
        ["labs", 4, "1", ANOTHER],
        ["labs", 5, "1", OUTSIDE],
        ["labs", 6, "2", "unit cannot be converted"],
    ]
    # An event from before treatment is no record to set aside: it is there, without the flag.
    assert datasets.adae["TRTEMFL"].tolist() == [None, "Y"]


@pytest.mark.parametrize("left_out", [*WORKED, None])
def test_any_table_may_be_empty(study, left_out):
    cut = make_cut(**{name: rows for name, rows in WORKED.items() if name != left_out})
    datasets = build_datasets(cut, study, INTERIM)
    assert_shaped(datasets)
    assert_balanced(cut, datasets)


@pytest.mark.parametrize("patients", [0, 1, 2])
def test_small_arms(study, patients):
    chosen = {str(number) for number in range(1, patients + 1)}
    cut = make_cut(
        **{name: [row for row in rows if row["SUBJID"] in chosen] for name, rows in WORKED.items()}
    )
    datasets = build_datasets(cut, study, INTERIM)
    assert len(datasets.adsl) == patients
    assert_shaped(datasets)
    assert_balanced(cut, datasets)


def test_the_shipped_cohort_builds_and_balances(cohort):
    cut, _, datasets = cohort
    assert_balanced(cut, datasets)
    assert_shaped(datasets)
    assert len(datasets.adsl) == len(cut.tables["subjects"])
    assert datasets.adsl["USUBJID"].is_unique
    assert datasets.adsl["NCYC"].sum() == len(cut.tables["administrations"])


def test_the_shipped_cohort_was_not_changed(cohort):
    cut, before, _ = cohort
    for name, table in cut.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_one_record_stands_for_each_visit_of_the_cohort(cohort):
    adlb = cohort[2].adlb
    stands = adlb.loc[adlb["ANL01FL"] == "Y"]
    assert not stands.duplicated(["USUBJID", "PARAMCD", "AVISIT"]).any()
    late = {f"F{number}" for number in range(1, 14)}
    assert set(stands["AVISIT"]) == {"T1", "V1", "T2", "V2", "T3", "V3", "T4", "V4", "NADIR", *late}


def test_summed_rows_of_the_cohort_are_sums(cohort):
    datasets = cohort[2]
    for frame in (datasets.adex, datasets.addos):
        keys = ["USUBJID", "PARAMCD"]
        sums = frame.loc[frame["DTYPE"] == "SUM"].set_index(keys)["AVAL"]
        parts = frame.loc[frame["DTYPE"].isna()].groupby(keys)["AVAL"].sum()
        pd.testing.assert_series_equal(sums.sort_index(), parts.sort_index(), atol=1e-5)


def test_categories_of_the_cohort_partition_each_modified_arm(cohort, study):
    adsl = cohort[2].adsl
    for arm in study.arms:
        categories = adsl.loc[adsl["TRT01P"] == arm.code, "MODCAT"]
        assert categories.notna().all() if arm.modified_isotope else categories.isna().all()


def test_iterating_names_the_datasets(cohort):
    assert [name for name, _ in cohort[2]] == list(DATASETS)


def test_the_precision_of_ties_rounds_no_data(cut, study, datasets):
    """A coarse precision of ties may choose another nadir or category; it leaves each dose, activity and change."""
    coarse = build_datasets(cut, study, replace(INTERIM, difference_decimals=0))
    pd.testing.assert_frame_equal(coarse.addos, datasets.addos)
    for name in ("adlb", "adex"):
        one, other = getattr(coarse, name), getattr(datasets, name)
        kept = [
            frame.loc[~frame["AVISIT"].isin(["NADIR", "MODIFICATION"]), ["USUBJID", "PARAMCD", "AVAL", "CHG"]]
            for frame in (one, other)
        ]
        pd.testing.assert_frame_equal(*(frame.reset_index(drop=True) for frame in kept))
    changes = datasets.adlb["CHG"].dropna()
    assert (changes.round(0) != changes).any()


def test_a_change_has_one_value_in_the_description_and_in_the_paired_test(results):
    """The mean Δ of Table 4 and the mean difference of the paired t test are of the same patients and equal."""
    for code in ("HGB", "PLAT", "CREAT", "EGFR"):
        mean = results.value(f"labs.{code}.V4.all.change.mean")
        assert results.value(f"labs.{code}.T1_V4.paired.paired_t.difference") == pytest.approx(
            mean, rel=1e-12
        )
