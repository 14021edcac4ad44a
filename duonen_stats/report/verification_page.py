"""The page of the second engine: how many numbers it confirms, by which library, and what no engine covers."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from duonen_stats.displays.model.format import fixed
from duonen_stats.document.content_model import Listing
from duonen_stats.verification.second_numbers import AGREES, DIFFERS, EXPLAINED, NOT_COVERED, VERDICTS
from duonen_stats.verification.verdicts import VERIFICATION, Verification

_HEADS = {AGREES: "Agree", EXPLAINED: "Explained", DIFFERS: "Differ", NOT_COVERED: "Not covered"}
_FEW = 50
_NO_NUMBER = "–"
NOT_ASKED = "the report was made without verification"
LATER = "In its folder, duonen verify does it later, and so does the program verification/recompute.R in R."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of verification, or why there is none.

    Parameters
    ----------
    found
        What the second engine made of each number.
    why_not, later
        Without it: the reason, and a sentence on how the numbers can be computed again all the same; empty if they
        cannot.
    stopped
        The second engine should have said something and did not.
    """

    found: Verification | None = None
    why_not: str = NOT_ASKED
    later: str = LATER
    stopped: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing differs; also true of a report that was not to be verified."""
        return not self.stopped if self.found is None else self.found.passed

    def files(self) -> dict[str, bytes]:
        """Write ``verification.csv``, if there is an outcome."""
        return {} if self.found is None else {VERIFICATION: self.found.csv()}

    def line(self) -> str:
        """Read as lines for a terminal."""
        if self.found is None:
            return f"Not verified: {self.why_not}."
        counts, of = self.found.counts, len(self.found.compared)
        confirmed = counts[AGREES] + counts[EXPLAINED]
        head = f"Second engine: {confirmed} of {of} numbers confirmed, {counts[DIFFERS]} differ."
        return "\n".join([head, *self.found.differences()])


def _counted(numbers: Mapping[object, int]) -> tuple[tuple[str, ...], ...]:
    return tuple((str(name), str(number)) for name, number in numbers.items())


def verification_listings(checked: Checked) -> tuple[Listing, ...]:
    """Set the outcome as listings: what differs, by part of the report, by engine, what is explained or not covered.

    Only what there is has a listing; without an outcome there is none.
    """
    found = checked.found
    if found is None:
        return ()
    explained = Listing(
        key="verification_explained",
        title="Differences that a convention explains",
        columns=("Convention", "Numbers"),
        rows=_counted(found.reasons(EXPLAINED).to_dict()),
        weights=(6, 1),
    )
    differing = _differing(found)
    return (
        *((differing,) if differing.rows else ()),
        _by_part(found),
        Listing(
            key="verification_engines",
            title="Engines that confirm numbers",
            columns=("Library and version", "Numbers"),
            rows=_counted(found.by_engine().to_dict()),
        ),
        *((explained,) if explained.rows else ()),
        Listing(
            key="verification_not_covered",
            title="Numbers that no second engine has",
            columns=("Why", "Numbers"),
            rows=_counted(found.reasons(NOT_COVERED).to_dict()),
            weights=(6, 1),
        ),
    )


def _by_part(found: Verification) -> Listing:
    table = found.by_family()
    body = [(str(name), *map(str, row)) for name, row in zip(table.index, table.to_numpy(), strict=True)]
    return Listing(
        key="verification_parts",
        title="Numbers computed a second time",
        columns=("Part of the report", *(_HEADS[verdict] for verdict in VERDICTS)),
        rows=(*body, ("All numbers", *(str(number) for number in found.counts.values()))),
        note=f"{fixed(100 * found.confirmed, 1)} % of the numbers of the results table agree or are explained. "
        "verification.csv has the second number of each.",
    )


def _differing(found: Verification) -> Listing:
    rows = found.differing()
    shown = rows.head(_FEW).to_dict("records")
    reasons = any(isnan(one["stat"]) for one in shown)  # two numbers that differ need none
    return Listing(
        key="verification_differing",
        title="Numbers that differ",
        columns=("Number id", "Number", "Second number", "Engine", *(("Reason",) if reasons else ())),
        rows=tuple(
            (
                one["analysis_id"],
                _NO_NUMBER if isnan(one["stat"]) else repr(one["stat"]),
                _NO_NUMBER if isnan(one["second"]) else repr(one["second"]),
                f"{one['engine']} {one['version']}".strip(),
                *((one["reason"] if isnan(one["stat"]) else "",) if reasons else ()),
            )
            for one in shown
        ),
        note=f"The first {_FEW} of {len(rows)}." if len(rows) > _FEW else "",
        weights=(4, 2, 2, 2, *((4,) if reasons else ())),
    )


def checks_of(checked: Checked) -> Mapping[str, tuple[str, float | None]]:
    """Say of each number, by its id, what the second engine made of it, and its number.

    Examples
    --------
    >>> checks_of(Checked(why_not="not asked for"))
    {}
    """
    if checked.found is None:
        return {}
    said: dict[str, tuple[str, float | None]] = {}
    for row in checked.found.compared.to_dict("records"):
        engine, verdict = f"{row['engine']} {row['version']}".strip(), row["verdict"]
        if verdict == NOT_COVERED:
            said[row["analysis_id"]] = (f"not covered: {row['reason']}", None)
            continue
        words = {
            AGREES: f"confirmed by {engine}",
            EXPLAINED: f"explained ({row['reason']}); {engine}",
            DIFFERS: f"DIFFERS from {engine}",
        }
        second = float(row["second"])
        said[row["analysis_id"]] = (words[verdict], None if isnan(second) else second)
    return said
