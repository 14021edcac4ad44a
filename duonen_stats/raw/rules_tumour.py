"""Rules about tumour assessments: baseline, order, gaps, and responses against sizes by RECIST 1.1."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.findings import CrossRule, Hit, cross_rule, hits
from duonen_stats.raw.records import Records

_TABLE = "tumour_assessments"
_TREATED = (_TABLE, "administrations")

PARTIAL_FALL = 0.30
PROGRESSION_RISE = 0.20
PROGRESSION_MM = 5.0
"""RECIST 1.1: at least 30 % below baseline; at least 20 % and 5 mm above the smallest sum so far."""
LONGEST_GAP = 182
"""Days without an assessment: two of the 12-weekly ones missed, and two weeks."""
_CLEAR = ("CR", "PR", "SD")
_NOISE = 1e-9


@cross_rule(
    "TUM-NOBASELINE", "warning", "A treated patient has no assessment up to the first cycle.", _TREATED
)
def _no_baseline(data: Records) -> Iterator[Hit]:
    seen = _with_baseline(data)
    based = seen.loc[seen["ASSESSDT"] <= seen["FIRST"], "SUBJID"]
    rows = data.subjects[data.subjects["SUBJID"].isin(data.span.index) & ~data.subjects["SUBJID"].isin(based)]
    yield from hits(rows, "subjects", "SUBJID", "No tumour assessment up to the first cycle; add it.")


@cross_rule("TUM-ORDER", "note", "Assessments of a patient are not in the order of their dates.", (_TABLE,))
def _out_of_order(data: Records) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"])
    latest = seen.groupby("SUBJID")["ASSESSDT"].cummax()
    odd = seen.assign(LATEST=latest)[seen["ASSESSDT"] < latest]
    message = "{ASSESSDT:%Y-%m-%d} stands after {LATEST:%Y-%m-%d}. Check that the date is right."
    yield from hits(odd, _TABLE, "ASSESSDT", message)


@cross_rule("TUM-AFTERPD", "warning", "A better response follows progressive disease.", (_TABLE,))
def _better_after_progression(data: Records) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"]).sort_values(["ASSESSDT", "_ROW"])
    progressed = (seen["RESPONSE"] == "PD").astype(int).groupby(seen["SUBJID"]).cummax()
    odd = seen[(progressed == 1) & seen["RESPONSE"].isin(_CLEAR)]
    yield from hits(odd, _TABLE, "RESPONSE", "{RESPONSE} after progressive disease. Check both responses.")


@cross_rule("TUM-GAP", "note", f"More than {LONGEST_GAP} days lie between two assessments.", (_TABLE,))
def _long_gap(data: Records) -> Iterator[Hit]:
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"]).sort_values(["ASSESSDT", "_ROW"])
    days = seen.groupby("SUBJID")["ASSESSDT"].diff().dt.days
    odd = seen.assign(DAYS=days)[days > LONGEST_GAP]
    yield from hits(odd, _TABLE, "ASSESSDT", "{DAYS:.0f} days after the one before it. Add those in between.")


@cross_rule("TUM-RESPONSE", "warning", "The response does not agree with the sums of diameters.", _TREATED)
def _response_and_sizes(data: Records) -> Iterator[Hit]:
    seen = _with_baseline(data)
    at_start = seen[seen["ASSESSDT"] <= seen["FIRST"]].drop_duplicates("SUBJID", keep="last")
    base = seen["SUBJID"].map(at_start.set_index("SUBJID")["SUMDIAM"])
    nadir = seen["SUMDIAM"].groupby(seen["SUBJID"]).transform(lambda sums: sums.cummin().shift())
    rise, fall = seen["SUMDIAM"] - nadir, base - seen["SUMDIAM"]
    grown = (rise >= PROGRESSION_RISE * nadir * (1 - _NOISE)) & (rise >= PROGRESSION_MM * (1 - _NOISE))
    shrunk = fall >= PARTIAL_FALL * base * (1 - _NOISE)
    later = seen.assign(BASE=base, NADIR=nadir)[(seen["ASSESSDT"] > seen["FIRST"]).to_numpy()]
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
    )
    for odd, message in kinds:
        rows = later[odd.reindex(later.index) & later["SUMDIAM"].notna()]
        yield from hits(rows, _TABLE, "RESPONSE", f"{message} Check both.")


def _with_baseline(data: Records) -> pd.DataFrame:
    """Dated assessments of treated patients in order of date, with the date of the ``FIRST`` administration."""
    seen = data.tables[_TABLE].dropna(subset=["SUBJID", "ASSESSDT"])
    seen = seen.merge(data.span["FIRST"].reset_index(), on="SUBJID")
    return seen.sort_values(["SUBJID", "ASSESSDT", "_ROW"], ignore_index=True)


RULES: tuple[CrossRule, ...] = (
    _no_baseline,
    _out_of_order,
    _better_after_progression,
    _long_gap,
    _response_and_sizes,
)
