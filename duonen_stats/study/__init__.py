"""The data dictionary: what it holds, how it is loaded, and its faults."""

from duonen_stats.study.entities import (
    ULN,
    Analyte,
    Arm,
    Conversion,
    Cycle,
    DesignFacts,
    EligibilityRule,
    GradeBounds,
    GradeMultiples,
    Isotope,
    Organ,
    ProtocolRule,
    StoppingRule,
    Study,
    Visit,
    VisitSeries,
    VitalSign,
)
from duonen_stats.study.load import load_study
from duonen_stats.study.raw_tables import Code, CodeSeries, RawColumn, RawTable

__all__ = [
    "ULN",
    "Analyte",
    "Arm",
    "Code",
    "CodeSeries",
    "Conversion",
    "Cycle",
    "DesignFacts",
    "EligibilityRule",
    "GradeBounds",
    "GradeMultiples",
    "Isotope",
    "Organ",
    "ProtocolRule",
    "RawColumn",
    "RawTable",
    "StoppingRule",
    "Study",
    "Visit",
    "VisitSeries",
    "VitalSign",
    "load_study",
]
