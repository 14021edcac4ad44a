"""The names A01, A02, … of what is wrong in the interim publication, given to findings by the entries they concern."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.study.strict_yaml import read_yaml

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
    """Collect derived findings under their names; those without one stand under the empty name."""
    names = tuple(numbering)
    found: dict[str, list[LedgerFinding]] = {item.number: [] for item in names}
    for finding in findings:
        found.setdefault(number_of(finding, names), []).append(finding)
    return {number: tuple(members) for number, members in found.items()}
