"""Percentages of events are not percentages of patients."""

from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger


def check_percentage_base(ledger: Ledger) -> list[LedgerFinding]:
    """Find totals of events that serve as the base of percentages, where patients are of another number."""
    findings = []
    patients = {
        entry.arm: entry for entry in reversed(ledger.entries) if entry.stat == "N" and not entry.same_as
    }
    for entry in ledger:
        people = patients.get(entry.arm)
        if entry.stat != "n_events" or entry.number != entry.of or entry.same_as or people is None:
            continue
        based = [
            other
            for other in ledger
            if other.stat == "pct" and other.of == entry.of and other.where == entry.where
        ]
        if based and people.number != entry.number:
            findings.append(
                LedgerFinding(
                    check="base of the percentages",
                    nature="unstated",
                    ids=(entry.id,),
                    by=(people.id, *(other.id for other in based)),
                    proof=(
                        f"{len(based)} percentages of {entry.where} are of {entry.text} events, not of the "
                        f"{people.text} patients; how many patients had an event does not follow."
                    ),
                )
            )
    return findings
