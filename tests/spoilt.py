"""A good data cut as bytes that a fault may spoil, and what has to hold of it whatever was spoilt."""

import csv
import io
import random
from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from duonen_stats.raw.checks.check import CROSS_RULES, _dictionary_findings
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import Finding, with_sites
from duonen_stats.study import Study

Row = dict[str, str]


class NotApplicableError(Exception):
    """The cut has no record that this fault could spoil: another fault took it away."""


class SpoiltCut:
    """The files of a data cut, as bytes by name, and their tables as rows of strings to be changed in place."""

    def __init__(
        self, folder: Path, study: Study, seed: int, subjects: AbstractSet[str] | None = None
    ) -> None:
        self.study = study
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
        self._tables: dict[str, list[Row]] = {}
        if subjects is not None:
            for table in study.tables:
                if "SUBJID" in table.key and f"{table.name}.csv" in self.files:
                    self.keep(table.name, lambda row: row["SUBJID"] in subjects)
            self.flush()

    def rows(self, table: str) -> list[Row]:
        """Rows of a table; changes of them are written by ``flush``."""
        if table not in self._tables:
            if f"{table}.csv" not in self.files:
                raise NotApplicableError(table)
            text = self.files[f"{table}.csv"].decode("utf-8", "replace")
            self._tables[table] = [*csv.DictReader(io.StringIO(text, newline=""))]
        return self._tables[table]

    def keep(self, table: str, condition: Callable[[Row], bool]) -> None:
        """Delete the rows for which the condition does not hold."""
        self._tables[table] = [row for row in self.rows(table) if condition(row)]

    def pick(self, table: str, condition: Callable[[Row], bool] = lambda _: True) -> Row:
        """Choose one of the rows for which a condition holds."""
        found = [row for row in self.rows(table) if None not in row and condition(row)]
        if not found:
            raise NotApplicableError(table)
        return self.random.choice(found)

    def of(self, table: str, subject: str, **cells: str) -> list[Row]:
        """Rows of a patient with these cells."""
        wanted = {"SUBJID": subject, **cells}.items()
        return [row for row in self.rows(table) if wanted <= row.items()]

    def one(self, table: str, subject: str, **cells: str) -> Row:
        """The first such row."""
        found = self.of(table, subject, **cells)
        if not found:
            raise NotApplicableError(table)
        return found[0]

    def patient(self, condition: Callable[[Row], bool] = lambda _: True, *, cycles: int = 1) -> str:
        """Choose a patient with so many cycles or more."""

        def fits(row: Row) -> bool:
            return condition(row) and len(self.of("administrations", row["SUBJID"])) >= cycles

        return self.pick("subjects", fits)["SUBJID"]

    def cut_date(self) -> str:
        return self.rows("data_cut")[0]["CUTDT"]

    def flush(self) -> None:
        """Turn changed rows into bytes."""
        for table, rows in self._tables.items():
            names = [column.name for column in self.study.table(table).columns]
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, names, restval="", extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            self.files[f"{table}.csv"] = text.getvalue().encode()
        self._tables = {}

    def write(self, folder: Path) -> Path:
        """Write the files into a new folder."""
        self.flush()
        folder.mkdir()
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder

    def lines(self) -> dict[str, int]:
        """Count the records of each table's files by other means than the package's readers."""
        counts = {table.name: 0 for table in self.study.tables}
        for name, content in self.files.items():
            table = name.rsplit(".", maxsplit=1)[0].lower()
            if table in counts and name.lower().endswith(".csv"):
                counts[table] += _records(content)
        return counts


def _records(content: bytes) -> int:
    text = content.decode("utf-8-sig", "replace")
    if text.count('"') % 2 or b"\xff" in content:  # no CSV: lines are all there is
        return sum(bool(line.strip()) for line in text.splitlines()[1:])
    return sum(
        bool(cells) and (len(cells) > 1 or bool(cells[0].strip())) for cells in csv.reader(io.StringIO(text))
    ) - bool(text.strip())


def telling_patients(cut: Cut) -> set[str]:
    """Choose patients of every arm and centre: those with events, deaths and early ends first."""
    tables = cut.tables
    odd = [
        *tables["disposition"].query("STATUS == 'DISCONTINUED'")["SUBJID"][:4],
        *tables["follow_up"].query("STATUS == 'DEAD'")["SUBJID"][:3],
        *tables["follow_up"].dropna(subset=["NEWTRTDT"])["SUBJID"][:2],
        *tables["adverse_events"]["SUBJID"].drop_duplicates()[:6],
    ]
    usual = tables["subjects"].groupby(["ARM", "SITEID"])["SUBJID"].first()
    return {*odd, *usual}


def asked(cut: Cut, study: Study, rules: Collection[str]) -> list[Finding]:
    """Ask some rules only, which is quick: the reader's, the dictionary's, or cross-record rules alone."""
    found = [one for one in cut.findings if one.rule in rules]
    if any(rule.startswith("DD-") for rule in rules):
        found += [one for one in _dictionary_findings(cut, study, set()) if one.rule in rules]
    records = CutView(cut, study)
    found += [one for rule in CROSS_RULES if rule.rule.id in rules for one in rule.findings(records)]
    return [*with_sites(found, cut.tables["subjects"])]


@dataclass(frozen=True)
class Fault:
    """A kind of corruption: where, what it does, and the rules one of which must name it."""

    name: str
    table: str
    rules: tuple[str, ...]
    spoil: Callable[[SpoiltCut], object] = field(repr=False)
    found_in: str = ""

    def place(self) -> str:
        return self.found_in or self.table


FAULTS: list[Fault] = []


def fault(
    name: str, table: str, *rules: str, found_in: str = ""
) -> Callable[[Callable[[SpoiltCut], object]], None]:
    """Register the decorated function as a kind of corruption."""

    def register(spoil: Callable[[SpoiltCut], object]) -> None:
        FAULTS.append(Fault(name, table, rules, spoil, found_in))

    return register


def cell(
    name: str, table: str, column: str, value: str | Callable[[Row], str], *rules: str,
    where: Callable[[Row], bool] = lambda _: True,
) -> None:  # fmt: skip
    """Register the change of one cell of a row for which ``where`` holds."""

    def spoil(cut: SpoiltCut) -> None:
        row = cut.pick(table, where)
        row[column] = value if isinstance(value, str) else value(row)

    FAULTS.append(Fault(name, table, rules, spoil))


def shifted(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except ValueError as error:
        raise NotApplicableError(day) from error


def later(column: str, days: int) -> Callable[[Row], str]:
    return lambda row: shifted(row[column], days)


def drawn(kinds: list[Fault], seed: int, number: int) -> Iterator[Fault]:
    """Draw so many different kinds at random."""
    yield from random.Random(seed).sample(kinds, number)  # noqa: S311 - no secret
