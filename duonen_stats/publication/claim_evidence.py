"""What a predicate asks of the results table, and the numbers it went by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from duonen_stats.displays.model.format import fixed, p_value
from duonen_stats.errors import MissingNumberError
from duonen_stats.plan import Plan
from duonen_stats.publication.regenerate import ALPHA
from duonen_stats.results.rows.table import ResultRow, Results
from duonen_stats.study import Study

Verdict = Literal["true", "false", "not evaluable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswer:
    """Whether a claim holds in these results, the numbers behind it, and the rows they are in."""

    verdict: Verdict
    evidence: str
    ids: tuple[str, ...] = ()


def _made(analysis_id: str) -> str:  # noqa: ARG001 - every number is
    return ""


@dataclass(slots=True)
class Evidence:
    """Results with the study and plan they are of; keeps what was asked for as evidence.

    ``unmade`` says of an id why the plan does not make the number as the publication did, or nothing.
    """

    results: Results
    study: Study
    plan: Plan
    unmade: Callable[[str], str] = _made
    evidence: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def arms(self) -> tuple[str, ...]:
        """Codes of the arms."""
        return tuple(arm.code for arm in self.study.arms)

    def analytes(self, category: str) -> tuple[tuple[str, str], ...]:
        """Code and short name of the analytes of a category: HEMATOLOGY, RENAL or HEPATIC."""
        return tuple((a.code, a.short) for a in self.study.analytes if a.category == category)

    def value(self, analysis_id: str, label: str, decimals: int = 0) -> float:
        """Ask for a number; written as ``label number``, a count with what it is of. A count of nobody is none."""
        row = self.row(analysis_id, label)
        if row.stat is None:
            raise MissingNumberError(f"{label}: {row.note}")
        shown = p_value(row.stat, (ALPHA,)) if row.stat_name == "p" else fixed(row.stat, decimals)
        if row.stat_name == "n" and row.n is not None:
            self.need(row.n, f"{label}: there is nobody to count")
            shown += f" of {row.n}"
        self.evidence.append(f"{label} {shown}")
        return row.stat

    def row(self, analysis_id: str, label: str) -> ResultRow:
        """Ask for a row; one that the plan does not make as the publication did leaves the claim unanswered."""
        if why := self._why_not(analysis_id):
            raise MissingNumberError(f"{label}: {why}")
        self.ids.append(analysis_id)
        return self.results.row(analysis_id)

    def stat(self, analysis_id: str) -> float | None:
        """Ask for a number that may be missing: None if it could not be estimated, or is not made by the plan."""
        if self._why_not(analysis_id):
            return None
        self.ids.append(analysis_id)
        return self.results.value(analysis_id)

    def _why_not(self, analysis_id: str) -> str:
        return self.unmade(analysis_id) or (
            "" if analysis_id in self.results else "no analysis gives this number"
        )

    def at_least(self, ids: Iterable[tuple[str, str]], level: float) -> bool:
        """Return whether every p-value that could be computed is ``level`` or more; ``ids`` are pairs of id and label.

        Told are the smallest one, and how many could not be computed. None of them at all is no evidence.
        """
        named = tuple(ids)
        known = [(stat, key, label) for key, label in named if (stat := self.stat(key)) is not None]
        if not known:
            reasons = dict.fromkeys(why for key, _ in named if (why := self._why_not(key)))
            raise MissingNumberError("; ".join(reasons) or "no p-value could be computed")
        smallest, _, label = min(known)
        below = [f"{name} {p_value(stat, (level,))}" for stat, _, name in known if stat < level]
        said = (
            f"below {level:g}: {', '.join(below)}"
            if below
            else f"smallest p: {label} {p_value(smallest, (level,))}"
        )
        skipped = len(named) - len(known)
        self.evidence.append(f"{said} (of {len(known)}" + (f"; {skipped} not computed)" if skipped else ")"))
        return smallest >= level

    def by_arm(self, name: Callable[[str], str], decimals: int) -> dict[str, float]:
        """Ask for one number of each arm; ``name`` gives its id."""
        return {arm: self.value(name(arm), f"arm {arm}", decimals) for arm in self.arms}

    def need(self, found: int, reason: str) -> None:
        """Leave the claim unanswered, with the reason, if nothing was ``found`` that could speak against it."""
        if not found:
            raise MissingNumberError(reason)

    def decided(self, at_worst: bool, at_best: bool, unknown: str) -> bool:
        """Answer the claim if what is not known cannot change the answer; else leave it unanswered.

        Parameters
        ----------
        at_worst, at_best
            Whether the claim holds if all that is not known speaks against it, and if all of it speaks for it.
        unknown
            What is not known, for the reason.
        """
        if at_worst != at_best:
            raise MissingNumberError("; ".join((*self.evidence, f"it depends on {unknown}")))
        return at_best

    def need_arms(self, *codes: str) -> None:
        """Leave the claim unanswered if it is about an arm that the data dictionary does not have."""
        for code in codes:
            self.need(code in self.arms, f"the data dictionary has no arm {code}")

    def say(self, words: str) -> None:
        """Add words to the evidence."""
        self.evidence.append(words)


Predicate = Callable[[Evidence], bool]


def answer(predicate: Predicate, evidence: Evidence) -> ClaimAnswer:
    """Evaluate a predicate; where a number it needs is missing, the answer is ``not evaluable`` with the reason."""
    try:
        holds = predicate(evidence)
    except MissingNumberError as missing:
        return ClaimAnswer(verdict="not evaluable", evidence=str(missing), ids=tuple(evidence.ids))
    return ClaimAnswer(
        verdict="true" if holds else "false",
        evidence="; ".join(evidence.evidence).replace(":;", ":"),
        ids=tuple(dict.fromkeys(evidence.ids)),
    )
