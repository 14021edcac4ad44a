from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.cut.late_tables import with_late_follow_up
from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.simulated.cut.tables import tables_around_cycles
from duonen_stats.simulated.model.trial import simulate_trial


@pytest.fixture(scope="module")
def around(study):
    return tables_around_cycles(simulate_trial(5, 30, "FINAL", study, USUAL), study, "a trial")


@pytest.fixture(scope="module")
def whole(around, study):
    return with_late_follow_up(around, study, USUAL.late, 5)


def late(tables):
    labs = tables["labs"]
    return labs[labs["VISIT"].str.startswith("F")]


def test_what_was_there_stays(around, whole):
    labs = whole["labs"]
    kept = labs[~labs["VISIT"].str.startswith("F")].reset_index(drop=True)
    columns = [name for name in kept if name != "_ROW"]
    assert kept[columns].equals(around["labs"][columns].reset_index(drop=True))
    for name in (
        "subjects",
        "administrations",
        "dosimetry",
        "disposition",
        "tumour_assessments",
        "enrolment",
    ):
        assert whole[name].equals(around[name])
    assert whole["follow_up"]["LASTDT"].equals(around["follow_up"]["LASTDT"])


def test_the_same_seed_gives_the_same_and_another_another(around, whole, study):
    again = with_late_follow_up(around, study, USUAL.late, 5)
    assert all(again[name].equals(frame) for name, frame in whole.items())
    assert not with_late_follow_up(around, study, USUAL.late, 6)["labs"].equals(whole["labs"])


def test_visits_lie_between_the_last_administration_and_the_last_contact(whole, study):
    rows = late(whole)
    last = whole["administrations"].groupby("SUBJID")["EXDT"].max()
    seen = whole["follow_up"].set_index("SUBJID")["LASTDT"]
    targets = rows["VISIT"].map({visit.code: visit.day_target for visit in study.follow_up_visits.visits(60)})
    day = (rows["LBDT"] - rows["SUBJID"].map(last)).dt.days
    assert (day - targets).between(*USUAL.late.visit_days).all()
    assert (rows["LBDT"] <= rows["SUBJID"].map(seen)).all()
    assert (day <= 5 * 365.25).all()


def test_the_check_finds_no_error(study):
    cut = simulate_cut(11, 20, "FINAL")
    assert [one for one in check_cut(cut, study) if one.severity == "error"] == []


def test_white_cells_are_no_fewer_than_their_parts(whole, study):
    rows = late(whole)
    factor = [
        study.analyte(code).factor(unit) for code, unit in zip(rows["ANALYTE"], rows["UNIT"], strict=True)
    ]
    wide = rows.assign(VALUE=rows["VALUE"] * factor).pivot_table(
        index=["SUBJID", "VISIT"], columns="ANALYTE", values="VALUE"
    )
    assert (wide["WBC"] - wide["NEUT"] - wide["LYMPH"] > -0.011).all()


def test_kidney_function_falls_with_dose(study, around):
    doubled = dict(around)
    doses = around["dosimetry"]
    doubled["dosimetry"] = doses.assign(DOSE_GY=doses["DOSE_GY"] * 3)
    usual, high = (late(with_late_follow_up(one, study, USUAL.late, 5)) for one in (around, doubled))
    rate = [rows[rows["ANALYTE"] == "EGFR"].groupby("VISIT")["VALUE"].mean() for rows in (usual, high)]
    assert (rate[0] >= rate[1]).all()
    assert rate[0]["F10"] > 1.05 * rate[1]["F10"]


def test_neoplasms_are_events_and_causes_of_death(around, study):
    many = replace(USUAL.late, neoplasm_a_year=2.0)
    tables = with_late_follow_up(around, study, many, 5)
    events = tables["adverse_events"]
    found = events[events["PT"].isin(["Myelodysplastic syndrome", "Acute myeloid leukemia"])]
    assert len(found) > 5
    assert found["SOC"].str.startswith("Neoplasms").all()
    assert not found.duplicated("SUBJID").any()
    fatal = set(found.loc[found["OUTCOME"].eq("FATAL"), "SUBJID"])
    causes = tables["follow_up"].set_index("SUBJID")["DTHCAUSE"]
    assert fatal == set(causes.index[causes.eq("SECOND_NEOPLASM")])
    assert fatal
    assert len(with_late_follow_up(around, study, many, 5, neoplasms=False)["adverse_events"]) == len(
        around["adverse_events"]
    )


def test_each_death_has_a_cause_and_nobody_else(whole):
    after = whole["follow_up"]
    assert (after["DTHCAUSE"].notna() == after["STATUS"].eq("DEAD")).all()


def test_relations_are_to_what_was_given(whole):
    arms = whole["subjects"].set_index("SUBJID")["ARM"]
    events = whole["adverse_events"]
    both = events["SUBJID"].map(arms).isin(["B", "C"])
    assert (events["RELY90"].notna() == both).all()
    related = events["RELLU"].eq("Y") | events["RELY90"].eq("Y")
    assert (related == events["RELATED"].eq("Y")).all()
    assert (events["GRADEINI"] <= events["GRADE"]).all()


def test_other_treatment_is_listed_by_line(whole):
    lines = whole["concomitant_therapies"].query("ANTITUMOUR == 'Y'")
    first = lines[lines["LINE"].eq(1)].set_index("SUBJID")["STARTDT"]
    told = whole["follow_up"].set_index("SUBJID")["NEWTRTDT"].dropna()
    assert first.sort_index().equals(told.sort_index().rename("STARTDT"))


def test_status_is_that_of_baseline_then_and_in_steps(whole):
    signs = whole["vital_signs"]
    status = signs[signs["TEST"].eq("KPS")]
    first = status[status["VISIT"].eq("T1")].set_index("SUBJID")["VALUE"]
    assert (first == whole["subjects"].set_index("SUBJID").loc[first.index, "KPS"]).all()
    assert (status["VALUE"] % 10 == 0).all()
    assert np.isfinite(signs["VALUE"]).all()


def test_without_patients_treated_nothing_follows(around, study):
    empty = {name: frame.iloc[:0] if name in {"administrations", "dosimetry", "labs"} else frame
             for name, frame in around.items()}  # fmt: skip
    tables = with_late_follow_up(empty, study, USUAL.late, 5)
    assert tables["labs"].empty
    assert tables["vital_signs"].empty
