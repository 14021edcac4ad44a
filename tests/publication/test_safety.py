from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.claim_evidence import Asked, answer
from duonen_stats.publication.safety import _SIGNIFICANT, _TABLE_4, SAFETY_CLAIMS
from duonen_stats.results import Results


def judged(name: str, results: Results, study, changed: dict[str, float | None]) -> str:
    assert all(key in results for key in changed)
    stats = {row.analysis_id: changed.get(row.analysis_id, row.stat) for row in results}
    rows = Results(
        replace(row, stat=stat, note="" if stat is not None else row.note or "lost")
        for row, stat in zip(results, stats.values(), strict=True)
    )
    return answer(SAFETY_CLAIMS[name], Asked(results=rows, study=study, plan=INTERIM)).verdict


def test_significant_visits_are_those_table_4_lists():
    listed: dict[str, set[str]] = {}
    for entry in load_ledger():
        if entry.where == "Table 4" and entry.stat == "p":
            listed.setdefault(_TABLE_4[entry.analyte], set()).add(entry.visit)
    assert listed == {code: set(visits) for code, visits in _SIGNIFICANT.items()}


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("table4.WBC.claim.other_visits_ns", {"labs.WBC.V2.between.kruskal_wallis.p": 0.04}),
        ("sec3_5.claim.v3v4_only_plt", {"labs.HGB.V3_V4.paired.wilcoxon.p": 0.04}),
        ("sec3_5.claim.largest_at_V4", {"labs.NEUT.largest.visit": 3.0}),
        ("abstract.claim.marrow_corr", {"dose_effect.marrow.HGB.spearman.rho": 0.4}),
        ("fig4.claim.all_decline", {"labs.HGB.V4.C.change.median": 0.1}),
        ("fig4.claim.CD_nearer_zero", {"labs.HGB.V4.D.change.median": -9.0}),
        ("fig5.claim.all_decline", {"labs.NEUT.V4.A.change.median": 0.1}),
        ("fig7.claim.C_largest", {"labs.EGFR.V4.A.change.median": 99.0}),
        ("sec3_6.claim.renal_no_corr", {"dose_effect.kidney.EGFR.spearman.p": 0.01}),
        ("sec3_7.claim.no_between", {"labs.ALT.V1.between.kruskal_wallis.p": 0.01}),
        (
            "sec3_7.claim.no_paired",
            {"labs.ALT.V1_V2.paired.wilcoxon.p": 0.01, "labs.ALT.V1_V2.paired.paired_t.difference": 3.0},
        ),
        ("abstract.claim.renal_hepatic", {"table5.renal_impairment.grade_ge3.patients.all.n": 1.0}),
    ],
)
def test_a_claim_that_holds_fails_when_its_number_changes(results, study, claim, change):
    assert judged(claim, results, study, {}) == "true"
    assert judged(claim, results, study, change) == "false"


def test_a_significant_fall_of_liver_values_is_no_harm(results, study):
    fall = {"labs.ALT.V1_V2.paired.wilcoxon.p": 0.01, "labs.ALT.V1_V2.paired.paired_t.difference": -3.0}
    assert judged("sec3_7.claim.no_paired", results, study, fall) == "true"


def test_arm_d_is_worse_only_by_a_significant_pair(results, study):
    pairs = {
        f"labs.{code}.V4.between.games_howell.D_vs_{arm}.p": 0.5
        for code in ("CREAT", "EGFR")
        for arm in "ABC"
    }
    assert judged("sec3_6.claim.D_no_signal", results, study, pairs) == "true"
    worse = {"labs.EGFR.V4.between.games_howell.D_vs_A.p": 0.01,
             "labs.EGFR.V4.between.games_howell.D_vs_A.difference": -5.0}  # fmt: skip
    assert judged("sec3_6.claim.D_no_signal", results, study, pairs | worse) == "false"


@pytest.mark.parametrize(
    ("claim", "p"),
    [
        ("sec3_6.claim.D_no_signal", ".between.games_howell.D_vs_"),
        ("sec3_7.claim.no_paired", ".paired.wilcoxon.p"),
    ],
)
def test_nothing_compared_is_no_proof_of_safety(results, study, claim, p):
    lost = {item.analysis_id: None for item in results if p in item.analysis_id}
    assert judged(claim, results, study, lost) == "not evaluable"


def test_the_largest_relative_fall_decides(results, study):
    falls = {
        f"labs.{code}.V4.all.percent_change.median": fall
        for code, fall in {"HGB": -5.0, "PLAT": -40.0, "WBC": -20.0, "NEUT": -20.0, "LYMPH": -50.0}.items()
    }
    assert judged("abstract.claim.decline_lym_plt", results, study, falls) == "true"
