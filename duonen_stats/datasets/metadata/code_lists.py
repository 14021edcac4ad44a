"""What the codes in the analysis datasets mean, by variable."""

from collections.abc import Iterable, Mapping

from duonen_stats.study import Code, Study

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
    "AECAT": "adverse_events.CATEGORY",
    "AEACN": "adverse_events.ACTION",
    "AEOUT": "adverse_events.OUTCOME",
    "APERIOD": "administrations.CYCLE",
}
"""Raw column whose codes a variable has."""

Codes = Mapping[str | int, str]
"""Label of each code."""

_FLAG: Codes = {"Y": "Yes"}
_YES_NO: Codes = {"Y": "Yes", "N": "No"}
_WITH_NO = ("KPS80FL", "METLIVFL", "METLNFL", "METBONFL", "METOTHFL")


def code_lists(study: Study, variables: Iterable[str]) -> dict[str, Codes]:
    """Give the meaning of each code of each variable that has codes.

    Parameters
    ----------
    study
        The code lists of the data dictionary.
    variables
        Names of the variables of a dataset.

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
            lists[name] = _labels(study.table(table).column(column).codes)
        elif name.endswith("FL"):
            lists[name] = _YES_NO if name in _WITH_NO else _FLAG
    return lists


def _labels(codes: Iterable[Code]) -> Codes:
    return {code.code: code.label for code in codes}
