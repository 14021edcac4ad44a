"""Small report folders made by hand, in memory, and what the second engine finds in them."""

from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from duonen_stats import FINAL
from duonen_stats.verification.report_folder import ReportFolder
from duonen_stats.verification.second_numbers import SecondNumbers

_RECORDED = (
    "AGE",
    "SEX",
    "RACE",
    "BMI",
    "PRIMSITE",
    "GRADE",
    "METLIV",
    "METLN",
    "METBON",
    "METOTH",
    "KPS",
    "DXDUR",
)


def plan(**changes):
    return SimpleNamespace(**asdict(replace(FINAL, **changes)))


def day(number):
    return pd.Timestamp("2022-01-01") + pd.Timedelta(days=number)


def dated(rows, *columns):
    frame = pd.DataFrame(rows)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in columns if name in frame})


def folder(*, lists=None, datasets=None, **raw):
    """Make a folder whose cut is at day 1000."""
    names = (
        "RANDDT",
        "EXDT",
        "LBDT",
        "STARTDT",
        "ENDDT",
        "ASSESSDT",
        "LASTDT",
        "DEATHDT",
        "NEWTRTDT",
        "DSDT",
    )
    return ReportFolder(
        path=Path("made"),
        results=pd.DataFrame(),
        plan=plan(),
        manifest={"data_cut": {"date": f"{day(1000):%Y-%m-%d}"}},
        raw={name: dated(rows, *names) for name, rows in raw.items()},
        datasets=datasets or {},
        lists=lists or {},
    )


def subject(subjid, arm, on=0, **rest):
    return dict.fromkeys(_RECORDED) | {"SUBJID": subjid, "ARM": arm, "RANDDT": day(on), "ACTARM": None} | rest


def cycles(subjid, *activities, isotope="LU177", start=10):
    """Give one administration every 56 days, of 7400 MBq or as stated."""
    other = {"LU177_MBQ": None, "Y90_MBQ": None}
    return [
        {"SUBJID": subjid, "CYCLE": f"T{n}", "EXDT": day(start + 56 * (n - 1))}
        | other
        | {f"{isotope}_MBQ": activity}
        for n, activity in enumerate(activities, 1)
    ]


def lab(subjid, visit, on, value, analyte="HGB", unit="g/dL", **rest):
    record = {
        "SUBJID": subjid,
        "VISIT": visit,
        "LBDT": day(on),
        "LBTM": None,
        "ANALYTE": analyte,
        "VALUE": value,
    }
    return record | {"BOUND": None, "UNIT": unit, "_SEQ": on, "_ROW": on} | rest


def values(function, *arguments, **named):
    """Return what a function adds, by id."""
    out = SecondNumbers()
    function(out, *arguments, **named)
    return {name: one.value for name, one in out.by_id.items()}
