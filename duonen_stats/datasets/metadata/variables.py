"""What each dataset holds: its variables, the keys of its records, the meaning of its codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from duonen_stats.study import Code, Study

# What each dataset holds: its variables in order, with label and kind. The datasets' own dictionary.


Kind = Literal["text", "flag", "integer", "number", "date"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A column: a name of at most 8 characters, a label of at most 40, and its kind."""

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset: its label, what one row is, and its variables in order."""

    label: str
    grain: str
    variables: tuple[Variable, ...]


_KEYS = (
    Variable("STUDYID", "Study Identifier"),
    Variable("USUBJID", "Unique Subject Identifier"),
    Variable("SUBJID", "Subject Identifier for the Study"),
    Variable("TRT01P", "Planned Treatment Arm"),
    Variable("TRT01PN", "Planned Treatment Arm (N)", "integer"),
)

_PARAMETER = (
    Variable("PARAM", "Parameter"),
    Variable("PARAMCD", "Parameter Code"),
    Variable("PARAMN", "Parameter (N)", "integer"),
)

_ADSL = (
    *_KEYS,
    Variable("TRT01A", "Actual Treatment Arm"),
    Variable("TRT01AN", "Actual Treatment Arm (N)", "integer"),
    Variable("SITEID", "Study Site Identifier"),
    Variable("AGE", "Age", "integer"),
    Variable("AGEU", "Age Units"),
    Variable("SEX", "Sex"),
    Variable("RACE", "Race"),
    Variable("RANDDT", "Date of Randomization", "date"),
    Variable("TRTSDT", "Date of First Administration", "date"),
    Variable("TRTEDT", "Date of Last Administration", "date"),
    Variable("NCYC", "Number of Delivered Cycles", "integer"),
    Variable("AERPTEDT", "Date of End of Event Reporting", "date"),
    Variable("EOTSTT", "End of Treatment Status"),
    Variable("DCSREAS", "Reason for Treatment Discontinuation"),
    Variable("DTHDT", "Date of Death", "date"),
    Variable("DTHDTF", "Date of Death Imputation Flag"),
    Variable("DTHCAUS", "Cause of Death"),
    Variable("DTHCAUSP", "Cause of Death in Words"),
    Variable("LSTALVDT", "Date Last Known Alive", "date"),
    Variable("LSTALVDF", "Date Last Known Alive Imputation Flag"),
    Variable("NTRTSDT", "Date of Start of New Antitumor Treatment", "date"),
    Variable("DCUTDT", "Data Cut-Off Date", "date"),
    Variable("RANDFL", "Randomized Population Flag", "flag"),
    Variable("SAFFL", "Safety Population Flag", "flag"),
    Variable("DOSFL", "Dosimetry Population Flag", "flag"),
    Variable("COMPLFL", "All Cycles Delivered Flag", "flag"),
    Variable("PPROTFL", "Per-Protocol Population Flag", "flag"),
    Variable("BMIBL", "Baseline BMI (kg/m2)", "number"),
    Variable("PRIMSITE", "Site of Primary Tumor"),
    Variable("GRADEH", "Histological Grade"),
    Variable("METLIVFL", "Liver Metastases Flag", "flag"),
    Variable("METLNFL", "Lymph Node Metastases Flag", "flag"),
    Variable("METBONFL", "Bone Metastases Flag", "flag"),
    Variable("METOTHFL", "Other Metastases Flag", "flag"),
    Variable("KARNOFBL", "Baseline Karnofsky Performance Status", "integer"),
    Variable("KPS80FL", "Baseline Karnofsky 80 or Above Flag", "flag"),
    Variable("DXDUR", "Time Since Diagnosis (months)", "number"),
    Variable("KI67BL", "Baseline Ki-67 Index (%)", "number"),
    Variable("MODCAT", "Activity Modification Category"),
)

_ADEX = (
    *_KEYS,
    *_PARAMETER,
    Variable("ISOTOPE", "Isotope"),
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", "number"),
    Variable("ASTDT", "Date of Administration", "date"),
    Variable("DTYPE", "Derivation Type"),
    Variable("AVAL", "Administered Activity", "number"),
    Variable("AVALU", "Unit of Activity"),
    Variable("AVALC", "Activity Modification Category"),
    Variable("BASE", "Activity of the First Cycle", "number"),
    Variable("CHG", "Change from the First Cycle", "number"),
    Variable("PCHG", "Change in % of the Nominal Activity", "number"),
    Variable("NCYMOD", "Number of Cycles after the First", "integer"),
    Variable("UPCHG", "Mean Change of the Increased Cycles", "number"),
    Variable("DNCHG", "Mean Change of the Decreased Cycles", "number"),
    Variable("ANYUPFL", "Any Cycle Increased Flag", "flag"),
    Variable("ANYDNFL", "Any Cycle Decreased Flag", "flag"),
    Variable("ONLYUNFL", "No Cycle Increased or Decreased Flag", "flag"),
    Variable("DOSREAS", "Reason for the Activity"),
    Variable("DOSESET", "Activity Set for the Cycle (MBq)", "number"),
)

_ADDOS = (
    *_KEYS,
    *_PARAMETER,
    Variable("ORGAN", "Organ"),
    Variable("ISOTOPE", "Isotope"),
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", "number"),
    Variable("DTYPE", "Derivation Type"),
    Variable("AVAL", "Absorbed Dose", "number"),
    Variable("AVALU", "Unit of Dose"),
    Variable("NCYDOS", "Number of Cycles in the Dose", "integer"),
    Variable("DOSCMPFL", "Dosimetry of the Organ Complete Flag", "flag"),
    Variable("CRIT1", "Analysis Criterion 1"),
    Variable("CRIT1FL", "Criterion 1 Evaluation Result Flag", "flag"),
    Variable("CRIT2", "Analysis Criterion 2"),
    Variable("CRIT2FL", "Criterion 2 Evaluation Result Flag", "flag"),
    Variable("CRIT3", "Analysis Criterion 3"),
    Variable("CRIT3FL", "Criterion 3 Evaluation Result Flag", "flag"),
)

_ADLB = (
    *_KEYS,
    *_PARAMETER,
    Variable("PARCAT1", "Parameter Category 1"),
    Variable("AVAL", "Analysis Value", "number"),
    Variable("AVALU", "Analysis Value Unit"),
    Variable("AVALC", "Bound of a Censored Result"),
    Variable("CENSFL", "Censored Result Flag", "flag"),
    Variable("ADT", "Analysis Date", "date"),
    Variable("ADY", "Analysis Relative Day", "integer"),
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", "number"),
    Variable("VISIT", "Visit as Recorded"),
    Variable("AWTDIFF", "Days between Record and Target Day", "integer"),
    Variable("DTYPE", "Derivation Type"),
    Variable("ABLFL", "Baseline Record Flag", "flag"),
    Variable("BASE", "Baseline Value", "number"),
    Variable("CHG", "Change from Baseline", "number"),
    Variable("PCHG", "Percent Change from Baseline", "number"),
    Variable("SRCVISIT", "Visit of the Worst Change"),
    Variable("ANRLO", "Analysis Normal Range Lower Limit", "number"),
    Variable("ANRHI", "Analysis Normal Range Upper Limit", "number"),
    Variable("ANRIND", "Analysis Reference Range Indicator"),
    Variable("BNRIND", "Baseline Reference Range Indicator"),
    Variable("ATOXGR", "Laboratory-Derived CTCAE Grade", "integer"),
    Variable("ATOXGRMN", "Lowest Possible CTCAE Grade", "integer"),
    Variable("ATOXGRMX", "Highest Possible CTCAE Grade", "integer"),
    Variable("ATOXDSC", "CTCAE Term"),
    Variable("ATOXVER", "Version of CTCAE of the Grades"),
    Variable("ATOXHMN", "Lowest Possible Grade, Term of High", "integer"),
    Variable("ATOXHMX", "Highest Possible Grade, Term of High", "integer"),
    Variable("ATOXDSCH", "CTCAE Term of High Values"),
    Variable("BTOXGR", "Baseline Laboratory-Derived CTCAE Grade", "integer"),
    Variable("ONTRTFL", "On Treatment Record Flag", "flag"),
    Variable("ANL01FL", "One Record per Visit Flag", "flag"),
    Variable("CRIT1", "Discontinuation Rule of the Protocol"),
    Variable("CRIT1FL", "Discontinuation Rule Met Flag", "flag"),
    Variable("LBNAM", "Laboratory"),
    Variable("LBSEQ", "Number of the Raw Record", "integer"),
)

_ADAE = (
    *_KEYS,
    Variable("AESEQ", "Sequence Number", "integer"),
    Variable("AETERM", "Event as Reported"),
    Variable("AEDECOD", "Preferred Term, or Event as Reported"),
    Variable("AECODFL", "Coded with a Preferred Term Flag", "flag"),
    Variable("AESOC", "System Organ Class"),
    Variable("AEDICTV", "Dictionary and Version"),
    Variable("AECAT", "Category of the Event"),
    Variable("AETOXGR", "CTCAE 5.0 Grade by the Investigator", "integer"),
    Variable("AETOXGRI", "CTCAE 5.0 Grade at the Start", "integer"),
    Variable("AESER", "Serious Event"),
    Variable("AEREL", "Related to Treatment"),
    Variable("AERELLU", "Related to 177Lu"),
    Variable("AERELY90", "Related to 90Y"),
    Variable("AEACN", "Action Taken with Treatment"),
    Variable("AEOUT", "Outcome of the Event"),
    Variable("ASTDT", "Analysis Start Date", "date"),
    Variable("ASTDTF", "Analysis Start Date Imputation Flag"),
    Variable("AENDT", "Analysis End Date", "date"),
    Variable("AENDTF", "Analysis End Date Imputation Flag"),
    Variable("ASTDY", "Analysis Start Relative Day", "integer"),
    Variable("ADURN", "Duration of the Event", "integer"),
    Variable("ADURU", "Unit of the Duration"),
    Variable("TRTEMFL", "Treatment-Emergent Flag", "flag"),
    Variable("APHASE", "Part of the Trial the Event Began In"),
    Variable("APERIOD", "Cycle the Event Began In"),
    Variable("AOCCFL", "First Event of the Subject Flag", "flag"),
)

_ADTTE = (
    *_KEYS,
    *_PARAMETER,
    Variable("STARTDT", "Time Origin", "date"),
    Variable("ADT", "Analysis Date", "date"),
    Variable("AVAL", "Time to Event or Censoring", "number"),
    Variable("AVALU", "Unit of Time"),
    Variable("CNSR", "Censoring, 0 = Event, 1 or More = Reason", "integer"),
    Variable("EVNTDESC", "Event or Reason of Censoring"),
    Variable("CNSDTDSC", "What the Date of Censoring Is"),
    Variable("SRCDOM", "Raw Table of the Date"),
    Variable("SRCVAR", "Raw Column of the Date"),
    Variable("SRCSEQ", "Number of the Raw Record", "integer"),
)

_ADVS = (
    *_KEYS,
    *_PARAMETER,
    Variable("AVAL", "Analysis Value", "number"),
    Variable("AVALU", "Analysis Value Unit"),
    Variable("ADT", "Analysis Date", "date"),
    Variable("ADY", "Analysis Relative Day", "integer"),
    Variable("AVISIT", "Analysis Visit"),
    Variable("AVISITN", "Analysis Visit (N)", "number"),
    Variable("ABLFL", "Baseline Record Flag", "flag"),
    Variable("BASE", "Baseline Value", "number"),
    Variable("CHG", "Change from Baseline", "number"),
    Variable("ANL01FL", "One Record per Visit Flag", "flag"),
)

_ADCM = (
    *_KEYS,
    Variable("CMSEQ", "Sequence Number", "integer"),
    Variable("CMTRT", "Therapy as Reported"),
    Variable("CMCLAS", "Class of the Therapy"),
    Variable("CMANTI", "Directed against the Tumor"),
    Variable("CMLINE", "Line of Antitumor Therapy", "integer"),
    Variable("ASTDT", "Analysis Start Date", "date"),
    Variable("ASTDTF", "Analysis Start Date Imputation Flag"),
    Variable("AENDT", "Analysis End Date", "date"),
    Variable("AENDTF", "Analysis End Date Imputation Flag"),
    Variable("ASTDY", "Analysis Start Relative Day", "integer"),
    Variable("PREFL", "Started before Treatment Flag", "flag"),
    Variable("FURTHFL", "Further Antitumor Therapy Flag", "flag"),
    Variable("SUPPFL", "Growth Factor or Transfusion Flag", "flag"),
)

_ADDV = (
    *_KEYS,
    Variable("DVSEQ", "Sequence Number", "integer"),
    Variable("DVTERM", "Deviation as Reported"),
    Variable("DVCAT", "Category of the Deviation"),
    Variable("ASTDT", "Date of the Deviation", "date"),
    Variable("ASTDY", "Analysis Start Relative Day", "integer"),
    Variable("IMPDVFL", "Important Deviation Flag", "flag"),
    Variable("EXCLPPFL", "Excludes from Per-Protocol Flag", "flag"),
)

_ADRS = (
    *_KEYS,
    *_PARAMETER,
    Variable("ADT", "Analysis Date", "date"),
    Variable("ADY", "Day, Randomization = Day 1", "integer"),
    Variable("AVAL", "Analysis Value", "number"),
    Variable("AVALC", "Analysis Value (C)"),
    Variable("AVALU", "Analysis Value Unit"),
    Variable("ABLFL", "Baseline Record Flag", "flag"),
    Variable("BASE", "Baseline Value", "number"),
    Variable("CHG", "Change from Baseline", "number"),
    Variable("PCHG", "Percent Change from Baseline", "number"),
    Variable("ANL01FL", "Counts for Best Response Flag", "flag"),
    Variable("SRCDOM", "Raw Table of the Date"),
    Variable("SRCVAR", "Raw Column of the Date"),
    Variable("SRCSEQ", "Number of the Raw Record", "integer"),
)

DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {
        "ADSL": Dataset("Subject-Level Analysis", "randomised patient", _ADSL),
        "ADEX": Dataset("Exposure Analysis", "patient, isotope and cycle, or derived", _ADEX),
        "ADDOS": Dataset("Organ Dosimetry Analysis", "patient, organ, isotope and cycle, or derived", _ADDOS),
        "ADLB": Dataset("Laboratory Analysis", "patient, analyte and record, or derived", _ADLB),
        "ADAE": Dataset("Adverse Event Analysis", "event", _ADAE),
        "ADRS": Dataset("Tumor Response Analysis", "patient and assessment, or derived", _ADRS),
        "ADTTE": Dataset("Time-to-Event Analysis", "patient and endpoint", _ADTTE),
        "ADVS": Dataset("Vital Signs Analysis", "patient, measurement and record", _ADVS),
        "ADCM": Dataset("Other Therapies Analysis", "therapy", _ADCM),
        "ADDV": Dataset("Protocol Deviations Analysis", "deviation", _ADDV),
    }
)


def column_labels(dataset: str) -> dict[str, str]:
    """Return the label of every column of a dataset, in order, as the export formats want them."""
    return {item.name: item.label for item in DATASETS[dataset].variables}


ORDERED = frozenset(
    {
        "GRADEH", "ATOXGR", "ATOXGRMN", "ATOXGRMX", "ATOXHMN", "ATOXHMX", "BTOXGR", "AETOXGR", "AETOXGRI",
    }
)  # fmt: skip
"""Variables whose values are in an order without being measured: grades."""


# What makes a record of a dataset the same record in another data cut.


Tiers = tuple[tuple[str, ...], ...]
"""Sets of columns, the strictest first: the key, then what identifies a record when part of its key was corrected."""

_OF_A_CYCLE = (("USUBJID", "PARAMCD", "AVISIT", "DTYPE"),)

RECORD_KEYS: Mapping[str, Tiers] = MappingProxyType(
    {
        "ADSL": (("USUBJID",),),
        "ADEX": _OF_A_CYCLE,
        "ADDOS": _OF_A_CYCLE,
        "ADLB": (
            ("USUBJID", "PARAMCD", "DTYPE", "AVISIT", "VISIT", "ADT"),
            ("USUBJID", "PARAMCD", "DTYPE", "AVISIT"),
            ("USUBJID", "PARAMCD", "DTYPE", "VISIT"),
        ),
        "ADAE": (("USUBJID", "AESEQ"),),
        "ADRS": (("USUBJID", "PARAMCD", "ADT"), ("USUBJID", "PARAMCD")),
        "ADTTE": (("USUBJID", "PARAMCD"),),
        "ADVS": (("USUBJID", "PARAMCD", "AVISIT", "ADT"), ("USUBJID", "PARAMCD", "AVISIT")),
        "ADCM": (("USUBJID", "CMSEQ"),),
        "ADDV": (("USUBJID", "DVSEQ"),),
    }
)
"""By dataset. Several records may share a key of ADLB and ADVS: repeated measurements of one day."""

LINES = frozenset({"_ROW", "_SEQ", "LBSEQ", "SRCSEQ"})
"""Columns that say where a record stood, in its file or in the order of records: its place, not its content."""


# What the codes in the analysis datasets mean, by variable.


_RAW = {
    "SEX": "subjects.SEX",
    "RACE": "subjects.RACE",
    "PRIMSITE": "subjects.PRIMSITE",
    "GRADEH": "subjects.GRADE",
    "EOTSTT": "disposition.STATUS",
    "DCSREAS": "disposition.REASON",
    "DOSREAS": "administrations.REASON",
    "ORGAN": "dosimetry.ORGAN",
    "ISOTOPE": "dosimetry.ISOTOPE",
    "VISIT": "labs.VISIT",
    "AESER": "adverse_events.SERIOUS",
    "AEREL": "adverse_events.RELATED",
    "AERELLU": "adverse_events.RELATED",
    "AERELY90": "adverse_events.RELATED",
    "AECAT": "adverse_events.CATEGORY",
    "AEACN": "adverse_events.ACTION",
    "AEOUT": "adverse_events.OUTCOME",
    "APERIOD": "administrations.CYCLE",
    "CMCLAS": "concomitant_therapies.CLASS",
    "CMANTI": "concomitant_therapies.ANTITUMOUR",
    "DVCAT": "protocol_deviations.CATEGORY",
}
"""Raw column whose codes a variable has."""

Codes = Mapping[str | int, str]
"""Label of each code."""

_FLAG: Codes = {"Y": "Yes"}
_YES_NO: Codes = {"Y": "Yes", "N": "No"}
_IMPUTED: Codes = {"D": "Day imputed", "M": "Month and day imputed", "Y": "Whole date imputed"}
_IMPUTATION_FLAGS = ("ASTDTF", "AENDTF", "DTHDTF", "LSTALVDF")
_WITH_NO = ("KPS80FL", "METLIVFL", "METLNFL", "METBONFL", "METOTHFL")


def code_lists(study: Study, variables: Iterable[str], frame: pd.DataFrame | None = None) -> dict[str, Codes]:
    """Give the meaning of each code of each variable that has codes.

    Parameters
    ----------
    study
        The code lists of the data dictionary.
    variables
        Names of the variables of a dataset.
    frame
        Its records: codes of a series without an end, such as visits of follow-up, are those that it has.

    Returns
    -------
    dict
        By variable the label of each code; numbers of arms are integers. Free text and numbers are left out.
    """
    arms: Codes = {arm.code: f"{arm.label}: {arm.description}" for arm in study.arms}
    numbered: Codes = {number: label for number, label in enumerate(arms.values(), 1)}  # noqa: C416 - typed
    lists: dict[str, Codes] = {}
    for name in variables:
        if name in {"TRT01P", "TRT01A"}:
            lists[name] = arms
        elif name in {"TRT01PN", "TRT01AN"}:
            lists[name] = numbered
        elif name in _RAW:
            table, _, column = _RAW[name].partition(".")
            present = () if frame is None or name not in frame else frame[name].dropna().unique()
            lists[name] = _labels(study.table(table).column(column).codes_for(present))
        elif name in _IMPUTATION_FLAGS:
            lists[name] = _IMPUTED
        elif name.endswith("FL"):
            lists[name] = _YES_NO if name in _WITH_NO else _FLAG
    return lists


def _labels(codes: Iterable[Code]) -> Codes:
    return {code.code: code.label for code in codes}
