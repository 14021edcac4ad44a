"""Names and values as a mapping file writes them: in any case, with a star for what may differ."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache

STAR = "*"
ITEM_UNIT = ".unit"
"""Ends the name of a column with the unit of another one, as a source with units of its own gives them."""

_GAP = re.compile(r"[\s_]+")
_FIELD = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
_BRACKETED = re.compile(r"(?P<name>.*?)[\s_,;:-]*(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>.*)\))\s*")
_BEHIND = re.compile(r"(?P<name>.*?)(?:[\s_]*[,;:][\s_]*|[\s_]+)(?P<unit>[^\s,;]+)\s*")


def plain(text: str) -> str:
    """Write a text with composed letters and single spaces, as two spellings of one name are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@cache
def name_pattern(pattern: str) -> "re.Pattern[str]":
    """Compile the name of a column, file or worksheet: case does not matter, nor do spaces and underscores.

    Each star is a group.

    Examples
    --------
    >>> name_pattern("Ośrodek *").fullmatch("ośrodek_02")[1]
    '02'
    """
    parts = plain(pattern).split(STAR)  # a space beside a star parts it from the rest, and stays
    escaped = [re.escape(_GAP.sub("\0", part)).replace(re.escape("\0"), r"[\s_]+") for part in parts]
    return re.compile("(.*?)".join(escaped), re.IGNORECASE)


def is_name(pattern: str, name: str) -> bool:
    """Say whether a name is the one that a mapping file means, or one of those it means with a star.

    Examples
    --------
    >>> is_name("data badania", "Data_Badania"), is_name("wyniki*", "Wyniki 2025.xlsx"), is_name("a", "ab")
    (True, True, False)
    """
    return name_pattern(pattern).fullmatch(plain(name)) is not None


@cache
def _value_pattern(pattern: str) -> "re.Pattern[str]":
    return re.compile("(.*?)".join(map(re.escape, plain(pattern).split(STAR))), re.IGNORECASE | re.DOTALL)


def lookup(codes: Mapping[str, str | None]) -> Callable[[str], str | None]:
    """Make the function that finds what a value means.

    Parameters
    ----------
    codes
        New values by old ones. Case does not matter unless two of them differ in it alone; a star in the old value
        stands for any text, which takes the place of a star in the new one. ``None`` is an empty cell.

    Returns
    -------
    callable
        From a value to the new one, empty for ``None``; ``None`` if the codes do not have it.

    Examples
    --------
    >>> find = lookup({"1": "M", "cycle_*_arm_1": "T*", "trwa": None})
    >>> find("1"), find("Cycle_2_arm_1"), find("trwa"), find("x")
    ('M', 'T2', '', None)
    """
    exact = {plain(old): new or "" for old, new in codes.items() if STAR not in old}
    folded: dict[str, str] = {}
    for old, new in exact.items():
        folded.setdefault(old.casefold(), new)
    starred = [(old, new or "") for old, new in codes.items() if STAR in old]

    def found(value: str) -> str | None:
        text = plain(value)
        if text in exact:
            return exact[text]
        if text.casefold() in folded:
            return folded[text.casefold()]
        for old, new in starred:
            match = _value_pattern(old).fullmatch(text)
            if match is not None:
                return new.replace(STAR, match[1])
        return None

    return found


def is_among(values: Iterable[str]) -> Callable[[str], bool]:
    """Make the function that says whether a value is one of those given, which may have stars."""
    find = lookup(dict.fromkeys(values, "x"))
    return lambda text: find(text) is not None


def fields_of(template: str) -> tuple[str, ...]:
    """List the columns named in braces in a pattern.

    Examples
    --------
    >>> fields_of("{SITEID}-*")
    ('SITEID',)
    """
    return tuple(_FIELD.findall(template))


def parts_by(template: str) -> Callable[[str], Mapping[str, str] | None]:
    """Make the function that takes the named parts out of a text; ``None`` if the text is not of the pattern.

    Examples
    --------
    >>> dict(parts_by("{SITEID}-*")("01-007"))
    {'SITEID': '01'}
    >>> parts_by("{SITEID}/{SITEID}-*")("01/02-007") is None
    True
    """
    pieces = _FIELD.split(template)
    names = pieces[1::2]
    written = ""
    for place, piece in enumerate(pieces):
        if place % 2:
            # A star behind a field begins where the word ends.
            text = r"[^\s,;]+" if pieces[place + 1].startswith(STAR) else ".+?"
            # What is named again is the same again.
            again = piece in names[: place // 2]
            written += f"(?P={piece})" if again else f"(?P<{piece}>{text})"
        else:
            literal = (re.escape(part) for part in plain_ends(piece).split(STAR))
            written += ".*?".join(re.sub(r"(\\ |_)+", r"[\\s_]+", part) for part in literal)
    compiled = re.compile(written, re.IGNORECASE)

    def found(text: str) -> Mapping[str, str] | None:
        match = compiled.fullmatch(plain(text))
        return None if match is None else {name: match[name].strip() for name in names}

    return found


def plain_ends(text: str) -> str:
    """Write a piece of a pattern with composed letters; spaces at its ends stay, as they part it from a field."""
    return unicodedata.normalize("NFC", text)


_PLACE = re.compile(r"\{([^{}:]+)(?::([1-9]))?\}")


def joined_columns(names: Sequence[str]) -> tuple[str, ...]:
    """List the columns that are written behind each other: those named, or those in the braces of a template."""
    if len(names) == 1 and _PLACE.search(names[0]):
        return tuple(name.strip() for name, _ in _PLACE.findall(names[0]))
    return tuple(names)


def joining(names: Sequence[str]) -> Callable[..., str]:
    """Make the function that writes the texts of ``joined_columns`` behind each other.

    Without a template there is a space between them, and an empty text is left out. With one the result is empty if
    one of the texts is; a number behind a colon is that of the digits that a whole number is to have.

    Examples
    --------
    >>> joining(["a", "b"])("1", "c2"), joining(["{Site:2}-{No:3}"])("1", "7")
    ('1 c2', '01-007')
    """
    if len(names) != 1 or not _PLACE.search(names[0]):
        return lambda *texts: " ".join(filter(None, texts))
    template = names[0]

    def written(*texts: str) -> str:
        if not all(texts):
            return ""
        rest = iter(texts)

        def one(place: "re.Match[str]") -> str:
            text = next(rest)
            return text.zfill(int(place[2])) if place[2] and text.isdigit() else text

        return _PLACE.sub(one, template)

    return written


# Codes that a source writes in its own way.


def bare_code(text: str) -> str:
    """Write a text without case and spaces, as it is compared with codes.

    Examples
    --------
    >>> bare_code(" Not recovered")
    'notrecovered'
    """
    return "".join(text.split()).casefold()


CODES_IN_CASE = "codes in other case or spaces"
"""What is done to the texts of :func:`codes_in_case`, for the record of what was converted."""


def codes_in_case(texts: Iterable[str], codes: Collection[str]) -> dict[str, str]:
    """Give the code for each text that differs from it in case and spaces only; none if case distinguishes codes.

    Examples
    --------
    >>> codes_in_case(["t 1", "T1", "x", ""], {"T1", "V1"}), codes_in_case(["m"], {"M", "m"})
    ({'t 1': 'T1'}, {})
    """
    bare = {bare_code(code): code for code in codes}
    if len(bare) < len(codes):
        return {}
    used = {text for text in texts if text and text not in codes}
    return {text: bare[bare_code(text)] for text in used if bare_code(text) in bare}


# Units in the names of columns.


def name_and_units(header: str) -> Sequence[tuple[str, str]]:
    """Give each way to split the name of a column into a name and the unit behind it.

    Examples
    --------
    >>> name_and_units("HGB [g/l]"), name_and_units("Hb, g/dl"), name_and_units("Wiek")
    ([('HGB', 'g/l')], [('Hb', 'g/dl')], [])
    """
    text = plain(header)
    found = _BRACKETED.fullmatch(text)
    if found is not None:
        unit = found["square"] if found["square"] is not None else found["round"]
        return [(found["name"], unit.strip())]
    behind = _BEHIND.fullmatch(text)
    return [] if behind is None else [(behind["name"], behind["unit"])]


def column_and_unit(pattern: str, header: str, is_unit: Callable[[str], bool]) -> tuple[bool, str]:
    """Say whether a column is the one a mapping file means, and which unit its name states.

    Parameters
    ----------
    pattern
        The name in the mapping file, with or without the unit.
    header
        The name in the file.
    is_unit
        Whether a text is a unit of what the column holds. A name in the mapping file without unit means a column
        only if what stands behind its name in the file is one: ``NEUT`` is ``NEUT [G/l]``, but not ``NEUT [%]``.

    Returns
    -------
    found : bool
    unit : str
        Empty if the name states none.
    """
    splits = [(name, unit) for name, unit in name_and_units(header) if is_unit(unit)]
    if is_name(pattern, header):
        return True, splits[0][1] if splits else ""
    for name, unit in splits:
        if is_name(pattern, name):
            return True, unit
    return False, ""
