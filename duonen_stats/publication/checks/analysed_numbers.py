"""The number analysed, where it is told, against the number printed in the table."""

from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


def check_analysed_n(ledger: Ledger) -> list[LedgerFinding]:
    """Find rows whose printed N is not the number that another place says was analysed."""
    findings = []
    for entry in ledger:
        if entry.stat != "N" or not entry.n_of:
            continue
        for stated in ledger.find(entry.n_of, arm=entry.arm, stat="N"):
            if stated.number == entry.number:
                continue
            findings.append(
                LedgerFinding(
                    check="number analysed",
                    nature="unstated",
                    ids=(entry.id, stated.id),
                    proof=(
                        f"{stated.where} prints N = {stated.text} for arm {entry.arm}; {entry.where} says that "
                        f"{entry.text} were analysed, so its statistics are of {entry.text}."
                    ),
                )
            )
    return findings
