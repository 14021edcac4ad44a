"""What a data frame must have before it is used."""

from collections.abc import Iterable

import pandas as pd

from duonen_stats.errors import DataError


def require_columns(frame: pd.DataFrame, *columns: str) -> None:
    """Raise ``DataError`` naming every column of ``columns`` that ``frame`` lacks."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataError(
            f"Column(s) {', '.join(missing)} missing; present: {', '.join(map(str, frame.columns))}."
        )


def require_unique(frame: pd.DataFrame, *keys: str) -> None:
    """Raise ``DataError`` if two rows of ``frame`` agree in all ``keys``; the message counts them."""
    require_columns(frame, *keys)
    repeated = int(frame.duplicated(list(keys)).sum())
    if repeated:
        raise DataError(f"{repeated} row(s) repeat the key {' + '.join(keys)}, which must be unique.")


def require_values(frame: pd.DataFrame, column: str, allowed: Iterable[object]) -> None:
    """Raise ``DataError`` if ``column`` holds a non-missing value outside ``allowed``."""
    require_columns(frame, column)
    known = set(allowed)
    strange = sorted({str(value) for value in frame[column].dropna().unique() if value not in known})
    if strange:
        raise DataError(
            f"{column} holds {', '.join(strange)}; allowed: {', '.join(sorted(map(str, known)))}."
        )
