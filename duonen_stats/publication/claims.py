"""Claims of the publication as predicates on the results table."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

from duonen_stats.displays.model.format import p_value
from duonen_stats.plan import Plan
from duonen_stats.publication.claim_evidence import (
    ClaimAnswer,
    Evidence,
    Predicate,
    answer,
)
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.regenerate import (
    ALPHA,
    BETWEEN,
    CORRELATION,
    COUNTING,
    PAIRED,
    PAIRWISE,
    VISITS,
    not_computed,
)
from duonen_stats.results import ids
from duonen_stats.results.ids import known_ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study

# Claims about laboratory values and safety (abstract, Table 4, sections 3.5 to 3.7, 4.2, Figures 4, 5 and
# 7).


_SIGNIFICANT: Mapping[
    str, tuple[str, ...]
] = {  # visits that Table 4 lists as significant; the others are claimed not
    "HGB": ("V1",),
    "PLAT": ("V3",),
    "CREAT": ("V2", "V3"),
    "EGFR": ("V3", "V4"),
}
_TABLE_4 = {
    "Hb": "HGB", "PLT": "PLAT", "WBC": "WBC", "NEU": "NEUT", "LYM": "LYMPH",
    "CREA": "CREAT", "eGFR": "EGFR", "ALT": "ALT", "AST": "AST", "BIL": "BILI",
}  # fmt: skip
_CORRELATED = ("HGB", "WBC", "LYMPH")  # with marrow dose, as printed in section 3.5


def _between(code: str, name: str, visits: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for visit in visits:
        yield ids.between(ids.lab_visit(code, visit), BETWEEN).stat("p"), f"{name} {visit}"


def _other_visits(evidence: Evidence, code: str) -> bool:
    visits = tuple(visit for visit in VISITS if visit not in _SIGNIFICANT.get(code, ()))
    return evidence.at_least(_between(code, "at", visits), ALPHA)


def _no_difference(evidence: Evidence, category: str, *, nadir: bool = False) -> bool:
    tests: list[tuple[str, str]] = []
    for code, name in evidence.analytes(category):
        tests += _between(code, name, VISITS)
        if nadir:
            tests.append((ids.between(ids.lab_nadir(code), BETWEEN).stat("p"), f"{name} nadir"))
    return evidence.at_least(tests, ALPHA)


def _modification(evidence: Evidence, category: str) -> bool:
    """Ask the tests between categories of modification, and of changed against unchanged, each where computed."""
    tests = [
        (code, arm.code, f"{name} {arm.code}")
        for code, name in evidence.analytes(category)
        for arm in evidence.study.arms
        if arm.modified_isotope is not None
    ]
    evidence.say("by category, and changed against unchanged:")
    return evidence.at_least(
        [
            *((ids.modification_test(code, arm).stat("p"), name) for code, arm, name in tests),
            *(
                (ids.modification_test(code, arm, changed=True).stat("p"), f"{name}, changed")
                for code, arm, name in tests
            ),
        ],
        ALPHA,
    )


def _marrow_correlates(evidence: Evidence) -> bool:
    holds = []
    for code, name in evidence.analytes("HEMATOLOGY"):
        if code in _CORRELATED:
            found = ids.correlation(ids.dose_effect("marrow", code), CORRELATION)
            holds += [evidence.value(found.stat("rho"), f"{name} rho", 2) < 0]
            holds += [evidence.value(found.stat("p"), "p") < ALPHA]
    return _modification(evidence, "HEMATOLOGY") and all(holds)


def _kidney_correlates_not(evidence: Evidence) -> bool:
    return evidence.at_least(
        [
            (ids.correlation(ids.dose_effect("kidney", code), CORRELATION).stat("p"), name)
            for code, name in evidence.analytes("RENAL")
        ],
        ALPHA,
    )


def _falls_most(evidence: Evidence) -> bool:
    """Lymphocytes and platelets: the two largest median falls in percent of baseline, at the last visit."""
    evidence.say(f"median change at {VISITS[-1]}, % of baseline:")
    falls = {
        code: evidence.value(ids.lab_percent_change(code, VISITS[-1]).stat("median"), name, 1)
        for code, name in evidence.analytes("HEMATOLOGY")
    }
    return set(sorted(falls, key=falls.__getitem__)[:2]) == {"LYMPH", "PLAT"}


def _largest_at_last(evidence: Evidence) -> bool:
    evidence.say("visit of the largest median change:")
    visits = [
        evidence.value(ids.lab_extreme(code, "largest").stat("visit"), name)
        for code, name in evidence.analytes("HEMATOLOGY")
    ]
    return all(visit == len(VISITS) for visit in visits)


def _only_platelets(evidence: Evidence) -> bool:
    found = {
        code: evidence.value(ids.paired(ids.lab_pair(code, *VISITS[-2:]), PAIRED).stat("p"), name)
        for code, name in evidence.analytes("HEMATOLOGY")
    }
    return {code for code, p in found.items() if p < ALPHA} == {"PLAT"}


def _medians(evidence: Evidence, code: str) -> dict[str, float]:
    evidence.say(f"median change at {VISITS[-1]}:")
    return evidence.by_arm(lambda arm: ids.lab_change(code, VISITS[-1], arm).stat("median"), 2)


def _all_decline(evidence: Evidence, code: str) -> bool:
    return all(change < 0 for change in _medians(evidence, code).values())


def _c_and_d_nearer_zero(evidence: Evidence) -> bool:
    evidence.need_arms("A", "C", "D")
    changes = _medians(evidence, "HGB")
    return max(abs(changes["C"]), abs(changes["D"])) < abs(changes["A"])


def _c_largest(evidence: Evidence) -> bool:
    evidence.need_arms("C", "D")
    changes = _medians(evidence, "EGFR")
    nearest = min(changes, key=lambda arm: abs(changes[arm]))
    return max(changes, key=changes.__getitem__) == "C" and nearest == "D"


def _difference(
    evidence: Evidence, block: ids.Block, arm: str, other: str
) -> tuple[float | None, float | None]:
    """Give p of two arms by the publication's test, and the difference of their means."""
    p = evidence.stat(ids.pair(block, PAIRWISE, arm, other).stat("p"))
    return p, evidence.stat(ids.pair(block, PAIRWISE, arm, other).stat("difference"))


def _d_not_worse(evidence: Evidence) -> bool:
    """No pair in which arm D is significantly worse: creatinine higher, eGFR lower."""
    evidence.need_arms("D")
    worse, examined = [], 0
    for code, name in evidence.analytes("RENAL"):
        sign = 1 if evidence.study.analyte(code).adverse == "high" else -1
        _medians(evidence, code)
        for other in evidence.arms:
            if other == "D":
                continue
            p, change = _difference(evidence, ids.lab_visit(code, VISITS[-1]), "D", other)
            examined += p is not None
            if p is not None and change is not None and p < ALPHA and sign * change > 0:
                worse.append(f"{name} D vs {other} {p_value(p, (ALPHA,))}")
    evidence.need(examined, "no pair of arms could be compared")
    evidence.say(
        f"read as: no pair in which D is significantly worse; of {examined} pairs: {', '.join(worse) or 'none'}"
    )
    return not worse


def _no_hepatic_rise(evidence: Evidence) -> bool:
    """No significant change between consecutive visits in the adverse direction, which is up."""
    rises, examined = [], 0
    for code, name in evidence.analytes("HEPATIC"):
        for earlier, later in pairwise(VISITS):
            pair = ids.lab_pair(code, earlier, later)
            p = evidence.stat(ids.paired(pair, PAIRED).stat("p"))
            change = evidence.stat(ids.paired(pair, "paired_t").stat("difference"))
            examined += p is not None
            if p is not None and change is not None and p < ALPHA and change > 0:
                rises.append(f"{name} {earlier} to {later}")
    evidence.need(examined, "no pair of visits could be compared")
    evidence.say(f"significant rises in {examined} pairs of visits: {', '.join(rises) or 'none'}")
    return not rises


def _no_severe_organ_harm(evidence: Evidence) -> bool:
    """Nobody with a severe renal event or grade; a grade that is undecided, or of nobody, decides nothing."""
    evidence.say("read as: nobody with a renal event or a derived grade of 3 or higher")
    found = evidence.value(
        ids.event_patients("RENAL_IMPAIRMENT", "grade_ge3", ids.ALL).stat("n"), "renal event"
    )
    ungraded = evidence.stat(ids.events_ungraded("RENAL_IMPAIRMENT", ids.ALL).stat("n")) or 0
    unknown = [f"{ungraded:g} with a renal event without a grade"] if ungraded else []
    for code, name in (*evidence.analytes("RENAL"), *evidence.analytes("HEPATIC")):
        severe = ids.toxicity_severe(code, ids.ALL)
        undecided = evidence.row(severe.stat("n_unknown"), name)
        if not undecided.n:
            unknown.append(f"{name}, which nobody has")
            continue
        certain, open_ = evidence.stat(severe.stat("n")) or 0, undecided.stat or 0
        evidence.say(f"{name} grade 3 or higher {certain:g} of {undecided.n - open_:g}")
        found += certain
        unknown += [f"{open_:g} whose grade of {name} is undecided"] if open_ else []
    return evidence.decided(not found and not unknown, not found, " and ".join(unknown))


SAFETY_CLAIMS: Mapping[str, Predicate] = {
    **{
        f"table4.{printed}.claim.other_visits_ns": partial(_other_visits, code=code)
        for printed, code in _TABLE_4.items()
    },
    "abstract.claim.marrow_corr": _marrow_correlates,
    "abstract.claim.decline_lym_plt": _falls_most,
    "abstract.claim.renal_hepatic": _no_severe_organ_harm,
    "sec3_5.claim.v3v4_only_plt": _only_platelets,
    "sec3_5.claim.largest_at_V4": _largest_at_last,
    "sec3_5.claim.modif_nadir_ns": partial(_modification, category="HEMATOLOGY"),
    "sec3_6.claim.modif_worst_ns": partial(_modification, category="RENAL"),
    "sec3_6.claim.renal_no_corr": _kidney_correlates_not,
    "sec3_6.claim.D_no_signal": _d_not_worse,
    "sec3_7.claim.no_paired": _no_hepatic_rise,
    "sec3_7.claim.no_between": partial(_no_difference, category="HEPATIC"),
    "sec4_2.claim.no_between_arm": partial(_no_difference, category="HEMATOLOGY", nadir=True),
    "fig4.claim.CD_nearer_zero": _c_and_d_nearer_zero,
    "fig4.claim.all_decline": partial(_all_decline, code="HGB"),
    "fig5.claim.all_decline": partial(_all_decline, code="NEUT"),
    "fig7.claim.C_largest": _c_largest,
}


# Claims about treatment, activities and organ doses (abstract, sections 2, 3.2 to 3.4, 3.8, 4.2).


def _modified(evidence: Evidence, arm: str, category: str) -> float:
    return evidence.value(ids.modification(arm, COUNTING, category).stat("n"), f"{arm} {category}")


def _not_evaluable(evidence: Evidence, *arms: str) -> float:
    """Count the patients of whom it is not known how their activity was modified; shown if there are any."""
    found = 0.0
    for arm in arms:
        number = evidence.stat(ids.modification(arm, COUNTING, "not_evaluable").stat("n")) or 0
        found += number
        if number:
            evidence.say(f"{arm} not evaluable {number:g}")
    return found


_MODIFICATION_UNKNOWN = "patients whose modification is not evaluable"


def _more_reduced(evidence: Evidence, arm: str) -> tuple[bool, bool]:
    """Say whether most were reduced, at worst and at best for those not evaluable."""
    reduced = _modified(evidence, arm, "decreased")
    others = max(_modified(evidence, arm, "increased"), _modified(evidence, arm, "unchanged"))
    unknown = _not_evaluable(evidence, arm)
    return reduced > others + unknown, reduced + unknown > others


def _more_increased(evidence: Evidence) -> tuple[bool, bool]:
    increased, decreased = _modified(evidence, "D", "increased"), _modified(evidence, "D", "decreased")
    unknown = _not_evaluable(evidence, "D")
    return increased > decreased + unknown, increased + unknown > decreased


def _all_decided(evidence: Evidence, parts: list[tuple[bool, bool]]) -> bool:
    at_worst, at_best = (all(side) for side in zip(*parts, strict=True))
    return evidence.decided(at_worst, at_best, _MODIFICATION_UNKNOWN)


def _mostly_reduced(evidence: Evidence) -> bool:
    return _all_decided(evidence, [_more_reduced(evidence, arm) for arm in ("B", "C")])


def _mostly_increased(evidence: Evidence) -> bool:
    return _all_decided(evidence, [_more_increased(evidence)])


def _majorities(evidence: Evidence) -> bool:
    parts = []
    half = 50
    for arm in ("B", "C"):
        row = evidence.row(ids.modification(arm, COUNTING, "decreased").stat("pct"), f"{arm} decreased, %")
        share = evidence.value(row.analysis_id, f"{arm} decreased, %", 1)
        unknown = 100 * _not_evaluable(evidence, arm) / (row.n or 1)
        parts.append((share > half, share + unknown > half))
    return _all_decided(evidence, [*parts, _more_increased(evidence)])


def _doses(evidence: Evidence, organ: str) -> dict[str, float]:
    evidence.say(f"median {organ} dose, Gy:")
    return evidence.by_arm(
        lambda arm: ids.organ_dose(organ, "total", arm).stat("median"), 1 if organ == "kidney" else 2
    )


def _extreme(evidence: Evidence, *, lowest: str = "", highest: str = "") -> bool:
    """Return whether the median dose of both organs is lowest, and highest, in the arms named."""
    evidence.need_arms(*filter(None, (lowest, highest)))
    holds = []
    for organ in ("kidney", "marrow"):
        doses = _doses(evidence, organ)
        holds += [min(doses, key=doses.__getitem__) == lowest] if lowest else []
        holds += [max(doses, key=doses.__getitem__) == highest] if highest else []
    return all(holds)


def _mostly_90y(evidence: Evidence) -> bool:
    return all(
        evidence.value(ids.organ_dose("kidney", "90Y", arm).stat("median"), f"{arm} 90Y", 1)
        > evidence.value(ids.organ_dose("kidney", "177Lu", arm).stat("median"), f"{arm} 177Lu", 1)
        for arm in ("B", "C")
    )


def _pairs_differ_not(
    evidence: Evidence, *pairs: tuple[str, str], organs: tuple[str, ...] = ("kidney", "marrow")
) -> bool:
    return evidence.at_least(
        [
            (
                ids.pair(ids.organ_comparison(organ), PAIRWISE, arm, other).stat("p"),
                f"{organ} {arm} vs {other}",
            )
            for organ in organs
            for arm, other in pairs
        ],
        ALPHA,
    )


def _d_like_b(evidence: Evidence) -> bool:
    for organ in ("kidney", "marrow"):
        _doses(evidence, organ)
    evidence.say("read as: D and B do not differ significantly")
    return _pairs_differ_not(evidence, ("D", "B"))


def _marrow_b_d_vs_a(evidence: Evidence) -> bool:
    evidence.say("read as: marrow dose")
    return _pairs_differ_not(evidence, ("B", "A"), ("D", "A"), organs=("marrow",))


def _above(evidence: Evidence, organ: str, group: str, label: str) -> tuple[float, float]:
    """Count patients above a limit of dose, and those of whom it is not known."""
    block = ids.limit(organ, "course", group)
    above, known = (evidence.stat(block.stat(name)) or 0 for name in ("n", "n_known"))
    unknown = sum(evidence.stat(block.stat(name)) or 0 for name in ("n_unknown", "n_without"))
    evidence.need(int(known + unknown), f"{label}: there is nobody to count")
    evidence.say(f"{label} {above:g} of {known:g}{f', not known of {unknown:g}' if unknown else ''}")
    return above, unknown


_DOSE_UNKNOWN = "patients whose dose is not known"


def _within(evidence: Evidence, *arms: str) -> bool:
    counts = [
        _above(evidence, organ, arm, f"above the {organ} limit in {arm}")
        for organ in ("kidney", "marrow")
        for arm in arms
    ]
    above, unknown = (sum(side) for side in zip(*counts, strict=True))
    return evidence.decided(not above and not unknown, not above, _DOSE_UNKNOWN)


def _some_exceeded(evidence: Evidence) -> bool:
    above, unknown = _above(evidence, "kidney", "C", "above the kidney limit in C")
    return evidence.decided(above > 0, above + unknown > 0, _DOSE_UNKNOWN)


def _kidney_limits(evidence: Evidence) -> bool:
    kidney, kidney_unknown = _above(evidence, "kidney", ids.ALL, "patients above the kidney limit")
    marrow, marrow_unknown = _above(evidence, "marrow", ids.ALL, "above the marrow limit")
    return evidence.decided(kidney > marrow + marrow_unknown, kidney + kidney_unknown > marrow, _DOSE_UNKNOWN)


def _all_completed(evidence: Evidence) -> bool:
    completed = evidence.value(ids.disposition("completed", ids.ALL).stat("n"), "completed")
    randomised = evidence.value(ids.disposition("randomised", ids.ALL).stat("n"), "randomised")
    stopped = evidence.stat(ids.disposition("discontinued", ids.ALL).stat("n")) or 0
    open_ = max(randomised - completed - stopped, 0)
    if open_:
        evidence.say(f"discontinued {stopped:g}")
    return evidence.decided(
        completed == randomised, completed + open_ == randomised, f"{open_:g} whose treatment has not ended"
    )


def _mostly_blood_counts(evidence: Evidence) -> bool:
    evidence.say("read as: a haematological event led to it")
    half = 50
    share = ids.consequence("haematological_discontinued").stat("pct")
    return evidence.value(share, "share of the discontinuations, %", 1) > half


def _arm_c(evidence: Evidence) -> bool:
    evidence.need_arms("C")
    arm = evidence.study.arm("C")
    start = {isotope: arm.initial_activity[isotope] for isotope in arm.isotopes}
    activities = ", ".join(f"{isotope} {activity:g} MBq" for isotope, activity in start.items())
    evidence.say(f"data dictionary: {activities}; modified: {arm.modified_isotope}")
    return start == {"LU177": 3700, "Y90": 1850} and arm.modified_isotope == "LU177"


def _labs_before_cycles(evidence: Evidence) -> bool:
    before = [visit.cycle for visit in evidence.study.visits if visit.position == "before"]
    evidence.say(f"data dictionary: visits before {', '.join(before)}")
    return before == [cycle.code for cycle in evidence.study.cycles]


TREATMENT_CLAIMS: Mapping[str, Predicate] = {
    "abstract.claim.reductions_BC": _mostly_reduced,
    "abstract.claim.increases_D": _mostly_increased,
    "fig1.claim.majority": _majorities,
    "abstract.claim.highest_C": partial(_extreme, highest="C"),
    "sec3_3.claim.A_lowest": partial(_extreme, lowest="A"),
    "fig2.claim.order": partial(_extreme, lowest="A", highest="C"),
    "sec3_3.claim.90Y_majority": _mostly_90y,
    "sec3_3.claim.D_like_B": _d_like_b,
    "sec3_4.claim.BD_ns": _marrow_b_d_vs_a,
    "sec3_8.claim.D_within_bounds": lambda evidence: _within(evidence, "D"),
    "sec4_2.claim.approach_not_exceed": lambda evidence: _within(evidence, "B", "D"),
    "sec4_2.claim.C_exceeded_some": _some_exceeded,
    "sec4_2.claim.renal_limiting": _kidney_limits,
    "sec2.claim.completed": _all_completed,
    "sec4_2.claim.discontinuations_haem": _mostly_blood_counts,
    "design.activity.C": _arm_c,
    "design.schedule.before_cycle": _labs_before_cycles,
}


# Evaluate a claim of the publication on a results table.


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
    """Return whether a claim holds in these results: true, false or not evaluable, with the numbers behind it.

    A claim is judged by the publication's methods, visits and level, whatever the plan. ``unmade`` says of an id why
    the plan does not make it so; if omitted, it is made from study and plan.
    """
    unmade = unmade or partial(not_computed, known=known_ids(study, plan, "interim"), plan=plan)
    if claim.id in NOT_EVALUABLE:
        return ClaimAnswer(verdict="not evaluable", evidence=NOT_EVALUABLE[claim.id])
    predicate = PREDICATES.get(claim.id)
    if predicate is None:
        return ClaimAnswer(verdict="not evaluable", evidence="no predicate has been written for this claim")
    return answer(predicate, Evidence(results=results, study=study, plan=plan, unmade=unmade))
