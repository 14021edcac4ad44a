"""Kept chunks: a simulation that was interrupted goes on where it was."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from duonen_stats.design.chunk import CHUNK_TRIALS, ChunkTally
from duonen_stats.design.scenario import SimulationScenario

_ENGINE: Final = 1  # raised when the same seed gives other trials than before


def fingerprint(scenario: SimulationScenario, seed: int, point: int) -> str:
    """Name of all that a chunk's result depends on, but for its own number and size."""
    described = asdict(scenario)
    del described["label"]
    told = json.dumps([_ENGINE, CHUNK_TRIALS, seed, point, described], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


class Checkpoint:
    """Chunks of simulations in a folder, each a small file that is there whole or not at all.

    A file is found again only for the same scenario, seed and place in the grid, so one folder can serve several
    grids, and a grid that was changed computes anew what changed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, mark: str, chunk: int) -> Path:
        return self._folder / f"{mark}-{chunk:06d}.npz"

    def load(self, mark: str, chunk: int, n_trials: int) -> ChunkTally | None:
        """Read a kept chunk; None if there is none of this size, or the file is damaged."""
        try:
            whole = BytesIO(self._path(mark, chunk).read_bytes())
            with np.load(whole, allow_pickle=False) as kept:
                values: dict[str, Any] = {name: kept[name] for name in kept.files}
                tally = ChunkTally(
                    **{
                        f.name: values[f.name] if f.name == "z_counts" else values[f.name].item()
                        for f in _FIELDS
                    }
                )
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        return tally if tally.n_trials == n_trials else None

    def save(self, mark: str, chunk: int, tally: ChunkTally) -> None:
        """Keep a chunk: written under another name first, so that a crash leaves no half file."""
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            values: dict[str, Any] = {f.name: np.asarray(getattr(tally, f.name)) for f in _FIELDS}
            np.savez_compressed(part, **values)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self._path(mark, chunk))


_FIELDS: Final = fields(ChunkTally)
