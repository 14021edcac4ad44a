from dataclasses import replace

from duonen_stats.displays.efficacy.sensitivity import SENSITIVITY
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import Results


def test_every_model_and_test_stands_for_each_endpoint(final_cells):
    rows = final_cells("table_e4")
    starts = (
        "Cox model, ties",
        "Cox model, strat",
        "Firth",
        "Log-rank test",
        "Permutation",
        "Test of prop",
        "Difference",
    )
    for group in ("PFS, treatment policy", "PFS, hypothetical estimand", "Overall survival"):
        for start in starts:
            assert any(name.startswith(f"{group}: {start}") for name in rows), (group, start)


def test_the_effect_shrinks_as_the_censored_are_assumed_worse_off(final_results, final_material):
    found = [
        final_results.value(f"pfs.sensitivity.delta.{d:g}.hr") for d in final_material.plan.tipping_deltas
    ]
    assert found[0] < found[-1]
    assert final_results.value("pfs.sensitivity.worst_case.hr") > final_results.value("pfs.primary.cox.hr")


def test_the_tipping_point_or_its_absence_is_said_first(final_shown):
    assert "ipping point" in plain(final_shown["table_e4"].sentence) or "interval first includes" in plain(
        final_shown["table_e4"].sentence
    )


def test_the_immortal_time_trap_is_named_beside_the_doses(final_shown, final_cells):
    notes = " ".join(plain(note) for note in final_shown["table_e9"].footnotes)
    assert "immortal time" in notes
    assert "not added" in notes
    landmarks = [name for name in final_cells("table_e9") if "landmark" in name]
    assert [name.partition(", per")[0] for name in landmarks] == [
        "Cumulative activity of ¹⁷⁷Lu",
        "Cumulative activity of ⁹⁰Y",
        "Kidney dose",
        "Marrow dose",
    ]


def test_the_one_confirmatory_p_is_named(final_shown):
    notes = " ".join(plain(note) for note in final_shown["table_e4"].footnotes)
    assert "Confirmatory is one p-value alone: that of the log-rank test" in notes
    assert "Exploratory analysis:" not in notes


def test_each_assumption_says_on_whom_it_acts(final_cells, final_results, final_shown):
    rows = final_cells("table_e4")
    acting = {
        name: cells for name, cells in rows.items() if "azard of censored" in name or "Left early" in name
    }
    assert len(acting) == 8
    assert all(cells[0] and cells[1] for cells in acting.values())
    patients = final_results.value("pfs.sensitivity.imputed.experimental.changed")
    assert f"act on {patients:.0f} patients of arms B + C + D" in plain(final_shown["table_e4"].sentence)


def test_the_assumption_of_the_hypothetical_estimand_is_said(final_shown, final_cells, final_results):
    notes = " ".join(plain(note) for note in final_shown["table_e4"].footnotes)
    assert "fared like those of their arm who are still observed" in notes
    assert "age, histological grade, liver metastases" in notes
    (name,) = (name for name in final_cells("table_e4") if "weighted for those who left" in name)
    assert final_cells("table_e4")[name][0] == f"{final_results.value('pfshyp.weighted.left'):.0f}"


def test_no_code_of_a_variable_or_of_arms_leaks(final_shown):
    text = " ".join(str(shown) for shown in final_shown.values())
    for code in ("GRADEH", "METLIVFL", "BCD", "cause 1", "known time"):
        assert code not in text, code


def test_the_tipping_factor_is_not_rounded(final_material):
    """A factor of 1.25 in the plan is printed so, not as 1.3."""
    key = "pfs.sensitivity.tipping_delta.delta"
    rows = [
        replace(r, stat=1.25, note="") if r.analysis_id == key else r for r in final_material.look.results
    ]
    look = Lookup.of_plan(Results(rows), final_material.plan)
    assert "multiplied by 1.25." in plain(lay_out(SENSITIVITY, replace(final_material, look=look)).sentence)
