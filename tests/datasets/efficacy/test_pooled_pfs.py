import dataclasses
import inspect
from pathlib import Path

import pandas as pd
from survival_patients import cut_of, history

from duonen_stats.datasets.efficacy import (
    adrs,
    adtte,
    dated_records,
    survival_records,
)
from duonen_stats.datasets.efficacy.pooled_pfs import (
    CALLED_LOST,
    DIED,
    FOLLOWED,
    PROGRESSED,
    SILENT,
    UNKNOWN,
    UNKNOWN_RECENT,
    WITHDREW,
    blinded_follow_up,
)
from duonen_stats.design.reestimation.blinded_data import blinded_cut
from duonen_stats.plan import FINAL
from duonen_stats.raw import read_cut

PFS = ["SUBJID", "ENTRYDT", "MONTHS", "EVENT"]
UNBLINDING = {
    "subjects": ["ARM"],
    "administrations": ["LU177_MBQ", "Y90_MBQ", "REASON"],
    "dosimetry": ["ISOTOPE", "DOSE_GY"],
}


def blinded_pfs(cut, study):
    return blinded_follow_up(cut, study)[PFS]


def test_a_worked_pair(study):
    cut = cut_of([history("2", (84, "SD"), (168, "SD")), history("1", (84, "SD"), therapy=90, died=487)])
    out = blinded_pfs(cut, study)
    assert out["SUBJID"].tolist() == ["1", "2"]
    assert out["MONTHS"].tolist() == [16.0, 168 / 30.4375]
    assert out["EVENT"].tolist() == [1, 0]
    assert out["ENTRYDT"].eq(pd.Timestamp("2024-01-01")).all()
    assert [str(dtype) for dtype in out.dtypes] == ["object", "datetime64[ns]", "float64", "int64"]


def test_it_is_the_pfs_of_adtte_without_the_arm(cut, study, datasets):
    out = blinded_pfs(cut, study)
    rows = adtte.build_adtte(cut, datasets.adsl, study, FINAL)
    pfs = rows.loc[rows["PARAMCD"] == "PFS"].sort_values("SUBJID", ignore_index=True)
    assert out["MONTHS"].tolist() == pfs["AVAL"].tolist()
    assert out["EVENT"].tolist() == (pfs["CNSR"] == 0).astype(int).tolist()


def test_what_unblinds_may_be_taken_out_of_the_cut(cut, study):
    tables = {name: table.drop(columns=UNBLINDING.get(name, [])) for name, table in cut.tables.items()}
    pd.testing.assert_frame_equal(
        blinded_pfs(dataclasses.replace(cut, tables=tables), study), blinded_pfs(cut, study)
    )


def test_a_file_without_the_arm_is_enough(cut, study, edit, cohort_copy):
    edit.write("subjects", edit.read("subjects").drop(columns="ARM"))
    without = read_cut(study, cohort_copy)
    assert without.tables["subjects"]["ARM"].isna().all()
    pd.testing.assert_frame_equal(blinded_pfs(without, study), blinded_pfs(cut, study))


def test_the_code_names_no_column_that_unblinds():
    for part in (blinded_follow_up, survival_records, adrs, adtte, dated_records):
        text = Path(inspect.getsourcefile(part)).read_text(encoding="utf-8")
        for name in ("ARM", "LU177_MBQ", "Y90_MBQ", "ISOTOPE", "DOSE_GY", "TRT01P"):
            assert f'"{name}"' not in text


def test_the_design_module_takes_it(cut, study):
    out = blinded_pfs(cut, study)
    planned = blinded_cut(
        out["ENTRYDT"].to_numpy(), out["MONTHS"], out["EVENT"], cut=str(cut.cut_date.date())
    )
    assert planned.n_events == out["EVENT"].sum() > 0


def test_no_patient_gives_no_row(study):
    out = blinded_pfs(cut_of([]), study)
    assert out.empty
    assert [str(dtype) for dtype in out.dtypes] == ["object", "datetime64[ns]", "float64", "int64"]


def without_status(one):
    """The patient of a history without a line in follow_up."""
    return {**one, "follow_up": []}


def test_who_counts_as_lost_and_why(study):
    """Every reason for the end of follow-up, in a cut on day 500; 5.5 months (168 days) before it is day 332."""
    cut = cut_of([
        history("1", (84, "SD"), (170, "PD"), status="LOST", last=200),  # the event came first
        history("2", (84, "SD"), died=140),
        history("3", (84, "SD"), (168, "SD"), status="LOST", last=200),
        history("4", (84, "SD"), withdrawn=100, last=90),
        history("5", (84, "SD"), last=490, withdrawn=100),  # withdrew from treatment, and seen after
        history("6", (84, "SD"), last=331),  # called alive 169 days ago
        history("7", (84, "SD"), last=332),  # called alive 168 days ago
        without_status(history("8", (84, "SD"), (331, "SD"))),
        without_status(history("9", (84, "SD"), (332, "SD"))),
    ])  # fmt: skip
    out = blinded_follow_up(cut, study).set_index("SUBJID")
    assert out["END"].tolist() == [
        PROGRESSED, DIED, CALLED_LOST, WITHDREW, FOLLOWED, SILENT, FOLLOWED, UNKNOWN, UNKNOWN_RECENT,
    ]  # fmt: skip
    assert (out["OBSERVED"] * 30.4375).round(9).tolist() == [170, 140, 200, 90, 500, 331, 500, 331, 332]
    assert (out["FREE"] * 30.4375).round(9).tolist() == [84, 84, 168, 84, 84, 84, 84, 331, 332]
    assert out["DEATH"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_lag_may_be_stated_and_moves_only_those_without_a_status(study):
    cut = cut_of([without_status(history("1", (84, "SD"))), history("2", (84, "SD"), last=332)])
    ends = [
        blinded_follow_up(cut, study, lag_days=lag).set_index("SUBJID")["END"].tolist() for lag in (100, 416)
    ]
    assert ends == [[UNKNOWN, SILENT], [UNKNOWN_RECENT, FOLLOWED]]
