"""One stage of a calibration: seeded by its name, repeated until its loss is zero, and recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from zlib import crc32

import numpy as np


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
class Settings:
    """Seed, candidates of a start, the most starts of a stage, and who is told of each finished stage."""

    seed: int
    candidates: int = 60_000
    starts: int = 5
    report: Callable[[StageRecord], None] = lambda _: None

    def generator(self, stage: str, start: int = 0) -> np.random.Generator:
        """Make the generator of a stage: its own, so that a stage can be run and tested alone."""
        return np.random.default_rng([self.seed, crc32(stage.encode()), start])


def run_stage(stage: str, attempt: Callable[[np.random.Generator], Found], settings: Settings) -> Found:
    """Make starts until one reaches loss 0, and give the best; its record is reported."""
    best: Found | None = None
    judged = 0
    for start in range(settings.starts):
        found = attempt(settings.generator(stage, start))
        judged += found.judged
        if best is None or found.loss < best.loss:
            best = found
        if best.loss == 0:
            break
    if best is None:
        raise ValueError("A stage needs at least one start.")
    settings.report(StageRecord(stage=stage, loss=best.loss, judged=judged, starts=start + 1))
    return best
