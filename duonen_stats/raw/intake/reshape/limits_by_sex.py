"""Reference ranges of both sexes in one cell: which range is for whom, by the words that the mapping file states."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

from duonen_stats.raw.intake.reshape.names import plain
from duonen_stats.study.unit_spelling import unit_readings

KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "M": (
            *("m", "mężczyźni", "mężczyzna", "mężczyzn", "mężcz", "male", "males", "men", "man"),
            *("männer", "mann", "männlich", "muži", "muž", "hommes", "homme", "h", "hombres", "hombre"),
            *("uomini", "uomo", "maschi", "maschio", "u", "♂"),
        ),
        "F": (
            *("k", "kobiety", "kobieta", "kobiet", "kob", "f", "female", "females", "women", "woman"),
            *("frauen", "frau", "weiblich", "w", "ženy", "žena", "ž", "z", "femmes", "femme"),
            *("mujeres", "mujer", "donne", "donna", "d", "femmine", "femmina", "♀"),
        ),
    }
)
"""Words for men and women in languages of central and western Europe: proposed, and never taken for certain.

``M`` is a man in Polish, English, German and Czech, and a woman (*mujer*) where men are ``H`` (*hombre*).
"""

_ALONE = frozenset({"h", "u", "w", "d", "z", "ž"})
"""Letters that say a sex only beside another one: hour, unit, week, day."""

_AROUND = " \t\n;,/|:()[]{}="
"""Characters between a range and the word for whom it is."""


@cache
def _pattern(words: frozenset[str]) -> "re.Pattern[str]":
    # A letter or a slash beside it makes a letter part of a unit: m in ml/m and m2, K in K/µl, K in 12K.
    each = (
        rf"(?<![\w/^*%µ]){re.escape(word)}(?![^\W\d]|[/^*]|[23](?!\d))"
        if word[:1].isalpha()
        else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    )
    return re.compile("|".join(each), re.IGNORECASE)


def ranges_by_sex(text: str, sexes: Mapping[str, str | None]) -> Mapping[str, str] | None:
    """Take apart a cell with a range for each sex.

    Parameters
    ----------
    text
        The cell: the word before each range, or behind each.
    sexes
        Codes of a sex by the words of the source, in any case; ``None`` for a word that means both.

    Returns
    -------
    dict or None
        The text of the range by the code of the sex, empty for both; ``None`` if it is not clear which range is for
        whom.

    Examples
    --------
    >>> words = {"M": "M", "K": "F"}
    >>> ranges_by_sex("M: 13,5–17,5; K: 12,0–15,5", words), ranges_by_sex("12,0-16,0 (K)", words)
    ({'M': '13,5–17,5', 'F': '12,0–15,5'}, {'F': '12,0-16,0'})
    >>> ranges_by_sex("<41", words), ranges_by_sex("12-16 K 18-50 lat", words)
    ({'': '<41'}, None)
    """
    cell = plain(text)
    codes = {plain(word).casefold(): code or "" for word, code in sexes.items()}
    matches = [*_pattern(frozenset(codes)).finditer(cell)]
    if not matches:
        return {"": cell}
    named = [codes[one[0].casefold()] for one in matches]
    ends = [0, *(place for one in matches for place in one.span()), len(cell)]
    pieces = [_bare(cell[ends[place] : ends[place + 1]]) for place in range(0, len(ends), 2)]
    if not pieces[0] and all(pieces[1:]):
        ranges = pieces[1:]
    elif all(pieces[:-1]) and (not pieces[-1] or unit_readings(pieces[-1])):
        ranges = [f"{one} {pieces[-1]}".strip() for one in pieces[:-1]]
    else:
        return None
    if len({*named}) < len(named) or ("" in named and len(named) > 1):
        return None
    return dict(zip(named, ranges, strict=True))


def _bare(piece: str) -> str:
    return re.sub(r"^[-\u2013\u2014]\s+", "", piece.strip(_AROUND)).strip(_AROUND)


def proposed_sexes(texts: Collection[str]) -> dict[str, str]:
    """Propose the codes of the words by which ranges are distinguished; empty if there are no such words.

    Examples
    --------
    >>> proposed_sexes(["M: 13,5–17,5; K: 12,0–15,5", "<41"])
    {'M': 'M', 'K': 'F'}
    >>> proposed_sexes(["H 13-17 M 12-16"]), proposed_sexes(["4,0 - 10,0 K/µl"])
    ({'H': 'M', 'M': 'F'}, {})
    """
    known = {word: sex for sex, words in KNOWN.items() for word in words}
    found = [
        match[0]
        for text in texts
        if re.search(r"[0-9]", text)
        for match in _pattern(frozenset(known)).finditer(plain(text))
    ]
    words = {word.casefold(): word for word in reversed(found)}
    if {"h", "m"} <= {*words}:
        known["m"] = "F"
    if not {*words} - _ALONE and len({known[word] for word in words}) == 1:
        return {}
    proposed = {
        word: known[word.casefold()] for word in dict.fromkeys(found) if words[word.casefold()] == word
    }
    split = [ranges_by_sex(text, proposed) for text in texts] if proposed else []
    return proposed if any(one is not None and one.keys() - {""} for one in split) else {}
