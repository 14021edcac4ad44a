"""Rules about organ doses: doses that nothing explains, doses that lack, limits that are passed."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import CHECK_CYCLE, CONFIRM_DOSE, ENTER_VALUE

_TABLE = "dosimetry"
_NEEDS = ("subjects", "administrations", _TABLE)

_ALL_DIGITS = 17
"""So many digits distinguish any two numbers."""
ABOVE = 1 + 1e-9
"""A sum that equals its limit must not pass it by binary noise."""


@cross_rule(
    "DOS-NOCYCLE", "error", "There is a dose for a cycle that was not given.", _NEEDS, question=CHECK_CYCLE
)
def _dose_without_cycle(data: CutView) -> Iterator[Hit]:
    given = data.cycles[["SUBJID", "CYCLE"]].assign(GIVEN=1)
    doses = data.tables[_TABLE].dropna(subset=["SUBJID", "CYCLE"])
    doses = doses[doses["SUBJID"].isin(data.subjects["SUBJID"])].merge(
        given, on=["SUBJID", "CYCLE"], how="left"
    )
    message = "A dose for {CYCLE}, which was not given; correct the cycle, or add the administration."
    yield from hits(doses[doses["GIVEN"].isna()], _TABLE, "CYCLE", message)


@cross_rule(
    "DOS-NOACTIVITY",
    "error",
    "There is a dose from an isotope not given at that cycle.",
    _NEEDS,
    question=CHECK_CYCLE,
)
def _dose_without_activity(data: CutView) -> Iterator[Hit]:
    doses = data.tables[_TABLE].dropna(subset=["SUBJID", "CYCLE", "ISOTOPE"])
    doses = doses.merge(data.cycles[["SUBJID", "CYCLE"]], on=["SUBJID", "CYCLE"])
    active = data.given[["SUBJID", "CYCLE", "ISOTOPE"]].assign(GIVEN=1)
    doses = doses.merge(active, on=["SUBJID", "CYCLE", "ISOTOPE"], how="left")
    message = "A dose from {ISOTOPE}, which was not given at {CYCLE}; correct the dose or the activity."
    yield from hits(doses[doses["GIVEN"].isna()], _TABLE, "ISOTOPE", message)


@cross_rule(
    "DOS-LACKING",
    "note",
    "In a cycle of a patient with dosimetry the dose of an organ from an isotope that was given is missing.",
    _NEEDS,
    question=ENTER_VALUE,
)
def _lacking_dose(data: CutView) -> Iterator[Hit]:
    organs = pd.DataFrame({"ORGAN": [organ.code for organ in data.study.organs]})
    given = data.given[data.given["SUBJID"].isin(data.doses["SUBJID"])]
    wanted = given[["SUBJID", "CYCLE", "ISOTOPE", "_ROW"]].merge(organs, how="cross")
    key = ["SUBJID", "CYCLE", "ORGAN", "ISOTOPE"]
    held = wanted.merge(data.doses[[*key, "DOSE_GY"]], on=key, how="left")
    lacking = held[held["DOSE_GY"].isna()].copy()
    lacking["WHAT"] = lacking["ORGAN"] + " " + lacking["ISOTOPE"]
    cycle = ["SUBJID", "CYCLE"]
    one_a_cycle = lacking.drop_duplicates(cycle).drop(columns="WHAT")
    what = lacking.groupby(cycle)["WHAT"].agg(", ".join)
    message = "No dose at {CYCLE} of {WHAT}: the patient's sum is incomplete."
    yield from hits(one_a_cycle.join(what, on=cycle), "administrations", "CYCLE", message)


@cross_rule(
    "DOS-CYCLELIMIT",
    "note",
    "The dose of an organ in one cycle exceeds the limit for a cycle.",
    _NEEDS,
    question=CONFIRM_DOSE,
)
def _cycle_limit(data: CutView) -> Iterator[Hit]:
    sums = _sums(data.sound_doses, "SUBJID", "ORGAN", "CYCLE")
    for organ in data.study.organs:
        if organ.limit_cycle is not None:
            over = sums[(sums["ORGAN"] == organ.code) & (sums["DOSE"] > organ.limit_cycle * ABOVE)]
            message = f"{organ.label} {{SHOWN}} Gy at {{CYCLE}}, above {organ.limit_cycle:g} Gy a cycle."
            yield from hits(shown_above(over, "DOSE", organ.limit_cycle, 3), _TABLE, "DOSE_GY", message)


@cross_rule(
    "DOS-LIMIT",
    "note",
    "The dose of an organ over all cycles exceeds the limit.",
    _NEEDS,
    question=CONFIRM_DOSE,
)
def _total_limit(data: CutView) -> Iterator[Hit]:
    sums = _sums(data.sound_doses, "SUBJID", "ORGAN")
    for organ in data.study.organs:
        over = sums[(sums["ORGAN"] == organ.code) & (sums["DOSE"] > organ.limit_total * ABOVE)]
        message = f"{organ.label} {{SHOWN}} Gy over all cycles, above {organ.limit_total:g} Gy."
        yield from hits(shown_above(over, "DOSE", organ.limit_total, 4), _TABLE, "DOSE_GY", message)


def _sums(doses: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Dose (Gy) per group, at the first line of the group."""
    return doses.groupby([*keys], as_index=False).agg(DOSE=("DOSE_GY", "sum"), _ROW=("_ROW", "min"))


def shown_above(over: pd.DataFrame, column: str, limit: float, digits: int) -> pd.DataFrame:
    """Add ``SHOWN``: doses (Gy) above a limit, written with ``digits`` digits, or as many as show the difference."""
    return over.assign(SHOWN=[_written_above(float(dose), limit, digits) for dose in over[column]])


def _written_above(dose: float, limit: float, digits: int) -> str:
    texts = (f"{dose:.{count}g}" for count in range(digits, _ALL_DIGITS))
    return next((text for text in texts if float(text) > limit), repr(dose))
