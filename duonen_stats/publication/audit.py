"""Every entry of the ledger beside what the pipeline gives, with a verdict."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from duonen_stats.plan import Plan
from duonen_stats.publication.checks.all_checks import derive_findings
from duonen_stats.publication.claim_evidence import ClaimAnswer
from duonen_stats.publication.claims import evaluate_claim
from duonen_stats.publication.design_facts import DesignFact, dictionary_facts, formula_facts
from duonen_stats.publication.entry import COUNTS, Entry
from duonen_stats.publication.finding import CANNOT_HOLD, LedgerFinding, Numbered, by_number, load_numbering
from duonen_stats.publication.ledger import Ledger
from duonen_stats.publication.regenerate import agrees, not_computed, written
from duonen_stats.publication.result_ids import result_id
from duonen_stats.results.ids import known_ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study

Verdict = Literal["reproduced", "differs", "impossible", "design", "claim", "not regenerable"]

VERDICTS: tuple[Verdict, ...] = (
    "reproduced",
    "differs",
    "impossible",
    "design",
    "claim",
    "not regenerable",
)
ANSWERS = ("agrees", "not reproduced", "not checkable", "true", "false", "not evaluable")

_READ_OFF = "read off the description of a figure, where the publication gives no exact number"
_EARLIER = "a number of an earlier report on other patients"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry with its verdict.

    ``answer`` is the verdict within ``design`` (agrees, not reproduced, not checkable) and ``claim`` (true, false, not
    evaluable); ``finding`` names the derived findings the entry is at issue in; ``detail`` says what the verdict rests
    on; ``result_ids`` are the rows of the results table it was read from.
    """

    entry: Entry
    regenerated: str = ""
    verdict: Verdict
    answer: str = ""
    finding: str = ""
    detail: str = ""
    result_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All rows in the order of the publication, and the findings derived from the ledger, under their names."""

    rows: tuple[AuditRow, ...]
    findings: tuple[LedgerFinding, ...]
    numbering: tuple[Numbered, ...]
    named: Mapping[str, tuple[LedgerFinding, ...]]

    def count(self, verdict: Verdict, *, kind: str = "", answer: str = "") -> int:
        """Count rows with a verdict, of one kind of entry or one answer if asked."""
        return sum(
            row.verdict == verdict
            and (not kind or row.entry.kind == kind)
            and (not answer or row.answer == answer)
            for row in self.rows
        )

    def counts(self) -> Mapping[Verdict, int]:
        """Count rows by verdict; every verdict is there."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS}


def audit_publication(ledger: Ledger, results: Results, study: Study, plan: Plan) -> Audit:
    """Set every entry of a ledger beside what the pipeline gives.

    Parameters
    ----------
    ledger
        The publication.
    results
        The results table; every regenerated number of a result is read from it, none is computed here.
    study, plan
        The design and the decisions the results were made with.

    Returns
    -------
    Audit
        A result is ``reproduced`` if the number would be printed as it is; else it ``differs``, or is ``impossible``
        if a finding derived from the ledger alone shows that the printed number cannot hold beside others that these
        data do give. It is ``not regenerable`` without a number, or where the plan makes the number by another method
        than the publication: like is compared with like, whatever the plan.
    """
    findings, numbering = derive_findings(ledger), load_numbering()
    named = by_number(findings, numbering)
    facts = {**dictionary_facts(study), **formula_facts(study, ledger)}
    unmade = partial(not_computed, known=known_ids(study, plan, "interim"), plan=plan)
    regenerated = {
        entry.id: _regenerated(entry, ledger, results, unmade) for entry in ledger if entry.kind == "result"
    }
    held = {name for name, row in regenerated.items() if _holds(row, ledger, results)}
    rows = []
    for entry in ledger:
        concerned = _names(entry, ledger, numbering, named)
        if entry.kind == "result":
            row = _explained(regenerated[entry.id], ledger, findings, held)
        elif entry.kind == "design":
            row = _design_row(entry, facts.get(ledger.original(entry).id))
        elif entry.kind == "claim":
            row = _claim_row(entry, evaluate_claim(entry, results, study, plan, unmade=unmade))
        else:
            reason = _READ_OFF if entry.kind == "figure_alt" else _EARLIER
            beside = _regenerated(entry, ledger, results, unmade)  # shown for comparison, not judged
            row = replace(beside, verdict="not regenerable", detail=reason)
        rows.append(replace(row, finding=concerned))
    return Audit(rows=tuple(rows), findings=findings, numbering=numbering, named=named)


def _regenerated(entry: Entry, ledger: Ledger, results: Results, unmade: Callable[[str], str]) -> AuditRow:
    """Compare a printed result with its row of the results table: reproduced, differs or not regenerable.

    ``unmade`` says of an id why the plan does not make the number as the publication did.
    """
    key = result_id(entry, ledger)
    if key is not None and (why := unmade(key)):
        return AuditRow(entry=entry, verdict="not regenerable", detail=why)
    if key is None or key not in results:
        return AuditRow(entry=entry, verdict="not regenerable", detail="no analysis gives this number")
    row = results.row(key)
    if row.stat is None:
        return AuditRow(entry=entry, verdict="not regenerable", detail=row.note, result_ids=(key,))
    return AuditRow(
        entry=entry,
        regenerated=written(entry, row.stat),
        verdict="reproduced" if agrees(entry, row.stat) else "differs",
        result_ids=(key,),
    )


def _holds(row: AuditRow, ledger: Ledger, results: Results) -> bool:
    """Return whether the data give a printed number, and of the printed denominator where it is a share of one."""
    if row.verdict != "reproduced":
        return False
    entry = ledger.original(row.entry)
    shared = entry.stat in (*COUNTS, "pct") and entry.of is not None
    return not shared or all(results.row(name).n == entry.of for name in row.result_ids)


def _explained(
    row: AuditRow, ledger: Ledger, findings: Iterable[LedgerFinding], held: Collection[str]
) -> AuditRow:
    """Call a differing number impossible if a finding proves from numbers that these data do give that it cannot hold.

    A contradiction alone excuses nothing: where the numbers it is proved by differ too, the data are other data.
    """
    if row.verdict != "differs":
        return row
    proofs = [
        finding.proof
        for name in dict.fromkeys((row.entry.id, ledger.original(row.entry).id))
        for finding in findings
        if finding.nature in CANNOT_HOLD and name in finding.ids and finding.premises(name) <= set(held)
    ]
    return replace(row, verdict="impossible", detail=" ".join(dict.fromkeys(proofs))) if proofs else row


def _claim_row(entry: Entry, found: ClaimAnswer) -> AuditRow:
    return AuditRow(
        entry=entry,
        verdict="claim",
        answer=found.verdict,
        regenerated=found.verdict,
        detail=found.evidence,
        result_ids=found.ids,
    )


def _names(
    entry: Entry,
    ledger: Ledger,
    numbering: Iterable[Numbered],
    named: Mapping[str, Sequence[LedgerFinding]],
) -> str:
    """Name the derived findings that an entry, or the one it repeats, is at issue in."""
    ids = {entry.id, ledger.original(entry).id}
    return ", ".join(item.number for item in numbering if named[item.number] and ids & set(item.ids))


def _design_row(entry: Entry, fact: DesignFact | None) -> AuditRow:
    if fact is None:
        return AuditRow(
            entry=entry,
            verdict="design",
            answer="not checkable",
            detail="neither in the data dictionary nor the result of a formula",
        )
    same = fact.relation is None or fact.relation == entry.relation
    shown = written(entry if entry.relation == "≈" else replace(entry, relation="="), fact.value)
    return AuditRow(
        entry=entry,
        regenerated=f"{fact.relation or ''}{shown}",
        verdict="design",
        answer="agrees" if same and _close(entry, fact.value) else "not reproduced",
        detail=fact.source,
    )


def _close(entry: Entry, value: float) -> bool:
    """Return whether a fact is the printed number, or about it if it is printed so.

    A limit printed with its relation is compared as the number it names.
    """
    return agrees(entry if entry.relation == "≈" else replace(entry, relation="="), value)
