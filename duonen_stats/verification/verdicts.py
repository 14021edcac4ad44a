"""What the verdicts on the numbers of a report say together."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from duonen_stats.verification.coverage import family_of
from duonen_stats.verification.second_numbers import (
    AGREES,
    DIFFERS,
    EXPLAINED,
    NOT_COVERED,
    VERDICTS,
    comparison_csv,
)

VERIFICATION = "verification.csv"
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verification:
    """What a second engine says of a report.

    Parameters
    ----------
    compared
        One row per number, with the columns of ``verification.csv``.
    altered
        Files of the folder that were changed or removed after the report was made.
    failed
        Why nothing could be compared; empty if it could.
    """

    compared: pd.DataFrame
    altered: Sequence[str] = ()
    failed: str = ""

    @property
    def passed(self) -> bool:
        """Whether no number differs, and no file was altered."""
        return not (self.altered or self.failed or self.compared["verdict"].eq(DIFFERS).any())

    @property
    def counts(self) -> dict[str, int]:
        """Numbers by verdict."""
        found = self.compared["verdict"].value_counts()
        return {verdict: int(found.get(verdict, 0)) for verdict in VERDICTS}

    @property
    def confirmed(self) -> float:
        """Share of the numbers that agree or whose difference is explained."""
        counts = self.counts
        return (counts[AGREES] + counts[EXPLAINED]) / max(sum(counts.values()), 1)

    def by_family(self) -> pd.DataFrame:
        """Count numbers by part of the report (rows) and verdict (columns)."""
        families = self.compared["analysis_id"].map(family_of)
        table = pd.crosstab(families, self.compared["verdict"])
        return table.reindex(index=[*dict.fromkeys(families)], columns=[*VERDICTS], fill_value=0)

    def by_engine(self) -> "pd.Series[int]":
        """Count the numbers that agree by engine and version."""
        agree = self.compared.loc[self.compared["verdict"].isin((AGREES, EXPLAINED))]
        return (agree["engine"] + " " + agree["version"]).str.strip().value_counts()

    def reasons(self, verdict: str) -> "pd.Series[int]":
        """Count the numbers of a verdict by its reason."""
        return self.compared.loc[self.compared["verdict"].eq(verdict), "reason"].value_counts()

    def differing(self) -> pd.DataFrame:
        """Return the rows that differ."""
        return self.compared.loc[self.compared["verdict"].eq(DIFFERS)]

    def csv(self) -> bytes:
        """Write ``verification.csv``."""
        return comparison_csv(self.compared)

    def text(self) -> str:
        """Read as lines for a terminal."""
        if self.failed:
            return f"Nothing was verified: {self.failed}"
        counts = self.counts
        parts = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        lines = [f"{sum(counts.values())} numbers: {parts} ({100 * self.confirmed:.1f} % confirmed)."]
        lines += [f"{name:<30}" + "".join(f"{n:>8}" for n in row) for name, row in self._table()]
        lines += [f"{number:>6} confirmed by {engine}" for engine, number in self.by_engine().items()]
        for verdict in (EXPLAINED, NOT_COVERED):
            lines += [f"{number:>6} {verdict}: {reason}" for reason, number in self.reasons(verdict).items()]
        lines += [f"ALTERED: {one}." for one in self.altered]
        return "\n".join([*lines, *self.differences()])

    def differences(self) -> list[str]:
        """Name the numbers that differ, the first of many."""
        rows = self.differing()
        lines = [
            f"DIFFERS: {row['analysis_id']} {_said(row['stat'])}, {row['engine']} {_second_said(row['second'])}."
            for row in rows.head(_SHOWN).to_dict("records")
        ]
        rest = len(rows) - _SHOWN
        return [*lines, f"... and {rest} more numbers that differ."] if rest > 0 else lines

    def _table(self) -> list[tuple[str, list[str]]]:
        table = self.by_family()
        short = {AGREES: "agree", EXPLAINED: "expl.", DIFFERS: "differ", NOT_COVERED: "none"}
        head = [("", [short[verdict] for verdict in VERDICTS])]
        return head + [
            (str(name), [str(n) for n in row])
            for name, row in zip(table.index, table.to_numpy(), strict=True)
        ]


def _second_said(second: float) -> str:
    return "finds no number here" if pd.isna(second) else f"gives {second!r}"


def _said(stat: float | None) -> str:
    return "has a reason instead of a number" if stat is None or pd.isna(stat) else f"is {stat!r}"
