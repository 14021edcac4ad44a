"""Evaluate a claim of the publication on a results table."""

from collections.abc import Callable, Mapping
from functools import partial

from duonen_stats.plan import Plan
from duonen_stats.publication.claim_evidence import (
    Asked,
    ClaimAnswer,
    Predicate,
    answer,
)
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.printed import not_computed
from duonen_stats.publication.safety import SAFETY_CLAIMS
from duonen_stats.publication.treatment import TREATMENT_CLAIMS
from duonen_stats.results.ids import known_ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study

PREDICATES: Mapping[str, Predicate] = {**TREATMENT_CLAIMS, **SAFETY_CLAIMS}

NOT_EVALUABLE: Mapping[str, str] = {
    "table1.claim.balance": "what is clinically significant is a judgement, and baseline is not tested",
    "sec2_1.claim.sstr_positive": "receptor status is not among the data collected",
    "fig7.claim.no_clin_sig": "what is clinically significant is a judgement",
}
"""Claims that no result decides, with the reason."""


def evaluate_claim(
    claim: Entry, results: Results, study: Study, plan: Plan, *, unmade: Callable[[str], str] | None = None
) -> ClaimAnswer:
    """Tell whether a claim holds in these results: true, false or not evaluable, with the numbers behind it.

    A claim is judged by the publication's methods, visits and level, whatever the plan. ``unmade`` says of an id why
    the plan does not make it so; left out, it is made from study and plan.
    """
    unmade = unmade or partial(not_computed, known=known_ids(study, plan, "interim"), plan=plan)
    if claim.id in NOT_EVALUABLE:
        return ClaimAnswer(verdict="not evaluable", evidence=NOT_EVALUABLE[claim.id])
    predicate = PREDICATES.get(claim.id)
    if predicate is None:
        return ClaimAnswer(verdict="not evaluable", evidence="no predicate has been written for this claim")
    return answer(predicate, Asked(results=results, study=study, plan=plan, unmade=unmade))
