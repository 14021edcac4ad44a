"""What is on everything that is not a result of the trial as planned: simulated data, a dry run, another stage."""

from dataclasses import dataclass

DRY_RUN = "BLINDED DRY RUN"
DRY_RUN_WITHHOLDS = "withheld in a dry run"
POOLED_ONLY = "pooled only in an open session"
OF_ONE_PATIENT = "left out of a report for circulation: the value of one patient, or of two"
"""The last three say why a number is not shown although it could be computed."""

_SIMULATED = ("SIMULATED DATA", "not results of the trial")
_BLINDED = (DRY_RUN, "arms permuted")
CLOSED_SESSION = "CLOSED SESSION"
_CLOSED = (CLOSED_SESSION, "for the monitoring committee only")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Why numbers are not to be read as results of the trial as planned; of no kind, nothing is stamped.

    ``closed`` is that they are for the closed session of the monitoring committee.
    ``stage`` is the stage of the data cut, ``INTERIM`` or ``FINAL``, if the report made of it is of the other.
    """

    simulated: bool
    blinded: bool = False
    stage: str = ""
    closed: bool = False

    @property
    def banner(self) -> str:
        """What stands at the head of every page."""
        return " · ".join(f"{mark} – {meaning}" for mark, meaning in self._marks)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is behind a drawing, a line each."""
        return tuple(mark for mark, _ in self._marks)

    @property
    def short(self) -> str:
        """What stands at the head of a printed page."""
        return " · ".join(self.lines)

    @property
    def stage_mark(self) -> str:
        """What is said of the stage; empty if there is nothing to say."""
        return f"{self.stage} DATA CUT" if self.stage else ""

    def population(self, name: str) -> str:
        """Name a population with the marks behind it."""
        words = ("SIMULATED" if mark == _SIMULATED else mark[0] for mark in self._marks)
        return f"{name} ({', '.join(words)})" if self._marks else name

    @property
    def _marks(self) -> tuple[tuple[str, str], ...]:
        marks = (
            (_CLOSED, self.closed),
            (_SIMULATED, self.simulated),
            (_BLINDED, self.blinded),
            (self._other_stage, self.stage),
        )
        return tuple(mark for mark, wanted in marks if wanted)

    @property
    def _other_stage(self) -> tuple[str, str]:
        report = "a final report" if self.stage == "INTERIM" else "an interim report"
        return (self.stage_mark, f"not the stage of {report}")


UNMARKED = Stamp(simulated=False)
"""Data of the trial with its true arms, at the stage they are reported: no mark."""
