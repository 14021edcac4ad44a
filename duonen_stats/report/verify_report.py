"""Verify a finished report by another engine: Python's libraries, or R."""

import importlib.util
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from duonen_stats.displays.model.format import lower_first
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.folder.provenance import definitions
from duonen_stats.report.verification_page import NOT_ASKED, Checked
from duonen_stats.study import load_study
from duonen_stats.verification.r_engine import run_r
from duonen_stats.verification.report_folder import read_manifest
from duonen_stats.verification.second_process import SecondProcess, verify_in_process
from duonen_stats.verification.verdicts import write_beside

Engine = Literal["python", "r"]
LIBRARIES = ("lifelines", "statsmodels")
"""The libraries of the second engine, which an installation may be without."""
_INSTALL = "pip install 'lifelines>=0.30.3' 'statsmodels>=0.15'"


@dataclass(frozen=True, slots=True)
class Verified:
    """What an engine found: whether every number passed, and its words for a terminal."""

    passed: bool
    text: str


def verify_report(report: Path, *, engine: Engine = "python", out: Path | None = None) -> Verified:
    """Compute the numbers of a finished report again, and compare.

    Parameters
    ----------
    report
        Folder that ``duonen report`` wrote.
    engine
        ``"python"``: pandas, scipy, statsmodels and lifelines; ``"r"``: R with survival and nlme.
    out
        Folder to write ``verification.csv`` into (``verification_r.csv`` by R); nothing is written if omitted.

    Raises
    ------
    OptionError
        ``report`` is no report, or the engine is not installed.
    DataError
        A file of the report is damaged or missing.

    Examples
    --------
    >>> verify_report(Path("no such folder"))
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: no such folder is not a report: it has no manifest.json. ...
    """
    manifest = read_manifest(report)
    if engine == "r":
        found = run_r(report, out)
        return Verified(not found.differs, found.text)
    missing = missing_libraries()
    if missing:
        raise OptionError("engine", f"The second engine needs {' and '.join(missing)}: {_INSTALL}.")
    verification = verify_in_process(report, other_definitions(manifest.get("definitions", {})))
    if out is not None:
        write_beside(verification, out)
    return Verified(verification.passed, verification.text())


def missing_libraries() -> tuple[str, ...]:
    """Name the libraries of the second engine that are not installed."""
    return tuple(name for name in LIBRARIES if importlib.util.find_spec(name) is None)


def second_engine(stack: ExitStack, *, asked: bool) -> tuple[SecondProcess | None, str]:
    """Start the second engine beside a report that is being made, or say why there is none.

    Parameters
    ----------
    stack
        Ends the process.
    asked
        Whether the report is to be verified.

    Examples
    --------
    >>> with ExitStack() as stack:
    ...     second_engine(stack, asked=False)
    (None, 'the report was made without verification')
    """
    missing = missing_libraries()
    if not asked or missing:
        lacking = f"the second engine is not installed ({' and '.join(missing)} missing)"
        return None, lacking if asked else NOT_ASKED
    return stack.enter_context(SecondProcess()), ""


def outcome(engine: SecondProcess | None, why_not: str) -> Checked:
    """Wait for what the second engine found; one that stops costs no report, but the run does not pass."""
    if engine is None:
        return Checked(why_not=why_not)
    try:
        return Checked(found=engine.verification())
    except DuonenError as fault:
        return Checked(why_not=lower_first(str(fault)).rstrip("."), stopped=True)


def other_definitions(stated: Mapping[str, str]) -> Sequence[str]:
    """Name the entities of the data dictionary that a report had otherwise than this package has them.

    Parameters
    ----------
    stated
        SHA-256 of each entity, as the manifest has them.

    Examples
    --------
    >>> own = definitions(load_study())
    >>> other_definitions(dict(own)), other_definitions(dict(own) | {"arms.A": "another"})
    ((), ('arms.A',))
    """
    own = definitions(load_study())
    return tuple(sorted(name for name in {*own, *stated} if own.get(name) != stated.get(name)))
