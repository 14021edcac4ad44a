import pytest
from small_ledger import entry, ledger

from duonen_stats.publication import load_ledger
from duonen_stats.publication.result_ids import result_id


def named(entry_id: str) -> str | None:
    printed = load_ledger()
    return result_id(printed.entry(entry_id), printed)


def test_every_printed_result_has_a_row_of_the_results_table(results):
    printed = load_ledger()
    rows = {one.id: result_id(one, printed) for one in printed if one.kind == "result"}
    assert [one for one, found in rows.items() if found is None or found not in results] == []


@pytest.mark.parametrize(
    ("entry", "row"),
    [
        ("table1.lab.hb.A.median", "table1.lab.HGB.A.median"),
        ("table4.Hb.delta.q1", "labs.HGB.V4.all.change.q1"),
        ("table4.CREA.delta.median", "labs.CREAT.V2.all.change.median"),
        ("sec3_7.ALT.delta_V3.median", "labs.ALT.V3.all.change.median"),
        ("table2.B.mean_increase_pct", "table2.B.any_cycle.increased.mean_pct"),
        ("fig6.LYM.rho", "dose_effect.marrow.LYMPH.spearman.rho"),
    ],
)
def test_a_repeat_is_regenerated_by_the_row_of_the_first(entry, row):
    assert named(entry) == row


def test_the_test_between_arms_is_the_publication_s():
    assert named("table4.PLT.kw_p.V3") == "labs.PLAT.V3.between.kruskal_wallis.p"
    assert named("sec3_4.kidney.kw_p") == "dose.kidney.between.kruskal_wallis.p"
    assert named("sec3_4.marrow.C_vs_A.p") == "dose.marrow.between.games_howell.C_vs_A.p"


def test_a_statistic_that_no_analysis_makes_has_no_row():
    printed = ledger(entry("table1.age.all.p95", 80, stat="p95"))
    assert result_id(printed.entry("table1.age.all.p95"), printed) is None


def test_what_is_no_result_has_no_row():
    assert named("design.n_planned") is None
