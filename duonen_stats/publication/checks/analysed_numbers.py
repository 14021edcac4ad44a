"""The number analysed: as reported, and as a correlation implies it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from duonen_stats.publication.entry import Entry
from duonen_stats.publication.finding import LedgerFinding
from duonen_stats.publication.ledger import Ledger

# The number analysed, where it is stated, against the number printed in the table.


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


# The number of pairs behind a printed correlation, from its coefficient and p-value.


_FEWEST = 3
_MOST = 5000
_TINY = 1e-9


def implied_n(coefficient: Entry, p_value: Entry, *, at_least: int = 0) -> tuple[int, ...]:
    """Numbers of pairs whose p-value, by the t approximation with n − 2 degrees of freedom, fits what is printed.

    Both numbers are taken as the intervals that are printed like this. Searched from 3 to 5000, or to ``at_least``
    if that is more.

    Source: SPSS and R (``cor.test(exact = FALSE)``) use this approximation for Spearman's ρ, and it is exact for
    Pearson's r of normal values.
    """
    sizes = sorted((abs(float(coefficient.low)), abs(float(coefficient.high))))
    around_zero = coefficient.low <= 0 <= coefficient.high
    weak, strong = _TINY if around_zero else sizes[0], min(sizes[1], 1 - _TINY)
    n = np.arange(_FEWEST, max(_MOST, at_least) + 1)
    fits = (_p_values(weak, n) >= float(p_value.low)) & (_p_values(strong, n) <= float(p_value.high))
    return tuple(int(number) for number in n[fits])


def _p_values(size: float, n: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(2 * student.sf(size * np.sqrt((n - 2) / (1 - size * size)), n - 2), dtype=np.float64)


def check_implied_n(ledger: Ledger) -> list[LedgerFinding]:
    """Find correlations whose coefficient and p-value need another n than the row they are of has.

    Correlations of the same row also get the numbers that fit all of them at once.
    """
    findings = []
    shared: dict[str, set[int]] = {}
    for coefficient, p_value, stated in _correlations(ledger):
        fits = implied_n(coefficient, p_value, at_least=int(stated.number))
        shared[stated.id] = shared.get(stated.id, set(fits)) & set(fits)
        if int(stated.number) in fits:
            continue
        findings.append(
            (
                stated.id,
                LedgerFinding(
                    check="n implied by a correlation",
                    nature="unstated",
                    ids=(coefficient.id, p_value.id, stated.id),
                    proof=(
                        f"A coefficient of {coefficient.text} with p = {p_value.text} needs {_spoken(fits)} pairs by "
                        f"the t approximation; {stated.text} are printed for {_place(stated)}."
                    ),
                ),
            )
        )
    return [_with_common(finding, shared[key], findings) for key, finding in findings]


def _correlations(ledger: Ledger) -> Iterator[tuple[Entry, Entry, Entry]]:
    for row in ledger.rows:
        for coefficient in ledger.find(row, stat="rho"):
            p_values = ledger.find(row, arm=coefficient.arm, stat="p")
            stated = ledger.find(coefficient.n_of, arm=coefficient.arm, stat="N")
            exact = coefficient.relation == "=" and all(p.relation == "=" for p in p_values)
            if len(p_values) == 1 and len(stated) == 1 and exact:
                yield coefficient, p_values[0], stated[0]


def _with_common(
    finding: LedgerFinding, common: set[int], findings: list[tuple[str, LedgerFinding]]
) -> LedgerFinding:
    alike = [other for _, other in findings if other.ids[2] == finding.ids[2]]
    if len(alike) == 1 or not common:
        return finding
    proof = f"{finding.proof} All {len(alike)} correlations of it fit {_spoken(tuple(sorted(common)))}."
    return LedgerFinding(
        check=finding.check,
        nature=finding.nature,
        ids=finding.ids,
        by=tuple(dict.fromkeys(name for other in alike for name in other.ids[:2])),
        proof=proof,
    )


def _place(entry: Entry) -> str:
    return f"{entry.where}, {'all arms' if entry.arm == 'all' else 'arm ' + entry.arm}"


def _spoken(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return "no number of"
    if len(numbers) == 1:
        return f"{numbers[0]}"
    return f"{numbers[0]} to {numbers[-1]}"
