"""A cluster of machines as an executor, if the extra ``distributed`` is installed."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module

from duonen_stats.errors import PlanError

_PATIENCE = "15s"


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """Connect to a Dask scheduler for the time of a ``with`` block.

    Parameters
    ----------
    address
        Of the scheduler, as in ``tcp://10.0.0.5:8786``. Its workers need this package at the same version.

    Raises
    ------
    PlanError
        The extra is not installed, or no scheduler answers.
    """
    try:
        dask = import_module("distributed")
    except ImportError as error:
        raise PlanError(
            "Simulation on a cluster needs Dask: install it with  pip install 'duonen-stats[distributed]'."
        ) from error
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise PlanError(f"No scheduler answers at {address}: {error or type(error).__name__}.") from error
    with client:
        yield client.get_executor(pure=False, retries=2)
