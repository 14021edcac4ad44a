"""One stage of a calibration: seeded by its name, repeated until its loss is zero, and recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from zlib import crc32

import numpy as np

from duonen_stats.errors import NotEstimable


class _Found(Protocol):
    @property
    def loss(self) -> float: ...
    @property
    def judged(self) -> int: ...


Found = TypeVar("Found", bound=_Found)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """What a stage reached: its loss (0: every target met), candidates judged and starts made."""

    stage: str
    loss: float
    judged: int
    starts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Seed, candidates of a start, the most starts of a stage, and who receives each finished stage."""

    seed: int
    candidates: int = 60_000
    starts: int = 5
    report: Callable[[StageRecord], None] = lambda _: None

    def generator(self, stage: str, start: int = 0) -> np.random.Generator:
        """Make the generator of a stage: its own, so that a stage can be run and tested alone."""
        return np.random.default_rng([self.seed, crc32(stage.encode()), start])


def run_stage(stage: str, attempt: Callable[[np.random.Generator], Found], settings: SearchSettings) -> Found:
    """Make starts, each from a seed of its own, until one reaches loss 0; what the best reached is reported.

    Raises
    ------
    NotEstimable
        No start reached loss 0. One that could not be completed counts as a start; if none could, its own
        reason is given.
    """
    losses: list[float] = []
    judged, failure = 0, NotEstimable("A stage needs at least one start.")
    for start in range(settings.starts):
        try:
            found = attempt(settings.generator(stage, start))
        except NotEstimable as reason:
            failure = reason
            continue
        judged += found.judged
        losses.append(found.loss)
        if found.loss == 0:
            settings.report(StageRecord(stage=stage, loss=0.0, judged=judged, starts=start + 1))
            return found
    if not losses:
        raise failure
    settings.report(StageRecord(stage=stage, loss=min(losses), judged=judged, starts=settings.starts))
    raise NotEstimable(
        f"Stage {stage!r} missed its targets by {min(losses):.4g} at the best of {settings.starts} starts: "
        "take another seed, more candidates or more starts."
    )
