"""Where a source names its patients: in the names of files and worksheets, in titles, or written in another way."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from duonen_stats.raw.intake.reshape.names import STAR
from duonen_stats.raw.intake.sheet import Sheet, column_name
from duonen_stats.raw.suggest.recognise import column_of
from duonen_stats.study import Study

_WORD = r"(?<![\w-]){}(?![\w-])"
"""An identifier that is a word of its own."""
_TELLING = 3
"""An identifier with fewer characters says nothing by itself."""
_CALLED = r"(?:pac\w*|pat\w*|subj\w*|participant|uczestnik|nr|no|id)[\s.:#_-]*"
_MOST = 4
"""The longest number that is filled up with zeros."""


def known_patients(sheets: Iterable[Sheet], study: Study) -> frozenset[str]:
    """Collect the identifiers of patients in the source that is most like the table of them, or else in all sources.

    Parameters
    ----------
    sheets
        Every source of the cut.
    study
        Whose table of patients it is.
    """
    table = study.table("subjects")
    found: list[tuple[int, frozenset[str]]] = []
    for sheet in sheets:
        columns = {
            match[0]: name for name in sheet.header if name and (match := column_of(name, table)) is not None
        }
        if "SUBJID" in columns:
            texts = sheet.cells[column_name(columns["SUBJID"])].used()
            found.append((len(columns), frozenset(text for text in texts if text)))
    return max(found, key=lambda one: one[0], default=(0, frozenset()))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPatient:
    """Fields that take the patient out of a name or title; ``source`` and ``sheet`` have a star in its place."""

    source: str
    sheet: str | None
    fields: Mapping[str, str] = field(default_factory=dict)


def patient_in_names(
    file: str, title: str | None, sheet: Sheet, known: Collection[str]
) -> NamedPatient | None:
    """Find the patient in the name of a worksheet or file, or in the lines above and between the rows.

    Parameters
    ----------
    file, title
        Names of the file and the worksheet.
    sheet
        As its reader gave it.
    known
        Identifiers of patients.
    """
    bare = re.sub(r"\.\w{1,8}$", "", file)
    if title is not None and (pattern := _template(title, known)) is not None:
        return NamedPatient(source=file, sheet=_starred(pattern), fields={"sheet_name": pattern})
    if (pattern := _template(bare, known)) is not None:
        return NamedPatient(
            source=_starred(pattern) + file[len(bare) :], sheet=title, fields={"file_name": pattern}
        )
    patterns = {one for text in sheet.above if (one := _template(text, known)) is not None}
    if len(patterns) == 1:
        return NamedPatient(source=file, sheet=title, fields={"title": patterns.pop()})
    return None


def _starred(template: str) -> str:
    return template.replace("{SUBJID}", STAR)


def _template(text: str, known: Collection[str]) -> str | None:
    """Write ``{SUBJID}`` for the identifier in a text: the longest one that is a word of its own in it."""
    found = [one for one in known if re.search(_WORD.format(re.escape(one)), text)]
    if not found:
        return None
    longest = max(found, key=len)
    # A short number may be that of a visit or a cycle: only a word before it says that it is a patient.
    if len(longest) < _TELLING and not re.search(
        _CALLED + _WORD.format(re.escape(longest)), text, re.IGNORECASE
    ):
        return None
    return re.sub(_WORD.format(re.escape(longest)), "{SUBJID}", text)


def other_spelling(texts: Collection[str], known: Collection[str], name: str) -> dict[str, dict[str, str]]:
    """Find how identifiers that are written in another way become the known ones.

    Parameters
    ----------
    texts
        Identifiers of a source.
    known
        Identifiers of the patients.
    name
        The column.

    Returns
    -------
    dict
        ``parts`` where the same text stands before or behind each, ``join`` where zeros in front are missing; empty if
        they are known, or nothing makes most of them so.

    Examples
    --------
    >>> other_spelling(["DUONEN-01-002"], ["01-002"], "USUBJID"), other_spelling(["2"], ["002"], "Nr")
    ({'parts': {'USUBJID': 'DUONEN-{SUBJID}'}}, {'join': {'SUBJID': '{Nr:3}'}})
    """
    used, own = {*texts} - {""}, {*known}
    if not used or 2 * len(used & own) >= len(used):
        return {}
    for text in sorted(used):
        for one in sorted(own, key=len, reverse=True):
            start, found, end = text.partition(one)
            if found and (start or end):
                fitting = sum(
                    one.startswith(start)
                    and one.endswith(end)
                    and one[len(start) : len(one) - len(end)] in own
                    for one in used
                )
                if 2 * fitting > len(used):
                    return {"parts": {name: f"{start}{{SUBJID}}{end}"}}
    for digits in range(2, _MOST + 1):
        if 2 * sum(text.isdigit() and text.zfill(digits) in own for text in used) > len(used):
            return {"join": {"SUBJID": f"{{{name}:{digits}}}"}}
    return {}
