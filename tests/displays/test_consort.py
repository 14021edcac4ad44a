import re

import pytest
from displays.legibility import words

pytestmark = pytest.mark.worked


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
