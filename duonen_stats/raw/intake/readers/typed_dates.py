"""Dates that SAS and SPSS keep as numbers: days or seconds since a day, as the format of the column says."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from duonen_stats.raw.findings import CheckRule, Finding
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.questions import EXPORT_AGAIN

DATEFORMAT = CheckRule(
    "RD-DATEFORMAT",
    "error",
    "The format of a column of dates shows a part from which the month cannot be determined; it is not read.",
    question=EXPORT_AGAIN,
)

SAS_EPOCH = datetime(1960, 1, 1)  # noqa: DTZ001 - neither program keeps a zone
SPSS_EPOCH = datetime(1582, 10, 14)  # noqa: DTZ001

Shown = Literal["day", "moment", "month", "year", "part", "time"]
"""What the format of a column shows: a date, a date and time, a part of a date, or a time of day.

``"part"`` is one from which the month cannot be determined, such as a quarter, a week or a day of the week.
"""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a number is a date: counted in ``unit`` seconds from ``epoch``, and what is ``shown`` of it."""

    epoch: datetime
    unit: int
    shown: Shown


_DAY = 86_400

# Of numbers whose column has no format of dates the mapping file can state what they count.
ORIGINS = MappingProxyType(
    {
        "EXCEL": DateFormat(datetime(1899, 12, 30), _DAY, "day"),  # noqa: DTZ001 - from March 1900 on
        "EXCEL_1904": DateFormat(datetime(1904, 1, 1), _DAY, "day"),  # noqa: DTZ001
        "SAS": DateFormat(SAS_EPOCH, _DAY, "day"),
        "SAS_SECONDS": DateFormat(SAS_EPOCH, 1, "moment"),
        "SPSS": DateFormat(SPSS_EPOCH, 1, "moment"),
    }
)
"""Days, or seconds where the name says so and in SPSS, from the first day that the program counts."""
_COUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]*)?")


def counted_dates(texts: Iterable[str], origin: str) -> dict[str, str]:
    """Write numbers of days or seconds as ISO dates; a part of a day is left out.

    Parameters
    ----------
    texts
        The distinct cells of a column.
    origin
        One of ``ORIGINS``.

    Returns
    -------
    dict
        New text by old one; what is no number, or lies beyond the year 9999, is left out.

    Examples
    --------
    >>> counted_dates(["44599", "44599.5", "brak"], "EXCEL"), counted_dates(["22683"], "SAS")
    ({'44599': '2022-02-07', '44599.5': '2022-02-07'}, {'22683': '2022-02-07'})
    """
    form = ORIGINS[origin]
    counted = {text: date_of(float(text), form) for text in texts if _COUNT.fullmatch(text)}
    return {text: found.date().isoformat() for text, found in counted.items() if isinstance(found, datetime)}


_LANGUAGES = (
    "(?:AFR|CAT|CRO|CSY|DAN|DES|DEU|ENG|ESP|EUR|FIN|FRA|FRS|HUN|ITA|MAC|NLD|NOR|POL|PTG|RUS|SLO|SVE)DF"
)

# From the most special name to the most general: the first that matches a whole name counts.
_SAS = MappingProxyType(
    {
        r"DTMONYY|NLDATMYM|NLDATMMN": (1, "month"),
        r"DTYEAR|NLDATMYR": (1, "year"),
        r"DTYYQC?|NLDATMYQ|NLDATMYW|NLDATMWN?|NLDATMMD|NLDATMTZ": (1, "part"),
        r"DTDATE|DTWKDATX|NLDATMDT|[BE]8601DN|IS8601DN|DATEAMPM|MDYAMPM": (1, "moment"),
        rf"DATETIME|NLDATM(?:AP|L|M|S)?|[BE]8601D[TXZ]|[BE]8601LX|IS8601D[TZ]|{_LANGUAGES}DT": (1, "moment"),
        r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|[BE]8601T[MXZ]|IS8601T[MZ]|NLTIME|NLTIMAP": (1, "time"),
        rf"MONYY|YYMM[CDNPS]?|MMYY[CDNPS]?|YYMON|NLDATEYM[LMS]?|{_LANGUAGES}MY": (_DAY, "month"),
        r"YEAR|NLDATEYR": (_DAY, "year"),
        rf"YYQ[CDNPSRZ]*|QTRR?|MONTH|MONNAME|DAY|DOWNAME|WEEKDAY|NLDATEMN|NLDATEMD[LMS]?|NLDATEYQ[LMS]?"
        rf"|NLDATEYWN?|NLDATEWN|{_LANGUAGES}(?:DN|MN)": (_DAY, "part"),
        rf"DATE|DDMMYY[BCDNPS]?|MMDDYY[BCDNPS]?|YYMMDD[BCDNPS]?|[BE]8601DA|IS8601DA|NLDATE[LMSW]?|JULIAN|JULDAY"
        rf"|WORDDAT[EX]|WEEKDAT[EX]|WEEK[UVW]|PDJULG|PDJULI|NENGO|HEBDATE|MINGUO"
        rf"|{_LANGUAGES}(?:DD|DE|WDX|WKX)": (_DAY, "day"),
    }
)
_SPSS = MappingProxyType(
    {
        r"MOYR": (1, "month"),
        r"QYR|WKYR": (1, "part"),
        r"DATETIME|YMDHMS": (1, "moment"),
        r"TIME|DTIME|MTIME": (1, "time"),
        r"[AEJS]?DATE": (1, "moment"),
    }
)
_EPOCHS = {"SAS": (SAS_EPOCH, _SAS), "SPSS": (SPSS_EPOCH, _SPSS)}


def date_format(program: Literal["SAS", "SPSS"], name: str | None) -> DateFormat | None:
    """Say how the numbers of a column are dates.

    Parameters
    ----------
    program
        Whose format it is.
    name
        Of the format, with or without its width, such as ``"DATE9"`` or ``"EDATE10.0"``.

    Returns
    -------
    DateFormat or None
        ``None`` if it is no format of dates that is known.
    """
    plain = re.sub(r"[0-9]*\.?[0-9]*$", "", (name or "").upper())
    epoch, known = _EPOCHS[program]
    for pattern, (unit, shown) in known.items():
        if re.fullmatch(pattern, plain):
            return DateFormat(epoch, unit, shown)  # type: ignore[arg-type]
    return None


def date_formats(program: Literal["SAS", "SPSS"], meta: Any) -> dict[str, DateFormat]:
    """Say which columns of a file hold dates as numbers, and how: by its description as pyreadstat gives it."""
    return {
        name: found
        for name in meta.column_names
        if (found := date_format(program, meta.original_variable_types.get(name))) is not None
        and meta.readstat_variable_types.get(name) != "string"
    }


def dates_of(values: Sequence[Any], form: DateFormat) -> list[Any]:
    """Turn the numbers of a column into dates.

    Parameters
    ----------
    values
        Numbers; everything else stays as it is.
    form
        How they are dates.

    Returns
    -------
    list
        Moments, a date being one at midnight; of months and years a text such as ``"2022-08"``; of a date
        beyond the year 9999 the text of that date, which no column of dates takes.
    """
    return [date_of(value, form) for value in values]


def date_of(value: Any, form: DateFormat) -> Any:
    """Turn one number into what :func:`dates_of` gives for it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not math.isfinite(value):
        return None
    # A part of a day counts for nothing where days are counted, as in SAS.
    seconds = math.floor(value) * form.unit if form.unit > 1 else value
    if form.shown == "time":
        return (form.epoch + timedelta(seconds=seconds)).time() if 0 <= seconds < _DAY else value
    try:
        moment = form.epoch + timedelta(seconds=seconds)
    except OverflowError:
        return _far_date(seconds, form)
    if form.shown in {"month", "year"}:
        return moment.date().isoformat()[: 7 if form.shown == "month" else 4]
    return moment


def _far_date(seconds: float, form: DateFormat) -> str:
    """Write a date that the calendar of Python does not have, or the number itself."""
    days = seconds // _DAY
    if abs(days) > _FARTHEST:
        return repr(seconds / form.unit)
    return str(np.datetime64(form.epoch.date(), "D") + np.timedelta64(int(days), "D"))


_FARTHEST = 10**11


def undated(
    columns: dict[str, Any], forms: dict[str, DateFormat], table: str, stated: FileDescription
) -> list[Finding]:
    """Empty the columns whose format shows a part of a date only, with a finding for each that is expected."""
    found = []
    known = {column_name(name) for name in stated.expected}
    for name, form in forms.items():
        filled = sum(isinstance(value, int | float) and math.isfinite(value) for value in columns[name])
        if form.shown != "part" or not filled:
            continue
        columns[name] = [None] * len(columns[name])
        if not known or column_name(name) in known:
            message = (
                f"{filled} dates have a format that shows a quarter, a week or a part of the month only; "
                "give them a format that shows what is known of the date, and export the table again."
            )
            found.append(DATEFORMAT.found(table, message, column=column_name(name)))
    return found
