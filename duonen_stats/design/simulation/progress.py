"""How far a long computation has come."""

from typing import Protocol


class Progress(Protocol):
    """Called after each chunk of simulated trials."""

    def __call__(self, done_trials: int, total_trials: int, /) -> None:
        """Take note that ``done_trials`` of ``total_trials`` are done, over all points of the grid."""
