"""Claims about laboratory values and safety (abstract, Table 4, sections 3.5 to 3.7, 4.2, Figures 4, 5 and 7)."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise

from duonen_stats.displays.model.format import p_value
from duonen_stats.publication.claim_evidence import Asked, Predicate
from duonen_stats.publication.printed import ALPHA, BETWEEN, CORRELATION, PAIRED, PAIRWISE, VISITS
from duonen_stats.results import ids

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


def _other_visits(asked: Asked, code: str) -> bool:
    visits = tuple(visit for visit in VISITS if visit not in _SIGNIFICANT.get(code, ()))
    return asked.at_least(_between(code, "at", visits), ALPHA)


def _no_difference(asked: Asked, category: str, *, nadir: bool = False) -> bool:
    tests: list[tuple[str, str]] = []
    for code, name in asked.analytes(category):
        tests += _between(code, name, VISITS)
        if nadir:
            tests.append((ids.between(ids.lab_nadir(code), BETWEEN).stat("p"), f"{name} nadir"))
    return asked.at_least(tests, ALPHA)


def _modification(asked: Asked, category: str) -> bool:
    """Ask the tests between categories of modification, and of changed against unchanged, each where computed."""
    told = [
        (code, arm.code, f"{name} {arm.code}")
        for code, name in asked.analytes(category)
        for arm in asked.study.arms
        if arm.modified_isotope is not None
    ]
    asked.say("by category, and changed against unchanged:")
    return asked.at_least(
        [
            *((ids.modification_test(code, arm).stat("p"), name) for code, arm, name in told),
            *(
                (ids.modification_test(code, arm, changed=True).stat("p"), f"{name}, changed")
                for code, arm, name in told
            ),
        ],
        ALPHA,
    )


def _marrow_correlates(asked: Asked) -> bool:
    holds = []
    for code, name in asked.analytes("HEMATOLOGY"):
        if code in _CORRELATED:
            found = ids.correlation(ids.dose_effect("marrow", code), CORRELATION)
            holds += [asked.value(found.stat("rho"), f"{name} rho", 2) < 0]
            holds += [asked.value(found.stat("p"), "p") < ALPHA]
    return _modification(asked, "HEMATOLOGY") and all(holds)


def _kidney_correlates_not(asked: Asked) -> bool:
    return asked.at_least(
        [
            (ids.correlation(ids.dose_effect("kidney", code), CORRELATION).stat("p"), name)
            for code, name in asked.analytes("RENAL")
        ],
        ALPHA,
    )


def _falls_most(asked: Asked) -> bool:
    """Lymphocytes and platelets: the two largest median falls in percent of baseline, at the last visit."""
    asked.say(f"median change at {VISITS[-1]}, % of baseline:")
    falls = {
        code: asked.value(ids.lab_percent_change(code, VISITS[-1]).stat("median"), name, 1)
        for code, name in asked.analytes("HEMATOLOGY")
    }
    return set(sorted(falls, key=falls.__getitem__)[:2]) == {"LYMPH", "PLAT"}


def _largest_at_last(asked: Asked) -> bool:
    asked.say("visit of the largest median change:")
    visits = [
        asked.value(ids.lab_extreme(code, "largest").stat("visit"), name)
        for code, name in asked.analytes("HEMATOLOGY")
    ]
    return all(visit == len(VISITS) for visit in visits)


def _only_platelets(asked: Asked) -> bool:
    found = {
        code: asked.value(ids.paired(ids.lab_pair(code, *VISITS[-2:]), PAIRED).stat("p"), name)
        for code, name in asked.analytes("HEMATOLOGY")
    }
    return {code for code, p in found.items() if p < ALPHA} == {"PLAT"}


def _medians(asked: Asked, code: str) -> dict[str, float]:
    asked.say(f"median change at {VISITS[-1]}:")
    return asked.by_arm(lambda arm: ids.lab_change(code, VISITS[-1], arm).stat("median"), 2)


def _all_decline(asked: Asked, code: str) -> bool:
    return all(change < 0 for change in _medians(asked, code).values())


def _c_and_d_nearer_zero(asked: Asked) -> bool:
    asked.need_arms("A", "C", "D")
    changes = _medians(asked, "HGB")
    return max(abs(changes["C"]), abs(changes["D"])) < abs(changes["A"])


def _c_largest(asked: Asked) -> bool:
    asked.need_arms("C", "D")
    changes = _medians(asked, "EGFR")
    nearest = min(changes, key=lambda arm: abs(changes[arm]))
    return max(changes, key=changes.__getitem__) == "C" and nearest == "D"


def _difference(asked: Asked, block: ids.Block, arm: str, other: str) -> tuple[float | None, float | None]:
    """Give p of two arms by the publication's test, and the difference of their means."""
    p = asked.stat(ids.pair(block, PAIRWISE, arm, other).stat("p"))
    return p, asked.stat(ids.pair(block, PAIRWISE, arm, other).stat("difference"))


def _d_not_worse(asked: Asked) -> bool:
    """No pair in which arm D is significantly worse: creatinine higher, eGFR lower."""
    asked.need_arms("D")
    worse, examined = [], 0
    for code, name in asked.analytes("RENAL"):
        sign = 1 if asked.study.analyte(code).adverse == "high" else -1
        _medians(asked, code)
        for other in asked.arms:
            if other == "D":
                continue
            p, change = _difference(asked, ids.lab_visit(code, VISITS[-1]), "D", other)
            examined += p is not None
            if p is not None and change is not None and p < ALPHA and sign * change > 0:
                worse.append(f"{name} D vs {other} {p_value(p, (ALPHA,))}")
    asked.need(examined, "no pair of arms could be compared")
    asked.say(
        f"read as: no pair in which D is significantly worse; of {examined} pairs: {', '.join(worse) or 'none'}"
    )
    return not worse


def _no_hepatic_rise(asked: Asked) -> bool:
    """No significant change between consecutive visits in the adverse direction, which is up."""
    rises, examined = [], 0
    for code, name in asked.analytes("HEPATIC"):
        for earlier, later in pairwise(VISITS):
            pair = ids.lab_pair(code, earlier, later)
            p = asked.stat(ids.paired(pair, PAIRED).stat("p"))
            change = asked.stat(ids.paired(pair, "paired_t").stat("difference"))
            examined += p is not None
            if p is not None and change is not None and p < ALPHA and change > 0:
                rises.append(f"{name} {earlier} to {later}")
    asked.need(examined, "no pair of visits could be compared")
    asked.say(f"significant rises in {examined} pairs of visits: {', '.join(rises) or 'none'}")
    return not rises


def _no_severe_organ_harm(asked: Asked) -> bool:
    asked.say("read as: nobody with a renal event or a derived grade of 3 or higher")
    renal = ids.event_patients("RENAL_IMPAIRMENT", "grade_ge3", ids.ALL).stat("n")
    found = [asked.value(renal, "renal event")]
    for code, name in (*asked.analytes("RENAL"), *asked.analytes("HEPATIC")):
        for grade in ("3", "4"):
            key = ids.toxicity_grade(code, grade, ids.ALL).stat("n")
            if key in asked.results:
                found.append(asked.value(key, f"{name} grade {grade}"))
    return not any(found)


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
