"""Worked patients: which deviations exclude, which therapies are further ones, vital signs; what no table says."""

from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, day, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.patients.further_records import DEVIATIONS, THERAPIES, VITAL_SIGNS
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM


def deviation(patient, number, on=10, important="Y", excludes="N", category="TREATMENT"):
    return {
        "SUBJID": patient, "DVSEQ": number, "DVDT": day(on) if on is not None else None, "CATEGORY": category,
        "TERM": "Something else", "IMPORTANT": important, "EXCLUDEPP": excludes,
    }  # fmt: skip


def therapy(patient, number, on, kind="CHEMOTHERAPY", against="Y", line=1):
    return {
        "SUBJID": patient, "CMSEQ": number, "TERM": "Drug", "CLASS": kind, "ANTITUMOUR": against, "LINE": line,
        "STARTDT": day(on), "STARTDTC": None, "ENDDT": None, "ENDDTC": None,
    }  # fmt: skip


def cut_with(deviations=(), therapies=(), patients=("001", "002"), arms=("A", "B"), **tables):
    cut = make_cut(
        cut_day=200,
        subjects=[
            subject(patient, arm, RANDDT=day(-10)) for patient, arm in zip(patients, arms, strict=True)
        ],
        **tables,
    )
    added = {DEVIATIONS: deviations, THERAPIES: therapies}
    frames = {
        name: pd.DataFrame(list(rows)).assign(**{date: lambda f, date=date: pd.to_datetime(f[date])})
        for (name, rows), date in zip(added.items(), ("DVDT", "STARTDT"), strict=True)
        if rows
    }
    kept = {name: frame for name, frame in cut.tables.items() if name not in added}
    return replace(
        cut, tables={**kept, **{name: f.assign(_ROW=range(2, 2 + len(f))) for name, f in frames.items()}}
    )


GIVEN = [*cycles("001", [7400.0]), *cycles("002", [3700.0], [1850.0])]


def per_protocol(study, plan=INTERIM, **records):
    data = build_datasets(cut_with(**({"administrations": GIVEN} | records)), study, plan)
    return data.adsl.set_index("SUBJID")["PPROTFL"].to_dict()


def test_a_deviation_that_excludes_takes_the_patient_out(study):
    found = per_protocol(study, deviations=[deviation("001", 1, excludes="Y")])
    assert found == {"001": None, "002": "Y"}


def test_an_important_deviation_that_does_not_exclude_does_so_only_by_the_other_rule(study):
    records = [deviation("001", 1, important="Y", excludes="N"), deviation("002", 1, important="N")]
    assert per_protocol(study, deviations=records) == {"001": "Y", "002": "Y"}
    other = replace(INTERIM, per_protocol="important")
    assert per_protocol(study, other, deviations=records) == {"001": None, "002": "Y"}


def test_who_was_never_treated_is_not_per_protocol(study):
    records = [deviation("001", 1, important="N")]
    assert per_protocol(study, deviations=records, administrations=cycles("001", [7400.0])) == {
        "001": "Y",
        "002": None,
    }


def test_who_was_treated_as_another_arm_is_not_per_protocol(study):
    cut = cut_with(deviations=[deviation("001", 1, important="N")], administrations=GIVEN)
    subjects = cut.tables["subjects"].assign(ACTARM=pd.array(["D", None], dtype=object))
    data = build_datasets(replace(cut, tables={**cut.tables, "subjects": subjects}), study, INTERIM)
    assert data.adsl.set_index("SUBJID")["PPROTFL"].to_dict() == {"001": None, "002": "Y"}


def test_without_a_record_of_deviations_nobody_knows_who_is_per_protocol(study):
    data = build_datasets(cut_with(administrations=GIVEN), study, INTERIM)
    assert data.addv is None
    assert data.adsl["PPROTFL"].isna().all()


def test_a_deviation_after_the_cut_is_not_known_and_one_without_a_date_is(study):
    records = [deviation("001", 1, on=201, excludes="Y"), deviation("002", 1, on=None, excludes="Y")]
    assert per_protocol(study, deviations=records) == {"001": "Y", "002": None}


def test_a_record_of_nobody_randomised_is_left_out(study):
    data = build_datasets(
        cut_with(deviations=[deviation("009", 1), deviation("001", 1)], administrations=GIVEN), study, INTERIM
    )
    assert data.addv["SUBJID"].tolist() == ["001"]


def test_two_deviations_of_one_number_are_refused(study):
    with pytest.raises(DataError, match="DVSEQ"):
        build_datasets(cut_with(deviations=[deviation("001", 1), deviation("001", 1)]), study, INTERIM)


def test_a_further_therapy_began_after_randomisation_and_is_against_the_tumour(study):
    """Randomised on day -10: that day and earlier are history; a growth factor is no antitumour therapy."""
    records = [
        therapy("001", 1, -10),
        therapy("001", 2, -9, line=None),
        therapy("001", 3, 50, "GROWTH_FACTOR", against="N"),
        therapy("001", 4, 201),
        therapy("002", 1, 60, None, against=None),
    ]
    data = build_datasets(cut_with(therapies=records, administrations=GIVEN), study, INTERIM)
    further = data.adcm[data.adcm["FURTHFL"].eq("Y")]
    assert further[["SUBJID", "CMSEQ", "CMCLAS"]].to_numpy().tolist() == [["001", 2, "CHEMOTHERAPY"]]
    assert further["TRT01P"].tolist() == ["A"]
    assert data.adcm["CMSEQ"].tolist() == [1, 2, 3, 1]  # the fourth began after the cut
    assert data.adcm["PREFL"].tolist() == ["Y", "Y", None, None]
    assert data.adcm["SUPPFL"].tolist() == [None, None, "Y", None]
    assert data.adcm["ASTDY"].tolist() == [-10, -9, 51, 61]


def test_a_deviation_has_its_day_and_its_flags(study):
    records = [deviation("001", 2, on=-1, important="N"), deviation("001", 1, on=None, excludes="Y")]
    data = build_datasets(cut_with(deviations=records, administrations=GIVEN), study, INTERIM)
    assert data.addv[["DVSEQ", "IMPDVFL", "EXCLPPFL"]].to_numpy().tolist() == [[1, "Y", "Y"], [2, None, None]]
    assert data.addv["ASTDY"].fillna(0).tolist() == [0, -1]


def sign(patient, visit, on, value, test="WEIGHT"):
    return {"SUBJID": patient, "VISIT": visit, "VSDT": day(on), "TEST": test, "VALUE": value, "UNIT": "kg"}


def test_vital_signs_have_a_baseline_a_change_and_one_record_of_a_visit(study):
    """Weighed before treatment, at T1 and beside it on one day, twice at V1, and between; 002 was never treated."""
    records = [
        sign("001", "UNS", -20, 80.0), sign("001", "T1", -2, 78.0), sign("001", "UNS", -2, 79.0),
        sign("001", "V1", 14, None),
        sign("001", "V1", 15, 75.0), sign("001", "V1", 13, 76.0), sign("001", "UNS", 30, 74.0),
        sign("001", "F2", 180, 70.0), sign("002", "T1", -11, 60.0),
    ]  # fmt: skip
    cut = cut_with(administrations=cycles("001", [7400.0]))
    frame = pd.DataFrame(records).assign(_ROW=range(2, 11), VSDT=lambda f: pd.to_datetime(f["VSDT"]))
    data = build_datasets(replace(cut, tables={**cut.tables, VITAL_SIGNS: frame}), study, INTERIM)
    own = data.advs[data.advs["SUBJID"].eq("001")]
    assert own["ADY"].tolist() == [-20, -2, -2, 14, 15, 16, 31, 181]
    assert own["ABLFL"].tolist() == [None, None, "Y", None, None, None, None, None]
    assert own["CHG"].fillna(0).tolist() == [0, 0, 0, -2, 0, -3, -4, -8]
    assert own["ANL01FL"].tolist() == [None, None, "Y", None, None, "Y", None, "Y"]
    assert own["AVISIT"].tolist() == [
        "UNSCHEDULED",
        "UNSCHEDULED",
        "T1",
        "V1",
        "V1",
        "V1",
        "UNSCHEDULED",
        "F2",
    ]
    assert own["AVISITN"].tolist()[-1] == 102
    (other,) = data.advs[data.advs["SUBJID"].eq("002")].to_dict("records")
    assert (other["ABLFL"], other["BASE"]) == ("Y", 60.0)
    assert pd.isna(other["ADY"])
    assert [name for name, _ in data][-1] == "ADVS"  # no therapies, no deviations: no dataset of them


def test_a_column_that_is_not_there_is_named(study):
    cut = cut_with(deviations=[deviation("001", 1)], therapies=[therapy("001", 1, 10)])
    for name, column in ((DEVIATIONS, "EXCLUDEPP"), (THERAPIES, "LINE")):
        tables = {**cut.tables, name: cut.tables[name].drop(columns=column)}
        with pytest.raises(DataError, match=column):
            build_datasets(replace(cut, tables=tables), study, INTERIM)
