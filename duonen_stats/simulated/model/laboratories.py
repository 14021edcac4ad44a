"""The centres' laboratories: the unit each analyte comes in, and reference ranges by sex."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.simulated.model.randomness import Floats
from duonen_stats.study import EligibilityRule, ProtocolRule, Study

Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """A laboratory: by analyte the range of women and of men, and the unit if it is not the dictionary's.

    A range is in the laboratory's own unit; ``None`` where there is no limit.
    """

    name: str
    women: Mapping[str, Limits]
    men: Mapping[str, Limits]
    units: Mapping[str, str] = field(default_factory=dict)


_CELLS: dict[str, Limits] = {
    "PLAT": (150, 400), "WBC": (4, 10), "NEUT": (1.8, 7.7), "LYMPH": (1, 4.5), "EGFR": (90, None),
}  # fmt: skip

LABORATORIES = (
    Laboratory(
        name="LAB-01",
        women=_CELLS | {"HGB": (12, 16)}
        | {"CREAT": (0.5, 0.95), "ALT": (None, 35), "AST": (None, 35), "BILI": (0.2, 1.2)},
        men=_CELLS | {"HGB": (13.5, 17.5)}
        | {"CREAT": (0.7, 1.2), "ALT": (None, 50), "AST": (None, 50), "BILI": (0.2, 1.2)},
    ),
    Laboratory(
        name="LAB-02",
        women=_CELLS
        | {"HGB": (12, 15.5), "PLAT": (140, 420), "WBC": (3.9, 10.2), "NEUT": (1.5, 7.7), "LYMPH": (1, 4)}
        | {"CREAT": (0.51, 0.95), "ALT": (None, 33), "AST": (None, 32), "BILI": (0.1, 1.2)},
        men=_CELLS
        | {"HGB": (13, 17), "PLAT": (140, 420), "WBC": (3.9, 10.2), "NEUT": (1.5, 7.7), "LYMPH": (1, 4)}
        | {"CREAT": (0.67, 1.17), "ALT": (None, 41), "AST": (None, 40), "BILI": (0.1, 1.2)},
    ),
    Laboratory(
        name="LAB-03",
        women=_CELLS
        | {"HGB": (12, 16), "PLAT": (150, 410), "WBC": (4, 11), "NEUT": (2, 7.5), "LYMPH": (1, 4)}
        | {"CREAT": (0.57, 1.11), "ALT": (None, 34), "AST": (None, 31), "BILI": (0.2, 1.1)},
        men=_CELLS
        | {"HGB": (14, 18), "PLAT": (150, 410), "WBC": (4, 11), "NEUT": (2, 7.5), "LYMPH": (1, 4)}
        | {"CREAT": (0.72, 1.25), "ALT": (None, 45), "AST": (None, 37), "BILI": (0.2, 1.1)},
    ),
    Laboratory(
        name="LAB-04",
        women=_CELLS
        | {"HGB": (11.9, 15.6), "NEUT": (1.8, 7), "LYMPH": (1.1, 4)}
        | {"CREAT": (44, 80), "ALT": (None, 35), "AST": (None, 36), "BILI": (3.4, 20.5)},
        men=_CELLS
        | {"HGB": (13.5, 17.2), "NEUT": (1.8, 7), "LYMPH": (1.1, 4)}
        | {"CREAT": (62, 106), "ALT": (None, 50), "AST": (None, 46), "BILI": (3.4, 20.5)},
        units={"CREAT": "umol/L", "BILI": "umol/L"},
    ),
)  # fmt: skip
"""Invented, within what hospitals print; the last one reports in µmol/L, as some do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """How each patient's values are reported: arrays of (n, analytes) in the order of ``analytes``.

    A reported value times ``factor`` is in the dictionary's unit; ``decimals`` of the reported value;
    ``low`` and ``high``, the limits of normal, are in the reported unit, NaN where there is none.
    """

    analytes: tuple[str, ...]
    unit: NDArray[np.object_]
    factor: Floats
    decimals: NDArray[np.int64]
    low: Floats
    high: Floats

    def reported(self, values: Floats) -> Floats:
        """Round values (n, analytes) of the dictionary's unit to what the laboratory reports, in its unit."""
        scale = 10.0**self.decimals
        return np.asarray(np.rint(values / self.factor * scale) / scale, dtype=np.float64)

    def subset(self, rows: NDArray[np.int64]) -> "Bench":
        """Keep the patients of these rows."""
        return Bench(
            analytes=self.analytes, unit=self.unit[rows], factor=self.factor[rows],
            decimals=self.decimals[rows], low=self.low[rows], high=self.high[rows],
        )  # fmt: skip


def bench_of(
    centre: NDArray[np.int64],
    female: NDArray[np.bool_],
    study: Study,
    laboratories: tuple[Laboratory, ...],
    analytes: tuple[str, ...],
) -> Bench:
    """Look up how the laboratory of each patient's centre reports, for the patient's sex.

    Raises
    ------
    PlanError
        There is no laboratory, or one has no range of an analyte.
    DictionaryError
        A unit is not known to the dictionary.
    """
    if not laboratories:
        raise PlanError("There must be a laboratory.")
    place = centre % len(laboratories)
    rows = {code: [_rows(laboratory, code, study) for laboratory in laboratories] for code in analytes}
    units = np.array(
        [[rows[code][k][0] for code in analytes] for k in range(len(laboratories))], dtype=object
    )
    factors = np.array([[rows[code][k][1] for code in analytes] for k in range(len(laboratories))])
    decimals = np.array([[rows[code][k][2] for code in analytes] for k in range(len(laboratories))])
    # Axes: laboratory, sex, analyte, lower and upper limit.
    limits = np.array(
        [[[rows[code][k][3 + sex] for code in analytes] for sex in (0, 1)] for k in range(len(laboratories))],
        dtype=np.float64,
    )
    own = limits[place, female.astype(np.int64)]
    return Bench(
        analytes=analytes, unit=units[place], factor=factors[place], decimals=decimals[place],
        low=own[..., 0], high=own[..., 1],
    )  # fmt: skip


def _rows(
    laboratory: Laboratory, code: str, study: Study
) -> tuple[str, float, int, tuple[float, float], tuple[float, float]]:
    """Look up unit, factor, decimals, and the limits of men and of women."""
    analyte = study.analyte(code)
    unit = laboratory.units.get(code, analyte.unit)
    factor = analyte.factor(unit)
    decimals = max(0, analyte.decimals + round(float(np.log10(factor))))
    return (
        unit,
        factor,
        decimals,
        _limits(laboratory, laboratory.men, code),
        _limits(laboratory, laboratory.women, code),
    )


def _limits(laboratory: Laboratory, ranges: Mapping[str, Limits], code: str) -> tuple[float, float]:
    if code not in ranges:
        raise PlanError(f"Laboratory {laboratory.name} has no range of {code}.")
    low, high = (np.nan if limit is None else float(limit) for limit in ranges[code])
    if low >= high:
        raise PlanError(f"Laboratory {laboratory.name}: the range of {code} is empty.")
    return low, high


# The dictionary's criteria for entering and for leaving treatment, asked of many patients at once.


def holds(rule: ProtocolRule, reported: Floats, bench: Bench, study: Study) -> NDArray[np.bool_]:
    """Return for which patients a rule about an analyte holds.

    Parameters
    ----------
    rule
        Rule of the protocol.
    reported
        Reported values, (n, analytes) in the order of ``bench``; a missing value (NaN) meets nothing.
    bench
        Units and limits of normal.
    study
        Where the bound comes from.
    """
    place = bench.analytes.index(rule.variable)
    value = reported[:, place] * bench.factor[:, place]
    high = bench.high[:, place] * bench.factor[:, place]
    bound = high * rule.value if rule.relative else study.threshold(rule)
    return meets(value, rule.comparator, bound)


def eligible(reported: Floats, bench: Bench, study: Study) -> NDArray[np.bool_]:
    """Return which patients may enter by their laboratory values, and are not at once to leave again."""
    groups: dict[str, NDArray[np.bool_]] = {}
    for rule in study.eligibility_rules:
        if rule.variable in bench.analytes:
            name = _alternative(rule)
            met = holds(rule, reported, bench, study)
            groups[name] = groups[name] | met if name in groups else met
    fit = np.ones(len(reported), dtype=np.bool_)
    for met in groups.values():
        fit &= met
    return fit & (stopped_by(reported, bench, study) < 0)


def stopped_by(reported: Floats, bench: Bench, study: Study) -> NDArray[np.int64]:
    """Find the first discontinuation criterion each patient meets: its place in the dictionary, -1 for none."""
    first = np.full(len(reported), -1, dtype=np.int64)
    for place, rule in enumerate(study.stopping_rules):
        if rule.variable in bench.analytes:
            first[(first < 0) & holds(rule, reported, bench, study)] = place
    return first


def _alternative(rule: EligibilityRule) -> str:
    return rule.alternative or rule.id
