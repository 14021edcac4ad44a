import pytest

from duonen_stats.displays.content import plain

pytestmark = pytest.mark.worked


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
    assert len([name for name in final_cells("table_e9") if "landmark" in name]) == 3


def test_the_one_confirmatory_p_is_named(final_shown):
    notes = " ".join(plain(note) for note in final_shown["table_e4"].footnotes)
    assert "Confirmatory is one p-value alone: that of the log-rank test" in notes
    assert "Exploratory analysis:" not in notes
