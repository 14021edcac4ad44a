"""A printed number beside the one the pipeline gives: do they agree as printed?"""

from decimal import Decimal

from duonen_stats.displays.model.format import fixed, p_value, rounded
from duonen_stats.publication.entry import Entry
from duonen_stats.publication.printed import ALPHA


def agrees(entry: Entry, value: float) -> bool:
    """Tell whether ``value`` would be printed as the entry is.

    ``=`` asks for the same number after rounding to the printed decimals, half away from zero; ``<``, ``>``, ``<=``
    and ``>=`` compare the unrounded number; ``≈`` allows one unit of the last printed digit.
    """
    number, exact = entry.number, Decimal(value)
    match entry.relation:
        case "=":
            return rounded(value, entry.decimals) == number
        case "≈":
            return abs(exact - number) <= 2 * entry.half_unit
        case "<":
            return exact < number
        case ">":
            return exact > number
        case "<=":
            return exact <= number
        case _:
            return exact >= number


def written(entry: Entry, value: float) -> str:
    """Write a regenerated number as the entry is printed; one digit more where the entry gives no exact number."""
    if entry.relation == "=":
        return fixed(value, entry.decimals)
    return p_value(value, (ALPHA,)) if entry.stat == "p" else fixed(value, entry.decimals + 1)
