import re
from dataclasses import replace

from displays.legibility import words

from duonen_stats.datasets.efficacy.survival_records import LOST
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out, produce
from duonen_stats.displays.patients.disposition import CONSORT, DISPOSITION
from duonen_stats.plan import INTERIM


def test_cycles_received_partition_the_treated(cells):
    rows = cells("table_s1")
    for column in range(5):
        by_cycles = sum(int(rows[str(cycle)][column].split()[0]) for cycle in range(1, 5))
        assert by_cycles == int(rows["Safety: at least one cycle"][column].split()[0])


def test_reasons_partition_the_discontinued(cells):
    rows = cells("table_s1")
    names = list(rows)
    reasons = names[names.index("Reason for discontinuation") + 1 : -1]
    assert sum(int(rows[name][0].split()[0]) for name in reasons) == int(
        rows["Treatment discontinued"][0].split()[0]
    )


def test_completeness_is_of_the_patients_who_had_the_cycle(cells):
    assert cells("table_s8")["V4"][0] == "48 (100%)"


def test_unknown_status_and_life_are_rows_where_there_are_any(datasets, study):
    adsl = datasets.adsl.copy()
    adsl.loc[adsl.index[:2], "EOTSTT"] = None
    adsl.loc[adsl.index[2:5], "EOTSTT"] = "ONGOING"
    alive = adsl.index[adsl["DTHDT"].isna()][:1]
    adsl.loc[alive, "LSTALVDT"] = None
    spoilt = produce(DISPOSITION, replace(datasets, adsl=adsl), study, INTERIM)
    rows = {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in spoilt.content.rows}
    assert rows["Status of treatment unknown"][0] == "2 (3.6%)"
    assert rows["Treatment going on"][0] == "3 (5.4%)"
    assert rows["Not known whether alive"][0] == "1 (1.8%)"
    whole = produce(DISPOSITION, datasets, study, INTERIM)
    names = {plain(row.cells[0]) for row in whole.content.rows}
    assert not names & {"Status of treatment unknown", "Treatment going on", "Not known whether alive"}


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
