"""What is assumed about each analyte beyond what is printed: grid, bounds, course, name in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalytePlan:
    """How an analyte is recorded and what values a treated but not critically ill patient can have.

    ``low`` and ``high`` bound values after treatment, inside the protocol's criteria for stopping. ``course`` is
    the median change at V1 to V4 as a fraction of the printed one (1 at the printed visit), ``tolerance``
    how far a median may be off it, as a fraction of the printed one's IQR. ``steady`` is the smallest
    correlation of the changes of successive visits; ``adverse`` is -1 where a fall is adverse.
    """

    code: str
    ledger: str
    section: str
    organ: str
    step: float
    low: float
    high: float
    course: tuple[float, float, float, float]
    adverse: int
    tolerance: float = 0.15
    steady: float = 0.52


ANALYTES = (
    AnalytePlan(
        code="HGB", ledger="Hb", section="sec3_5", organ="MARROW", step=0.1, low=8.0, high=17.0,
        course=(0.3, 0.6, 0.8, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="PLAT", ledger="PLT", section="sec3_5", organ="MARROW", step=1.0, low=80.0, high=420.0,
        course=(0.35, 0.6, 0.8, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="WBC", ledger="WBC", section="sec3_5", organ="MARROW", step=0.01, low=3.0, high=12.0,
        course=(0.35, 0.65, 0.85, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="LYMPH", ledger="LYM", section="sec3_5", organ="MARROW", step=0.01, low=0.5, high=4.0,
        course=(0.35, 0.7, 0.88, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="NEUT", ledger="NEU", section="sec3_5", organ="MARROW", step=0.01, low=1.0, high=8.0,
        course=(0.4, 0.7, 0.85, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="CREAT", ledger="CREA", section="sec3_6", organ="KIDNEY", step=0.01, low=0.4, high=1.65,
        course=(0.5, 1.0, 0.7, 0.3), adverse=1,
    ),
    AnalytePlan(
        code="EGFR", ledger="eGFR", section="sec3_6", organ="KIDNEY", step=0.1, low=31.0, high=155.0,
        course=(0.1, 0.3, 0.3, 1.0), adverse=-1,
    ),
    AnalytePlan(
        code="ALT", ledger="ALT", section="sec3_7", organ="", step=1.0, low=5.0, high=99.0,
        course=(0.5, 0.75, 1.0, 0.7), adverse=1,
    ),
    AnalytePlan(
        code="AST", ledger="AST", section="sec3_7", organ="", step=1.0, low=5.0, high=93.0,
        course=(1.0, 0.6, 0.5, 0.5), adverse=1,
    ),
    AnalytePlan(
        code="BILI", ledger="BIL", section="sec3_7", organ="", step=0.001, low=0.1, high=2.0,
        course=(1.0, 0.6, 0.5, 0.5), adverse=1,
    ),
)  # fmt: skip
"""White cells stand before their parts, which must fit into them; lymphocytes, of which more is printed, first."""

LINKED = ("WBC", "LYMPH", "NEUT")
"""Analytes that bound each other: if one misses its targets, all are calibrated again."""

SEVERE_PLATELETS = (25.0, 49.0)
"""Platelets of those who stop for grade 3, after their last cycle (CTCAE 5.0: 25 to below 50)."""

HEPATIC = ("ALT", "AST", "BILI")
NO_DIFFERENTIAL = 2
"""Patients without a differential count: n = 46 for lymphocytes is what the p of §3.5 asks for (44 to 47)."""

NO_LIVER_PANEL = {0: 2, 2: 1}
"""Liver panels missing at V1 and V3: 54 and 50 are the n at which quartiles of whole U/L end in .25 or .75."""


# Values before the later cycles and after a stop: a partial way back to baseline.


Values = NDArray[np.float64]

_RECOVERED = (0.45, 0.15)  # mean and SD of the part of a change that is made good before the next cycle
_NOISE = 0.02
_NEUTROPHILS = (0.42, 0.74)
_REST = (0.03, 0.28)


def values_before(
    baseline: Mapping[str, Values], after: Mapping[str, Values], rng: np.random.Generator
) -> dict[str, Values]:
    """Invent the values before cycles 2 to 4 from those after the cycle before.

    Parameters
    ----------
    baseline
        Value before treatment of each analyte, shape (n,).
    after
        Values at V1 to V4, shape (4, n), NaN if missing.

    Returns
    -------
    dict
        Of each analyte, values before cycles 2 to 4, shape (3, n), within the bounds of the analyte and with
        neutrophils and lymphocytes fitting into the white cells. Where the value after the cycle is missing,
        the baseline stands in as the middle.
    """
    out: dict[str, Values] = {}
    for plan in ANALYTES:
        base = baseline[plan.code]
        seen = np.where(np.isfinite(after[plan.code][:-1]), after[plan.code][:-1], base)
        back = np.clip(rng.normal(*_RECOVERED, seen.shape), 0.05, 0.9)
        drawn = seen + back * (base - seen) + rng.normal(0, _NOISE, seen.shape) * np.abs(seen)
        out[plan.code] = _recorded(drawn, plan, np.minimum(base, plan.low), np.maximum(base, plan.high))
    white = out["WBC"]
    out["NEUT"] = _between(out["NEUT"], _NEUTROPHILS[0] * white, _NEUTROPHILS[1] * white)
    rest = white - out["NEUT"]
    out["LYMPH"] = _between(out["LYMPH"], rest - _REST[1] * white, rest - _REST[0] * white)
    return out


def _recorded(values: Values, plan: AnalytePlan, low: Values, high: Values) -> Values:
    on_grid = np.round(values / plan.step) * plan.step
    return np.asarray(np.round(np.clip(on_grid, low, high), 4), dtype=np.float64)


def _between(values: Values, low: Values, high: Values) -> Values:
    low, high = np.ceil(low * 100) / 100, np.floor(high * 100) / 100
    return np.asarray(np.round(np.clip(values, low, high), 2), dtype=np.float64)
