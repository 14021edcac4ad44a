"""Every class of errors of this package, in one tree; faults of a calling program are ValueErrors."""

from collections.abc import Mapping, Sequence
from typing import Any


class DuonenError(Exception):
    """Something the user can understand and act on; its message is one clear paragraph."""


class DataError(DuonenError):
    """Data do not have the form that was promised: a column, a key, a type, a code."""


class FaultyCutError(DataError):
    """A data cut has findings of severity error, so that nothing may be computed from it.

    ``findings`` are all findings of the cut, the gravest first.
    """

    def __init__(self, message: str, findings: Sequence[Any]) -> None:
        self.findings = tuple(findings)
        super().__init__(message)


class UnreadableFileError(DataError):
    """A file cannot be read for certain, or is larger than a data cut can be; the message says why, as a clause."""


class OtherFormatError(UnreadableFileError):
    """A file is whole, but of another format than those with its ending that are read."""


class PlanError(DuonenError):
    """A plan or a design asks for something contradictory or impossible."""


class TooFewTrialsError(PlanError):
    """So few trials are to be simulated that no critical value can be found from them."""


class OptionError(DuonenError):
    """A value was stated that cannot be, or has no effect, with these data; ``option`` is the name it has in Python."""

    def __init__(self, option: str, message: str) -> None:
        self.option = option
        super().__init__(message)

    def __reduce__(self) -> tuple[type["OptionError"], tuple[str, str]]:
        return type(self), (self.option, str(self))


class DictionaryError(DuonenError):
    """The data dictionary itself is incomplete or contradicts itself."""


class NotEstimable(DuonenError):  # noqa: N818 - a statistical verdict, not a fault
    """A statistic that has no value for these data.

    Parameters
    ----------
    reason
        A stable code such as ``"group_too_small"`` or ``"all_tied"``.
    n
        Number of usable values per group (or under the key ``"all"``).
    detail
        One sentence a statistician can read in the report.
    """

    def __init__(self, reason: str, n: Mapping[str, int] | None = None, detail: str = "") -> None:
        self.reason = reason
        self.n: dict[str, int] = dict(n or {})
        self.detail = detail
        super().__init__(f"not estimable ({reason}){': ' + detail if detail else ''}")

    def __reduce__(self) -> tuple[type["NotEstimable"], tuple[str, dict[str, int], str]]:
        return type(self), (self.reason, self.n, self.detail)


class TooManyTablesError(DuonenError):
    """Enumeration of all tables with given margins would exceed the limit; anyone who asks draws a sample instead."""


class UnknownResultError(DuonenError):
    """A display or a sentence asked for a number that no analysis has put into the results table."""


class UnknownStatisticError(DuonenError, ValueError):
    """A block of results was asked for a statistic that its family does not have."""


class MissingNumberError(DuonenError):
    """A number that a predicate on the results needs could not be estimated; the message says why."""


class MissingLibraryError(DuonenError):
    """A library that a file format needs is not installed."""


class UnsupportedCaseError(DuonenError):
    """A case asks for a procedure, an option or a form of data that this package does not have."""
