"""Operational qualification: whether our numbers agree with reference cases, on this machine, today."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from duonen_stats.displays.model.format import magnitude
from duonen_stats.errors import DuonenError, NotEstimable
from duonen_stats.qualification.compare_case import (
    CaseTolerance,
    ValueComparison,
    compare,
    unstated,
)
from duonen_stats.qualification.event_adapters import EVENT_ADAPTERS
from duonen_stats.qualification.reference_cases import (
    SHIPPED,
    Adapter,
    Case,
    Options,
    read_cases,
)
from duonen_stats.qualification.repeated_adapters import REPEATED_ADAPTERS
from duonen_stats.qualification.sample_adapters import GROUP_ADAPTERS, SAMPLE_ADAPTERS

ADAPTERS: Mapping[str, Adapter] = {**GROUP_ADAPTERS, **SAMPLE_ADAPTERS, **EVENT_ADAPTERS, **REPEATED_ADAPTERS}

_PACKAGES = ("duonen-stats", "numpy", "scipy", "pandas")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where and with what the cases were run."""

    machine: str
    system: str
    cores: int
    python: str
    packages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case. ``message`` says why it failed where not a number but the run did.

    ``unstated`` names the values that the case ought to expect and does not: it fails then, too.
    """

    case: Case
    comparisons: tuple[ValueComparison, ...]
    message: str
    passed: bool
    unstated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureSummary:
    """All cases of one procedure. The largest errors are None where no value is judged in that way."""

    procedure: str
    cases: int
    passed: int
    values: int
    largest_relative: float | None
    largest_absolute: float | None
    tolerances: tuple[str, ...]
    tools: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def reference(self) -> str:
        """The program that gave the expected values, and its versions."""
        versions = f" ({', '.join(self.versions)})" if self.versions else ""
        return f"{', '.join(self.tools)}{versions}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A run of reference cases: outcomes in the order of the files, and a summary a procedure."""

    started: datetime
    sources: tuple[str, ...]
    environment: Environment
    outcomes: tuple[Outcome, ...]
    procedures: tuple[ProcedureSummary, ...]

    @property
    def n_passed(self) -> int:
        """Number of cases passed."""
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return self.n_passed == len(self.outcomes)


def qualify(paths: Sequence[Path] = (), *, now: datetime | None = None) -> Qualification:
    """Run reference cases and compare every value with the expected one.

    Parameters
    ----------
    paths
        Files of cases; none means the cases that come with the package.
    now
        Time of the run as the report states it; the present by default.

    Returns
    -------
    Qualification
        A case that asks for an unknown procedure or option, or that breaks, is a failure with a message.

    Raises
    ------
    DataError
        A file cannot be read as reference cases.
    """
    files = tuple(paths) or SHIPPED
    started = (now or datetime.now(UTC)).replace(microsecond=0)
    outcomes = tuple(run_case(case) for path in files for case in read_cases(path))
    return Qualification(
        started=started,
        sources=tuple(path.name for path in files),
        environment=_environment(),
        outcomes=outcomes,
        procedures=_summaries(outcomes),
    )


def run_case(case: Case) -> Outcome:
    """Run one case; whatever goes wrong is its failure, never a crash."""
    adapter = ADAPTERS.get(case.procedure)
    if adapter is None:
        return _failed(case, f"The procedure {case.procedure!r} is not known.")
    try:
        obtained = _obtain(case, adapter)
        comparisons, lacking = compare(case, obtained), unstated(case, obtained)
    except NotEstimable as error:
        return _failed(case, f"Not estimable: {error.reason}. {error.detail}")
    except DuonenError as error:
        return _failed(case, str(error))
    except KeyError as error:
        return _failed(case, f"The case holds no {error}.")
    except Exception as error:  # noqa: BLE001 - a case that breaks is a failed case, not the end of the run
        return _failed(case, f"{type(error).__name__}: {error}")
    return Outcome(
        case=case,
        comparisons=comparisons,
        message="" if comparisons else "The case expects nothing.",
        passed=bool(comparisons) and not lacking and all(item.passed for item in comparisons),
        unstated=lacking,
    )


def _obtain(case: Case, adapter: Adapter) -> Mapping[str, object]:
    """Ask our function; a refusal is an answer where the case expects one."""
    options = Options(case.options)
    try:
        obtained = adapter(case, options)
    except NotEstimable as error:
        if "status" not in case.expected:
            raise
        obtained = {"status": "not_estimable", "reason": error.reason}
    options.require_all_read()
    return obtained


def _failed(case: Case, message: str) -> Outcome:
    return Outcome(case=case, comparisons=(), message=message, passed=False)


def _summaries(outcomes: Sequence[Outcome]) -> tuple[ProcedureSummary, ...]:
    by_name = sorted(outcomes, key=lambda outcome: outcome.case.procedure)
    return tuple(
        _summary(name, tuple(group)) for name, group in groupby(by_name, key=lambda o: o.case.procedure)
    )


def _summary(procedure: str, outcomes: Sequence[Outcome]) -> ProcedureSummary:
    values = [item for outcome in outcomes for item in outcome.comparisons]
    judged = [item for item in values if item.error is not None]
    used = {item.tolerance for item in judged}
    return ProcedureSummary(
        procedure=procedure,
        cases=len(outcomes),
        passed=sum(outcome.passed for outcome in outcomes),
        values=len(values),
        largest_relative=_largest(judged, absolute=False),
        largest_absolute=_largest(judged, absolute=True),
        tolerances=tuple(str(t) for t in sorted(used, key=_tightest_first)),
        tools=_unique(o.case.tool for o in outcomes if o.case.kind == "reference") or ("required behaviour",),
        versions=_unique(
            v for o in outcomes for v in o.case.version.split(", ") if o.case.kind == "reference"
        ),
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names) - {""}))


def _tightest_first(tolerance: CaseTolerance) -> tuple[bool, float]:
    return tolerance.absolute, tolerance.limit


def _largest(comparisons: Sequence[ValueComparison], *, absolute: bool) -> float | None:
    errors = [c.error for c in comparisons if c.error is not None and c.tolerance.absolute is absolute]
    return max(errors, default=None)


def _environment() -> Environment:
    return Environment(
        machine=platform.machine(),
        system=platform.platform(),
        cores=os.cpu_count() or 1,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages=tuple((name, version(name)) for name in _PACKAGES),
    )


def qualification_text(qualification: Qualification) -> str:
    """Set the result as plain text: a table a procedure, every failed case, one closing line."""
    head = (
        "procedure",
        "cases",
        "passed",
        "largest rel. error",
        "largest abs. error",
        "tolerance",
        "reference",
    )
    rows = [head, *(_text_row(summary) for summary in qualification.procedures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("─" * w for w in widths))
    failures = [line for outcome in qualification.outcomes for line in failure_lines(outcome)]
    total = len(qualification.outcomes)
    closing = f"{qualification.n_passed} of {total} cases passed."
    return "\n".join([*lines, "", *failures, *([""] if failures else []), closing])


def _text_row(summary: ProcedureSummary) -> tuple[str, ...]:
    return (
        summary.procedure,
        str(summary.cases),
        str(summary.passed),
        error_text(summary.largest_relative),
        error_text(summary.largest_absolute),
        ", ".join(summary.tolerances),
        summary.reference,
    )


def error_text(error: float | None) -> str:
    """Write an error of agreement: two digits are enough to judge it."""
    return "–" if error is None else "0" if error == 0 else magnitude(error)


def failure_lines(outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong with a case; nothing if it passed."""
    if outcome.passed:
        return ()
    if outcome.message:
        return (f"FAILED {outcome.case.id}: {outcome.message}",)
    unlike = tuple(
        f"FAILED {outcome.case.id}: {item.quantity} expected {item.expected!r}, obtained {item.obtained!r} "
        f"(error {error_text(item.error)}, tolerance {item.tolerance})"
        for item in outcome.comparisons
        if not item.passed
    )
    if outcome.unstated:
        return (*unlike, f"FAILED {outcome.case.id}: {unstated_text(outcome)}")
    return unlike


def unstated_text(outcome: Outcome) -> str:
    """Say which expected values a case lacks, and what to do; empty if none."""
    if not outcome.unstated:
        return ""
    return f"No expected value of {', '.join(outcome.unstated)}. Add it, or name it in `without` of the case."
