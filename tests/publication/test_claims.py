from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.claim_evidence import Evidence, answer
from duonen_stats.publication.claims import (
    _SIGNIFICANT,
    _TABLE_4,
    NOT_EVALUABLE,
    PREDICATES,
    SAFETY_CLAIMS,
    TREATMENT_CLAIMS,
    evaluate_claim,
)
from duonen_stats.results import Results


def test_every_claim_has_a_predicate_or_a_reason_and_none_twice():
    claims = {entry.id for entry in load_ledger() if entry.kind == "claim"}
    assert claims == set(PREDICATES) | set(NOT_EVALUABLE)
    assert not set(PREDICATES) & set(NOT_EVALUABLE)


def test_every_answer_has_numbers_from_rows_that_are_there(results, study):
    for entry in load_ledger():
        if entry.kind == "claim" and entry.id not in NOT_EVALUABLE:
            found = evaluate_claim(entry, results, study, INTERIM)
            assert found.evidence
            assert all(name in results for name in found.ids)
            if found.verdict != "not evaluable" and not found.evidence.startswith("data dictionary"):
                assert found.ids, entry.id


def test_a_judgement_is_not_evaluable(results, study):
    found = evaluate_claim(load_ledger().entry("table1.claim.balance"), results, study, INTERIM)
    assert (found.verdict, found.ids) == ("not evaluable", ())


def judged(name: str, results: Results, study, changed: dict[str, float | None]) -> str:
    assert all(key in results for key in changed)
    stats = {row.analysis_id: changed.get(row.analysis_id, row.stat) for row in results}
    rows = Results(
        replace(row, stat=stat, note="" if stat is not None else row.note or "lost")
        for row, stat in zip(results, stats.values(), strict=True)
    )
    return answer(SAFETY_CLAIMS[name], Evidence(results=rows, study=study, plan=INTERIM)).verdict


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


def judged_treatment(name: str, results: Results, study, **stats: float | None) -> str:
    """Answer a claim after some numbers have been replaced; ``__`` stands for a point in an id."""
    changed = {key.replace("__", "."): value for key, value in stats.items()}
    assert all(key in results for key in changed)
    rows = Results(
        replace(row, stat=changed[row.analysis_id], note="lost" if changed[row.analysis_id] is None else "")
        if row.analysis_id in changed
        else row
        for row in results
    )
    return answer(TREATMENT_CLAIMS[name], Evidence(results=rows, study=study, plan=INTERIM)).verdict


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("abstract.claim.reductions_BC", {"table2__C__any_cycle__decreased__n": 1.0}),
        ("abstract.claim.increases_D", {"table2__D__any_cycle__increased__n": 0.0}),
        ("fig1.claim.majority", {"table2__B__any_cycle__decreased__pct": 49.0}),
        ("abstract.claim.highest_C", {"table3__marrow_total__A__median": 5.0}),
        ("sec3_3.claim.A_lowest", {"table3__kidney_total__D__median": 1.0}),
        ("fig2.claim.order", {"table3__kidney_total__B__median": 99.0}),
        ("sec3_3.claim.90Y_majority", {"table3__kidney_177Lu__B__median": 99.0}),
        ("sec3_4.claim.BD_ns", {"dose__marrow__between__games_howell__D_vs_A__p": 0.01}),
        (
            "sec4_2.claim.C_exceeded_some",
            {"limit__kidney__course__C__n": 0.0, "limit__kidney__course__C__n_unknown": 0.0},
        ),
        ("sec4_2.claim.renal_limiting", {"limit__marrow__course__all__n": 56.0}),
        ("sec4_2.claim.discontinuations_haem", {"ae__haematological_discontinued__pct": 50.0}),
    ],
)
def test_a_claim_that_holds_fails_when_its_number_changes_of_treatment(results, study, claim, change):
    assert judged_treatment(claim, results, study) == "true"
    assert judged_treatment(claim, results, study, **change) == "false"


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        (
            "sec2.claim.completed",
            {"disposition__completed__all__n": 56.0, "disposition__discontinued__all__n": 0.0},
        ),
        ("sec3_8.claim.D_within_bounds", {"limit__kidney__course__D__n": 0.0}),
        (
            "sec4_2.claim.approach_not_exceed",
            {
                "limit__kidney__course__D__n": 0.0,
                "limit__kidney__course__B__n": 0.0,
                "limit__kidney__course__B__n_unknown": 0.0,
                "limit__marrow__course__B__n_unknown": 0.0,
            },
        ),
    ],
)
def test_a_claim_that_fails_holds_when_its_number_changes(results, study, claim, change):
    assert judged_treatment(claim, results, study) == "false"
    assert judged_treatment(claim, results, study, **change) == "true"


@pytest.mark.parametrize(
    ("claim", "change", "verdict"),
    [
        # Of the 12 of arm C nobody is known to be above, and of 4 it is not known.
        ("sec4_2.claim.C_exceeded_some", {"limit__kidney__course__C__n": 0.0}, "not evaluable"),
        ("sec4_2.claim.C_exceeded_some", {"limit__kidney__course__C__n_unknown": 11.0}, "true"),
        # 12 above the kidney limit: as many as 11 more may be above that of the marrow, 12 would decide.
        (
            "sec4_2.claim.renal_limiting",
            {"limit__marrow__course__all__n_unknown": 11.0, "limit__marrow__course__all__n_without": 0.0},
            "true",
        ),
        (
            "sec4_2.claim.renal_limiting",
            {"limit__marrow__course__all__n_unknown": 11.0, "limit__marrow__course__all__n_without": 1.0},
            "not evaluable",
        ),
        (
            "sec3_8.claim.D_within_bounds",
            {"limit__kidney__course__D__n": 0.0, "limit__marrow__course__D__n_without": 1.0},
            "not evaluable",
        ),
        ("sec3_8.claim.D_within_bounds", {"limit__marrow__course__D__n_without": 1.0}, "false"),
        # 48 of 56 completed and 8 stopped; if nobody has stopped, 8 are still under way.
        ("sec2.claim.completed", {"disposition__discontinued__all__n": 0.0}, "not evaluable"),
        ("sec2.claim.completed", {"disposition__discontinued__all__n": 1.0}, "false"),
        # Arm B: 9 decreased, 6 unchanged; 3 who are not evaluable can make it a tie, 2 cannot.
        ("abstract.claim.reductions_BC", {"table2__B__any_cycle__not_evaluable__n": 2.0}, "true"),
        ("abstract.claim.reductions_BC", {"table2__B__any_cycle__not_evaluable__n": 3.0}, "not evaluable"),
        ("abstract.claim.increases_D", {"table2__D__any_cycle__not_evaluable__n": 6.0}, "true"),
        ("abstract.claim.increases_D", {"table2__D__any_cycle__not_evaluable__n": 7.0}, "not evaluable"),
        # Arm B: 9 of 16 are 56.25 %; of 49 % and one more of 16 it is not known whether they are above a half.
        (
            "fig1.claim.majority",
            {"table2__B__any_cycle__decreased__pct": 49.0, "table2__B__any_cycle__not_evaluable__n": 1.0},
            "not evaluable",
        ),
    ],
)
def test_what_is_not_known_leaves_a_claim_open_only_if_it_decides(results, study, claim, change, verdict):
    assert judged_treatment(claim, results, study, **change) == verdict


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "true"),
        ({"toxicity.CREAT.grade_ge3.all.n_unknown": 1.0}, "not evaluable"),
        ({"toxicity.CREAT.grade_ge3.all.n_unknown": 1.0, "toxicity.ALT.grade_ge3.all.n": 1.0}, "false"),
        ({"toxicity.BILI.grade_ge3.all.n": 1.0}, "false"),
        ({"ae.ungraded.renal_impairment.all.n": 1.0}, "not evaluable"),
        (
            {
                "table5.renal_impairment.grade_ge3.patients.all.n": 1.0,
                "ae.ungraded.renal_impairment.all.n": 1.0,
            },
            "false",
        ),
        ({"toxicity.PLAT.grade_ge3.all.n_unknown": 9.0}, "true"),  # no renal or hepatic value
    ],
    ids=str,
)
def test_an_undecided_grade_is_no_proof_that_nobody_was_harmed(results, study, change, verdict):
    assert judged("abstract.claim.renal_hepatic", results, study, change) == verdict


def test_a_value_that_nobody_has_is_no_proof_that_nobody_was_harmed(results, study):
    rows = Results(
        replace(row, n=0) if row.analysis_id.startswith("toxicity.AST.grade_ge3.all.") else row
        for row in results
    )
    found = answer(
        SAFETY_CLAIMS["abstract.claim.renal_hepatic"], Evidence(results=rows, study=study, plan=INTERIM)
    )
    assert found.verdict == "not evaluable"
    assert found.evidence.endswith("it depends on AST, which nobody has")


def test_a_lost_number_makes_it_not_evaluable(results, study):
    change = {"table3__kidney_total__A__median": None}
    assert judged_treatment("sec3_3.claim.A_lowest", results, study, **change) == "not evaluable"


def test_the_dictionary_answers_for_the_protocol(results, study):
    assert judged_treatment("design.activity.C", results, study) == "true"
    assert judged_treatment("design.schedule.before_cycle", results, study) == "true"
