"""The only place where a number is rounded: how each kind of statistic is written."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

MINUS = "−"
NOT_ESTIMABLE = "–"
NO_BREAK = "\u00a0"
TO = " to "
"""Between two limits of which one may be negative or missing: a dash there is read as a sign."""
_P_DECIMALS = 4
_GUARD_DIGITS = 12


def rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero, as tables are printed: 31.25 -> 31.3, -10.25 -> -10.3.

    The value is first read at 12 decimals, so that 14.85 kept as 14.8499999999999996 is 14.85.

    Source: publication, Table 1 (5/16 printed as 31.3 %) and Table 4 (-10.25 printed as -10.3).
    """
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value).quantize(Decimal(1).scaleb(-max(_GUARD_DIGITS, decimals)))
        result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write with a fixed number of decimals, a true minus sign, and a plus sign if ``signed``."""
    number = rounded(value, decimals)
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):.{decimals}f}"


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
    """Write a noun as it stands behind a number: 1 error, 2 errors, 0 errors."""
    return noun if number == 1 else f"{noun}s"


def percent(value: float, decimals: int = 1) -> str:
    """Write a percentage (already times 100) with its sign; 0 and 100 without decimals."""
    number = rounded(value, decimals)
    if value in {0, 100}:
        return f"{value:.0f}%"
    return f"{fixed(float(number), decimals)}%"


def p_value(value: float) -> str:
    """Write a p-value with two significant digits and at most four decimals, never as 0 or 1.

    0.043, 0.0078, 0.17, 0.0001, <0.0001, >0.99.

    Source: the publication prints 0.17, 0.043, 0.0078, 0.0001 and <0.0001.
    """
    if not rounded(value, _P_DECIMALS):
        return "<0.0001"
    if rounded(value, 2) >= 1:
        return ">0.99"
    enough = (d for d in range(2, _P_DECIMALS) if rounded(value, d) >= Decimal(10).scaleb(-d))
    return fixed(value, next(enough, _P_DECIMALS))
