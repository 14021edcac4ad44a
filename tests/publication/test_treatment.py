from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication.claim_evidence import Asked, answer
from duonen_stats.publication.treatment import TREATMENT_CLAIMS
from duonen_stats.results import Results


def judged(name: str, results: Results, study, **stats: float | None) -> str:
    """Answer a claim after some numbers have been replaced; ``__`` stands for a point in an id."""
    changed = {key.replace("__", "."): value for key, value in stats.items()}
    assert all(key in results for key in changed)
    rows = Results(
        replace(row, stat=changed[row.analysis_id], note="lost" if changed[row.analysis_id] is None else "")
        if row.analysis_id in changed
        else row
        for row in results
    )
    return answer(TREATMENT_CLAIMS[name], Asked(results=rows, study=study, plan=INTERIM)).verdict


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
        ("sec4_2.claim.C_exceeded_some", {"limit__kidney__course__C__n": 0.0}),
        ("sec4_2.claim.renal_limiting", {"limit__marrow__course__all__n": 56.0}),
        ("sec4_2.claim.discontinuations_haem", {"ae__haematological_discontinued__pct": 50.0}),
    ],
)
def test_a_claim_that_holds_fails_when_its_number_changes(results, study, claim, change):
    assert judged(claim, results, study) == "true"
    assert judged(claim, results, study, **change) == "false"


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("sec2.claim.completed", {"disposition__completed__all__n": 56.0}),
        ("sec3_8.claim.D_within_bounds", {"limit__kidney__course__D__n": 0.0}),
        (
            "sec4_2.claim.approach_not_exceed",
            {"limit__kidney__course__D__n": 0.0, "limit__kidney__course__B__n": 0.0},
        ),
    ],
)
def test_a_claim_that_fails_holds_when_its_number_changes(results, study, claim, change):
    assert judged(claim, results, study) == "false"
    assert judged(claim, results, study, **change) == "true"


def test_a_lost_number_makes_it_not_evaluable(results, study):
    change = {"table3__kidney_total__A__median": None}
    assert judged("sec3_3.claim.A_lowest", results, study, **change) == "not evaluable"


def test_the_dictionary_answers_for_the_protocol(results, study):
    assert judged("design.activity.C", results, study) == "true"
    assert judged("design.schedule.before_cycle", results, study) == "true"
