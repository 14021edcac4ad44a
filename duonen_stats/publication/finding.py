"""What a publication's own numbers say against each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from duonen_stats.study.strict_yaml import read_yaml

Nature = Literal["impossible", "rounding", "words", "unstated"]

NATURES: dict[Nature, str] = {
    "impossible": "The printed numbers cannot all hold.",
    "rounding": "The number is not what one rule of rounding makes of the counts.",
    "words": "The words say more, or other, than the printed numbers.",
    "unstated": "The numbers hold only with something that is not said.",
}
CANNOT_HOLD: tuple[Nature, ...] = ("impossible", "rounding")
"""Findings after which a printed number cannot be what these data give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFinding:
    """A contradiction in a ledger, derived by one check.

    ``ids`` are the entries at issue: at least one of them cannot be right, or needs what is not said; ``by`` are all
    the others that show it, denominators among them. ``proof`` is one sentence with the numbers, which a reader can
    check with a pencil.
    """

    check: str
    nature: Nature
    ids: tuple[str, ...]
    proof: str
    by: tuple[str, ...] = ()

    def premises(self, entry_id: str) -> frozenset[str]:
        """Return the entries that must hold for the proof that ``entry_id`` does not.

        They are all the printed numbers it rests on: of numbers that contradict each other all the others, and their
        denominators; of numbers rounded wrongly the counts, the denominators, and the numbers that show the rule.
        """
        others = self.ids if self.nature == "impossible" else ()
        return frozenset((*others, *self.by)) - {entry_id}


# The names A01, A02, … of what is wrong in the interim publication, given to findings by the entries they
# concern.


_PATH = Path(__file__).parent / "numbering.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A name: what it is about, whether it follows from printed numbers alone, and the entries it is known by.

    ``why`` says what it takes to find it where no check can; empty if a check is to find it.
    """

    number: str
    matter: str
    certain: bool
    ids: tuple[str, ...]
    why: str = ""


@cache
def load_numbering() -> tuple[Numbered, ...]:
    """Load the names, in order."""
    return tuple(
        Numbered(number=number, **{**facts, "ids": tuple(facts["ids"])})
        for number, facts in read_yaml(_PATH, shipped=True).items()
    )


def number_of(finding: LedgerFinding, numbering: Iterable[Numbered]) -> str:
    """Return the name of a finding, the one that shares most entries with it; empty if none does."""
    shared = {item.number: len(set(item.ids) & set(finding.ids)) for item in numbering if not item.why}
    best = max(shared, key=shared.__getitem__, default="")
    return best if best and shared[best] else ""


def by_number(
    findings: Iterable[LedgerFinding], numbering: Iterable[Numbered]
) -> Mapping[str, tuple[LedgerFinding, ...]]:
    """Collect derived findings under their names; those without one are under the empty name."""
    names = tuple(numbering)
    found: dict[str, list[LedgerFinding]] = {item.number: [] for item in names}
    for finding in findings:
        found.setdefault(number_of(finding, names), []).append(finding)
    return {number: tuple(members) for number, members in found.items()}
