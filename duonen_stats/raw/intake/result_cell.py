"""The cell of a laboratory result: a number, a bound, or a word in place of a result, and a flag behind it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from duonen_stats.raw.intake.missing_words import is_no_result

_NUMBER = r"(?:[0-9](?:[0-9.,\u00a0\u202f ' ]*[0-9])?[.,]?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_SIGNS = {
    "<": "<", "<=": "<=", "=<": "<=", "≤": "<=", "⩽": "<=", ">": ">", ">=": ">=", "=>": ">=", "≥": ">=", "⩾": ">=",
    "&lt;": "<", "&gt;": ">", "&lt;=": "<=", "&gt;=": ">=",
}  # fmt: skip
_WORDS = {
    "less than": "<", "below": "<", "under": "<", "mniej niż": "<", "poniżej": "<", "pon.": "<",
    "more than": ">", "greater than": ">", "above": ">", "over": ">", "więcej niż": ">", "powyżej": ">", "pow.": ">",
}  # fmt: skip
_BOUND = re.compile(
    rf"(?P<sign>{'|'.join(re.escape(one) for one in sorted([*_SIGNS, *_WORDS], key=len, reverse=True))})"
    rf"\s*(?P<number>[+-]?{_NUMBER})",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"(?P<number>[+-]?{_NUMBER})")
_TERM = (
    "(?i:high|low|normal|abnormal|wysoki|wysokie|niski|niskie|norma|w normie|(?:powyżej|poniżej) normy|"
    "(?:above|below) normal)"
)
_MARK = rf"(?:\((?:LL?|HH?|N|[*!↑↓])\)|\[(?:LL?|HH?|N|[*!↑↓])\]|LL?|HH?|[↑↓⬆⬇▲▼]+|[+*!]+|(?<= )N|(?<= )\(?{_TERM}\)?)"
_FLAG = re.compile(rf"\s*(?:[*!]+\s*)?{_MARK}(?:\s*[*!]+)?")
"""A mark behind a number: a letter only in upper case and alone, because "l" and "g/L" are units."""
_BEFORE = re.compile(
    r"(?P<flag>(?:LL?|HH?)[\s:]+|[*!]+\s*|[↑↓⬆⬇▲▼]+\s*|\((?:LL?|HH?|[*!↑↓])\)\s*|\[(?:LL?|HH?|[*!↑↓])\]\s*)"
    r"(?=[<>≤≥0-9.,])"
)
_STORED = re.compile(r"(<=|>=|<|>)[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCell:
    """What a cell of results holds; each part is a text as delivered, empty if it is not there.

    ``number`` is the result and ``bound`` its bound, such as ``"<0,3"``, with the decimal sign of the file: which
    one that is shows in the column as a whole. ``reason`` is the word in place of a result, ``flag`` the mark behind
    a number. ``rest`` is a cell that cannot be understood with certainty: then nothing else is there.
    """

    number: str = ""
    bound: str = ""
    reason: str = ""
    flag: str = ""
    rest: str = ""


def split_result(text: str) -> ResultCell:
    """Split the cell of a laboratory result.

    Parameters
    ----------
    text
        The cell as delivered.

    Returns
    -------
    ResultCell
        The sign of a bound is one of ``<``, ``<=``, ``>``, ``>=``. A flag is L, H, LL, HH, N, arrows, ``+``, ``*`` or
        ``!``, also in brackets or before the number (a letter apart), or a word such as "high", and nothing else:
        ``12.3 g/L`` and ``12 l`` are not understood, and neither is a word that may be a result itself, such as
        "negative".

    Examples
    --------
    >>> split_result("12,3 L").number, split_result("12,3 L").flag
    ('12,3', 'L')
    >>> split_result("< 0,3").bound, split_result("≥ 90 H").bound, split_result("hemoliza").reason
    ('<0,3', '>=90', 'hemoliza')
    >>> split_result("12.3 g/L").rest
    '12.3 g/L'
    """
    cell = " ".join(text.split())
    if not cell:
        return ResultCell()
    if before := _BEFORE.match(cell):
        found = _understood(cell[before.end() :])
        return (
            ResultCell(rest=cell) if found.rest or found.flag else replace(found, flag=before["flag"].strip())
        )
    found = _understood(cell)
    return ResultCell(reason=cell) if found.rest and is_no_result(cell) else found


def mark_beside(text: str) -> str:
    """Give what may be a mark beside a number: signs behind it that are no known mark; empty if there are none.

    Examples
    --------
    >>> mark_beside("< 0,1 #"), mark_beside("12,3 *"), mark_beside("12,3 g")
    ('#', '', '')
    """
    found = _SIGN_BEHIND.search(text)
    if found is None or not split_result(text).rest or split_result(text[: found.start()]).rest:
        return ""
    return found[1]


_SIGN_BEHIND = re.compile(r"\s*([^\w\s<>=≤≥.,+%/()\[\]?~≈±'\"-]{1,3})$")
"""Signs that say that a value is doubtful or not exact are never proposed as marks."""


def without_marks(text: str, marks: Collection[str]) -> str:
    """Leave out stated marks before and behind a number; any other text stays as it is.

    Parameters
    ----------
    text
        The cell as delivered; a unit and a normal range may be in it, too.
    marks
        Texts that say nothing of the value, such as ``#``. One of letters has to be apart from other letters and from
        digits.

    Examples
    --------
    >>> without_marks("< 0,1 #", ["#"]), without_marks("#", ["#"]), without_marks("12,3 x10", ["x"])
    ('< 0,1', '#', '12,3 x10')
    """
    one = "|".join(
        (r"(?<![^\W_])" if mark[0].isalnum() else "")
        + re.escape(mark)
        + (r"(?![^\W_])" if mark[-1].isalnum() else "")
        for mark in sorted(marks, key=len, reverse=True)
    )
    found = re.fullmatch(rf"\s*(?:(?:{one})\s*)*(?P<rest>.*?)(?:\s*(?:{one}))*\s*", text) if one else None
    return found["rest"] if found is not None and re.search(r"[0-9]", found["rest"]) else text


def _understood(cell: str) -> ResultCell:
    if (found := _BOUND.match(cell)) and _is_flag(cell[found.end() :]):
        sign = _SIGNS.get(found["sign"].casefold()) or _WORDS[found["sign"].casefold()]
        return ResultCell(bound=f"{sign}{found['number']}", flag=cell[found.end() :].strip())
    if (found := _PLAIN.match(cell)) and _is_flag(cell[found.end() :]):
        return ResultCell(number=found["number"], flag=cell[found.end() :].strip())
    return ResultCell(rest=cell)


def _is_flag(text: str) -> bool:
    return not text or _FLAG.fullmatch(text) is not None


def bound_parts(bound: str) -> tuple[str, float] | None:
    """Give the sign and the number of a bound as the raw format has it; ``None`` if it is not written so.

    Examples
    --------
    >>> bound_parts("<0.3"), bound_parts("< 0,3")
    (('<', 0.3), None)
    """
    found = _STORED.fullmatch(bound)
    return None if found is None else (found[1], float(bound[len(found[1]) :]))
