"""Which tests and fixtures enter which functions, and how long they take: a plugin of pytest for ``mutants.py``.

``mutants.py`` writes a call of ``entered`` into functions of a copy of the source. A run of the tests with
``-p entered_functions`` then leaves one file per process in the folder ``ENTERED``: for each function the tests and
shared fixtures that entered it, the processor seconds of each test and of each shared fixture, and the shared fixtures
of each test. With ``CHOSEN``, a file of test ids, only those tests run, in that order.
"""

import atexit
import json
import os
import resource
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

_entered: dict[str, set[str]] = defaultdict(set)
_seconds: dict[str, float] = {}
_prepared: dict[str, float] = {}
_shared: dict[str, list[str]] = {}
_preparing: list[str] = []


def entered(function: str) -> None:
    """Note that the running test, or the shared fixture it prepares, has entered ``function``; called by the probes."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "import").rsplit(" (", 1)[0]
    _entered[function].add(_preparing[-1] if _preparing else test)


def _name(fixture: pytest.FixtureDef[object]) -> str:
    return f"fixture {fixture.baseid}::{fixture.argname}"


def _write() -> None:
    folder = os.environ.get("ENTERED")
    if folder and (_entered or _seconds):
        kept = {
            "entered": {name: sorted(tests) for name, tests in _entered.items()},
            "seconds": _seconds,
            "prepared": _prepared,
            "shared": _shared,
        }
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(kept), encoding="utf-8")


atexit.register(_write)


def _processor_seconds() -> float:
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Take the processor time of a test without the fixtures it shares with others."""
    before, others = _processor_seconds(), sum(_prepared.values())
    yield
    took = _processor_seconds() - before - (sum(_prepared.values()) - others)
    _seconds[item.nodeid] = round(max(took, 0.0), 3)
    known = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]  # noqa: SLF001
    _shared[item.nodeid] = [_name(one[-1]) for one in known if one[-1].scope != "function"]


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    """Take the processor time of a fixture that several tests share; those it rests on are prepared before."""
    if fixturedef.scope == "function":
        yield
        return
    before = _processor_seconds()
    _preparing.append(_name(fixturedef))
    yield
    _preparing.pop()
    _prepared[_name(fixturedef)] = round(_processor_seconds() - before, 3)


def pytest_sessionfinish() -> None:
    """Write what was seen: a worker of pytest-xdist does not end as other processes do."""
    _write()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the chosen tests, in the order of the list."""
    if "CHOSEN" in os.environ:
        listed = Path(os.environ["CHOSEN"]).read_text(encoding="utf-8").split("\n")
        place = {name: number for number, name in enumerate(listed)}
        items[:] = sorted((one for one in items if one.nodeid in place), key=lambda one: place[one.nodeid])
