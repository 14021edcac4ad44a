"""Rules about tumour assessments: baseline, order, gaps, and responses against sizes by RECIST 1.1."""

from collections.abc import Iterator

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import CHECK_DATE, CHECK_RESPONSE, ENTER_VALUE, SEND_RECORDS

_TABLE = "tumour_assessments"
_TREATED = (_TABLE, "administrations")

PARTIAL_FALL = 0.30
PROGRESSION_RISE = 0.20
PROGRESSION_MM = 5.0
"""RECIST 1.1: at least 30 % below baseline; at least 20 % and 5 mm above the smallest sum so far."""
LONGEST_GAP = 182
"""Days without an assessment: two of the 12-weekly ones missed, and two weeks."""
_NEITHER = "NON-CR/NON-PD"
_CLEAR = ("CR", "PR", "SD", _NEITHER)
_NOISE = 1e-9


@cross_rule(
    "TUM-NOBASELINE",
    "warning",
    "A patient who was treated or assessed later has no tumour assessment that can be the baseline.",
    _TREATED,
    question=SEND_RECORDS,
)
def _no_baseline(data: CutView) -> Iterator[Hit]:
    seen = data.scans
    limit = "randomisation" if data.plan.baseline_scan == "before_randomisation" else "the first cycle"
    asked = data.subjects["SUBJID"].isin(data.span.index) | data.subjects["SUBJID"].isin(seen["SUBJID"])
    based = seen.loc[seen["PRIOR"], "SUBJID"]
    rows = data.subjects[asked & ~data.subjects["SUBJID"].isin(based)]
    message = (
        f"No tumour assessment up to {limit} (up to randomisation if never treated): no change of size and no "
        "response can be judged. Add it."
    )
    yield from hits(rows, "subjects", "SUBJID", message)


@cross_rule(
    "TUM-BASEWINDOW",
    "note",
    "The baseline assessment is older at the start of treatment than the plan allows (RECIST 1.1: four weeks).",
    _TREATED,
    question=CHECK_DATE,
)
def _old_baseline(data: CutView) -> Iterator[Hit]:
    seen, days = data.scans, data.plan.baseline_scan_days
    last = seen[seen["PRIOR"]].drop_duplicates("SUBJID", keep="last")
    used = data.plan.baseline_scan_outside == "used"
    fate = "It is used all the same" if used else "It is not used, so the patient has no baseline"
    message = (
        "{BEFORE:.0f} days before the start of treatment (randomisation if never treated), "
        f"more than {days}. {fate}; check the date, or add a later one."
    )
    yield from hits(last[last["BEFORE"] > days], _TABLE, "ASSESSDT", message)


@cross_rule(
    "TUM-BASESIZE",
    "warning",
    "Sums of diameters were recorded, but no baseline assessment that can be used has one.",
    _TREATED,
    question=ENTER_VALUE,
)
def _baseline_without_size(data: CutView) -> Iterator[Hit]:
    seen = data.scans
    measured = seen.loc[seen["SUMDIAM"].notna() & ~seen["PRIOR"], "SUBJID"]
    sized = seen.loc[seen["SIZEBASE"], "SUBJID"]
    bare = seen[seen["BASELINE"] & seen["SUBJID"].isin(measured) & ~seen["SUBJID"].isin(sized)]
    message = "The baseline has no sum of diameters, later assessments have: no change can be computed. Add the sum."
    yield from hits(bare, _TABLE, "SUMDIAM", message)


@cross_rule(
    "TUM-ORDER",
    "note",
    "Assessments of a patient are not in the order of their dates.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _out_of_order(data: CutView) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"])
    latest = seen.groupby("SUBJID")["ASSESSDT"].cummax()
    odd = seen.assign(LATEST=latest)[seen["ASSESSDT"] < latest]
    message = "{ASSESSDT:%Y-%m-%d} is listed after {LATEST:%Y-%m-%d}. Check that the date is right."
    yield from hits(odd, _TABLE, "ASSESSDT", message)


@cross_rule(
    "TUM-AFTERPD",
    "warning",
    "A better response follows progressive disease.",
    _TREATED,
    question=CHECK_RESPONSE,
)
def _better_after_progression(data: CutView) -> Iterator[Hit]:
    seen = data.scans
    progressed = (seen["RESPONSE"].eq("PD") & ~seen["PRIOR"]).astype(int).groupby(seen["SUBJID"]).cummax()
    odd = seen[(progressed == 1) & seen["RESPONSE"].isin(_CLEAR)]
    yield from hits(odd, _TABLE, "RESPONSE", "{RESPONSE} after progressive disease. Check both responses.")


@cross_rule(
    "TUM-AFTERCR",
    "warning",
    "Stable disease or a partial response follows a complete response.",
    (_TABLE,),
    question=CHECK_RESPONSE,
)
def _disease_after_complete_response(data: CutView) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"]).sort_values(["ASSESSDT", "_ROW"])
    complete = seen["ASSESSDT"].where(seen["RESPONSE"] == "CR").groupby(seen["SUBJID"]).cummin()
    complete = complete.groupby(seen["SUBJID"]).ffill()
    progressed = (seen["RESPONSE"] == "PD").astype(int).groupby(seen["SUBJID"]).cummax()
    odd = seen.assign(CRDT=complete)[
        complete.notna() & (progressed == 0) & seen["RESPONSE"].isin(["PR", "SD", _NEITHER])
    ]
    message = (
        "{RESPONSE} after a complete response on {CRDT:%Y-%m-%d}: disease that has come back is progression (PD), "
        "or the response was not complete (PR). Check both responses."
    )
    yield from hits(odd, _TABLE, "RESPONSE", message)


@cross_rule(
    "TUM-GAP",
    "note",
    f"More than {LONGEST_GAP} days lie between two assessments.",
    (_TABLE,),
    question=SEND_RECORDS,
)
def _long_gap(data: CutView) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"]).sort_values(["ASSESSDT", "_ROW"])
    days = seen.groupby("SUBJID")["ASSESSDT"].diff().dt.days
    odd = seen.assign(DAYS=days)[days > LONGEST_GAP]
    yield from hits(odd, _TABLE, "ASSESSDT", "{DAYS:.0f} days after the one before it. Add those in between.")


@cross_rule(
    "TUM-RESPONSE",
    "warning",
    "The response does not agree with the sums of diameters.",
    _TREATED,
    question=CHECK_RESPONSE,
)
def _response_and_sizes(data: CutView) -> Iterator[Hit]:
    seen = data.scans
    base = seen["SUBJID"].map(seen[seen["SIZEBASE"]].set_index("SUBJID")["SUMDIAM"])
    lowest = seen["SUMDIAM"].groupby(seen["SUBJID"]).cummin()
    nadir = lowest.groupby(seen["SUBJID"]).shift()
    rise, fall = seen["SUMDIAM"] - nadir, base - seen["SUMDIAM"]
    grown = (rise >= PROGRESSION_RISE * nadir * (1 - _NOISE)) & (rise >= PROGRESSION_MM * (1 - _NOISE))
    shrunk = fall >= PARTIAL_FALL * base * (1 - _NOISE)
    later = seen.assign(BASE=base, NADIR=nadir)[~seen["PRIOR"].to_numpy()]
    kinds = (
        (
            grown & seen["RESPONSE"].isin(_CLEAR),
            "{SUMDIAM:g} mm after {NADIR:g} mm is progression, not {RESPONSE}.",
        ),
        (
            ~shrunk & ~grown & base.notna() & (seen["RESPONSE"] == "PR"),
            "PR, but {SUMDIAM:g} mm is not 30% below {BASE:g} mm.",
        ),
        (
            shrunk & ~grown & (seen["RESPONSE"] == "SD"),
            "SD, but {SUMDIAM:g} mm is 30% or more below {BASE:g} mm.",
        ),
        (
            ~grown & (seen["SUMDIAM"] > 0) & (seen["RESPONSE"] == _NEITHER),
            f"{_NEITHER} is of patients without measured lesions, but {{SUMDIAM:g}} mm were measured.",
        ),
    )
    for odd, message in kinds:
        rows = later[odd.reindex(later.index) & later["SUMDIAM"].notna()]
        yield from hits(rows, _TABLE, "RESPONSE", f"{message} Check both.")
