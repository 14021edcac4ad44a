"""The only place where a number is rounded: how each kind of statistic is written."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from duonen_stats.study import Analyte

MINUS = "−"
NOT_ESTIMABLE = "–"
NO_BREAK = "\u00a0"
TO = " to "
"""Between two limits of which one may be negative or missing: a dash there is read as a sign."""
_P_DECIMALS = 4
_GUARD_DIGITS = 12
_SIGNIFICANT_DIGITS = 15
"""A float keeps every decimal number of that many digits; what lies beyond is noise of its binary form."""
# Digits added at most so that a number stays on its side of a bound.
_MORE_DECIMALS = 4


def rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero, as tables are printed: 31.25 -> 31.3, -10.25 -> -10.3.

    The value is first read at 12 decimals, and at 15 digits, so that 14.85 kept as 14.8499999999999996 is 14.85.

    Source: publication, Table 1 (5/16 printed as 31.3 %) and Table 4 (-10.25 printed as -10.3).
    """
    with localcontext() as context:
        context.prec = 60
        stored = Decimal(value)
        known = min(_GUARD_DIGITS, _SIGNIFICANT_DIGITS - 1 - stored.adjusted()) if stored else _GUARD_DIGITS
        exact = stored.quantize(Decimal(1).scaleb(-max(known, decimals)))
        result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def fixed(value: float, decimals: int, *, signed: bool = False, bounds: Sequence[float] = ()) -> str:
    """Write with a fixed number of decimals, a true minus sign, and a plus sign if ``signed``.

    A number is not rounded onto or across one of the ``bounds`` it is read beside: up to four decimals are added.

    Examples
    --------
    >>> fixed(23.004, 2), fixed(23.004, 2, bounds=(23,)), fixed(23, 2, bounds=(23,))
    ('23.00', '23.004', '23.00')
    """
    places = decimals
    while places < decimals + _MORE_DECIMALS and not all(
        _same_side(value, places, bound) for bound in bounds
    ):
        places += 1
    number = rounded(value, places)
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):.{places}f}"


def significant(value: float, digits: int) -> str:
    """Write with at most that many significant digits, without trailing zeros: for lists and texts, not for tables.

    Examples
    --------
    >>> significant(0.0123456, 3), significant(1500.0, 4)
    ('0.0123', '1500')
    """
    return f"{value:.{digits}g}"


def magnitude(value: float) -> str:
    """Write the size of an error with two digits, such as 1.2e-09."""
    return f"{value:.1e}"


def _same_side(value: float, decimals: int, bound: float) -> bool:
    """Whether a rounded number is above, below or at a bound as the number itself is, binary noise aside."""
    limit, exact, shown = (
        rounded(bound, _GUARD_DIGITS),
        rounded(value, _GUARD_DIGITS),
        rounded(value, decimals),
    )
    return (shown > limit, shown < limit) == (exact > limit, exact < limit)


def count(value: float) -> str:
    """Write a count; raise ``ValueError`` if it is not a whole number."""
    if value != int(value):
        raise ValueError(f"{value} is not a count")
    return f"{int(value)}"


def grade_range(low: float, high: float) -> str:
    """Write the grades that are possible: 3 if only one is, 3 or 4, 0 to 4."""
    if low == high:
        return count(low)
    return f"{count(low)} {'or' if high == low + 1 else 'to'} {count(high)}"


def noun_of(number: float | None, noun: str) -> str:
    """Write a noun as it is behind a number: 1 error, 2 errors, 0 errors."""
    return noun if number == 1 else f"{noun}s"


def percent(value: float, decimals: int = 1) -> str:
    """Write a percentage (already times 100) with its sign; 0 and 100 without decimals."""
    number = rounded(value, decimals)
    if value in {0, 100}:
        return f"{value:.0f}%"
    return f"{fixed(float(number), decimals)}%"


def p_value(value: float, levels: Sequence[float]) -> str:
    """Write a p-value with two significant digits and at most four decimals, never as 0 or 1.

    0.043, 0.0078, 0.17, 0.0001, <0.0001, >0.99. What is written is below each of the ``levels`` exactly if the
    value is: where rounding would hide it, up to three decimals are added, then the level itself is named.

    Parameters
    ----------
    value
        The p-value.
    levels
        Significance levels that it is, or may be, compared with: a p-value is significant if it is below.

    Examples
    --------
    >>> [p_value(value, (0.05,)) for value in (0.0431, 0.04996, 0.05, 0.05004, 0.049999999)]
    ['0.043', '0.04996', '0.050', '0.050', '<0.05']

    References
    ----------
    The publication prints 0.17, 0.043, 0.0078, 0.0001 and <0.0001.
    """
    bounds = [(Decimal(repr(float(level))), value < level) for level in levels]
    for text, lowest, highest in _ways_to_write(value):
        if all(highest < level if below else lowest >= level for level, below in bounds):
            return text
    # So close to a level that digits cannot show it: then the level itself.
    level, below = min(bounds, key=lambda bound: abs(bound[0] - Decimal(value)))
    return f"{'<' if below else '≥'}{level:f}"


def _ways_to_write(value: float) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield texts of a p-value, the usual one first, with the smallest and largest number that each stands for."""
    least = Decimal(1).scaleb(-_P_DECIMALS)
    if not rounded(value, _P_DECIMALS):
        yield f"<{least}", Decimal(0), least - Decimal(1).scaleb(-30)
    elif rounded(value, 2) >= 1:
        yield ">0.99", Decimal("0.99"), Decimal(1)
    else:
        enough = (d for d in range(2, _P_DECIMALS) if rounded(value, d) >= Decimal(10).scaleb(-d))
        usual = next(enough, _P_DECIMALS)
        yield fixed(value, usual), rounded(value, usual), rounded(value, usual)
    for decimals in range(3, _P_DECIMALS + _MORE_DECIMALS):
        number = rounded(value, decimals)
        if 0 < number < 1:
            yield f"{number:.{decimals}f}", number, number


# A number in a language that has a decimal comma.

_DECIMAL = re.compile(r"(?<![\w.])(\d+)\.(\d+)(?!\.?\w)")
_NAMED_BY_NUMBER = re.compile(
    r"(?:§|\bv|\b(?:CTCAE|CFR|RECIST|E3|number|numer|nr|[Vv]ersion|wersja|[Ss]ections?|[Cc]zęści|[Cc]zęść|Python|R|SPSS|SAS"
    r"|MedDRA|duonen_stats|pandas|numpy|scipy|statsmodels|lifelines))[ \u00a0]?v?$"
)
"""What a number with a point is not a quantity after: a version, or a number of a section."""


def decimal_comma(text: str) -> str:
    """Write the decimal numbers of a text with a comma; versions, sections, dates and names keep their point.

    Source: ISO 80000-1, 7.2.2 (the decimal sign is a comma or a point, by the usage of the language).

    Examples
    --------
    >>> decimal_comma("1.73 m², p = 0.043 [−0.5–2.0], CTCAE 5.0, ICH E3 14.1, table1.age.median")
    '1,73 m², p = 0,043 [−0,5–2,0], CTCAE 5.0, ICH E3 14.1, table1.age.median'
    >>> decimal_comma("ścieżka z części 2.6 publikacji")
    'ścieżka z części 2.6 publikacji'
    """
    return _DECIMAL.sub(
        lambda found: (
            found[0] if _NAMED_BY_NUMBER.search(text[: found.start()]) else f"{found[1]},{found[2]}"
        ),
        text,
    )


# What a table calls an analyte.


_FITS = 12


def analyte_name(analyte: Analyte) -> str:
    """Return the label if it fits a narrow column, else the short name: Hemoglobin, but eGFR and WBC."""
    return analyte.label if len(analyte.label) <= _FITS else analyte.short


def upper_first(words: str) -> str:
    """Write words at the beginning of a sentence or a row."""
    return words[:1].upper() + words[1:]


def lower_first(name: str) -> str:
    """Write a name within a sentence: ``Hemoglobin`` in lower case, ``WBC`` and ``eGFR`` as they are."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
