from dataclasses import replace

import pytest

from duonen_stats.publication import load_ledger
from duonen_stats.publication.result_ids import result_id
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.worked


def named(entry_id: str, **changes: str) -> str | None:
    ledger = load_ledger()
    return result_id(ledger.entry(entry_id), ledger, replace(INTERIM, **changes))


def test_every_printed_result_has_a_row_of_the_results_table(results):
    ledger = load_ledger()
    ids = {entry.id: result_id(entry, ledger) for entry in ledger if entry.kind == "result"}
    assert [entry for entry, found in ids.items() if found is None or found not in results] == []


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


def test_the_test_between_arms_is_the_plan_s():
    assert named("table4.PLT.kw_p.V3") == "labs.PLAT.V3.between.kruskal_wallis.p"
    assert named("table4.PLT.kw_p.V3", between_arm_test="anova") == "labs.PLAT.V3.between.anova.p"


def test_what_is_no_result_has_no_row():
    assert named("design.n_planned") is None
