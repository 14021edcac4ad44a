"""Spellings of one patient's identifier: those that differ in case, spaces, signs or letters that look alike only."""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

_LOOK_ALIKE = str.maketrans("oil", "011")


def bare(identifier: str) -> str:
    """Reduce an identifier to letters and digits, those that look alike made one."""
    plain = unicodedata.normalize("NFKD", str(identifier)).casefold()
    return re.sub(r"[\W_]", "", plain).translate(_LOOK_ALIKE)


def respelt(identifiers: "pd.Series[str]", known: Iterable[str]) -> "pd.Series[bool]":
    """Tell which identifiers are not among those known, but are another spelling of one of them.

    Returns one truth value an identifier, on the same index; an empty cell is none.
    """
    spellings = set(known)
    reduced = {bare(one) for one in spellings} - {""}
    others = [one for one in identifiers.dropna().unique() if one not in spellings and bare(one) in reduced]
    return identifiers.isin(others)


def usual_shape(identifiers: Iterable[str]) -> str | None:
    """Give the pattern that more than half of the identifiers follow, such as ``"99-999"``; else ``None``."""
    shapes = pd.Series([shape(one) for one in identifiers], dtype=object)
    counts = shapes.value_counts()
    return str(counts.index[0]) if len(counts) and 2 * counts.iloc[0] > len(shapes) else None


def shape(identifier: str) -> str:
    """Write each digit as 9 and each letter as A or a; signs and spaces stay."""
    signs = (
        "9" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.isalpha() else sign
        for sign in identifier
    )
    return "".join(signs)
