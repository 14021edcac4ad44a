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
