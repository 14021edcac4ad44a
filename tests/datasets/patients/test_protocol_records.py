"""Worked patients: which deviations exclude, which therapies are further ones, and what is known without a table."""

from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, day, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.patients.protocol_records import (
    DEVIATIONS,
    THERAPIES,
    antitumour_therapies,
    deviation_records,
)
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
    assert data.deviations is None
    assert data.adsl["PPROTFL"].isna().all()


def test_a_deviation_after_the_cut_is_not_known_and_one_without_a_date_is(study):
    records = [deviation("001", 1, on=201, excludes="Y"), deviation("002", 1, on=None, excludes="Y")]
    assert per_protocol(study, deviations=records) == {"001": "Y", "002": None}


def test_a_record_of_nobody_randomised_is_left_out(study):
    data = build_datasets(
        cut_with(deviations=[deviation("009", 1), deviation("001", 1)], administrations=GIVEN), study, INTERIM
    )
    assert data.deviations["SUBJID"].tolist() == ["001"]


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
    assert data.therapies[["SUBJID", "CMSEQ", "CLASS"]].to_numpy().tolist() == [["001", 2, "CHEMOTHERAPY"]]
    assert data.therapies["TRT01P"].tolist() == ["A"]


def test_a_column_that_is_not_there_is_named(study):
    cut = cut_with(deviations=[deviation("001", 1)], therapies=[therapy("001", 1, 10)])
    data = build_datasets(cut, study, INTERIM)
    for name, column, take in (
        (DEVIATIONS, "EXCLUDEPP", deviation_records),
        (THERAPIES, "LINE", antitumour_therapies),
    ):
        tables = {**cut.tables, name: cut.tables[name].drop(columns=column)}
        with pytest.raises(DataError, match=column):
            take(replace(cut, tables=tables), data.adsl)
