"""The audit as a page to read: what the publication's numbers say by themselves. Makes ``docs/audit.md``."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from duonen_stats.publication import Ledger, load_ledger
from duonen_stats.publication.checks.all_checks import CHECKS, derive_findings
from duonen_stats.publication.finding import NATURES, LedgerFinding, Numbered, by_number, load_numbering

_HEAD = """# Audit of the interim publication

`duonen audit` compares every printed number and claim of the interim publication with what a data cut gives. The
printed numbers are facts in `duonen_stats/publication/ledger.yaml`; nothing of an analysis may read them, and a
contract of imports holds it to that. A regenerated number is read from the results table alone, rounded half away
from zero at the printed decimals and compared by the printed relation.

| verdict | meaning |
|---|---|
| `reproduced` | the regenerated number would be printed as it is |
| `differs` | it would not |
| `impossible` | it would not, and a finding below shows that the printed number cannot hold |
| `design` | a number of the design; `answer`: agrees, not reproduced, not checkable |
| `claim` | words as a predicate on the results; `answer`: true, false, not evaluable, with the numbers behind it |
| `not regenerable` | nothing to compare with: read off a figure's description, of an earlier report, or not estimable |

On the simulated cohort shipped with the package, which was built to agree, 557 of 574 results are reproduced and 17 are
impossible. That shows that derivations and printed numbers are compatible, and nothing about the trial.
"""
_FOOT = "\nThis page is made from the ledger: run `python -m duonen_stats.commands.audit_page`.\n"


def audit_page(ledger: Ledger) -> str:
    """Write what is derived from a ledger as Markdown: counts, the named matters found and not found, the checks."""
    findings, numbering = derive_findings(ledger), load_numbering()
    named = by_number(findings, numbering)
    derived = [item for item in numbering if named[item.number]]
    reasoned = [item for item in numbering if not named[item.number]]
    parts = [
        _HEAD,
        _counts(ledger),
        f"## Found by a program: {len(derived)} of {len(numbering)}\n",
        "Each is derived by a check that knows the arithmetic of publications and nothing of this trial. A star marks "
        "what follows with certainty from printed numbers.\n",
        _table(("name", "matter", "check", "proof"), _found(derived, named)),
        "Without a name, all of numbers or definitions that are not stated:\n",
        _table(("check", "proof"), ((finding.check, finding.proof) for finding in named.get("", ()))),
        f"## Not found by a program: {len(reasoned)} of {len(numbering)}\n",
        _table(("name", "matter", "what it takes"), ((i.number, i.matter, i.why) for i in reasoned)),
        "## The checks\n",
        "They work on any ledger of the same form; `read_ledger` reads one and `derive_findings` runs them.\n",
        _table(("check", "what it finds"), _checks()),
        "The nature of a finding says what follows:\n",
        _table(("nature", "meaning"), NATURES.items()),
    ]
    return "\n".join(parts) + _FOOT


def _counts(ledger: Ledger) -> str:
    kinds = Counter(entry.kind for entry in ledger)
    repeats = sum(bool(entry.same_as) for entry in ledger)
    counts = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in kinds.items())
    return f"The ledger has {len(ledger)} entries: {counts}. {repeats} of them repeat another one.\n"


def _found(
    derived: list[Numbered], named: Mapping[str, tuple[LedgerFinding, ...]]
) -> Iterator[tuple[str, ...]]:
    for item in derived:
        found = named[item.number]
        checks = "; ".join(dict.fromkeys(finding.check for finding in found))
        proofs = " ".join(dict.fromkeys(finding.proof for finding in found))
        yield f"{item.number}{' *' if item.certain else ''}", item.matter, checks, proofs


def _checks() -> Iterator[tuple[str, str]]:
    for check in CHECKS:
        yield f"`{check.__name__}`", (check.__doc__ or "").partition("\n")[0]


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page of the interim publication into ``docs`` of the checkout."""
    path = Path(__file__).parents[2] / "docs" / "audit.md"
    path.write_text(audit_page(load_ledger()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
