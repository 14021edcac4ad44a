"""Tasks in this process and through executors."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from duonen_stats.design.simulation.dispatch import dispatch

TASKS = [(number, (number, 2)) for number in range(600)]


def test_every_task_is_done_once_here_and_elsewhere():
    here = dict(dispatch(pow, TASKS))
    assert here == {number: number**2 for number in range(600)}
    with ThreadPoolExecutor(3) as pool:
        assert dict(dispatch(pow, TASKS, pool)) == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert dict(dispatch(pow, iter(TASKS[:20]), pool)) == {key: here[key] for key in range(20)}


def test_an_error_is_raised_and_waiting_tasks_are_cancelled():
    done = []

    def fail(number):
        if number == 5:
            raise ValueError("five")
        done.append(number)

    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="five"):
        list(dispatch(fail, [(n, (n,)) for n in range(200)], pool))
    assert len(done) < 200
