"""Listings of the appendix: records behind the numbers, plan, provenance. Text only, no statistics."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.addos import dose_limits
from duonen_stats.datasets.exposure.adex import CUMULATIVE
from duonen_stats.datasets.safety.reconcile import (
    EVENT_ONLY,
    EVENT_UNDECIDED,
    LAB_ONLY,
    reconcile_grades,
)
from duonen_stats.displays.model.format import analyte_name, fixed, grade_range
from duonen_stats.document.content_model import Listing
from duonen_stats.folder.provenance import WITHHELD
from duonen_stats.plan import Deviation, Plan, decisions
from duonen_stats.plan.plan import NO_EFFECT
from duonen_stats.plan.status import grounds, shown
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.findings import listed_lines
from duonen_stats.study import Study

_SHORT_HASH = 16
_DISAGREEMENTS = {
    LAB_ONLY: "Laboratory grade without an event",
    EVENT_ONLY: "Event without a laboratory grade",
    EVENT_UNDECIDED: "Event, laboratory grade undecided",
}
_FEW = 25
_COURSE = {"SUBJID": "Patient", "TRT01P": "Arm", "NCYC": "Cycles", "TRTEDT": "Last cycle"}
_IN_FILE = {
    False: "Every record stands in cut_readout.csv.",
    True: "Records of treatment are left out, because they would tell the arms of a blinded dry run; every other one "
    "stands in cut_readout.csv. Records are named by their number by patient, date and key, not by a line of a file.",
}


_PLACE = {False: "Line", True: "Number"}


def discontinuations(data: Datasets, study: Study, *, reasons: bool = True) -> Listing:
    """List patients who stopped treatment, with the cycles they received and, if they may be told, the reasons."""
    stopped = data.adsl[data.adsl["EOTSTT"].isin(["DISCONTINUED"])]
    stopped = stopped.assign(DCSREAS=_labelled(stopped["DCSREAS"], study, "disposition"))
    columns = {**_COURSE, "DCSREAS": "Reason"} if reasons else _COURSE
    return _listing("discontinuations", "Discontinued treatment", stopped, columns)


def deaths(data: Datasets) -> Listing:
    """List deaths known at the data cut."""
    died = data.adsl[data.adsl["DTHDT"].notna()]
    columns = {**_COURSE, "DTHDT": "Death"}
    return _listing("deaths", "Deaths known at the data cut", died, columns)


def modifications(data: Datasets, study: Study, plan: Plan) -> Listing:
    """List every activity of a cycle that differs from the first beyond the plan's tolerance, with the reason given."""
    beyond = data.adex["PCHG"].abs() > 100 * plan.modification_tolerance
    changed = data.adex[data.adex["DTYPE"].isna() & beyond].sort_values(["USUBJID", "PARAMCD", "AVISIT"])
    changed = changed.assign(
        ISOTOPE=changed["ISOTOPE"].map({isotope.code: isotope.label for isotope in study.isotopes}),
        DOSREAS=_labelled(changed["DOSREAS"], study, "administrations"),
    )
    columns = {
        "SUBJID": "Patient",
        "TRT01P": "Arm",
        "ISOTOPE": "Isotope",
        "AVISIT": "Cycle",
        "ASTDT": "Date",
        "AVAL": "MBq",
        "CHG": "Change from cycle 1, MBq",
        "DOSREAS": "Reason",
    }
    decimals = {"AVAL": 0, "CHG": 0}
    return _listing(
        "modifications",
        f"Activities changed by more than {100 * plan.modification_tolerance:g}%, cycle by cycle",
        changed,
        columns,
        decimals,
    )


def above_limit(data: Datasets, study: Study) -> Listing:
    """List organ doses above a limit of the protocol, in the course and in single cycles."""
    doses, bounds = data.addos, tuple(limit.gray for limit in dose_limits(study))
    flags = [flag for flag in ("CRIT1FL", "CRIT2FL", "CRIT3FL") if flag in doses.columns]
    over = doses[doses[flags].isin(["Y"]).any(axis=1)].copy()
    over["LIMIT"] = [
        "; ".join(str(row[flag.removesuffix("FL")]) for flag in flags if row[flag] == "Y")
        for row in over.to_dict("records")
    ]
    # Written here: a dose just above its limit must not be rounded onto it.
    over["DOSE"] = [fixed(dose, 2, bounds=bounds) for dose in over["AVAL"]]
    over["AVISIT"] = over["AVISIT"].replace(CUMULATIVE, "All cycles")
    columns = {
        "SUBJID": "Patient",
        "TRT01P": "Arm",
        "AVISIT": "Cycle",
        "DOSE": "Dose, Gy",
        "LIMIT": "Limit exceeded",
    }
    return _listing("above_limit", "Organ doses above a limit", over, columns)


def severe_events(data: Datasets, study: Study) -> Listing:
    """List events of grade 3 or higher and serious events."""
    events = data.adae[(data.adae["AETOXGR"] >= 3) | data.adae["AESER"].eq("Y")]  # noqa: PLR2004
    events = events.assign(
        AESER=_labelled(events["AESER"], study, "adverse_events", "SERIOUS"),
        AEREL=_labelled(events["AEREL"], study, "adverse_events", "RELATED"),
        AEACN=_labelled(events["AEACN"], study, "adverse_events", "ACTION"),
    )
    columns = {
        "SUBJID": "Patient",
        "TRT01P": "Arm",
        "AEDECOD": "Event",
        "AETOXGR": "Grade",
        "ASTDT": "Start",
        "AENDT": "End",
        "AESER": "Serious",
        "AEREL": "Related",
        "AEACN": "Action",
    }
    return _listing("severe_events", "Events of grade 3 or higher, and serious events", events, columns)


def reconciliation(data: Datasets, study: Study) -> Listing:
    """List where derived laboratory grades and reported events disagree at grade 3 or higher."""
    frame = reconcile_grades(data.adlb, data.adae)
    patients = data.adsl.set_index("USUBJID")["SUBJID"].to_dict()
    frame = frame.assign(
        SUBJID=frame["USUBJID"].map(patients),
        FINDING=frame["FINDING"].map(_DISAGREEMENTS),
        AECAT=_in_words(frame["AECAT"], {one.code: one.label for one in study.ae_categories}),
        PARAMCD=_in_words(frame["PARAMCD"], {one.code: analyte_name(one) for one in study.analytes}),
    )
    known = frame["LABGR"].notna()
    pairs = zip(frame.loc[known, "LABGR"], frame.loc[known, "LABGRMX"], strict=True)
    frame["LABGR"] = pd.Series(
        [grade_range(low, high) for low, high in pairs], index=frame.index[known], dtype=object
    )
    return _listing(
        "reconciliation",
        "Laboratory grades and reported events that disagree",
        frame,
        {
            "SUBJID": "Patient",
            "TRT01P": "Arm",
            "FINDING": "Disagreement",
            "AECAT": "Category",
            "PARAMCD": "Analyte",
            "LABGR": "Grade, laboratory",
            "LABDT": "Date, laboratory",
            "AEGR": "Grade, event",
            "AEDT": "Start, event",
        },
        note="Grade 3 or higher in one source without its counterpart in the other. The two are never merged. "
        "Undecided: a limit of normal or a baseline is missing, so the laboratory grade may be 3 or higher.",
    )


def set_aside(data: Datasets) -> Listing:
    """List records of the cut that no analysis dataset uses; many alike are one line with their number."""
    rows: list[tuple[str, ...]] = []
    for (table, reason), alike in data.set_aside.groupby(["table", "reason"], sort=False):
        if len(alike) > _FEW:
            rows.append((str(table), f"{len(alike)} records", "", str(reason)))
            continue
        rows += [
            (str(table), _written(record["row"]), _written(record["subject"]), str(reason))
            for record in alike.to_dict("records")
        ]
    return Listing(
        key="set_aside",
        title="Records set aside",
        columns=("Table", "Line", "Patient", "Reason"),
        rows=tuple(rows),
        note="Every record stands in set_aside.csv.",
        weights=(1.5, 1.0, 1.0, 4.0),
    )


def cut_readout(cut: Cut, *, blinded: bool = False) -> Listing:
    """List what an earlier date of data cut changed; records removed, or kept without a date, by their number."""
    rows: list[tuple[str, ...]] = []
    for action in ("removed", "kept"):
        counts = Counter((one.table, one.column) for one in cut.readout if one.action == action)
        rows += [
            (table, f"{number} records", "", column, action, "", "")
            for (table, column), number in counts.items()
        ]
    rows += [
        (one.table, str(one.row), one.subject or "", one.column, one.action, one.old, one.new)
        for one in cut.readout
        if one.action == "changed"
    ]
    return Listing(
        key="cut_readout",
        title="What the earlier date of data cut changed",
        columns=("Table", _PLACE[blinded], "Patient", "Column", "Action", "Snapshot", "At the cut"),
        rows=tuple(rows),
        note=f"{_IN_FILE[blinded]} Kept: without a date, so that no rule can tell.",
        landscape=True,
        weights=(1.3, 0.9, 0.8, 0.9, 0.8, 1.6, 1.3),
    )


def findings_listing(findings: Sequence[Finding]) -> Listing:
    """List all findings of the data check."""
    rows = tuple(
        (
            finding.severity,
            finding.rule,
            finding.table,
            listed_lines(finding.places),
            finding.column or "",
            finding.site or "",
            finding.subject or "",
            finding.message,
        )
        for finding in findings
    )
    return Listing(
        key="findings",
        title="Findings of the data check",
        columns=("Severity", "Rule", "Table", "Line", "Column", "Centre", "Patient", "Finding"),
        rows=rows,
        landscape=True,
        weights=(0.8, 1.2, 1.3, 0.5, 1.0, 0.6, 0.8, 4.8),
    )


def plan_deviations(found: Sequence[Deviation]) -> Listing:
    """List plan fields that differ from the preset, and which of them change nothing because of another."""
    return Listing(
        key="plan_deviations",
        title="Deviations from the plan",
        columns=("Decision", "Preset", "This plan", "Has an effect"),
        rows=tuple(
            (
                item.field,
                shown(item.planned),
                shown(item.used),
                f"No: {item.idle.removeprefix(f'{NO_EFFECT}: ')}" if item.idle else "Yes",
            )
            for item in found
        ),
        note="Yes: what is shown follows this plan, and may differ from what the preset gives.",
    )


def plan_fields(plan: Plan) -> Listing:
    """List every decision of the plan with its reason and source; for another value, with those of the preset."""
    rows = tuple(
        (item.name, shown(getattr(plan, item.name)), *grounds(plan, item.name)) for item in decisions()
    )
    return Listing(
        key="plan_fields",
        title="Decisions of the plan",
        columns=("Decision", "Value", "Reason", "Source"),
        rows=rows,
        weights=(1.5, 1.3, 3.5, 1.5),
    )


def inputs(cut: Cut, *, blinded: bool = False) -> Listing:
    """List the files of the data cut: how each was understood, what was converted, and its fingerprint.

    In a blinded dry run fingerprints are withheld: that of a small file tells the arms to who tries them all.
    """
    rows = tuple(
        (
            file.shown,
            str(file.rows),
            str(file.columns),
            file.described,
            file.conversions,
            WITHHELD if blinded else file.sha256[:_SHORT_HASH],
        )
        for file in cut.files
    )
    return Listing(
        key="inputs",
        title="Files of the data cut",
        columns=("File", "Rows", "Columns", "Read as", "Converted cells", "SHA-256, first 16 digits"),
        rows=rows,
    )


def versions(found: Mapping[str, str]) -> Listing:
    """List the versions of the software that made the report."""
    return Listing(
        key="versions", title="Software", columns=("Component", "Version"), rows=tuple(found.items())
    )


def _labelled(codes: pd.Series, study: Study, table: str, column: str = "REASON") -> pd.Series:
    """Replace the codes of a column of the data dictionary by their labels."""
    return _in_words(codes, {code.code: code.label for code in study.table(table).column(column).codes})


def _in_words(codes: pd.Series, labels: Mapping[str, str]) -> pd.Series:
    """Replace codes by words; a code without any stays as it was recorded."""
    words = codes.astype(object)
    return words.map(labels).where(words.isin(list(labels)), words)


def _listing(
    key: str,
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    decimals: Mapping[str, int] | None = None,
    note: str = "",
) -> Listing:
    digits = decimals or {}
    records = frame.loc[:, list(columns)].to_dict("records")
    rows = tuple(
        tuple(_written(record[column], digits.get(column)) for column in columns) for record in records
    )
    return Listing(key=key, title=title, columns=tuple(columns.values()), rows=rows, note=note)


def _written(value: object, decimals: int | None = None) -> str:
    """Write a cell of a listing: dates as ISO, numbers as counts or with ``decimals``, missing as nothing."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if decimals is not None and isinstance(value, int | float):
        return fixed(float(value), decimals, signed=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
