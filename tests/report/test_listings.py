from dataclasses import replace

import pandas as pd

from duonen_stats.plan import INTERIM, Deviation
from duonen_stats.raw import Finding
from duonen_stats.report import listings


def test_everyone_who_stopped_is_listed(datasets, results, study):
    found = listings.discontinuations(datasets, study)
    assert len(found.rows) == results.value("disposition.discontinued.all.n")
    assert all(row[4] for row in found.rows)


def test_modified_activities_are_beyond_the_tolerance(datasets, study):
    wide = listings.modifications(datasets, study, replace(INTERIM, modification_tolerance=0.5))
    narrow = listings.modifications(datasets, study, INTERIM)
    assert 0 < len(wide.rows) < len(narrow.rows)
    assert "more than 50%" in wide.title


def test_doses_above_a_limit_are_those_counted(datasets, results, study):
    found = listings.above_limit(datasets, study)
    course = [row for row in found.rows if row[2] == "All cycles"]
    assert len(course) >= results.value("limit.kidney.course.all.n")
    assert all("Gy" in row[4] for row in found.rows)


def test_the_class_of_an_event_is_in_the_listing_of_serious_events_alone(datasets, study):
    serious = replace(datasets, adae=datasets.adae.assign(AESER="Y"))
    assert "Class" not in listings.severe_events(serious, study).columns
    assert "Class" in listings.serious_events(serious, study).columns
    uncoded = replace(serious, adae=serious.adae.assign(AESOC=None))
    assert "Class" not in listings.serious_events(uncoded, study).columns


def test_severe_events_are_those_counted(datasets, results, study):
    assert len(listings.severe_events(datasets, study).rows) == results.value("table5.total.grade_ge3.n")


def test_who_stopped_for_toxicity_is_listed_without_the_reason_where_it_may_not_be_shown(datasets, study):
    shown = listings.toxicity_discontinuations(datasets, study).columns
    assert listings.toxicity_discontinuations(datasets, study, reasons=False).columns == tuple(
        name for name in shown if name != "Reason"
    )
    assert shown == ("Patient", "Arm", "Cycles", "Last cycle", "Reason", "Event", "Grade", "Start")


def test_every_record_set_aside_is_accounted_for(datasets):
    """Many alike are one line with their number; the lines add up to the records."""
    found = listings.set_aside(datasets)
    numbers = [int(row[1].split()[0]) if row[1].endswith("records") else 1 for row in found.rows]
    assert sum(numbers) == len(datasets.set_aside)


def test_findings_keep_their_order():
    findings = [
        Finding(
            severity="error", rule="A", table="labs", row=7, column="VALUE", subject="001", message="odd"
        ),
        Finding(severity="note", rule="B", table="labs", message="by the way"),
    ]
    assert listings.findings_listing(findings).rows == (
        ("error", "A", "labs", "7", "VALUE", "", "001", "odd"),
        ("note", "B", "labs", "", "", "", "", "by the way"),
    )


def test_the_plan_is_listed_with_reasons_and_its_deviations():
    assert all(reason and source for _, _, reason, source in listings.plan_fields(INTERIM).rows)
    found = listings.plan_deviations(
        (Deviation("alpha", 0.05, 0.01), Deviation("rmst_months", 48.0, 60.0, "without effect: x is not y"))
    )
    assert found.rows == (
        ("alpha", "0.05", "0.01", "Yes"),
        ("rmst_months", "48", "60", "No: x is not y"),
    )
    assert found.note.startswith("Yes:")
    assert listings.plan_deviations(()).note == ""  # nothing has an effect where nothing deviates


def test_a_changed_decision_is_listed_as_chosen_in_this_plan():
    rows = {row[0]: row for row in listings.plan_fields(replace(INTERIM, quantile_type=7)).rows}
    _, value, reason, source = rows["quantile_type"]
    assert value == "7"
    assert reason.startswith("Chosen in this plan. The preset is 6")
    assert source == "chosen in this plan (preset: §4.1; §2.6 names SPSS 23)"
    assert not any("chosen in this plan" in row[3] for name, row in rows.items() if name != "quantile_type")


def test_inputs_are_listed_with_their_fingerprint(cut):
    rows = listings.inputs(cut).rows
    assert len(rows) == len(cut.files)
    assert all(len(row[5]) == 16 for row in rows)
    assert {row[3] for row in rows} == {"CSV, UTF-8, comma"}


def test_nothing_is_an_empty_listing(datasets, study):
    empty = replace(
        datasets,
        adae=datasets.adae.head(0),
        set_aside=pd.DataFrame(columns=["table", "row", "subject", "reason"]),
    )
    assert listings.severe_events(empty, study).rows == ()
    assert listings.set_aside(empty).rows == ()


def test_deaths_are_those_counted(datasets, results, study):
    assert len(listings.deaths(datasets, study).rows) == results.value("disposition.died.all.n")


def test_the_read_out_of_a_blinded_run_says_what_it_leaves_out(final_cut):
    cut = replace(final_cut, readout=(), snapshot_date=final_cut.cut_date)
    assert listings.cut_readout(cut).note.startswith("Every record stands in")
    assert listings.cut_readout(cut, blinded=True).note.startswith("Records of treatment are left out")
