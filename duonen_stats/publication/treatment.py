"""Claims about treatment, activities and organ doses (abstract, sections 2, 3.2 to 3.4, 3.8, 4.2)."""

from collections.abc import Mapping
from functools import partial

from duonen_stats.publication.claim_evidence import Asked, Predicate
from duonen_stats.publication.printed import ALPHA, COUNTING, PAIRWISE
from duonen_stats.results import ids


def _modified(asked: Asked, arm: str, category: str) -> float:
    return asked.value(ids.modification(arm, COUNTING, category).stat("n"), f"{arm} {category}")


def _mostly_reduced(asked: Asked) -> bool:
    return all(
        _modified(asked, arm, "decreased")
        > max(_modified(asked, arm, "increased"), _modified(asked, arm, "unchanged"))
        for arm in ("B", "C")
    )


def _mostly_increased(asked: Asked) -> bool:
    return _modified(asked, "D", "increased") > _modified(asked, "D", "decreased")


def _majorities(asked: Asked) -> bool:
    shares = [
        asked.value(ids.modification(arm, COUNTING, "decreased").stat("pct"), f"{arm} decreased, %", 1)
        for arm in ("B", "C")
    ]
    half = 50
    return _mostly_increased(asked) and all(share > half for share in shares)


def _doses(asked: Asked, organ: str) -> dict[str, float]:
    asked.say(f"median {organ} dose, Gy:")
    return asked.by_arm(
        lambda arm: ids.organ_dose(organ, "total", arm).stat("median"), 1 if organ == "kidney" else 2
    )


def _extreme(asked: Asked, *, lowest: str = "", highest: str = "") -> bool:
    """Tell whether the median dose of both organs is lowest, and highest, in the arms named."""
    asked.need_arms(*filter(None, (lowest, highest)))
    holds = []
    for organ in ("kidney", "marrow"):
        doses = _doses(asked, organ)
        holds += [min(doses, key=doses.__getitem__) == lowest] if lowest else []
        holds += [max(doses, key=doses.__getitem__) == highest] if highest else []
    return all(holds)


def _mostly_90y(asked: Asked) -> bool:
    return all(
        asked.value(ids.organ_dose("kidney", "90Y", arm).stat("median"), f"{arm} 90Y", 1)
        > asked.value(ids.organ_dose("kidney", "177Lu", arm).stat("median"), f"{arm} 177Lu", 1)
        for arm in ("B", "C")
    )


def _pairs_differ_not(
    asked: Asked, *pairs: tuple[str, str], organs: tuple[str, ...] = ("kidney", "marrow")
) -> bool:
    return asked.at_least(
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


def _d_like_b(asked: Asked) -> bool:
    for organ in ("kidney", "marrow"):
        _doses(asked, organ)
    asked.say("read as: D and B do not differ significantly")
    return _pairs_differ_not(asked, ("D", "B"))


def _marrow_b_d_vs_a(asked: Asked) -> bool:
    asked.say("read as: marrow dose")
    return _pairs_differ_not(asked, ("B", "A"), ("D", "A"), organs=("marrow",))


def _within(asked: Asked, *arms: str) -> bool:
    above = [
        asked.value(ids.limit(organ, "course", arm).stat("n"), f"above the {organ} limit in {arm}")
        for organ in ("kidney", "marrow")
        for arm in arms
    ]
    return not any(above)


def _some_exceeded(asked: Asked) -> bool:
    return asked.value(ids.limit("kidney", "course", "C").stat("n"), "above the kidney limit in C") > 0


def _kidney_limits(asked: Asked) -> bool:
    kidney = asked.value(ids.limit("kidney", "course", ids.ALL).stat("n"), "patients above the kidney limit")
    return kidney > asked.value(ids.limit("marrow", "course", ids.ALL).stat("n"), "above the marrow limit")


def _all_completed(asked: Asked) -> bool:
    completed = asked.value(ids.disposition("completed", ids.ALL).stat("n"), "completed")
    return completed == asked.value(ids.disposition("randomised", ids.ALL).stat("n"), "randomised")


def _mostly_blood_counts(asked: Asked) -> bool:
    asked.say("read as: a haematological event led to it")
    half = 50
    share = ids.consequence("haematological_discontinued").stat("pct")
    return asked.value(share, "share of the discontinuations, %", 1) > half


def _arm_c(asked: Asked) -> bool:
    asked.need_arms("C")
    arm = asked.study.arm("C")
    start = {isotope: arm.initial_activity[isotope] for isotope in arm.isotopes}
    told = ", ".join(f"{isotope} {activity:g} MBq" for isotope, activity in start.items())
    asked.say(f"data dictionary: {told}; modified: {arm.modified_isotope}")
    return start == {"LU177": 3700, "Y90": 1850} and arm.modified_isotope == "LU177"


def _labs_before_cycles(asked: Asked) -> bool:
    before = [visit.cycle for visit in asked.study.visits if visit.position == "before"]
    asked.say(f"data dictionary: visits before {', '.join(before)}")
    return before == [cycle.code for cycle in asked.study.cycles]


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
    "sec3_8.claim.D_within_bounds": lambda asked: _within(asked, "D"),
    "sec4_2.claim.approach_not_exceed": lambda asked: _within(asked, "B", "D"),
    "sec4_2.claim.C_exceeded_some": _some_exceeded,
    "sec4_2.claim.renal_limiting": _kidney_limits,
    "sec2.claim.completed": _all_completed,
    "sec4_2.claim.discontinuations_haem": _mostly_blood_counts,
    "design.activity.C": _arm_c,
    "design.schedule.before_cycle": _labs_before_cycles,
}
