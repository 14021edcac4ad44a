"""Baseline characteristics of randomised patients, each within the bounds of the protocol."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import (
    assumed,
    require_fractions,
    require_positive,
    require_shares,
)
from duonen_stats.simulated.model.randomness import Floats, bounded

_TABLE_1 = "Table 1, all patients"
_SITES = ("MIDGUT", "PANCREAS", "STOMACH", "HINDGUT", "OTHER")
_RACES = ("CAUCASIAN", "BLACK", "ASIAN")
_KPS = (60, 70, 80, 90, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A normal distribution cut off at ``low`` and ``high``."""

    mean: float
    sd: float
    low: float
    high: float

    def __post_init__(self) -> None:
        require_positive(sd=self.sd)
        if not self.low < self.high:
            raise PlanError(f"A distribution from {self.low:g} to {self.high:g} holds nothing.")

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` values."""
        low, high = ((bound - self.mean) / self.sd for bound in (self.low, self.high))
        return self.mean + self.sd * bounded(rng.standard_normal(n), low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineAssumptions:
    """Who the patients are."""

    age: Spread = assumed(  # noqa: RUF009 - makes a field, as field() does
        Spread(mean=67, sd=13, low=27, high=86), "Years; median 69, 27 to 86.", _TABLE_1
    )
    female: float = assumed(30 / 56, "The arms' counts, which add to 30 women.", "Table 1")
    races: tuple[float, ...] = assumed(
        (0.98, 0.01, 0.01), "All 56 were Caucasian; others may come.", _TABLE_1
    )
    bmi: Spread = assumed(  # noqa: RUF009 - makes a field, as field() does
        Spread(mean=25.2, sd=4.6, low=17.7, high=36.6), "kg/m²; median 24 to 25.", "Table 1"
    )
    primary_sites: tuple[float, ...] = assumed(
        (35 / 56, 16 / 56, 1 / 56, 3 / 56, 1 / 56), "Midgut, pancreas, stomach, hindgut, other.", _TABLE_1
    )
    grade_1: float = assumed(22 / 56, "NET G1; the others are G2.", _TABLE_1)
    ki67_missing: float = assumed(0.03, "The only characteristic that may lack.", "invented")
    liver: float = assumed(52 / 56, "Liver metastases.", _TABLE_1)
    lymph_nodes: float = assumed(30 / 56, "The arms' counts.", "Table 1")
    bone: float = assumed(22 / 56, "Bone metastases.", _TABLE_1)
    other: float = assumed(37 / 56, "Other metastases: the arms' counts.", "Table 1")
    kps: tuple[float, ...] = assumed(
        (0.02, 0.07, 0.28, 0.36, 0.27), "Karnofsky 60, 70, 80, 90, 100; 91 % have 80 or more.", _TABLE_1
    )
    diagnosis: Spread = assumed(  # noqa: RUF009 - makes a field, as field() does
        Spread(mean=66, sd=28, low=12, high=125), "Months since diagnosis; median 69.", _TABLE_1
    )

    def __post_init__(self) -> None:
        require_shares(races=self.races, primary_sites=self.primary_sites, kps=self.kps)
        for name, shares, wanted in (
            ("races", self.races, _RACES), ("primary_sites", self.primary_sites, _SITES), ("kps", self.kps, _KPS),
        ):  # fmt: skip
            if len(shares) != len(wanted):
                raise PlanError(f"{name} needs {len(wanted)} shares: {', '.join(map(str, wanted))}.")
        require_fractions(
            female=self.female, grade_1=self.grade_1, ki67_missing=self.ki67_missing, liver=self.liver,
            lymph_nodes=self.lymph_nodes, bone=self.bone, other=self.other,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """Baseline characteristics, arrays of n, coded as in the raw table of subjects."""

    age: NDArray[np.int64]
    female: NDArray[np.bool_]
    race: NDArray[np.object_]
    bmi: Floats
    primary_site: NDArray[np.object_]
    grade_1: NDArray[np.bool_]
    ki67: Floats
    metastases: NDArray[np.bool_]
    kps: NDArray[np.int64]
    months_since_diagnosis: NDArray[np.int64]


def draw_characteristics(
    rng: np.random.Generator, n: int, assumptions: BaselineAssumptions
) -> Characteristics:
    """Draw the characteristics of ``n`` patients; ``metastases`` are liver, lymph nodes, bone, other."""
    one = assumptions
    grade_1 = rng.random(n) < one.grade_1
    spread = (one.liver, one.lymph_nodes, one.bone, one.other)
    return Characteristics(
        age=np.rint(one.age.draw(rng, n)).astype(np.int64),
        female=rng.random(n) < one.female,
        race=rng.choice(np.array(_RACES, dtype=object), size=n, p=one.races),
        bmi=np.round(one.bmi.draw(rng, n), 1),
        primary_site=rng.choice(np.array(_SITES, dtype=object), size=n, p=one.primary_sites),
        grade_1=grade_1,
        ki67=_ki67(rng, grade_1, one.ki67_missing),
        metastases=rng.random((n, len(spread))) < np.array(spread),
        kps=rng.choice(np.array(_KPS), size=n, p=one.kps),
        months_since_diagnosis=np.rint(one.diagnosis.draw(rng, n)).astype(np.int64),
    )


def _ki67(rng: np.random.Generator, grade_1: NDArray[np.bool_], missing: float) -> Floats:
    """Percent that agree with the grade: below 3 in G1, in halves; 3 to 20 in G2, whole, mostly low."""
    n = len(grade_1)
    low = rng.integers(1, 6, n) / 2
    high = np.floor(3 * (21 / 3) ** rng.random(n))
    values = np.where(grade_1, low, high)
    values[rng.random(n) < missing] = np.nan
    return np.asarray(values, dtype=np.float64)
