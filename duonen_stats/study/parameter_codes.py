"""Codes of parameters (``PARAMCD``) that are made of codes of the data dictionary: doses of organs, activities."""

_DIGITS = "0123456789"
_TOTAL = "TOT"


def dose_parameter(organ: str, isotope: str | None = None) -> str:
    """Return the parameter code in ADDOS of the dose to an organ.

    Parameters
    ----------
    organ
        Code of the organ in the data dictionary.
    isotope
        Code of the isotope that gives the dose; None is all isotopes together.

    Examples
    --------
    >>> dose_parameter("KIDNEY"), dose_parameter("KIDNEY", "LU177"), dose_parameter("MARROW", "Y90")
    ('KIDTOT', 'KIDLU', 'MARY')
    """
    return organ[:3] + (_TOTAL if isotope is None else isotope.rstrip(_DIGITS))


def activity_parameter(isotope: str) -> str:
    """Return the parameter code in ADEX of the activity of an isotope.

    Parameters
    ----------
    isotope
        Code of the isotope in the data dictionary: its symbol, then its mass number.

    Examples
    --------
    >>> activity_parameter("LU177"), activity_parameter("Y90")
    ('A177LU', 'A90Y')
    """
    symbol = isotope.rstrip(_DIGITS)
    return f"A{isotope.removeprefix(symbol)}{symbol}"
