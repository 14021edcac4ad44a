"""What stands on everything that is not a result of the trial: simulated data, arms permuted in a dry run."""

from dataclasses import dataclass

DRY_RUN = "BLINDED DRY RUN"
_SIMULATED = ("SIMULATED DATA", "not results of the trial")
_BLINDED = (DRY_RUN, "arms permuted")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Why numbers are not to be read as results; of neither kind, nothing is stamped."""

    simulated: bool
    blinded: bool = False

    @property
    def banner(self) -> str:
        """What stands at the head of every page."""
        return " · ".join(f"{mark} – {meaning}" for mark, meaning in self._marks)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands behind a drawing, a line each."""
        return tuple(mark for mark, _ in self._marks)

    @property
    def short(self) -> str:
        """What stands at the head of a printed page."""
        return " · ".join(self.lines)

    def population(self, name: str) -> str:
        """Name a population with the marks behind it."""
        words = [
            word for word, wanted in (("SIMULATED", self.simulated), (_BLINDED[0], self.blinded)) if wanted
        ]
        return f"{name} ({', '.join(words)})" if words else name

    @property
    def _marks(self) -> tuple[tuple[str, str], ...]:
        return ((_SIMULATED,) if self.simulated else ()) + ((_BLINDED,) if self.blinded else ())


UNMARKED = Stamp(simulated=False)
"""Data of the trial with its true arms: no mark."""
