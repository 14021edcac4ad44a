"""Where each variable of the analysis datasets comes from: a raw column, an assignment or a derivation.

Texts for people and for define.xml. The rules themselves are in the modules of this package; where the plan
decides, the text says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Origin = Literal["Predecessor", "Assigned", "Derived"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Origin of a variable in the words of Define-XML, and the rule or the raw column."""

    origin: Origin
    text: str


_RAW = re.compile(r"[a-z_]+\.[A-Z0-9_]+")
_ASSIGNED = "Assigned: "

_SUBJECT = {
    "STUDYID": "Assigned: identifier of the study; marked (SIMULATED) unless the cut is the trial's",
    "USUBJID": "Identifier of the study and SUBJID, joined by a hyphen",
    "SUBJID": "subjects.SUBJID",
    "TRT01P": "subjects.ARM",
    "TRT01PN": "Place of TRT01P among the arms of the data dictionary, from 1",
}

_ADSL = {
    "TRT01A": "subjects.ACTARM, else TRT01P, if at least one cycle was delivered; else missing",
    "TRT01AN": "Number of the arm TRT01A in the order of the protocol",
    "SITEID": "subjects.SITEID",
    "AGE": "subjects.AGE",
    "AGEU": "Assigned: YEARS where AGE is known",
    "SEX": "subjects.SEX",
    "RACE": "subjects.RACE",
    "RANDDT": "subjects.RANDDT",
    "TRTSDT": "Earliest administrations.EXDT of a delivered cycle",
    "TRTEDT": "Latest administrations.EXDT of a delivered cycle",
    "NCYC": "Number of delivered cycles; 0 if never treated",
    "AERPTEDT": "TRTEDT + days of the plan, or disposition.DSDT if treatment was discontinued later; missing while it "
    "goes on",
    "EOTSTT": "disposition.STATUS",
    "DCSREAS": "disposition.REASON",
    "DTHDT": "follow_up.DEATHDT, missing if later than the data cut",
    "DTHDTF": "D, M or Y: what of DTHDT was imputed, by follow_up.DEATHDTC",
    "DTHCAUS": "follow_up.DTHCAUSE, missing if DTHDT is, or if the cut has no causes",
    "DTHCAUSP": "follow_up.DTHTEXT, missing if DTHDT is, or if the cut has none",
    "LSTALVDT": "follow_up.LASTDT, the date of the data cut if later",
    "LSTALVDF": "D, M or Y: what of LSTALVDT was imputed, by follow_up.LASTDTC",
    "NTRTSDT": "follow_up.NEWTRTDT, if it is not after the data cut",
    "DCUTDT": "data_cut.CUTDT",
    "RANDFL": "Y: every patient randomised up to the data cut",
    "SAFFL": "Y if at least one cycle was delivered",
    "DOSFL": "Y if every isotope given in every delivered cycle has a dose of every organ",
    "COMPLFL": "Y if all cycles of the protocol were delivered",
    "PPROTFL": "Y if treated at least once, as the arm randomised to, without a deviation that excludes by the plan; "
    "missing for all if the cut has no record of deviations",
    "BMIBL": "subjects.BMI",
    "PRIMSITE": "subjects.PRIMSITE",
    "GRADEH": "subjects.GRADE",
    "METLIVFL": "subjects.METLIV",
    "METLNFL": "subjects.METLN",
    "METBONFL": "subjects.METBON",
    "METOTHFL": "subjects.METOTH",
    "KARNOFBL": "subjects.KPS",
    "KPS80FL": "Y if KARNOFBL is 80 or more, N if it is less",
    "DXDUR": "subjects.DXDUR",
    "KI67BL": "subjects.KI67",
    "MODCAT": "AVALC of the row MODIFICATION of ADEX; NOT EVALUABLE without a second cycle, missing in an arm of "
    "fixed activity",
}

_ADEX = {
    "PARAM": "Activity of the isotope with its unit",
    "PARAMCD": "A and the name of the isotope",
    "PARAMN": "Place of the isotope in the data dictionary, from 1",
    "ISOTOPE": "Isotope whose column of administrations holds the activity",
    "AVISIT": "administrations.CYCLE; CUMULATIVE or MODIFICATION on derived rows",
    "AVISITN": "Number of the cycle; 90 and 91 on derived rows",
    "ASTDT": "administrations.EXDT",
    "DTYPE": "SUM over cycles, AVERAGE over the delivered cycles after the first; missing on recorded rows",
    "AVAL": "Activity recorded for the isotope; 0 if the isotope of the arm was not given in a delivered cycle; "
    "the sum or mean on derived rows",
    "AVALU": "Assigned: MBq",
    "AVALC": "On MODIFICATION rows: INCREASED or DECREASED if CHG exceeds the plan's tolerance times the nominal "
    "activity, else UNCHANGED; NOT EVALUABLE without a first or later cycle",
    "BASE": "AVAL of the first cycle",
    "CHG": "AVAL - BASE; the mean over later cycles on MODIFICATION rows",
    "PCHG": "100 x CHG / nominal activity of the arm at the first cycle",
    "NCYMOD": "Number of delivered cycles after the first",
    "UPCHG": "Mean CHG of the cycles increased beyond the tolerance",
    "DNCHG": "Mean CHG of the cycles decreased beyond the tolerance",
    "ANYUPFL": "Y if a cycle was increased beyond the tolerance",
    "ANYDNFL": "Y if a cycle was decreased beyond the tolerance",
    "ONLYUNFL": "Y if the modification is evaluable and no cycle was increased or decreased",
    "DOSREAS": "administrations.REASON",
    "DOSESET": "Activity that dosimetry set, recorded for the isotope in administrations; else the nominal activity of "
    "the arm in the first cycle, and where the arm does not adapt the isotope; missing if nobody recorded it",
}

_ADDOS = {
    "PARAM": "Dose of the organ from the isotope, or in total, with its unit",
    "PARAMCD": "Three letters of the organ and the isotope, or TOT",
    "PARAMN": "Order of the parameters: organ, then isotope, the total last",
    "ORGAN": "dosimetry.ORGAN",
    "ISOTOPE": "dosimetry.ISOTOPE",
    "AVISIT": "dosimetry.CYCLE; CUMULATIVE on sums over cycles",
    "AVISITN": "Number of the cycle; 90 on sums over cycles",
    "DTYPE": "SUM on sums over cycles; missing else",
    "AVAL": "dosimetry.DOSE_GY; the total over isotopes if each one given has a dose; the sum over cycles",
    "AVALU": "Assigned: Gy",
    "NCYDOS": "Number of cycles in the dose",
    "DOSCMPFL": "Y if no delivered cycle of the patient lacks a dose of the organ",
    "CRIT1": "Text of the first limit of the protocol, on the rows it applies to",
    "CRIT1FL": "Y if the dose is above the limit of CRIT1",
    "CRIT2": "Text of the second limit of the protocol, on the rows it applies to",
    "CRIT2FL": "Y if the dose is above the limit of CRIT2",
    "CRIT3": "Text of the third limit of the protocol, on the rows it applies to",
    "CRIT3FL": "Y if the dose is above the limit of CRIT3",
}

_ADLB = {
    "PARAM": "Name of the analyte with its unit",
    "PARAMCD": "labs.ANALYTE",
    "PARAMN": "Place of the analyte in the data dictionary, from 1",
    "PARCAT1": "Category of the analyte in the data dictionary",
    "AVAL": "labs.VALUE times the factor from its unit to the analyte's own; for a censored result the number of its "
    "bound, half of it or none, by the plan's rule; the worst CHG's value on NADIR rows",
    "AVALC": "labs.BOUND in the unit AVALU, if the result is known only to lie beyond it",
    "CENSFL": "Y if the result is known only to lie beyond the bound AVALC",
    "AVALU": "Unit of the analyte in the data dictionary",
    "ADT": "labs.LBDT",
    "ADY": "Days from TRTSDT, which is day 1; the day before is -1",
    "AVISIT": "Visit the record is assigned to by window and, for the baseline, by the plan; NADIR on derived rows",
    "AVISITN": "Number of AVISIT in the data dictionary; 92 on NADIR rows",
    "VISIT": "labs.VISIT",
    "AWTDIFF": "Days between ADT and the target day of AVISIT, without sign",
    "DTYPE": "MINIMUM or MAXIMUM on NADIR rows; missing else",
    "ABLFL": "Y on the baseline record by the plan's rule, on or before TRTSDT",
    "BASE": "AVAL of the record with ABLFL",
    "CHG": "AVAL - BASE; missing at and before baseline",
    "PCHG": "100 x CHG / BASE",
    "SRCVISIT": "On NADIR rows: visit at which the worst change occurred",
    "ANRLO": "labs.LLN, else the lower limit of the laboratory's reference range, in the analyte's own unit",
    "ANRHI": "labs.ULN, else the upper limit of the laboratory's reference range, in the analyte's own unit",
    "ANRIND": "LOW, NORMAL or HIGH by ANRLO and ANRHI; missing if the limit in the adverse direction is not known",
    "BNRIND": "ANRIND of the record with ABLFL",
    "ATOXGR": "ATOXGRMN if it equals ATOXGRMX, else missing",
    "ATOXGRMN": "Lowest grade by ATOXVER that AVAL, ANRLO, ANRHI, BASE and BNRIND allow, by the bounds of labs.UNIT",
    "ATOXGRMX": "Highest grade by ATOXVER that AVAL, ANRLO, ANRHI, BASE and BNRIND allow, by the bounds of labs.UNIT",
    "ATOXDSC": "Term of the analyte by the version ATOXVER in the data dictionary; missing if that has none",
    "ATOXVER": "CTCAE version of the plan",
    "ATOXHMN": "Lowest grade that AVAL and ANRHI allow by the term of high values, where low ones are the usual harm",
    "ATOXHMX": "Highest grade that AVAL and ANRHI allow by the term of high values, where low ones are the usual harm",
    "ATOXDSCH": "Term of high values of the analyte in the data dictionary, where low ones are the usual harm",
    "BTOXGR": "ATOXGR of the record with ABLFL",
    "ONTRTFL": "Y if ADT is after TRTSDT and AVISIT is known or ADT is within the last window after TRTEDT",
    "ANL01FL": "Y on the record that stands for its visit by the plan's rule, and on NADIR rows",
    "CRIT1": "Text of the discontinuation rule of the protocol on the analyte",
    "CRIT1FL": "Y if AVAL meets the rule of CRIT1",
    "LBNAM": "labs.LABORATORY",
    "LBSEQ": "Assigned: number of the raw record by patient, date and key; column _SEQ of raw/labs.csv",
}

_ADAE = {
    "AESEQ": "adverse_events.AESEQ",
    "AETERM": "adverse_events.TERM",
    "AEDECOD": "adverse_events.PT; adverse_events.TERM where the event is not coded",
    "AECODFL": "Y if adverse_events.PT is there",
    "AESOC": "adverse_events.SOC, missing if the cut has none",
    "AEDICTV": "adverse_events.DICTVER, missing if the cut has none",
    "AECAT": "adverse_events.CATEGORY",
    "AETOXGR": "adverse_events.GRADE",
    "AETOXGRI": "adverse_events.GRADEINI, missing if the cut has none",
    "AESER": "adverse_events.SERIOUS",
    "AEREL": "adverse_events.RELATED; where that is missing, Y if the event is related to a product",
    "AERELLU": "adverse_events.RELLU, missing if the cut has none",
    "AERELY90": "adverse_events.RELY90, missing if the cut has none",
    "AEACN": "adverse_events.ACTION",
    "AEOUT": "adverse_events.OUTCOME",
    "ASTDT": "adverse_events.STARTDT",
    "ASTDTF": "D, M or Y: what of ASTDT was imputed, by adverse_events.STARTDTC",
    "AENDT": "adverse_events.ENDDT, missing if later than the data cut",
    "AENDTF": "D, M or Y: what of AENDT was imputed, by adverse_events.ENDDTC",
    "ASTDY": "Days from TRTSDT, which is day 1; the day before is -1",
    "ADURN": "AENDT - ASTDT + 1; missing if a date is missing or was imputed",
    "ADURU": "Unit of ADURN",
    "TRTEMFL": "Y if ASTDT is on or after TRTSDT, and not after ADSL.AERPTEDT; "
    "without ASTDT, Y if the patient was treated and AENDT is not before TRTSDT",
    "APHASE": "TREATMENT if TRTEMFL is Y, FOLLOW-UP if ASTDT is after ADSL.AERPTEDT, else BEFORE TREATMENT; "
    "missing for who was never treated",
    "APERIOD": "Cycle of the last administration on or before ASTDT",
    "AOCCFL": "Y on the patient's first event with TRTEMFL",
}

_ADRS = {
    "PARAM": "Name of the measure of tumour response with its unit",
    "PARAMCD": "Code of the measure of tumour response",
    "PARAMN": "Order of the measures of tumour response",
    "ADT": "tumour_assessments.ASSESSDT",
    "ADY": "Days from RANDDT, which is day 1; the day before is -1",
    "AVAL": "Number of the measure, such as the sum of diameters of tumour_assessments.SUMDIAM",
    "AVALC": "Response as recorded in tumour_assessments.RESPONSE, or the best one by the plan's rules",
    "AVALU": "Assigned: unit of AVAL",
    "ABLFL": "Y on the baseline record",
    "BASE": "AVAL of the record with ABLFL",
    "CHG": "AVAL - BASE",
    "PCHG": "100 x CHG / BASE",
    "ANL01FL": "Y if the assessment counts for the best response by the plan's rules",
    "SRCDOM": "Assigned: raw table that the record comes from",
    "SRCVAR": "Assigned: column of SRCDOM that ADT comes from",
    "SRCSEQ": "Assigned: number of the record in SRCDOM by patient, date and key; column _SEQ of its file in raw/",
}

_ADTTE = {
    "PARAM": "Endpoint",
    "PARAMCD": "Code of the endpoint",
    "PARAMN": "Order of the endpoints",
    "STARTDT": "Date from which time is counted: RANDDT, unless the endpoint begins later",
    "ADT": "Date of the event or of censoring by the plan's rules",
    "AVAL": "Time from STARTDT to ADT in AVALU",
    "AVALU": "Assigned: unit of time of the plan",
    "CNSR": "0 if the event was observed by the data cut, else the number of the reason of censoring",
    "EVNTDESC": "What happened, or why the time is censored",
    "CNSDTDSC": "What the date of censoring is",
    "SRCDOM": "Assigned: raw table that ADT comes from",
    "SRCVAR": "Assigned: column of SRCDOM that ADT comes from",
    "SRCSEQ": "Assigned: number of the record in SRCDOM by patient, date and key; column _SEQ of its file in raw/",
}

_ADVS = {
    "PARAM": "Name of the measurement with its unit",
    "PARAMCD": "vital_signs.TEST",
    "PARAMN": "Place of the measurement in the data dictionary, from 1",
    "AVAL": "vital_signs.VALUE",
    "AVALU": "Unit of the measurement in the data dictionary",
    "ADT": "vital_signs.VSDT",
    "ADY": "Days from TRTSDT, which is day 1; the day before is -1",
    "AVISIT": "vital_signs.VISIT; UNSCHEDULED where it is an unscheduled one",
    "AVISITN": "Number of AVISIT in the data dictionary; missing if unscheduled",
    "ABLFL": "Y on the last value on or before TRTSDT, or RANDDT for who was never treated",
    "BASE": "AVAL of the record with ABLFL",
    "CHG": "AVAL - BASE; missing at and before baseline",
    "ANL01FL": "Y on the last value of a visit that is not an unscheduled one",
}

_ADCM = {
    "CMSEQ": "concomitant_therapies.CMSEQ",
    "CMTRT": "concomitant_therapies.TERM",
    "CMCLAS": "concomitant_therapies.CLASS",
    "CMANTI": "concomitant_therapies.ANTITUMOUR",
    "CMLINE": "concomitant_therapies.LINE",
    "ASTDT": "concomitant_therapies.STARTDT",
    "ASTDTF": "D, M or Y: what of ASTDT was imputed, by concomitant_therapies.STARTDTC",
    "AENDT": "concomitant_therapies.ENDDT, missing if later than the data cut",
    "AENDTF": "D, M or Y: what of AENDT was imputed, by concomitant_therapies.ENDDTC",
    "ASTDY": "Days from TRTSDT, which is day 1; the day before is -1",
    "PREFL": "Y if ASTDT is before TRTSDT",
    "FURTHFL": "Y if CMANTI is Y and ASTDT is after RANDDT",
    "SUPPFL": "Y if CMCLAS is GROWTH_FACTOR or TRANSFUSION",
}

_ADDV = {
    "DVSEQ": "protocol_deviations.DVSEQ",
    "DVTERM": "protocol_deviations.TERM",
    "DVCAT": "protocol_deviations.CATEGORY",
    "ASTDT": "protocol_deviations.DVDT",
    "ASTDY": "Days from TRTSDT, which is day 1; the day before is -1",
    "IMPDVFL": "Y if protocol_deviations.IMPORTANT is Y",
    "EXCLPPFL": "Y if protocol_deviations.EXCLUDEPP is Y",
}

_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ADSL": _ADSL,
        "ADEX": _ADEX,
        "ADDOS": _ADDOS,
        "ADLB": _ADLB,
        "ADAE": _ADAE,
        "ADRS": _ADRS,
        "ADTTE": _ADTTE,
        "ADVS": _ADVS,
        "ADCM": _ADCM,
        "ADDV": _ADDV,
    }
)


def provenance(dataset: str, variable: str) -> Provenance | None:
    """Find where a variable comes from; ``None`` if it is not described.

    Parameters
    ----------
    dataset, variable
        Names, such as ``"ADLB"`` and ``"CHG"``.
    """
    text = {**_SUBJECT, **_TEXTS.get(dataset, {})}.get(variable)
    if text is None:
        return None
    if text.startswith(_ASSIGNED):
        return Provenance("Assigned", text.removeprefix(_ASSIGNED))
    return Provenance("Predecessor" if _RAW.fullmatch(text) else "Derived", text)
