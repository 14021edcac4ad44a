from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.dry_run import mark_dry_run
from duonen_stats.datasets.patients.further_records import DEVIATIONS
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.patients.protocol import analyse_analysis_sets, analyse_deviations
from duonen_stats.results.rows.table import Results

_GROUPS = ("all", *"ABCD")


@pytest.fixture(scope="module")
def deviations(cut):
    """Every third patient has one deviation, every ninth two; every sixth is excluded by one."""
    rows = []
    for place, patient in enumerate(cut.tables["subjects"]["SUBJID"]):
        for number in range(1, 1 + (place % 3 == 0) + (place % 9 == 0)):
            rows.append(
                {
                    "SUBJID": patient, "DVSEQ": number, "DVDT": pd.Timestamp("2024-01-01"), "CATEGORY": "ELIGIBILITY",
                    "TERM": "x", "IMPORTANT": "Y" if number == 1 else "N",
                    "EXCLUDEPP": "Y" if place % 6 == 0 and number == 1 else "N", "_ROW": len(rows) + 2,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def departed(cut, deviations, study):
    return build_datasets(replace(cut, tables={**cut.tables, DEVIATIONS: deviations}), study, INTERIM)


@pytest.mark.independent
def test_deviations_by_arm_from_the_raw_records(departed, deviations, cut, study):
    """Second programming: the raw table joined with the raw arms."""
    rows = Results(analyse_deviations(departed, study, INTERIM))
    arms = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    for group in _GROUPS:
        own = deviations if group == "all" else deviations[deviations["SUBJID"].map(arms) == group]
        for which, chosen in (
            ("any", own), ("important", own[own["IMPORTANT"] == "Y"]), ("excluding", own[own["EXCLUDEPP"] == "Y"])
        ):  # fmt: skip
            block = f"protocol.deviation.{which}.{group}"
            assert rows.value(f"{block}.n") == chosen["SUBJID"].nunique()
            assert rows.value(f"{block}.deviations") == len(chosen)


WHY = ("not_treated", "treated_otherwise", "deviation")
"""Why a patient is not of the per-protocol set."""


def test_analysis_sets_and_exclusions_add_up(departed, study):
    rows = Results(analyse_analysis_sets(departed, study, INTERIM))
    for group in _GROUPS:
        inside = rows.value(f"protocol.set.per_protocol.{group}.n")
        left = [rows.value(f"protocol.excluded.{why}.{group}.n") for why in WHY]
        assert inside + sum(left) == rows.value(f"protocol.set.randomised.{group}.n")
        assert left[2] > 0
    assert rows.value("protocol.set.per_protocol.all.n") == departed.adsl["PPROTFL"].eq("Y").sum()


@pytest.mark.independent
def test_who_is_per_protocol_in_the_shipped_cohort_from_the_raw_tables(results, cut):
    subjects, given = cut.tables["subjects"], cut.tables["administrations"]
    excluded = cut.tables[DEVIATIONS].query("EXCLUDEPP == 'Y'")["SUBJID"]
    assert subjects["ACTARM"].fillna(subjects["ARM"]).eq(subjects["ARM"]).all()  # treated as randomised
    inside = subjects["SUBJID"].isin(given["SUBJID"]) & ~subjects["SUBJID"].isin(excluded)
    assert (~inside).any()
    assert results.value("protocol.set.per_protocol.all.n") == inside.sum()


def test_without_records_there_is_a_reason_and_no_zero(cut, study):
    tables = {name: rows for name, rows in cut.tables.items() if name != DEVIATIONS}
    data = build_datasets(replace(cut, tables=tables), study, INTERIM)
    results = Results(
        [*analyse_analysis_sets(data, study, INTERIM), *analyse_deviations(data, study, INTERIM)]
    )
    for name in (
        "protocol.set.per_protocol.all.n",
        "protocol.deviation.any.A.deviations",
        "protocol.deviation.any.A.pct",
    ):
        assert results.value(name) is None
        assert results.row(name).note == "the data cut has no records of protocol deviations"
    assert results.value("protocol.set.safety.all.n") == 56
    excluded = {why: results.value(f"protocol.excluded.{why}.all.n") for why in WHY}
    assert excluded == {"not_treated": 0, "treated_otherwise": 0, "deviation": None}


def test_a_dry_run_says_nothing_of_dosimetry(departed, study):
    rows = Results(analyse_analysis_sets(mark_dry_run(departed), study, INTERIM))
    assert rows.row("protocol.set.dosimetry.A.n").note == "withheld in a dry run"
