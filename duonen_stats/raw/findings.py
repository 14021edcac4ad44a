"""Findings: what is wrong with the data, as rows a data manager can work through."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from types import ModuleType
from typing import Literal, TypeVar

import pandas as pd

Declared = TypeVar("Declared")
Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""An error makes an analysis wrong and stops the report; a warning needs an answer; a note may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found in the raw data.

    ``row`` is the line of the file, ``None`` for what concerns a whole table; ``lines`` are all lines, ``row`` the
    first of them, where one fault shows in several. A patient is named in
    ``subject`` only, never in ``message``; ``site`` is the patient's centre, ``None`` where it is not known.
    """

    severity: Severity
    rule: str
    table: str
    row: int | None = None
    column: str | None = None
    subject: str | None = None
    message: str
    site: str | None = None
    lines: tuple[int, ...] = ()

    @property
    def places(self) -> tuple[int, ...]:
        """Every line the finding is about; none for what concerns a whole table."""
        return self.lines or (() if self.row is None else (self.row,))


@dataclass(frozen=True, slots=True)
class CheckRule:
    """Something that can be wrong with a data cut: a stable id, how grave, what it is, and the question to a centre.

    The catalogue, the query listing and the page of the data dictionary are derived from these four.
    """

    id: str
    severity: Severity
    text: str
    question: str

    def found(
        self,
        table: str,
        message: str,
        *,
        row: int | None = None,
        column: str | None = None,
        subject: str | None = None,
        lines: tuple[int, ...] = (),
    ) -> Finding:
        """Report the rule as broken at one place."""
        return Finding(
            severity=self.severity,
            rule=self.id,
            table=table,
            row=row,
            column=column,
            subject=subject,
            message=message,
            lines=lines,
        )


def declared_in(modules: Iterable[ModuleType], kind: type[Declared]) -> tuple[Declared, ...]:
    """List the rules of a kind that modules declare, each once, in the order of their lines."""
    return tuple(
        dict.fromkeys(one for module in modules for one in vars(module).values() if isinstance(one, kind))
    )


def with_sites(findings: Iterable[Finding], subjects: pd.DataFrame) -> Iterator[Finding]:
    """Add the centre of each finding's patient; a patient in two centres, or in none, has no centre here."""
    known = subjects[["SUBJID", "SITEID"]].dropna().drop_duplicates()
    sites = dict(known.drop_duplicates("SUBJID", keep=False).itertuples(index=False, name=None))
    for finding in findings:
        site = sites.get(finding.subject)
        yield finding if site is None else replace(finding, site=str(site))


def shown(value: str) -> str:
    """Quote a cell in a message, shortened."""
    return repr(value if len(value) <= 30 else value[:27] + "...")  # noqa: PLR2004 - what fits a line


def first_few(names: Sequence[str], most: int, rest: str = "more") -> str:
    """Write the first of some names, and of how many others that are the first.

    Examples
    --------
    >>> first_few(["a", "b", "c", "d"], 2), first_few(["a", "b"], 2)
    ('a, b and 2 more', 'a, b')
    """
    more = f" and {len(names) - most} {rest}" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def listed_lines(lines: Iterable[int]) -> str:
    """Write lines of a file, runs of them as one.

    Examples
    --------
    >>> listed_lines([4, 5, 6, 12, 31])
    '4-6, 12, 31'
    """
    runs: list[list[int]] = []
    for line in sorted({*lines}):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def without_identifiers(
    findings: Iterable[Finding], tables: Mapping[str, pd.DataFrame], places: Mapping[str, pd.DataFrame]
) -> Iterator[Finding]:
    """Take patients' identifiers that strayed into other cells out of the messages that quote those cells.

    Names of files and worksheets stay whole (``SOURCE`` of ``places``), as each intake record has them and nobody finds
    a line without them. A word in the place of an identifier, such as that of a row of totals, is one only where
    patients are listed.
    """
    known = set()
    for name, frame in tables.items():
        if "SUBJID" in frame.columns:
            found = {str(subject) for subject in frame["SUBJID"].dropna().unique()}
            known |= {one for one in found if name == "subjects" or any(map(str.isdigit, one))}
    # Unquoted only what cannot be a code, a number or a word: digits and something else.
    mixed = [one for one in known if len(one) > 2 and not one.isalpha() and not one.isdigit()]  # noqa: PLR2004
    sources = {str(source) for frame in places.values() for source in frame["SOURCE"].unique()}
    # Quotes and word ends are outside the alternatives: inside, thousands of them are tried at every character.
    strayed = re.compile(
        rf"({_any_of(sources)})|'{_any_of(known)}'|(?<!\w){_any_of(mixed)}(?!\w)", re.IGNORECASE
    )
    for finding in findings:
        message = strayed.sub(lambda found: found[1] or "a patient's identifier", finding.message)
        yield finding if message == finding.message else replace(finding, message=message)


def _any_of(texts: Iterable[str]) -> str:
    """Write a pattern of any of several texts, the longest first: one may begin with another."""
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return f"(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})"


def in_order(findings: Iterable[Finding], tables: Iterable[str]) -> tuple[Finding, ...]:
    """Sort findings: the gravest first, then by table, line, rule and column; no finding twice."""
    place = {table: index for index, table in enumerate(tables)}
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda one: (
                SEVERITIES.index(one.severity),
                place.get(one.table, len(place)),
                one.table,
                one.row or 0,
                one.rule,
                one.column or "",
                one.subject or "",
                one.message,
            ),
        )
    )


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Tabulate findings, one row each: severity, rule, table, row, column, subject, message, site, lines.

    ``lines`` is a text such as ``"4-6, 12"``, empty for a finding of one line.
    """
    columns = [item.name for item in fields(Finding)]
    rows = [(*astuple(finding)[:-1], listed_lines(finding.lines)) for finding in findings]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype({"row": "Int64"})
