"""Values before the later cycles and after a stop: a partial way back to baseline."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.analytes import ANALYTES, AnalytePlan

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
