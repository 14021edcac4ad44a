"""Rules about records together: what each looks for, and where it is broken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import CheckRule, Finding, Severity


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a cross-record rule is broken, and how; ``lines`` are all lines if it is one thing in several."""

    table: str
    message: str
    row: int | None = None
    column: str | None = None
    subject: str | None = None
    lines: tuple[int, ...] = ()


Finder = Callable[[CutView], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A rule about records together, the function that looks for breaches, and the tables it looks into."""

    rule: CheckRule
    find: Finder
    tables: tuple[str, ...]

    def findings(self, data: CutView) -> Iterator[Finding]:
        """Look for every breach of the rule in a cut."""
        for hit in self.find(data):
            yield self.rule.found(
                hit.table, hit.message, row=hit.row, column=hit.column, subject=hit.subject, lines=hit.lines
            )


def cross_rule(
    rule_id: str, severity: Severity, text: str, tables: tuple[str, ...], *, question: str
) -> Callable[[Finder], CrossRule]:
    """Make a rule of the decorated function, which yields a ``Hit`` for each breach.

    The rule is not asked if one of ``tables`` could not be read: its answer would mean nothing.
    """
    return lambda find: CrossRule(CheckRule(rule_id, severity, text, question), find, tables)


def one_hit(rows: pd.DataFrame, table: str, column: str | None, message: str) -> Hit:
    """Report several rows, each with ``_ROW``, as one fault: at the first line, with the patient if it is only one."""
    lines = tuple(sorted(int(line) for line in rows["_ROW"]))
    patients = [*rows["SUBJID"].unique()] if "SUBJID" in rows.columns else []
    subject = str(patients[0]) if len(patients) == 1 and not pd.isna(patients[0]) else None
    several = lines if len(lines) > 1 else ()
    return Hit(table, message, row=lines[0], column=column, subject=subject, lines=several)


def hits(frame: pd.DataFrame, table: str, column: str | None, message: str) -> Iterator[Hit]:
    """Turn each row of a frame into a hit.

    Parameters
    ----------
    frame
        The offending rows, with ``_ROW`` and ``SUBJID``.
    table, column
        Where the row stands.
    message
        A format string over the columns of ``frame``, such as ``"given on {EXDT:%Y-%m-%d}"``.
    """
    if frame.empty:
        return
    for record in frame.to_dict(orient="records"):
        values: dict[str, Any] = {str(key): value for key, value in record.items()}
        subject = values["SUBJID"]
        yield Hit(
            table=table,
            message=message.format(**values),
            row=None if pd.isna(values["_ROW"]) else int(values["_ROW"]),
            column=column,
            subject=None if pd.isna(subject) else str(subject),
        )
