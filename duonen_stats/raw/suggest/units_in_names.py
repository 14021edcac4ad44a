"""Units where no column has them: in the names of tests and columns, in the labels of columns, and a unit cut short."""

from collections.abc import Iterable, Mapping

from duonen_stats.raw.intake.reshape.amounts import reads_as_unit
from duonen_stats.raw.intake.reshape.names import name_and_units
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest.recognise import analyte_of, lacks_surface
from duonen_stats.study import Study

CUT_SHORT = "an estimate is per body surface; leave a clearance (Cockcroft and Gault) out; confirm"
"""Why a rate in ml/min is to be confirmed."""


def rates_per_surface(units: Iterable[str], study: Study) -> dict[str, str]:
    """Give the unit that a rate probably has, by the one that is written: an estimate is per body surface.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> rates_per_surface(["ml/min", "g/dl"], load_study())
    {'ml/min': 'mL/min/1.73m2'}
    """
    usual = {one.unit for one in study.all_analytes}
    return {
        unit: whole for unit in sorted({*units}) for whole in usual if unit and lacks_surface(unit, whole)
    }


def units_of_tests(names: Iterable[str]) -> dict[str, str | None]:
    """Give the unit in the name of each test, ``None`` where there is none; empty if no name has one.

    Examples
    --------
    >>> units_of_tests(["Hemoglobina (g/dl)", "Ca"]), units_of_tests(["Hemoglobina", "WBC (krew)"])
    ({'Hemoglobina (g/dl)': 'g/dl', 'Ca': None}, {})
    """
    found = {name: _unit_in(name) for name in names if name}
    return found if any(found.values()) else {}


def units_of_captions(sheet: Sheet, names: Iterable[str], study: Study) -> dict[str, str]:
    """Give the unit in the label of each column of an analyte whose name has none."""
    bare = [name for name in names if _unit_in(name) is None and analyte_of(name, study) is not None]
    found = {name: _unit_in(sheet.captions.get(name, "")) for name in bare}
    return {name: unit for name, unit in found.items() if unit is not None}


def units_of_analytes(called: Mapping[str, str], study: Study) -> dict[str, str]:
    """Give the unit in each label that names an analyte, by the column that has the label."""
    found = {name: _unit_in(label) for label, name in called.items() if analyte_of(label, study) is not None}
    return {name: unit for name, unit in found.items() if unit is not None}


def _unit_in(name: str) -> str | None:
    return next((unit for _, unit in name_and_units(name) if reads_as_unit(unit)), None)
