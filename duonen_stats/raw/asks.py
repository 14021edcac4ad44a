"""What a site is asked to do about a finding: one sentence a rule, as it stands in the query listing."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

_ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Data management: export the table again, whole and in the form of the data dictionary.": (
            *("RD-FILE", "RD-TWICE", "RD-ENCODING", "RD-EMPTY", "RD-BROKEN", "RD-DELIMITER", "RD-HEADER"),
            *(
                "RD-UNREADABLE",
                "RD-LIBRARY",
                "RD-HEADROW",
                "RD-SHEETS",
                "RD-HIDDEN",
                "RD-BESIDE",
                "RD-LINK",
                "RD-MERGED",
                "RD-FORMULA",
            ),
            *(
                "RD-ERRORCELL",
                "RD-AMBIGUOUS",
                "RD-MAPPING",
                "RD-UNNAMED",
                "RD-RAGGED",
                "RD-BLANK",
                "DD-COLUMN",
                "DD-ROWS",
                "DD-NOROWS",
                "CUT-STUDY",
            ),
        ),
        "Data management: confirm that this is not needed for the analysis.": (
            "RD-OTHER",
            "DD-UNKNOWN",
            "RD-USERMISSING",
        ),
        "Please correct the entry against the source document.": ("DD-TYPE", "DD-CODE", "DD-RANGE"),
        "Please enter the value, or confirm that it was not recorded.": (
            *("DD-MISSING", "DD-GAP", "TRT-LACKING", "TRT-NOTHING", "LAB-NOLIMIT", "LAB-NOBASELINE"),
            *("DOS-LACKING", "FUP-UNNAMED", "TUM-BASESIZE"),
        ),
        "Please say which of the records is right; the other will be deleted.": (
            *(
                "DD-KEY",
                "AE-TWICE",
                "DUP-PATIENT",
                "DUP-LABS",
                "DUP-NEAR",
                "DUP-DOSES",
                "DUP-EVENT",
            ),
            "LAB-REPEAT",
        ),
        "Please correct the spelling of the patient's identifier, or say which of the records is right.": (
            "DUP-SUBJECT",
        ),
        "Please correct the patient's identifier, or enter the patient in the table of randomised patients.": (
            "DD-REFERENCE",
        ),
        "Please check the date against the source document and correct it.": (
            *(
                "CUT-DATE",
                "PAT-EARLY",
                "PAT-DELAY",
                "TRT-ORDER",
                "TRT-SPACING",
                "TRT-EARLY",
                "LAB-SIDE",
                "LAB-WINDOW",
            ),
            *(
                "LAB-ORDER",
                "AE-DATES",
                "AE-EARLY",
                "DSP-DATE",
                "FUP-LAST",
                "FUP-POSTMORTEM",
                "FUP-AFTERDEATH",
            ),
            *("FUP-LASTDEATH", "FUP-BEHIND", "FUP-NEWTREATMENT", "FUP-DURING", "TUM-ORDER", "TUM-BASEWINDOW"),
        ),
        "Please send the records of the table for this patient, or confirm that there are none.": (
            *(
                "PAT-UNTREATED",
                "PAT-NOLABS",
                "PAT-NODOSE",
                "PAT-NODISP",
                "PAT-NOFOLLOW",
                "TUM-NOBASELINE",
                "TUM-GAP",
            ),
            "AE-GAP",
        ),
        "Data management: count the patients and centres against the randomisation list.": (
            *("PAT-MANY", "PAT-CENTRES", "PAT-SITE"),
        ),
        "Please confirm the values at baseline; if they are right, report a protocol deviation.": (
            *("PAT-ELIGIBLE", "PAT-KI67"),
        ),
        "Please check cycle and visit against the source document; enter the administration if it was given.": (
            *(
                "TRT-SKIPPED",
                "DOS-NOCYCLE",
                "DOS-NOACTIVITY",
                "LAB-AFTERNOTHING",
                "LAB-BEFORENOTHING",
                "DSP-CYCLES",
            ),
        ),
        "Please check isotope, activity and its unit (MBq) against the record of the radiopharmacy, and the arm.": (
            *("TRT-ISOTOPE", "TRT-ACTIVITY", "TRT-STEP"),
        ),
        "Please give the reason for the activity as it was decided.": (
            *("TRT-REASON", "TRT-UNEXPLAINED", "TRT-DIRECTION"),
        ),
        "Please confirm, and say why treatment went on; if it is right, report a protocol deviation.": (
            *("TRT-CONTINUED", "TRT-AFTERPD", "AE-TREATED", "DOS-CONTINUED"),
        ),
        "Please confirm the dose with the dosimetrist.": (
            "DOS-CYCLELIMIT",
            "DOS-LIMIT",
            "DOS-JUMP",
            "DOS-OUTLIER",
        ),
        "Please check the value and its unit against the laboratory's report.": (
            *("LAB-UNIT", "LAB-IMPLAUSIBLE", "LAB-LIMITS", "LAB-DIFFERENTIAL", "LAB-JUMP"),
            *(
                "LAB-OTHERUNIT",
                "LAB-LIMITUNIT",
                "RANGE-UNIT",
                "RANGE-LIMITS",
                "RANGE-SEVERAL",
                "RANGE-DIFFERS",
            ),
        ),
        "Please check the event against the source document and make its entries agree.": (
            *("AE-FATAL", "AE-ACTION", "AE-OUTCOME", "AE-SERIOUS", "AE-CATEGORY", "DSP-NOEVENT"),
        ),
        "Please check how treatment ended and make the entries agree.": (
            "DSP-REASON",
            "DSP-DEATH",
            "DSP-STALE",
        ),
        "Please confirm the status of the patient and the date.": ("FUP-DEATH", "FUP-STALE"),
        "Please check the response against the report of the imaging.": (
            *("TUM-NEWLESION", "TUM-AFTERPD", "TUM-AFTERCR", "TUM-RESPONSE"),
        ),
        "Please retype the text, without formatting and without the identifier of a patient.": (
            *("TXT-UNSEEN", "TXT-LINES", "TXT-DAMAGED", "TXT-SCRIPTS", "TXT-FORMULA", "TXT-IDENTIFIER"),
        ),
    }
)


@cache
def asks() -> Mapping[str, str]:
    """Return what a site is asked, by the id of the rule; a test sees to it that every rule has one."""
    return MappingProxyType({rule: sentence for sentence, rules in _ASKED.items() for rule in rules})


def ask(rule: str) -> str:
    """Return what a site is asked when a rule is broken."""
    return asks().get(rule, "Please check the record against the source document.")
