"""Recruitment: uniform accrual, centres, and randomisation in permuted blocks within a centre."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_shares
from duonen_stats.simulated.model.dates import (
    DAYS_PER_MONTH,
    Days,
    day,
    working_day,
)
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
