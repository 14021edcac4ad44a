"""Where a source names its patients: in the names of files and worksheets, in titles, or written in another way."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.names import STAR
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest.recognise import column_of
from duonen_stats.study import Study

_WORD = r"(?<![\w-]){}(?![\w-])"
"""An identifier that is a word of its own."""
TELLING = 3
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
    fields: Mapping[str, object] = field(default_factory=dict)


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
    if title is not None and (found := _named_in(title, known)) is not None:
        template, join = found
        return NamedPatient(source=file, sheet=_starred(template), fields={"sheet_name": template, **join})
    if (found := _named_in(bare, known)) is not None:
        template, join = found
        source = _starred(template) + file[len(bare) :]
        return NamedPatient(source=source, sheet=title, fields={"file_name": template, **join})
    patterns = {one for text in sheet.above if (one := patient_template(text, known)) is not None}
    if len(patterns) == 1:
        return NamedPatient(source=file, sheet=title, fields={"title": patterns.pop()})
    return None


def _named_in(text: str, known: Collection[str]) -> tuple[str, dict[str, object]] | None:
    """Write a name with braces for the patient in it, and how an identifier in other signs is put together again."""
    template = patient_template(text, known)
    if template is not None:
        return template, {}
    # A name of a file has no slash, and often an underscore for every other sign.
    for one in sorted(known, key=len, reverse=True):
        pieces = _PIECE.findall(one)
        if len(pieces) < 2 or len(one) < TELLING:  # noqa: PLR2004 - parted by a sign
            continue
        found = re.search(r"(?<![^\W_])" + r"([\W_])".join(map(re.escape, pieces)) + r"(?![^\W_])", text)
        if found is not None:
            names = [f"{{P{number}}}" for number in range(1, len(pieces) + 1)]
            template = text[: found.start()] + _woven(names, found.groups()) + text[found.end() :]
            return template, {"join": {"SUBJID": _woven(names, _PIECE.split(one)[1:-1])}}
    return None


def _woven(names: Iterable[str], signs: Iterable[str]) -> str:
    return "".join(name + sign for name, sign in zip(names, [*signs, ""], strict=True))


_PIECE = re.compile(r"[^\W_]+")


def _starred(template: str) -> str:
    return re.sub(r"\{\w+\}", STAR, template)


def patient_template(text: str, known: Collection[str]) -> str | None:
    """Write ``{SUBJID}`` for the identifier in a text: the longest one that is a word of its own in it."""
    found = [one for one in known if re.search(_WORD.format(re.escape(one)), text)]
    if not found:
        return None
    longest = max(found, key=len)
    # A short number may be that of a visit or a cycle: only a word before it says that it is a patient.
    if len(longest) < TELLING and not re.search(
        _CALLED + _WORD.format(re.escape(longest)), text, re.IGNORECASE
    ):
        return None
    return re.sub(_WORD.format(re.escape(longest)), "{SUBJID}", text)


def other_spelling(texts: Collection[str], known: Collection[str], name: str) -> dict[str, dict[str, object]]:
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
        ``parts`` where the same text stands before or behind each, ``join`` where zeros in front are missing, ``codes``
        where other signs part them, or zeros or signs are missing between the parts; empty if they are known, or
        nothing makes most of them so.

    Examples
    --------
    >>> other_spelling(["DUONEN-01-002"], ["01-002"], "USUBJID"), other_spelling(["2"], ["002"], "Nr")
    ({'parts': {'USUBJID': 'DUONEN-{SUBJID}'}}, {'join': {'SUBJID': '{Nr:3}'}})
    >>> other_spelling(["01/002", "01/003"], ["01-002", "01-003"], "Nr")
    {'codes': {'SUBJID': {'01/*': '01-*'}}}
    >>> other_spelling(["1-2", "1-3"], ["01-002", "01-003"], "Nr")
    {'codes': {'SUBJID': {'1-2': '01-002', '1-3': '01-003'}}}
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
    codes = _other_signs(used, own) or _without_zeros_or_signs(used, own)
    return {"codes": {"SUBJID": codes}} if codes else {}


def _other_signs(used: Collection[str], own: Collection[str]) -> dict[str, str]:
    """Give the known beginning for each beginning of identifiers that differ in the sign between two pieces only."""
    known = {tuple(_PIECE.findall(one)): one for one in own}
    codes: dict[str, str] = {}
    fitting = 0
    for text in used:
        pieces = tuple(_PIECE.findall(text))
        one = known.get(pieces)
        if one is not None and len(pieces) == 2 and _is_whole(text, pieces) and _is_whole(one, pieces):  # noqa: PLR2004
            fitting += 1
            codes[text.removesuffix(pieces[1]) + STAR] = one.removesuffix(pieces[1]) + STAR
    return dict(sorted(codes.items())) if 2 * fitting > len(used) else {}


def _without_zeros_or_signs(used: Collection[str], own: Collection[str]) -> dict[str, str]:
    """Give the known identifier for each that lacks zeros in front of its parts, or the signs between them.

    ``1-2`` and ``01002`` are ``01-002`` as long as no other patient's identifier could be written so.
    """
    for bare in (_parts_without_zeros, _without_signs):
        known: dict[str, list[str]] = {}
        for one in own:
            known.setdefault(bare(one), []).append(one)
        whole = [text for text in used if (pieces := _PIECE.findall(text)) and _is_whole(text, pieces)]
        codes = {text: known[bare(text)] for text in whole if bare(text) in known}
        certain = all(len(found) == 1 for found in codes.values()) and len(
            {found[0] for found in codes.values()}
        ) == len(codes)
        if certain and 2 * len(codes) > len(used):
            return {text: found[0] for text, found in sorted(codes.items())}
    return {}


def _parts_without_zeros(identifier: str) -> str:
    return "-".join(piece.lstrip("0") for piece in _PIECE.findall(identifier))


def _without_signs(identifier: str) -> str:
    return "".join(_PIECE.findall(identifier)).lstrip("0")


def _is_whole(text: str, pieces: Sequence[str]) -> bool:
    return text.startswith(pieces[0]) and text.endswith(pieces[-1])
