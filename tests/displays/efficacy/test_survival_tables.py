from dataclasses import replace

import pytest

from duonen_stats.displays.efficacy.survival_tables import PFS_TABLE
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out


def test_events_and_censored_add_up_to_the_patients(final_cells, final_results):
    rows = final_cells("table_e2")
    for place, group in enumerate(("BCD", "A", "B", "C", "D")):
        assert int(rows["Events"][place]) + int(rows["Censored"][place]) == final_results.value(
            f"pfs.km.{group}.n"
        )


@pytest.mark.parametrize("key", ["table_e2", "table_e3", "table_e5"])
def test_reasons_add_up_to_the_censored(key, final_cells):
    rows = final_cells(key)
    for place in range(5):
        reasons = sum(int(cells[place]) for name, cells in rows.items() if name.startswith("Censored: "))
        assert reasons == int(rows["Censored"][place])


def test_the_control_is_the_reference_of_every_comparison(final_cells):
    rows = final_cells("table_e2")
    compared = [cells for name, cells in rows.items() if name.startswith("Against arm A: ")]
    assert len(compared) == 5
    assert all(cells[1] == "reference" for cells in compared)
    assert all("reference" not in (cells[0], *cells[2:]) for cells in compared)


def test_both_estimands_are_of_the_same_patients(final_cells):
    policy, other = final_cells("table_e2"), final_cells("table_e3")
    for place in range(5):
        assert int(other["Events"][place]) <= int(policy["Events"][place])


def test_the_primary_comparison_is_named_as_pre_specified(final_shown):
    notes = " ".join(str(note) for note in final_shown["table_e2"].footnotes)
    assert "The pre-specified primary comparison" in notes
    assert "Exploratory analysis" in " ".join(str(note) for note in final_shown["table_e5"].footnotes)


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        (
            {},
            ["hazard ratio is exploratory", "on the log(−log) scale", "where the likelihood has no maximum"],
            [],
        ),
        (
            {"control_arm": "A", "firth": "always"},
            ["log-rank test is exploratory", "estimate throughout"],
            [],
        ),
        ({"curve_limits": "plain"}, ["on the scale of the probability itself"], ["log(−log)"]),
        (
            {"alpha": 0.01},
            [
                "The pre-specified primary comparison, judged at another level than planned",
                "All but the first",
            ],
            ["made otherwise"],
        ),
        (
            {"min_group": 40},
            ["The planned comparison, made otherwise than planned"],
            ["All but the first", "pre-specified"],
        ),
    ],
    ids=str,
)
def test_footnotes_follow_the_plan(change, said, unsaid, final_material):
    material = replace(final_material, plan=replace(final_material.plan, **change))
    text = " ".join(plain(line) for line in lay_out(PFS_TABLE, material).footnotes)
    assert all(words in text for words in said)
    assert not any(words in text for words in unsaid)
