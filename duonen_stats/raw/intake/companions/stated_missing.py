"""Words and codes that a mapping file states to mean "missing", brought into one form before they are checked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from duonen_stats.raw.intake.companions.keep_apart import MissingCodes
from duonen_stats.raw.intake.mapping import SourceMapping


def with_reasons(data: Any) -> Any:
    """Write what a mapping file states as missing as reasons by code, whichever of its forms it has.

    Parameters
    ----------
    data
        The file as plain data. ``missing`` of the file, of a source or of a table is a list of codes, or a reason for
        each; ``missing_in`` has such a list for a column. A code may also be mapped to an empty text in ``codes``.

    Returns
    -------
    Any
        The same with a reason, or ``None``, for each code; what has another form is left for the check of the file.
    """
    if not isinstance(data, dict):
        return data
    out = _of_entry(data)
    if "missing" in out:  # all that is stated may be of the file as a whole
        out.setdefault("sources", [])
    if isinstance(out.get("sources"), list):
        out["sources"] = [_of_entry(one) for one in out["sources"]]
    return out


def _of_entry(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    out = dict(entry)
    if "missing" in out:
        out["missing"] = _reasons(out["missing"])
    if isinstance(out.get("missing_in"), dict):
        out["missing_in"] = {column: _reasons(codes) for column, codes in out["missing_in"].items()}
    if isinstance(out.get("codes"), dict):
        out["codes"] = {column: _nothing(codes) for column, codes in out["codes"].items()}
    if isinstance(out.get("tables"), list):
        out["tables"] = [_of_entry(one) for one in out["tables"]]
    return out


def _nothing(codes: Any) -> Any:
    """Write a code that becomes an empty text as one that becomes nothing."""
    return (
        {code: None if new == "" else new for code, new in codes.items()}
        if isinstance(codes, dict)
        else codes
    )


def _reasons(codes: Any) -> Any:
    if isinstance(codes, dict):
        return {_text(code): why or None for code, why in codes.items()}
    if isinstance(codes, list) and all(isinstance(code, str | int | float | date) for code in codes):
        return {_text(code): None for code in codes}
    return (
        {_text(codes): None}
        if isinstance(codes, str | int | float | date) and not isinstance(codes, bool)
        else codes
    )


def _text(code: Any) -> Any:
    return code.isoformat() if isinstance(code, date) else code


def missing_codes(entry: SourceMapping | None, everywhere: Mapping[str, str | None]) -> MissingCodes:
    """Join what is stated of the file as a whole and of one of its sources; the nearer statement holds."""
    general = {**everywhere, **(entry.missing if entry is not None else {})}
    by_column = entry.missing_in if entry is not None else {}
    return MissingCodes(
        everywhere=_with_texts(general),
        by_column={column: _with_texts(codes) for column, codes in by_column.items()},
    )


def _with_texts(codes: Mapping[str, str | None]) -> dict[str, str]:
    return {code: why or "" for code, why in codes.items()}
