"""A cluster of machines as an executor, if the extra ``distributed`` is installed."""

import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from urllib.parse import urlsplit

from duonen_stats.errors import PlanError

_PATIENCE = "15s"
_KNOCK = 3.0  # seconds to find out whether anything listens


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

    Examples
    --------
    >>> from duonen_stats.design import cluster_executor, simulate_grid
    >>> with cluster_executor("scheduler:8786") as executor:  # doctest: +SKIP
    ...     simulate_grid(scenarios, n_trials=100_000, executor=executor)
    """
    try:
        dask = import_module("distributed")
    except ImportError as error:
        raise PlanError(
            "Simulation on a cluster needs Dask: install it with  pip install 'duonen-stats[distributed]'."
        ) from error
    _require_listening(address)
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise PlanError(f"No scheduler answers at {address}: {error or type(error).__name__}.") from error
    with client:
        yield client.get_executor(pure=False, retries=2)


def _require_listening(address: str) -> None:
    """Raise unless something listens at the address: Dask itself would go on trying for half a minute."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("tcp", "tls"):  # other protocols answer at once
            return
        if parts.hostname is None or parts.port is None:
            raise PlanError(f"{address!r} is not the address of a scheduler, such as tcp://10.0.0.5:8786.")
        with socket.create_connection((parts.hostname, parts.port), timeout=_KNOCK):
            pass
    except (OSError, ValueError) as error:
        raise PlanError(f"No scheduler answers at {address}: {error or type(error).__name__}.") from error
