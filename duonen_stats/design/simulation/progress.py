"""How far a long computation has come."""

from typing import Protocol, runtime_checkable


class Progress(Protocol):
    """Called after each chunk of simulated trials."""

    def __call__(self, done_trials: int, total_trials: int, /) -> None:
        """Take note that ``done_trials`` of ``total_trials`` are done, over all points of the grid."""


@runtime_checkable
class NamedProgress(Protocol):
    """Progress that can say which step of a computation it counts."""

    def of(self, step: str, /) -> Progress:
        """Return the progress of one step, named in plain words."""


def progress_of(progress: Progress | None, step: str) -> Progress | None:
    """Name the step that is simulated next, where the progress can show it; any other callable stays as it is.

    Examples
    --------
    >>> progress_of(None, "power") is None
    True
    """
    return progress.of(step) if isinstance(progress, NamedProgress) else progress
