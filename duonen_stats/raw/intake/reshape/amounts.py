"""Amounts in another unit than the dictionary's: activities, absorbed doses, times and lengths, without rounding."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from types import MappingProxyType

from duonen_stats.study.unit_spelling import unit_readings

_PREFIXES = MappingProxyType(
    {"": 0, "T": 12, "G": 9, "M": 6, "k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "µ": -6, "μ": -6, "n": -9}
)
_BASES: Mapping[str, tuple[str, Fraction]] = MappingProxyType(
    {
        "Bq": ("activity", Fraction(1)),
        "Ci": ("activity", Fraction(37 * 10**9)),
        "Gy": ("dose", Fraction(1)),
        "rad": ("dose", Fraction(1, 100)),
        "m": ("length", Fraction(1)),
    }
)
_DAYS_PER_MONTH = Fraction(487, 16)
"""A month is the twelfth of a year of 365.25 days."""
_TIMES: Mapping[str, Fraction] = MappingProxyType(
    {
        **dict.fromkeys(
            ("years", "year", "yrs", "yr", "y", "a", "lata", "lat", "rok", "roku"), 12 * _DAYS_PER_MONTH
        ),
        **dict.fromkeys(
            ("months", "month", "mths", "mth", "mo", "mies", "mies.", "miesiące", "miesięcy", "mc"),
            _DAYS_PER_MONTH,
        ),
        **dict.fromkeys(("weeks", "week", "wks", "wk", "tyg", "tyg.", "tygodnie", "tygodni"), Fraction(7)),
        **dict.fromkeys(("days", "day", "d", "dni", "dzień"), Fraction(1)),
    }
)
_PLAIN = MappingProxyType({"%": "%", "percent": "%", "points": "points", "pkt": "points", "kg/m2": "bmi"})
_SIGNIFICANT = 15
"""Digits kept where a factor has no end as a decimal number, as of seven days in months."""
_LEAST_LETTERS = 3
"""A shorter word of a name is no unit of time: "d", "mo"."""
_LARGEST = 40
"""Numbers with more digits before or behind the point are left as they are."""


def amount_factor(unit: str, wanted: str) -> Fraction | None:
    """Give the factor from one unit to another of its kind; ``None`` if one is not known or they differ in kind.

    Parameters
    ----------
    unit
        Of an activity, an absorbed dose, a length or a time, with its prefix.
    wanted
        The unit of the dictionary.

    Examples
    --------
    >>> amount_factor("GBq", "MBq"), amount_factor("mGy", "Gy"), amount_factor("Gy/GBq", "Gy")
    (Fraction(1000, 1), Fraction(1, 1000), None)
    >>> amount_factor("years", "months"), amount_factor("mCi", "MBq")
    (Fraction(12, 1), Fraction(37, 1))
    """
    known, aim = _read(unit), _read(wanted)
    if known is None or aim is None or known[0] != aim[0]:
        return None
    return known[1] / aim[1]


def other_time_in_name(name: str, wanted: str) -> str | None:
    """Find a word for another unit of time in the name of a column; ``None`` if it says none, or the wanted one.

    Examples
    --------
    >>> other_time_in_name("Lata od rozpoznania", "months"), other_time_in_name("Months since diagnosis", "months")
    ('lata', None)
    """
    aim = _read(wanted)
    if aim is None or aim[0] != "time":
        return None
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if len(word) >= _LEAST_LETTERS]
    said = [word for word in words if word in _TIMES]
    if not said or any(_TIMES[word] == aim[1] for word in said):
        return None
    return said[0]


def _read(unit: str) -> tuple[str, Fraction] | None:
    text = unit.strip().replace("²", "2").replace("^", "")
    if text.casefold() in _PLAIN:
        return _PLAIN[text.casefold()], Fraction(1)
    if text.casefold() in _TIMES:
        return "time", _TIMES[text.casefold()]
    found = re.fullmatch(r"([TGMkdcmunµμ]?)(Bq|Ci|Gy|rad|m|bq|ci|gy|BQ|CI|GY)", text)
    if found is None or text == "mbq":  # which may be mega
        return None
    kind, scale = _BASES[found[2] if found[2] in _BASES else found[2].capitalize()]
    return kind, scale * Fraction(10) ** _PREFIXES[found[1]]


def reads_as_unit(text: str) -> bool:
    """Whether a text is a unit of anything measured here, or such units one per another.

    Examples
    --------
    >>> [reads_as_unit(text) for text in ("Gy/GBq", "ml/min", "µmol/l", "ml", "K/M", "T1", "raw")]
    [True, True, True, True, False, False, False]
    """
    if sum(sign.isalpha() for sign in text) <= 1:
        return False
    parts = [part.strip() for part in text.split("/")]
    return bool(unit_readings(text)) or all(
        _read(part) is not None or bool(unit_readings(part)) for part in parts
    )


def multiplied(text: str, factor: Fraction) -> str:
    """Multiply a number by a factor as decimal numbers are multiplied by hand; what is no number stays.

    Examples
    --------
    >>> multiplied("3.64", Fraction(1000)), multiplied("98.7", Fraction(1, 1000)), multiplied("n. d.", Fraction(2))
    ('3640', '0.0987', 'n. d.')
    """
    value = _number(text)
    if value is None:
        return text
    exact = Fraction(value) * factor
    return _decimal_text(exact)


def less(text: str, *others: str) -> str:
    """Subtract numbers from a number; empty if one is missing or no number.

    Examples
    --------
    >>> less("3.693", "0.053"), less("3.693", "")
    ('3.64', '')
    """
    numbers = [_number(one) for one in (text, *others)]
    if None in numbers:
        return ""
    first, *rest = (Fraction(one) for one in numbers if one is not None)
    return _decimal_text(first - sum(rest, Fraction(0)))


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < _LARGEST else None


def _decimal_text(value: Fraction) -> str:
    with localcontext() as context:
        context.prec = 60 if _has_end(value) else _SIGNIFICANT
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        text = format(quotient, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _has_end(value: Fraction) -> bool:
    """Whether a number has an end when it is written as a decimal."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
