from dataclasses import replace

import pytest
from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.safety import laboratory, toxicity
from duonen_stats.plan import INTERIM

WORDS = {
    "limit": "such results count as their bound.",
    "half": "such results count as half their bound if they are below it, as the bound if they are above it.",
    "excluded": "such results do not count as values.",
}


def footnotes(study, plan, *bounds, display=laboratory.SUMMARY):
    """The footnotes of a table of two patients, who have these results beside measured ones."""
    labs = [
        lab(who, visit, on, 80.0, "EGFR")
        for who in ("001", "002")
        for visit, on in (("T1", -2), ("V1", 14), ("V4", 182))
    ]
    labs += [lab("001", "V2", 70 + place, None, "EGFR", BOUND=bound) for place, bound in enumerate(bounds)]
    cut = make_cut(
        subjects=[subject("001", "A"), subject("002", "B")],
        administrations=[*cycles("001", [7400.0] * 4), *cycles("002", [3700.0] * 4, [1850.0] * 4)],
        labs=labs,
    )
    produced = produce(display, build_datasets(cut, study, plan), study, plan)
    return [plain(note) for note in produced.footnotes]


@pytest.mark.parametrize("rule", WORDS)
def test_a_table_says_what_censored_results_count_as(study, rule):
    plan = replace(INTERIM, censored_results=rule)
    one = footnotes(study, plan, ">90")
    assert f"1 result is known only to lie below or above a bound; {WORDS[rule]}" in one
    two = footnotes(study, plan, ">90", "<60")
    assert f"2 results are known only to lie below or above a bound; {WORDS[rule]}" in two
    assert not any("bound;" in note for note in footnotes(study, plan))


def test_grades_that_a_bound_leaves_open_are_counted(study):
    """An eGFR below 60 is of grade 2, 3 or 4."""
    (note,) = (
        note for note in footnotes(study, INTERIM, "<60", display=toxicity.LAB_GRADES) if "Undecided:" in note
    )
    assert "eGFR 1 (grade 2 to 4)" in note
