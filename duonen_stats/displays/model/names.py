"""What a table calls an analyte."""

from duonen_stats.study import Analyte

_FITS = 12


def analyte_name(analyte: Analyte) -> str:
    """Return the label if it fits a narrow column, else the short name: Hemoglobin, but eGFR and WBC."""
    return analyte.label if len(analyte.label) <= _FITS else analyte.short


def upper_first(words: str) -> str:
    """Write words at the beginning of a sentence or a row."""
    return words[:1].upper() + words[1:]


def lower_first(name: str) -> str:
    """Write a name within a sentence: ``Hemoglobin`` in lower case, ``WBC`` and ``eGFR`` as they are."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
