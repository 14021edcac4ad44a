import re
from dataclasses import replace

from displays.legibility import words

from duonen_stats.datasets.efficacy.survival_rules import LOST
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.patients.consort import CONSORT


def test_every_box_is_drawn_and_arms_add_up(final_shown, final_results):
    found = words(final_shown["figure_e1"].content.draw())
    assert "Enrolment" in found
    assert {"Allocation", "Treatment", "Discontinuation", "Follow-up", "Analysis"} <= set(found)
    arms = [final_results.value(f"disposition.randomised.{arm}.n") for arm in "ABCD"]
    assert sum(arms) == final_results.value("disposition.randomised.all.n")


def test_only_reasons_that_occur_are_listed(final_shown):
    assert not re.search(
        r"(Adverse event|Death|Other|Disease progression): 0\b", final_shown["figure_e1"].content.alt
    )


def test_isotopes_are_written_as_on_the_other_pages(final_shown):
    assert "¹⁷⁷Lu" in final_shown["figure_e1"].content.alt
    assert "177Lu" not in final_shown["figure_e1"].content.alt


def test_patients_are_told_by_the_cycles_they_received(final_shown, final_results):
    alt = final_shown["figure_e1"].content.alt
    assert "Completed" not in alt
    for arm in "ABCD":
        counts = [f"{final_results.value(f'disposition.cycles_{n}.{arm}.n'):.0f}" for n in (4, 3, 2, 1)]
        words = "Cycles received; All 4 cycles: {}; 3 cycles: {}; 2 cycles: {}; 1 cycle: {}"
        assert words.format(*counts) in alt


def test_who_was_lost_is_in_the_box_of_follow_up(final_shown, final_results):
    lost = [
        int(found) for found in re.findall(r"Lost to follow-up: (\d+)", final_shown["figure_e1"].content.alt)
    ]
    assert lost == [final_results.value(f"os.censored.{LOST}.{arm}.n") for arm in "ABCD"]


def test_a_drawn_arm_has_no_description(final_material, study):
    drawn = replace(final_material.data, stamp=Stamp(simulated=True, blinded=True))
    alt = lay_out(CONSORT, replace(final_material, data=drawn)).content.alt
    assert alt.count("Drawn by chance: dry run") == len(study.arms)
    assert "¹⁷⁷Lu" not in alt
