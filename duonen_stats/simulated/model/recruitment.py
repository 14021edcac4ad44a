"""Recruitment: uniform accrual, centres, and randomisation in permuted blocks within a centre."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import (
    assumed,
    require_fractions,
    require_positive,
    require_shares,
)
from duonen_stats.simulated.model.dates import (
    DAYS_PER_MONTH,
    Days,
    day,
    working_day,
)
from duonen_stats.simulated.model.randomness import Floats, bounded
from duonen_stats.study import Study

Stage = Literal["INTERIM", "FINAL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecruitmentAssumptions:
    """Where patients come from. How many there are and how fast they come, the dictionary says."""

    centre_shares: tuple[float, ...] = assumed(
        (0.375, 0.27, 0.215, 0.14), "One large centre and three smaller ones.", "invented"
    )
    blocks: int = assumed(
        1, "Patients of each arm in a block: blocks of four in DUONEN.", "not stated; common"
    )

    def __post_init__(self) -> None:
        require_shares(centre_shares=self.centre_shares)
        if self.blocks < 1:
            raise PlanError("blocks is the number of patients of each arm in a block; at least 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruits:
    """Randomised patients in the order of their centres, then of randomisation; arrays of n.

    ``randomised`` in days; ``centre``, ``arm`` from 0; ``number`` from 1 within the centre. ``later`` are the days of
    randomisation of the other patients of the trial, in order: at an interim analysis those who entered after.
    """

    randomised: Days
    centre: NDArray[np.int64]
    number: NDArray[np.int64]
    arm: NDArray[np.int64]
    later: Days


def recruit(
    rng: np.random.Generator, patients: int, stage: Stage, study: Study, assumptions: RecruitmentAssumptions
) -> Recruits:
    """Recruit patients over the accrual time of the dictionary.

    At the interim analysis ``patients`` are the earliest of a trial that is larger in the planned proportion
    (92 to 56); at the final analysis they are the whole trial.

    Raises
    ------
    PlanError
        There are not as many shares as centres.

    References
    ----------
    Uniform accrual over five years, interim publication §4.4.
    """
    design = study.design
    if len(assumptions.centre_shares) != design.centres:
        raise PlanError(
            f"centre_shares has {len(assumptions.centre_shares)} shares for {design.centres} centres."
        )
    whole = patients
    if stage == "INTERIM":
        whole = -(-patients * design.planned_subjects // design.interim_subjects)
    arrival = np.sort(rng.uniform(0, design.accrual_months * DAYS_PER_MONTH, whole))
    everybody = working_day(day(design.recruitment_start_year) + arrival.astype(np.int64))
    # The first days of a year may be a weekend: nobody is randomised before recruitment begins.
    everybody = np.maximum(everybody, day(design.recruitment_start_year))
    randomised, later = everybody[:patients], everybody[patients:]
    centre = rng.choice(design.centres, size=patients, p=assumptions.centre_shares)
    order = np.argsort(centre, kind="stable")
    randomised, centre = randomised[order], centre[order]
    number = np.arange(patients) - np.searchsorted(centre, centre)
    arm = _permuted_blocks(rng, centre, number, study, assumptions.blocks)
    return Recruits(randomised=randomised, centre=centre, number=number + 1, arm=arm, later=later)


def _permuted_blocks(
    rng: np.random.Generator,
    centre: NDArray[np.int64],
    number: NDArray[np.int64],
    study: Study,
    each: int,
) -> NDArray[np.int64]:
    size = each * len(study.arms)
    blocks = int(number.max()) // size + 1
    order = rng.random((study.design.centres, blocks, size)).argsort(axis=-1) % len(study.arms)
    return np.asarray(order[centre, number // size, number % size], dtype=np.int64)


# Baseline characteristics of randomised patients, each within the bounds of the protocol.


_TABLE_1 = "Table 1, all patients"
_SITES = ("MIDGUT", "PANCREAS", "STOMACH", "HINDGUT", "OTHER")
_RACES = ("CAUCASIAN", "BLACK", "ASIAN")
_KPS = (60, 70, 80, 90, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedNormal:
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

    age: TruncatedNormal = assumed(  # noqa: RUF009 - makes a field, as field() does
        TruncatedNormal(mean=67, sd=13, low=27, high=86), "Years; median 69, 27 to 86.", _TABLE_1
    )
    female: float = assumed(30 / 56, "The arms' counts, which add to 30 women.", "Table 1")
    races: tuple[float, ...] = assumed(
        (0.98, 0.01, 0.01), "All 56 were Caucasian; others may come.", _TABLE_1
    )
    bmi: TruncatedNormal = assumed(  # noqa: RUF009 - makes a field, as field() does
        TruncatedNormal(mean=25.2, sd=4.6, low=17.7, high=36.6), "kg/m²; median 24 to 25.", "Table 1"
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
    diagnosis: TruncatedNormal = assumed(  # noqa: RUF009 - makes a field, as field() does
        TruncatedNormal(mean=66, sd=28, low=12, high=125), "Months since diagnosis; median 69.", _TABLE_1
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
