"""The shape of a finished dataset: its columns in order, each of its own type, even without rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from duonen_stats.datasets.metadata.variables import DATASETS, Kind
from duonen_stats.errors import DataError

_DTYPES = {"date": "datetime64[ns]", "number": "float64", "integer": "Int64"}
"""Kinds that have a type of their own; text and flags are objects."""


def numbers(values: pd.Series) -> pd.Series:
    """``values`` as floats, whatever numeric type they came in; missing is NaN.

    Returns
    -------
    pandas.Series
        float64, same index.
    """
    if values.dtype == "float64":
        return values
    return pd.Series(values.to_numpy(dtype="float64", na_value=np.nan), index=values.index, dtype="float64")


def flag(condition: pd.Series) -> pd.Series:
    """``"Y"`` where ``condition`` holds, else None: the flags of all datasets.

    Returns
    -------
    pandas.Series
        Objects, same index. A missing condition is no "Y".
    """
    return first_label([(condition.to_numpy(dtype=bool, na_value=False), "Y")], condition.index)


def first_label(choices: Sequence[tuple[ArrayLike, str]], index: pd.Index) -> pd.Series:
    """Label each place with the first choice that holds there, None if none does.

    Parameters
    ----------
    choices
        Pairs of booleans, as many as ``index`` is long, and a label.
    index
        Index of the result.

    Returns
    -------
    pandas.Series
        Objects.
    """
    labels = np.full(len(index), None, dtype=object)
    for holds, label in reversed(choices):
        labels[np.asarray(holds, dtype=bool)] = label
    return pd.Series(labels, index=index)


def typed(values: pd.Series, kind: Kind) -> pd.Series:
    """``values`` in the one pandas type of their kind.

    Parameters
    ----------
    values
        Any series that can stand for the kind.
    kind
        ``"text"`` and ``"flag"`` become objects with None, ``"integer"`` Int64, ``"number"`` float64 and
        ``"date"`` datetime64[ns].

    Returns
    -------
    pandas.Series
        Same index.
    """
    if kind in _DTYPES and values.dtype == _DTYPES[kind]:
        return values
    return pd.Series(_typed_array(values, kind), index=values.index)


def _typed_array(values: pd.Series, kind: Kind) -> Any:
    if kind in _DTYPES and values.dtype == _DTYPES[kind]:
        return values.array
    if kind == "date":
        return pd.to_datetime(values).astype("datetime64[ns]").array
    if kind == "number":
        return numbers(values).array
    if kind == "integer":
        return numbers(values).astype("Int64").array
    objects: NDArray[np.object_] = values.to_numpy(dtype=object, copy=True)
    objects[pd.isna(objects)] = None
    return objects


def missing(kind: Kind, index: pd.Index) -> pd.Series:
    """Return a column of a kind without any value."""
    if kind in _DTYPES:
        return pd.Series(index=index, dtype=_DTYPES[kind])
    return pd.Series(np.full(len(index), None, dtype=object), index=index)


def conform(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Give ``frame`` exactly the columns of a dataset, in order and with their types.

    Parameters
    ----------
    frame
        Rows of the dataset. Columns it lacks become missing, columns the dataset lacks are left out.
    dataset
        A key of ``labels.DATASETS``, such as ``"ADSL"``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, numbered from 0.
    """
    index = pd.RangeIndex(len(frame))
    # Arrays, not series: pandas compares the index of each series with that of the frame.
    columns = {
        item.name: _typed_array(frame[item.name], item.kind)
        if item.name in frame.columns
        else missing(item.kind, index).array
        for item in DATASETS[dataset].variables
    }
    return pd.DataFrame(columns, index=index)


def stack(pieces: list[pd.DataFrame], dataset: str) -> pd.DataFrame:
    """Put rows of one dataset below each other.

    Each piece is conformed first, so that an empty or half-filled one changes no type.

    Returns
    -------
    pandas.DataFrame
        The rows of all pieces, in order, numbered from 0.
    """
    frames = [conform(piece, dataset) for piece in pieces]
    # By column: putting whole frames together, pandas looks at each cell of a column that may be empty.
    columns = {
        item.name: pd.concat([frame[item.name] for frame in frames], ignore_index=True)
        for item in DATASETS[dataset].variables
    }
    return pd.DataFrame(columns)


# What a data frame must have before it is used.


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
