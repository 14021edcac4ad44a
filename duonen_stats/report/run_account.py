"""What a run that makes a report reports: which step it is at, and in the end what it has written."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duonen_stats.displays.model.format import fixed, noun_of
from duonen_stats.report.verification_page import Checked

Progress = Callable[[str, int, int], None]
"""Told the name of a step, its number from 1, and how many there are."""
_STEPS = ("reading and checking", "datasets", "analyses", "displays and figures", "HTML", "PDF", "writing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a finished run has written, and how long each step took (seconds)."""

    out: Path
    simulated: bool
    results: int
    findings: Mapping[str, int]
    seconds: Mapping[str, float]
    aggregate: bool = False
    checked: Checked = field(default_factory=Checked)

    def summary(self) -> str:
        """Read as a few lines for a terminal."""
        mark = "SIMULATED DATA. " if self.simulated else ""
        found = ", ".join(
            f"{number} {noun_of(number, severity)}" for severity, number in self.findings.items()
        )
        datasets = "" if self.aggregate else ", datasets"
        spent = ", ".join(f"{name} {fixed(seconds, 1)}" for name, seconds in self.seconds.items())
        return (
            f"{mark}{self.results} results; findings: {found}.\n"
            f"{self.checked.line()}\n"
            f"Seconds: {spent}; in all {fixed(sum(self.seconds.values()), 1)}.\n"
            f"Written to {self.out}: report.html, report.pdf, results.csv, tables, figures{datasets}."
        )


class Clock:
    """Names the step that runs and keeps how long each took."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._since = time.perf_counter()
        self._step = ""
        self.seconds: dict[str, float] = {}

    def start(self, step: str) -> None:
        """Begin a step; an empty one ends the last."""
        now = time.perf_counter()
        if self._step:
            self.seconds[self._step] = now - self._since
        self._since, self._step = now, step
        if self._progress is not None and step:
            self._progress(step, _STEPS.index(step) + 1, len(_STEPS))
