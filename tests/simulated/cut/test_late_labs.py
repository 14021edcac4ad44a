import numpy as np
import pandas as pd
import pytest

from duonen_stats.simulated.cut.late_labs import follow_late, late_labs, vital_signs
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.cut.tables import tables_around_cycles
from duonen_stats.simulated.model.trial import simulate_trial


@pytest.fixture(scope="module")
def tables(study):
    return tables_around_cycles(simulate_trial(9, 12, "FINAL", study, USUAL), study, "a trial")


def test_doses_are_those_of_the_patient(tables, study):
    late = follow_late(tables, study, USUAL.late, 9)
    doses = tables["dosimetry"].query("ORGAN == 'MARROW'").groupby("SUBJID")["DOSE_GY"].sum()
    assert late.marrow == pytest.approx(doses.reindex(late.names).to_numpy())


def test_values_keep_unit_and_limits_of_the_patient(tables, study):
    late = follow_late(tables, study, USUAL.late, 9)
    rows = late_labs(tables, late, study, USUAL.late)
    own = tables["labs"].query("VISIT == 'T1'").set_index(["SUBJID", "ANALYTE"])
    known = rows[~rows["ANALYTE"].isin(["RETIC", "BLAST"])]
    there = own.reindex(list(zip(known["SUBJID"], known["ANALYTE"], strict=True)))
    assert (known["UNIT"].to_numpy() == there["UNIT"].to_numpy()).all()
    assert {"RETIC", "BLAST"} <= {*rows["ANALYTE"]}
    assert rows.loc[rows["ANALYTE"].eq("BLAST"), "VALUE"].between(0, 40).all()


def test_vital_signs_are_taken_when_blood_is(tables, study):
    late = follow_late(tables, study, USUAL.late, 9)
    signs = vital_signs(tables, late, study, USUAL.late)
    early = tables["labs"].query("VISIT != 'UNS'")
    days = set(zip(early["SUBJID"], early["VISIT"], early["LBDT"], strict=True))
    around = signs[signs["VISIT"].isin([visit.code for visit in study.visits])]
    assert set(zip(around["SUBJID"], around["VISIT"], around["VSDT"], strict=True)) <= days
    assert set(signs["TEST"]) == {sign.code for sign in study.vital_signs}


def test_the_filtration_rate_is_that_of_the_creatinine(study):
    """Inker et al. (2021), also below the knot: 0.9 mg/dL of men, 0.7 of women.

    Around the cycles it is a whole number, hence some hundredths.
    """
    tables = tables_around_cycles(simulate_trial(11, 300, "FINAL", study, USUAL), study, "a trial")
    rows = late_labs(tables, follow_late(tables, study, USUAL.late, 11), study, USUAL.late)
    people = tables["subjects"].set_index("SUBJID")
    last = tables["administrations"].groupby("SUBJID")["EXDT"].max()
    wide = rows[rows["ANALYTE"].isin(["CREAT", "EGFR"])].pivot_table(
        index=["SUBJID", "LBDT"], columns="ANALYTE", values=["VALUE", "UNIT"], aggfunc="first"
    )
    creatinine, rate = (wide["VALUE"][code].astype(float).to_numpy() for code in ("CREAT", "EGFR"))
    creatinine = np.where(wide["UNIT"]["CREAT"] == "umol/L", creatinine / 88.42, creatinine)
    subject, day = wide.index.get_level_values("SUBJID"), wide.index.get_level_values("LBDT")
    years = (day - pd.DatetimeIndex(last.reindex(subject))).days / 365.25
    age = people["AGE"].reindex(subject).to_numpy(dtype=float) + years
    female = people["SEX"].reindex(subject).eq("F").to_numpy()
    share = creatinine / np.where(female, 0.7, 0.9)
    below = share < 1
    slope = np.where(below, np.where(female, -0.241, -0.302), -1.2)
    expected = 142 * share**slope * 0.9938**age * np.where(female, 1.012, 1)
    assert 100 < below.sum() < len(below) - 100
    off = np.abs(rate / expected - 1)
    assert np.median(off) < 0.01
    assert off.max() < 0.1
