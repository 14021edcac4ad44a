"""Second programming: the set that each row of results claims, made again from the raw tables."""

import re

import pytest
from gap_cuts import exceeding_in_the_control_arm, with_gaps
from plan_cases import QUICK

from duonen_stats.datasets import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results import FINAL_ANALYSES, run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = [pytest.mark.independent, pytest.mark.whole_report]

ARMS = set("ABCD")
NOT_PATIENTS = {
    "Planned",
    "Protocol",
    "All records",
    "Treatment-emergent events",
    "Delivered cycles",
    "Tumour assessments",
}


def sets_of(cut):
    """Patients by population, in the raw tables alone."""
    subjects = cut.tables["subjects"]
    everyone = set(subjects["SUBJID"])
    treated = everyone & set(cut.tables["administrations"]["SUBJID"])
    return subjects.set_index("SUBJID")["ARM"].to_dict(), {"Randomised": everyone, "Safety": treated}


def complete_for(cut, organ):
    """Treated patients who have a dose of the organ for each isotope given in each cycle."""
    found = set(
        cut.tables["dosimetry"][lambda d: d["ORGAN"].eq(organ)][["SUBJID", "CYCLE", "ISOTOPE"]].itertuples(
            index=False, name=None
        )
    )
    complete = set()
    for patient, cycles in cut.tables["administrations"].groupby("SUBJID"):
        wanted = {
            (patient, row["CYCLE"], isotope)
            for row in cycles.to_dict("records")
            for isotope in ("LU177", "Y90")
            if row[f"{isotope}_MBQ"] > 0
        }
        if wanted and wanted <= found:
            complete.add(patient)
    return complete


@pytest.fixture(scope="module", params=["shipped", "gaps, above while incomplete", "final with gaps"])
def case(request, cut, study):
    if request.param == "shipped":
        return cut, request.getfixturevalue("results")
    if request.param == "final with gaps":
        found, plan = with_gaps(simulate_cut(21, patients=24, stage="FINAL", study=study), 21), QUICK["final"]
        data = build_datasets(found, study, plan)
        return found, run_analysis(data, study, plan, analyses=FINAL_ANALYSES)
    found = exceeding_in_the_control_arm(with_gaps(cut, 5))
    return found, run_analysis(build_datasets(found, study, INTERIM), study, INTERIM)


def size(row, arms, populations):
    level = row.group1_level if row.group1 == "TRT01P" else ""
    members = set(level.split(" + "))  # a group may be of several arms
    chosen = members if level and members <= ARMS else ARMS
    return sum(arms[patient] in chosen for patient in populations[row.population])


def test_every_population_is_a_known_one_and_no_row_has_more_patients(case):
    cut, results = case
    arms, populations = sets_of(cut)
    seen = set()
    for row in results:
        seen.add(row.population)
        if row.population in NOT_PATIENTS or row.n is None:
            continue
        whole = size(row, arms, populations)
        if row.group2 == "TRT01P" and row.group2_level:
            whole = len(populations[row.population])
        assert row.n <= whole, row
    assert {"Randomised", "Safety"} <= seen


def test_a_share_of_patients_is_of_the_whole_population_unless_it_says_of_whom(case):
    cut, results = case
    arms, populations = sets_of(cut)
    plain = 0
    for row in results:
        if row.stat_name == "pct" and row.method == "denominator: patients":
            assert row.population in populations, row
            assert row.n == size(row, arms, populations), row
            plain += 1
    assert plain > 100


def test_values_and_missing_values_make_up_the_population(case):
    cut, results = case
    arms, populations = sets_of(cut)
    for row in results:
        if row.stat_name == "n_missing" and row.population not in NOT_PATIENTS:
            n = results.value(row.analysis_id.removesuffix("_missing"))
            assert n + row.stat == size(row, arms, populations), row


@pytest.mark.parametrize("organ", ["kidney", "marrow"])
def test_doses_are_of_the_patients_complete_for_the_organ(case, organ):
    cut, results = case
    arms, _ = sets_of(cut)
    complete = complete_for(cut, organ.upper())
    for arm in "ABCD":
        row = results.row(f"table3.{organ}_total.{arm}.median")
        assert row.population == "Safety"
        assert f"complete dosimetry of the {organ}" in row.context
        members = {patient for patient in complete if arms[patient] == arm}
        assert row.n == len(members)
        given = cut.tables["administrations"][["SUBJID", "CYCLE"]]
        doses = cut.tables["dosimetry"].merge(given, on=["SUBJID", "CYCLE"])  # of delivered cycles only
        doses = doses[doses["SUBJID"].isin(members) & doses["ORGAN"].eq(organ.upper())]
        if members:
            sums = doses.groupby("SUBJID")["DOSE_GY"].sum()
            assert row.stat == pytest.approx(sums.median(), abs=1e-9)
    rows = [
        row for row in results if row.analysis_id.startswith(f"dose_effect.{organ}.") and row.stat_name == "n"
    ]
    assert rows
    for row in rows:
        assert f"complete dosimetry of the {organ}" in row.context
        assert row.stat <= len(complete)


def test_a_count_of_a_course_is_of_the_treated(case):
    cut, results = case
    arms, populations = sets_of(cut)
    for row in results:
        if re.match(r"disposition\.(cycles_\d|discontinued|reason\.\w+)\.", row.analysis_id):
            assert row.population == "Safety"
            assert row.n == size(row, arms, populations)
        if row.analysis_id.startswith(("disposition.died", "disposition.randomised")):
            assert row.population == "Randomised"
            assert row.n == size(row, arms, populations)


def test_a_share_of_cycles_or_assessments_is_of_these(case):
    """Of no more than the raw tables have, and never of the patients."""
    cut, results = case
    most = {
        "Delivered cycles": len(cut.tables["administrations"]),
        "Tumour assessments": len(cut.tables["tumour_assessments"]),
    }
    of = {"cycles": "Delivered cycles", "assessments": "Tumour assessments"}
    seen = set()
    for row in results:
        counted = [one for one in of if one in row.method.removeprefix("denominator: ").split()]
        if row.stat_name == "pct" and row.method.startswith("denominator: ") and counted:
            assert row.population == of[counted[0]], row
            assert row.n <= most[row.population], row
            seen.add(row.population)
    assert "Delivered cycles" in seen


def test_a_share_of_events_is_of_events(case):
    _, results = case
    rows = [row for row in results if row.stat_name == "pct" and row.method.startswith("denominator: events")]
    assert rows
    assert all(row.population == "Treatment-emergent events" for row in rows)
    assert {row.n for row in rows if row.analysis_id.startswith("table5.")} == {
        results.value("table5.total.any.n")
    }
