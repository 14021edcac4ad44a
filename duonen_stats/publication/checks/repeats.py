"""A number that is printed again must be the same number."""

from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


def check_repeats(ledger: Ledger) -> list[LedgerFinding]:
    """Find repeated numbers that differ by more than their printed decimals allow."""
    findings = []
    for entry in ledger:
        first = ledger.original(entry)
        if first is entry or entry.value is None or first.value is None:
            continue
        if first.low < entry.high and entry.low < first.high:
            continue
        findings.append(
            LedgerFinding(
                check="repeated number",
                nature="impossible",
                ids=(first.id, entry.id),
                proof=f"{first.where} prints {first.text}; {entry.where} repeats it as {entry.text}.",
            )
        )
    return findings
