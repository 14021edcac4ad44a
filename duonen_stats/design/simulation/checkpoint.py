"""Kept chunks: a simulation that was interrupted goes on where it was."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np

_ENGINE: Final = 1  # raised when the same seed gives other trials than before


class ChunkResult(Protocol):
    """What can be kept of a chunk: a dataclass of numbers and arrays that says of how many trials it is."""

    @property
    def n_trials(self) -> int:
        """Trials of the chunk."""
        ...


Kept = TypeVar("Kept", bound=ChunkResult)


def fingerprint(scenario: Any, seed: int, point: int, *, chunk_trials: int) -> str:
    """Name of all that a chunk's result depends on, but for its own number and size; ``scenario`` is a dataclass."""
    described = asdict(scenario)
    described.pop("label", None)
    told = json.dumps([_ENGINE, chunk_trials, seed, point, described], sort_keys=True, default=float)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


class Checkpoint(Generic[Kept]):
    """Chunks of simulations in a folder, each a small file that is there whole or not at all.

    A file is found again only for the same scenario, seed and place in the grid, so one folder can serve several
    grids, and a grid that was changed computes again what changed.

    Parameters
    ----------
    folder
        Made if it is not there.
    kind
        Class of what is kept.
    """

    def __init__(self, folder: Path, kind: type[Kept]) -> None:
        self._folder, self._kind = folder, kind
        self._names = [one.name for one in fields(kind)]  # type: ignore[arg-type]  # a dataclass
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, mark: str, chunk: int) -> Path:
        return self._folder / f"{mark}-{chunk:06d}.npz"

    def load(self, mark: str, chunk: int, n_trials: int) -> Kept | None:
        """Read a kept chunk; None if there is none of this size, or the file is damaged."""
        try:
            whole = BytesIO(self._path(mark, chunk).read_bytes())
            with np.load(whole, allow_pickle=False) as kept:
                values: dict[str, Any] = {name: kept[name] for name in self._names}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        found = self._kind(**{name: one if one.ndim else one.item() for name, one in values.items()})
        return found if found.n_trials == n_trials else None

    def save(self, mark: str, chunk: int, found: Kept) -> None:
        """Keep a chunk: written under another name first, so that a crash leaves no half file."""
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            values: dict[str, Any] = {name: np.asarray(getattr(found, name)) for name in self._names}
            np.savez_compressed(part, **values)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self._path(mark, chunk))
