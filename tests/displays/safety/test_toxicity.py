from dataclasses import replace

import pandas as pd

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety.toxicity import EVENTS_BY_ARM, LAB_GRADES, MODIFICATION_AND_NADIR
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity


def test_a_small_category_gets_a_dash_with_its_reason(shown):
    notes = " ".join(plain(note) for note in shown["table_s3"].footnotes)
    assert "fewer than 3 patients" in notes
    assert "–" in {plain(cell) for row in shown["table_s3"].content.rows for cell in row.cells}


def test_another_test_between_arms_is_said_not_to_be_that_within_an_arm(shown, material):
    said = "Categories within an arm are compared by Kruskal–Wallis under every plan"
    assert said not in " ".join(plain(note) for note in shown["table_s3"].footnotes)
    other = replace(material, plan=replace(material.plan, between_arm_test="anova"))
    notes = " ".join(plain(note) for note in lay_out(MODIFICATION_AND_NADIR, other).footnotes)
    assert f"Between arms this plan has ANOVA. {said}" in notes


def test_grades_partition_the_graded_patients(cells, results):
    for name, code in (("Hemoglobin", "HGB"), ("Platelets", "PLAT"), ("ALT", "ALT")):
        n, *grades, severe, undecided = cells("table_s5")[name]
        known = [int(cell.split()[0]) for cell in grades if cell != "not derivable"]
        number = sum(known) + int(undecided)
        assert int(severe.split()[0]) == sum(known[3:])
        assert number == int(n) == results.value(f"toxicity.{code}.seen.all")


def test_undecided_grades_have_no_limits_and_severe_ones_those_of_the_decided(material):
    """41 of 56 patients of whom ALT may be of any grade, and 1 of bilirubin grade 0 or 1, by hand."""
    labs = material.data.adlb.copy()
    patients = sorted(material.data.adsl.loc[material.data.adsl["SAFFL"].eq("Y"), "USUBJID"])
    for code, number, highest in (("ALT", 41, 4), ("BILI", 1, 1)):
        own = labs["PARAMCD"].eq(code) & labs["USUBJID"].isin(patients[:number]) & labs["ATOXGRMN"].notna()
        labs.loc[own, "ATOXGRMN"], labs.loc[own, "ATOXGRMX"] = 0, highest
    data = replace(material.data, adlb=labs)
    look = Lookup.of_plan(Results(analyse_toxicity(data, material.study, material.plan)), material.plan)
    found = lay_out(LAB_GRADES, replace(material, look=look, data=data))
    rows = {plain(row.cells[0]): [plain(cell) for cell in row.cells] for row in found.content.rows}
    assert rows["ALT"][1] == "56"
    assert all("%)" in cell and "[" not in cell for cell in rows["ALT"][2:7])
    assert rows["ALT"][7:] == ["0 (0%) [0.0–21.8]", "41"]  # 1 - 0.025 ** (1 / 15)
    assert all("[" not in cell for cell in rows["Bilirubin"][2:7])
    assert rows["Bilirubin"][7:] == ["0 (0%) [0.0–6.4]", "1"]
    assert rows["AST"][7:] == ["0 (0%) [0.0–6.4]", "0"]
    notes = " ".join(plain(note) for note in found.footnotes)
    assert (
        "ALT 41 (grade 0 to 4), so grade ≥3 is undecided for 41 and lies in 0.0–73.2%; Bilirubin 1" in notes
    )
    assert "has no limits. Grade ≥3 and its limits are of the patients for whom it is decided" in notes


def test_grades_all_decided_have_no_word_of_undecided(shown):
    notes = " ".join(plain(note) for note in shown["table_s5"].footnotes)
    assert "decided" not in notes


def test_worst_grades_partition_the_safety_population(cells):
    rows = cells("table_s4")
    grades = ["No event", *(f"Grade {grade}" for grade in range(1, 6))]
    assert sum(int(rows[name][0].split()[0]) for name in grades) == 56


def test_an_event_without_grade_or_date_has_its_row_and_its_note(material, results):
    """Patients without any grade: 56 less those without an event may have had a severe one."""
    events = material.data.adae.copy()
    events["AETOXGR"] = events["AETOXGR"].mask(events["AETOXGR"].notna())
    events.loc[events.index[0], ["ASTDT", "ASTDY"]] = [pd.NaT, pd.NA]
    data = replace(material.data, adae=events)
    made = analyse_adverse_events(data, material.study, material.plan)
    own = {row.analysis_id for row in made}
    look = Lookup.of_plan(Results([*made, *(r for r in results if r.analysis_id not in own)]), material.plan)
    found = lay_out(EVENTS_BY_ARM, replace(material, look=look, data=data))
    rows = {plain(row.cells[0]): plain(row.cells[1]) for row in found.content.rows}
    number = int(look.results.value(ids.worst_event("unknown", "all").stat("n")))
    assert rows["Not known, an event without a grade"].startswith(f"{number} (")
    notes = " ".join(plain(note) for note in found.footnotes)
    assert "Without a date of onset, and counted" in notes
    assert f"is not known of {number} patients without another such event" in notes


def test_follow_up_visits_are_listed_not_spanned(material):
    plan = replace(material.plan, follow_up_visits=("V1", "V4"))
    notes = lay_out(MODIFICATION_AND_NADIR, replace(material, plan=plan)).footnotes
    assert "over V1, V4, compared" in plain(notes[0])
