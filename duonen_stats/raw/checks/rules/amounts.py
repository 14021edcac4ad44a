"""Rules about the unit of amounts: activities that no patient gets, doses that no activity gives, years for months."""

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, one_hit
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import CHECK_ACTIVITY, CONFIRM_DOSE, EXPORT_AGAIN

OF_ACTIVITY: Mapping[str, float] = {"GBq": 1000.0, "mCi": 37.0, "Ci": 37000.0, "kBq": 0.001, "Bq": 1e-6}
"""What one of another unit is in MBq; the curie is 3.7e10 becquerel by definition."""
OF_DOSE: Mapping[str, float] = {"mGy": 0.001, "cGy": 0.01, "kGy": 1000.0}
"""What one of another unit is in Gy; a rad is a cGy."""
_NEARLY_ALL = 0.8
"""A centre or a patient is named as a whole if at least this share of what it sent is implausible."""


@cross_rule(
    "TRT-UNIT",
    "error",
    "An activity is outside the plausible range of its isotope, as with GBq or mCi for MBq.",
    ("subjects", "administrations"),
    question=CHECK_ACTIVITY,
)
def _activity_in_another_unit(data: CutView) -> Iterator[Hit]:
    for isotope in data.study.isotopes:
        given = data.given[data.given["ISOTOPE"] == isotope.code].rename(columns={"ACTIVITY": "AMOUNT"})
        given = given.assign(SHOWN=given["AMOUNT"], ODD=~isotope.plausible(given["AMOUNT"]))
        bounds = f"from {isotope.plausible_low:g} to {isotope.plausible_high:g} MBq"
        for rows, which in _scopes(given, "activities", isotope.plain):
            fitting = _fitting(rows["AMOUNT"], OF_ACTIVITY, isotope.plausible_low, isotope.plausible_high)
            message = (
                f"{which}: {_amounts(rows)} MBq, plausible {bounds} per cycle. {_verdict(fitting, 'MBq')}"
            )
            yield one_hit(rows, "administrations", f"{isotope.code}_MBQ", message)


@cross_rule(
    "DOS-UNIT",
    "error",
    "A dose is outside the plausible range of its organ for the activity given, as with mGy or cGy for Gy.",
    ("subjects", "administrations", "dosimetry"),
    question=CONFIRM_DOSE,
)
def _dose_in_another_unit(data: CutView) -> Iterator[Hit]:
    for organ in data.study.organs:
        for bounds in organ.dose_per_activity:
            doses = data.dose_per_activity
            doses = doses[(doses["ORGAN"] == organ.code) & (doses["ISOTOPE"] == bounds.isotope)]
            doses = doses.assign(AMOUNT=doses["RATIO"], SHOWN=doses["DOSE_GY"], ODD=~doses["SOUND"])
            plain = data.study.isotope(bounds.isotope).plain
            for rows, which in _scopes(doses, "doses", f"{organ.label} from {plain}"):
                fitting = _fitting(rows["AMOUNT"], OF_DOSE, bounds.low, bounds.high)
                message = (
                    f"{which}: {_amounts(rows)} Gy, which is {_amounts(rows, 'AMOUNT')} Gy per GBq given; plausible "
                    f"from {bounds.low:g} to {bounds.high:g}. {_verdict(fitting, 'Gy')}"
                )
                yield one_hit(rows, "dosimetry", "DOSE_GY", message)


_SHORT_MONTHS = 15.0
"""Where nobody of a centre was diagnosed longer ago, the numbers are probably years."""
_ENOUGH = 5
"""Patients from which on a centre is judged by itself."""


@cross_rule(
    "PAT-MONTHS",
    "warning",
    "All times since diagnosis of a centre are so short that they are probably years.",
    ("subjects",),
    question=EXPORT_AGAIN,
)
def _years_for_months(data: CutView) -> Iterator[Hit]:
    known = data.subjects.dropna(subset=["DXDUR"])
    if len(known) >= _ENOUGH and known["DXDUR"].max() <= _SHORT_MONTHS:
        short = [("the file", known)]
    else:
        by_site = [(f"centre {site}", own) for site, own in known.groupby("SITEID", sort=True)]
        short = [
            (name, own)
            for name, own in by_site
            if len(own) >= _ENOUGH and own["DXDUR"].max() <= _SHORT_MONTHS
        ]
    for name, own in short:
        message = (
            f"The longest time since diagnosis in {name} is {own['DXDUR'].max():g} months ({len(own)} patients); if "
            "these are years, state units: {DXDUR: years} in the mapping file."
        )
        yield one_hit(own, "subjects", "DXDUR", message)


def _scopes(amounts: pd.DataFrame, noun: str, what: str) -> Iterator[tuple[pd.DataFrame, str]]:
    """Split implausible amounts by how far the fault reaches: the file, a centre, a patient, a cell.

    Yields the implausible rows of each, and in words what they are.
    """
    odd = amounts[amounts["ODD"]].sort_values("_ROW")
    if len(odd) > 1 and len(odd) >= _NEARLY_ALL * len(amounts):
        yield odd, f"{len(odd)} of {len(amounts)} {noun} of {what} in the file"
        return
    for column, name in (("SITEID", "centre"), ("SUBJID", "patient")):
        sizes = amounts.groupby(column)[column].size()
        for key, rows in odd.groupby(column, sort=True):
            if len(rows) > 1 and len(rows) >= _NEARLY_ALL * sizes[key]:
                whose = f"centre {key}" if name == "centre" else "one patient"
                yield rows, f"{len(rows)} of {sizes[key]} {noun} of {what} of {whose}"
                odd = odd.drop(rows.index)
    for _, rows in odd.groupby("_ROW", sort=True):
        yield rows, what


def _fitting(amounts: "pd.Series[float]", units: Mapping[str, float], low: float, high: float) -> list[str]:
    """List the units in which most amounts lie between two bounds, that which puts them nearest the middle first."""
    counts = {unit: int((amounts * factor).between(low, high).sum()) for unit, factor in units.items()}
    best, middle, usual = (
        max(counts.values()),
        math.log(low * high) / 2,
        float(amounts.map(math.log).median()),
    )
    found = [unit for unit, count in counts.items() if count == best and 2 * count > len(amounts)]
    return sorted(found, key=lambda unit: abs(usual + math.log(units[unit]) - middle))


def _amounts(rows: pd.DataFrame, column: str = "SHOWN") -> str:
    low, high = rows[column].min(), rows[column].max()
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _verdict(fitting: list[str], unit: str) -> str:
    if not fitting:
        return f"No usual unit makes that plausible. Correct the value; the column is in {unit}."
    return (
        f"In {' or '.join(fitting)} it would be plausible, so the unit is probably {fitting[0]}. Convert to {unit}, or "
        "state the unit of the column in the mapping file; nothing was changed."
    )
