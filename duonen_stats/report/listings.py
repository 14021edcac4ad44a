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
from duonen_stats.results.analyses.laboratory.cycles import candidates
from duonen_stats.study import Study

_SHORT_HASH = 16
INVESTIGATORS_VERSION = "5.0"
"""Version of CTCAE by which investigators graded adverse events (§2.4)."""
_DISAGREEMENTS = {
    LAB_ONLY: "Laboratory grade without an event",
    EVENT_ONLY: "Event without a laboratory grade",
    EVENT_UNDECIDED: "Event, laboratory grade undecided",
}
_FEW = 25
_COURSE = {"SUBJID": "Patient", "TRT01P": "Arm", "NCYC": "Cycles", "TRTEDT": "Last cycle"}
_IN_FILE = {
    False: "Every record stands in cut_readout.csv.",
    True: "Records of treatment are left out, because they would reveal the arms of a blinded dry run; every other one "
    "stands in cut_readout.csv. Records are named by their number by patient, date and key, not by a line of a file.",
}


_PLACE = {False: "Line", True: "Number"}
_TOXICITY = ("ADVERSE_EVENT", "STOPPING_RULE")
"""Reasons of discontinuation that are toxicity."""

_STOPPING = {
    "SUBJID": "Patient",
    "TRT01P": "Arm",
    "NCYC": "Cycles",
    "TRTEDT": "Last cycle",
    "DCSREAS": "Reason",
    "AETERM": "Event",
    "AETOXGR": "Grade",
    "ASTDT": "Start",
}
_PRODUCTS = {"AERELLU": "Related to ¹⁷⁷Lu", "AERELY90": "Related to ⁹⁰Y"}


def discontinuations(data: Datasets, study: Study, *, reasons: bool = True) -> Listing:
    """List patients who stopped treatment, with the cycles they received and, if they may be shown, the reasons."""
    stopped = data.adsl[data.adsl["EOTSTT"].isin(["DISCONTINUED"])]
    stopped = stopped.assign(DCSREAS=_labelled(stopped["DCSREAS"], study, "disposition"))
    columns = {**_COURSE, "DCSREAS": "Reason"} if reasons else _COURSE
    return _listing("discontinuations", "Discontinued treatment", stopped, columns)


def deaths(data: Datasets, study: Study) -> Listing:
    """List deaths known at the data cut: days after the last cycle, and the cause as far as it is recorded."""
    died = data.adsl[data.adsl["DTHDT"].notna()]
    died = died.assign(DAYS=(died["DTHDT"] - died["TRTEDT"]).dt.days.astype("Int64"))
    columns = {**_COURSE, "DTHDT": "Death", "DAYS": "Days after the last cycle"}
    has_causes = bool(died[["DTHCAUS", "DTHCAUSP"]].notna().any(axis=None))
    if has_causes:
        died = died.assign(DTHCAUS=_labelled(died["DTHCAUS"], study, "follow_up", "DTHCAUSE"))
        columns |= {"DTHCAUS": "Cause", "DTHCAUSP": "In words"}
    note = "" if has_causes or died.empty else "The data have no causes of death."
    return _listing("deaths", "Deaths known at the data cut", died, columns, note=note)


def toxicity_discontinuations(data: Datasets, study: Study, *, reasons: bool = True) -> Listing:
    """List who stopped treatment for toxicity, with the events that led to it.

    Parameters
    ----------
    data, study
        The datasets, with the action taken for each event; the words of the codes.
    reasons
        Whether reasons of discontinuation may be shown: then patients who stopped for an event or a stopping rule of
        whom no event is recorded as the cause are listed too.
    """
    events = data.adae[data.adae["AEACN"].eq("DISCONTINUED").fillna(value=False).astype(bool)]
    chosen = data.adsl["SUBJID"].isin(events["SUBJID"])
    if reasons:
        chosen |= data.adsl["DCSREAS"].isin(_TOXICITY)
    patients = data.adsl.loc[chosen, ["SUBJID", "TRT01P", "NCYC", "TRTEDT", "DCSREAS"]]
    patients = patients.assign(DCSREAS=_labelled(patients["DCSREAS"], study, "disposition"))
    frame = patients.merge(events[["SUBJID", "AETERM", "AETOXGR", "ASTDT"]], on="SUBJID", how="left")
    columns = {name: words for name, words in _STOPPING.items() if reasons or name != "DCSREAS"}
    note = "Without an event: no event is recorded as the cause." if frame["AETERM"].isna().any() else ""
    if data.stamp.blinded:
        note = "Actions taken for an event are withheld in a dry run."
    return _listing(
        "toxicity_discontinuations",
        "Treatment discontinued for toxicity",
        frame.sort_values(["SUBJID", "ASTDT"], kind="stable"),
        columns,
        note=note,
    )


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
    return _events("severe_events", "Events of grade 3 or higher, and serious events", events, study)


def serious_events(data: Datasets, study: Study) -> Listing:
    """List serious events, whenever they began.

    Source: ICH E3, section 12.3.2 and appendix 14.3.2.
    """
    events = data.adae[data.adae["AESER"].eq("Y").fillna(value=False).astype(bool)]
    return _events("serious_events", "Serious events", events, study, whole=True)


def _events(key: str, title: str, events: pd.DataFrame, study: Study, *, whole: bool = False) -> Listing:
    """List events with what was recorded of them; columns that the data do not have are left out."""
    codes = {"AESER": "SERIOUS", "AEREL": "RELATED", "AEACN": "ACTION", "AEOUT": "OUTCOME"}
    products = {"AERELLU": "RELATED", "AERELY90": "RELATED"}
    named = {
        variable: _labelled(events[variable], study, "adverse_events", column)
        for variable, column in {**codes, **products}.items()
    }
    coded = bool(events["AECODFL"].notna().any())
    columns = {"SUBJID": "Patient", "TRT01P": "Arm", "AETERM": "Event"}
    if coded:
        columns["AEDECOD"] = "Preferred term"
    if whole and events["AESOC"].notna().any():
        columns["AESOC"] = "Class"
    columns |= {"AETOXGR": "Grade", "ASTDT": "Start"}
    if whole:
        columns["ASTDY"] = "Day"
    columns["AENDT"] = "End"
    if not whole:
        columns["AESER"] = "Serious"
    columns["AEREL"] = "Related"
    if whole:
        columns |= {name: words for name, words in _PRODUCTS.items() if events[name].notna().any()}
    columns["AEACN"] = "Action"
    if whole:
        columns |= {"AEOUT": "Outcome", "APHASE": "Part of the trial"}
        named["APHASE"] = events["APHASE"].str.capitalize()
    note = "Day 1 is that of the first cycle." if whole and not events.empty else ""
    return _listing(key, title, events.assign(**named), columns, note=note)


def reconciliation(data: Datasets, study: Study, plan: Plan) -> Listing:
    """List where derived laboratory grades and reported events disagree at grade 3 or higher.

    Investigators grade by CTCAE 5.0. Laboratory grades of another version are not compared with theirs.
    """
    alike = plan.ctcae_version == INVESTIGATORS_VERSION
    frame = reconcile_grades(data.adlb, data.adae if alike else data.adae.iloc[:0])
    frame = frame if alike else frame.iloc[:0]
    patients = data.adsl.set_index("USUBJID")["SUBJID"].to_dict()
    frame = frame.assign(
        SUBJID=frame["USUBJID"].map(patients),
        FINDING=frame["FINDING"].map(_DISAGREEMENTS),
        AECAT=_in_words(frame["AECAT"], {one.code: one.label for one in study.ae_categories}),
        PARAMCD=_in_words(frame["PARAMCD"], {one.code: analyte_name(one) for one in study.all_analytes}),
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
        "Undecided: a limit of normal or a baseline is missing, so the laboratory grade may be 3 or higher."
        if alike
        else f"Not compared: investigators graded events by CTCAE v{INVESTIGATORS_VERSION}, and this plan grades "
        f"laboratory values by {plan.words('ctcae_version')}.",
    )


def persistent(data: Datasets, study: Study, plan: Plan) -> Listing:
    """List the candidates for persistent haematological dysfunction: spells of cytopenia, with the days they lasted."""
    found = candidates(data, plan)
    patients = data.adsl.set_index("USUBJID")
    found = found.assign(
        SUBJID=found["USUBJID"].map(patients["SUBJID"]),
        TRT01P=found["USUBJID"].map(patients["TRT01P"]),
        PARAMCD=_in_words(found["PARAMCD"], {one.code: analyte_name(one) for one in study.analytes}),
    )
    return _listing(
        "persistent",
        "Candidates for persistent haematological dysfunction",
        found,
        {
            "SUBJID": "Patient",
            "TRT01P": "Arm",
            "PARAMCD": "Blood count",
            "FIRST": "First low value",
            "LASTBAD": "Last low value",
            "VALUES": "Values",
            "WORST": "Worst grade",
            "LOWER": "Days, at least",
            "UPPER": "Days, at most",
        },
        note=f"Every value of hemoglobin, platelets, leukocytes or neutrophils of grade {plan.persistent_grade} or "
        f"higher ({plan.words('ctcae_version')}), and above the grade at baseline, for more than "
        f"{plan.persistent_days} days. Of several values on one day the worst counts. At least: "
        "from the first to the last low value. At most: between the values before and after; empty if there is none. "
        "Candidates only: whether a cytopenia is explained otherwise is for a clinician to say.",
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
        note=f"{_IN_FILE[blinded]} Kept: without a date, so that no rule can judge it.",
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
        note="Yes: what is shown follows this plan, and may differ from what the preset gives."
        if found
        else "",
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

    In a blinded dry run fingerprints are withheld: that of a small file reveals the arms to anyone who tries them all.
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
