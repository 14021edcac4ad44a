"""What a terminal shows of a comparison: counts and the largest changes, and no patient."""

import re

from comparison.edited_cohort import SHOWN
from comparison.small_output import DISPLAYS, RESULTS, output

from duonen_stats.comparison.compare_outputs import compare_outputs
from duonen_stats.comparison.comparison_document import summary
from duonen_stats.comparison.comparison_text import comparison_text, largest


def test_the_page_says_what_changed(comparison):
    text = comparison_text(comparison)
    assert text.startswith("SIMULATED DATA.\nOld: ")
    assert re.search(r"raw labs +7559 +7559 +1 +1 +2 +0  LBDT 1, VALUE 1", text)
    assert "Table 3. Cumulative absorbed organ doses by arm" in text
    assert re.search(r"Statistics, \d{3,} → \d{3,}: \d+ changed", text)
    assert "Findings new: " in text
    assert "DOS-LACKING" in text


def test_no_patient_is_named(comparison):
    text = comparison_text(comparison)
    for edit in SHOWN:
        assert edit.record["SUBJID"] not in text


def test_the_largest_changes_come_first(comparison):
    sizes = [item.relative for item in largest(comparison)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 100


def test_no_difference_is_said_in_a_word():
    same = output({"results.csv": f"{RESULTS}a,,,,1.5,,,,\n"})
    assert comparison_text(compare_outputs(same, same)).endswith("\nNo difference.")


def test_what_is_in_one_output_only_is_named():
    old = output({"results.csv": RESULTS, "adae.csv": "USUBJID,AESEQ\n"})
    text = comparison_text(compare_outputs(old, output({"results.csv": RESULTS}, plan={"alpha": 0.1})))
    assert "plan        alpha: none → 0.1" in text
    assert "Only in one of the two, so not compared: dataset ADAE." in text


def test_pages_of_patients_are_counted_and_not_named():
    told = DISPLAYS + (
        "section:page_profile_1,section,,Patient DUONEN-01-001,,\n"
        "profile_1,figure,Patient DUONEN-01-001,Course,a,1.2\n"
    )
    old, new = (
        output({"results.csv": f"{RESULTS}a,,,,{value},,,,\n", "displays.csv": told.replace("1.2", value)})
        for value in ("1.2", "1.3")
    )
    found = compare_outputs(old, new)
    text = comparison_text(found)
    assert "01-001" not in text
    assert re.search(r"Pages of patients \(not named here\) +1 changed", text)
    assert "Displays and sections touched: pages of 1 patient." in [line[0] for line in summary(found)]
