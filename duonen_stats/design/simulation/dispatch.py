"""Independent tasks in this process or through any executor: a bounded number at once, results as they come."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import Any, Final, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")

_IN_FLIGHT: Final = 256  # tasks handed to an executor at once: enough for many workers, few in memory


def dispatch(
    function: Callable[..., Result],
    tasks: Iterable[tuple[Key, tuple[Any, ...]]],
    executor: Executor | None = None,
) -> Iterator[tuple[Key, Result]]:
    """Run a function on every task, and yield each result with the key of its task, in any order.

    Parameters
    ----------
    function
        Importable by the workers of the executor.
    tasks
        A key and the arguments; taken from the iterable as workers become free.
    executor
        Any ``concurrent.futures.Executor``; None for this process.

    Notes
    -----
    If anything goes wrong, or the caller stops, tasks that wait are cancelled.

    Examples
    --------
    >>> dict(dispatch(pow, [("a", (2, 3)), ("b", (3, 2))]))
    {'a': 8, 'b': 9}
    """
    if executor is None:
        for key, arguments in tasks:
            yield key, function(*arguments)
        return
    pending: dict[Future[Result], Key] = {}
    waiting = iter(tasks)

    def submit(number: int) -> None:
        for key, arguments in islice(waiting, number):
            pending[executor.submit(function, *arguments)] = key

    try:
        submit(_IN_FLIGHT)
        while pending:
            ready, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in ready:
                yield pending.pop(future), future.result()
            submit(len(ready))
    finally:
        for future in pending:
            future.cancel()
