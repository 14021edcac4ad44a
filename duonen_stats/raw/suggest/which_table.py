"""Which tables of the dictionary a sheet probably holds, by the names of its columns."""

from collections.abc import Iterable

from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest.recognise import (
    activity_of,
    analyte_of,
    bare,
    column_of,
    dose_of,
    organ_of,
)
from duonen_stats.study import RawTable, Study

NUMBERED = {
    "adverse_events": "AESEQ",
    "concomitant_therapies": "CMSEQ",
    "protocol_deviations": "DVSEQ",
}
"""The column with the number of the record within the patient, by table."""
_ENOUGH, _SHARE = 3, 0.2
"""So many columns of a table, and such a share of them, must be recognised before a sheet is taken for it."""
_ANALYTES = 2
"""So many columns of analytes, beside patient and date, make a sheet one of laboratory values."""
_MOST = 0.5
"""Such a share of the columns identifies a table where a sheet may hold several."""


def tables_in(
    sheet: Sheet, study: Study, title: str, *, several: bool = False, named: bool = False
) -> list[str]:
    """Say which tables of the dictionary a sheet probably holds.

    Parameters
    ----------
    sheet
        As its reader gave it.
    study
        Whose tables they are.
    title
        Name of the file or worksheet.
    several
        Whether it holds forms of several tables side by side, as an event of a project does.
    named
        Whether the name of the file or worksheet, or a title, says the patient.
    """
    headers = [name for name in sheet.header if name]
    columns = {table.name: {*columns_of(headers, table).values()} for table in study.tables}
    if named:
        columns = {table.name: columns[table.name] | ({"SUBJID"} & {*table.key}) for table in study.tables}
    found = []
    analytes = {name: one[0] for name in headers if (one := analyte_of(name, study)) is not None}
    wide = len({*analytes.values()})
    # One analyte is enough where nothing else is in the way, as in a list of one laboratory's creatinine.
    alone = wide == 1 and {*headers} <= {*analytes, *columns_of(headers, study.table("labs"))}
    patients = named or "SUBJID" in columns["labs"]
    if (
        patients
        and "LBDT" in columns["labs"]
        and (wide >= _ANALYTES or alone or columns["labs"] >= {"ANALYTE", "VALUE"})
    ):
        found.append("labs")
    activities = any(map(activity_of, headers)) or any(f"{one.code}_MBQ" in headers for one in study.isotopes)
    if patients and "EXDT" in columns["administrations"] and activities:
        found.append("administrations")
    organs = "ISOTOPE" in columns["dosimetry"] and any(map(organ_of, headers))
    if patients and (any(map(dose_of, headers)) or organs or columns["dosimetry"] >= {"ORGAN", "DOSE_GY"}):
        found.append("dosimetry")
    if found:
        return found
    shares = {}
    for table in study.tables:
        own = columns[table.name]
        needed = {"ANALYTE", "LABORATORY"} if table.name == "reference_ranges" else {*table.key}
        needed -= {*NUMBERED.values()}  # numbers can be given
        if any(bare(name) == "studyeventrepeatkey" for name in headers):
            needed -= {"CYCLE"}
        if needed <= own and len(own) >= min(_ENOUGH, len(table.columns)):
            usual = sum(not column.optional for column in table.columns)
            shares[table.name] = len(own) / usual + (bare(title) == bare(table.name))
    if several and (most := [name for name in shares if shares[name] >= _MOST]):
        return most
    best = max(shares, key=lambda name: shares[name], default=None)
    return [best] if best is not None and shares[best] >= _SHARE else []


def columns_of(headers: Iterable[str], table: RawTable) -> dict[str, str]:
    """Give the column of the table for each of the source; of two for one the certain, else the first, counts."""
    found: dict[str, tuple[str, bool]] = {}
    for name in headers:
        match = column_of(name, table)
        if match is not None and (match[0] not in found or (match[1] and not found[match[0]][1])):
            found[match[0]] = (name, match[1])
    return {name: column for column, (name, _) in found.items()}
