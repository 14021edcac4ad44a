"""What a publication's own numbers say against each other."""

from dataclasses import dataclass
from typing import Literal

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
