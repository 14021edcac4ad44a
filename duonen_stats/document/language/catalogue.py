"""The catalogue of a language: English phrases and what they are called there, and how a text is matched to them.

A phrase is a fixed text, or a sentence with places: ``{n}`` is a number, ``{t}`` words that are themselves in the
catalogue, ``{r}`` what stays as it is: a file name, a code, a unit. A text goes from English to the other language as a
whole or not at all; a sentence of a longer text may go alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from duonen_stats.displays.model.content import Line, Number, plain
from duonen_stats.displays.model.format import decimal_comma, lower_first, upper_first
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.study.strict_yaml import read_yaml

Language = Literal["en", "pl"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Languages a report may be in; the first is the one it is written in."""

LOCALES: Mapping[Language, str] = {"en": "en-GB", "pl": "pl-PL"}
"""Codes of the languages with their regions, by the one they spell in."""

Status = Literal["reviewed", "proposed"]
"""Of a term: ``reviewed`` is the usual one of the field, as in works like its source; ``proposed`` is our wording."""

# A looked-up number travels through a text as its place in the line between private-use characters.
_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_PLAIN_NUMBER = r"[−+<>≥≤]?[ \u00a0]?\d+(?:[.,]\d+)?%?"
_A_NUMBER = f"({_OPEN}\\d+{_CLOSE}|{_PLAIN_NUMBER})"
_WITHIN_A_SENTENCE = r"((?:(?!(?<! al)[.!?] ).)+?)"  # "et al." ends none
_PLACE = re.compile(r"\{([ntr]\d*)(?::([^{}]*))?\}")
_SPACE = r"[ \u00a0]"
_SENTENCES = re.compile(r"(?<=[.!?])(?<! al\.) (?=[A-Z0-9Δ–←(\ue000]|n is )")
_SEPARATORS = ("\n", " · ", " – ", "; ", ": ", " / ", " → ", "← ", " →", ", ", " and ")
_BRACKETS = re.compile(
    r"(?P<before>.*\S)?(?P<space> ?)(?P<open>[(\[])(?P<inside>.+)(?P<close>[)\]])(?P<after>[.,:]?)"
)
_LETTER = "A-Za-zÀ-ÖØ-öø-žα-ωΑ-Ω"  # not what Python takes for letters: it counts raised digits among them
_WORD = re.compile(f"[{_LETTER}]{{2,}}")
_CODE = re.compile(
    r"\b[A-Z][A-Z0-9_]{2,}(?:-[A-Z0-9]+)*\b|[\w/.]+\.(?:csv|json|xlsx|yaml|py|R)\b|\b[0-9a-f]{8,}\b"
    r"|\b[a-z0-9]+(?:_[a-z0-9]+)+\b"
)
_AUTHORS = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*(?: et al\.| & [A-Z][\w'’-]+)?"
_PLACE_IN_JOURNAL = r"(?: [A-Z]\w*)* \d+:\w+(?:-\w+)?"
# A work is cited as it is called; a year alone in brackets does not make a word an author.
_CITATION = re.compile(
    rf"{_AUTHORS} \((?:19|20)\d\d\){_PLACE_IN_JOURNAL}|{_AUTHORS.removesuffix('?')} \((?:19|20)\d\d\)"
)
_DEPTH = 6
"""How deep phrases within phrases are looked for."""


@dataclass(frozen=True, slots=True)
class Term:
    """An English phrase, what it is called in the other language, and where that comes from."""

    english: str
    other: str
    subject: str
    source: str
    status: Status

    def __post_init__(self) -> None:
        asked = {name for name, _ in _PLACE.findall(self.other)}
        given = {name for name, _ in _PLACE.findall(self.english)}
        if asked != given:
            raise ValueError(
                f"{self.english!r} has the places {sorted(given)}, its translation {sorted(asked)}"
            )

    @property
    def places(self) -> bool:
        """Whether the phrase has places for numbers or other phrases."""
        return bool(_PLACE.search(self.english))


@dataclass(frozen=True, slots=True)
class _Pattern:
    term: Term
    literals: tuple[str, ...]
    expression: re.Pattern[str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The terms of a language, and the fixed words of the page around the content."""

    language: Language
    terms: tuple[Term, ...]
    same: tuple[str, ...]
    interface: Mapping[str, str]
    script: Mapping[str, str]
    _fixed: dict[str, str] = field(init=False, default_factory=dict)
    _patterns: list[_Pattern] = field(init=False, default_factory=list)
    _same: list[re.Pattern[str]] = field(init=False, default_factory=list)
    _known: dict[str, str | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for term in self.terms:
            if term.places:
                self._patterns.append(_compiled(term))
            elif self._fixed.setdefault(term.english, term.other) != term.other:
                raise ValueError(f"{term.english!r} has two translations")
        # Of two phrases that a text fits, the one with more words of its own says more: "{t} against {t2}" comes last.
        self._patterns.sort(key=lambda pattern: -sum(map(len, pattern.literals)))
        longest = sorted(map(re.escape, self.same), key=len, reverse=True)
        self._same.append(re.compile(rf"(?<![{_LETTER}])(?:{'|'.join(longest)})(?![{_LETTER}])"))

    def phrase(self, text: str) -> str | None:
        """Return a text in the language, or None if a word of it has no term.

        Examples
        --------
        >>> catalogue = load_catalogue("pl")
        >>> catalogue.phrase("Arm A"), catalogue.phrase("1.5 Gy"), catalogue.phrase("A riddle")
        ('Ramię A', '1,5 Gy', None)
        """
        found = self.pieces((text,))
        return plain(found[0][1]) if all(translated for translated, _ in found) and found else None

    def pieces(self, line: Line) -> tuple[tuple[bool, Line], ...]:
        """Return a line in the language, in pieces: whether each was translated, and what it is now.

        A text that has no term as a whole is tried sentence by sentence. Of what has none, numbers alone are written
        as the language does.
        """
        numbers = [part for part in line if isinstance(part, Number)]
        if any(isinstance(part, str) and (_OPEN in part or _CLOSE in part) for part in line):
            return ((False, line),)  # text of data that would be taken for a number
        text = _encoded(line)
        whole = self._said(text, numbers)
        if whole is not None:
            return ((True, self._decoded(whole, numbers)),)
        parts: list[tuple[bool, str]] = []
        for sentence in _SENTENCES.split(text):
            said = self._said(sentence, numbers)
            ok, words = said is not None, sentence if said is None else said
            if parts and parts[-1][0] == ok:
                parts[-1] = (ok, f"{parts[-1][1]} {words}")
            else:
                parts.append((ok, f"{' ' if parts else ''}{words}"))
        return tuple((ok, self._decoded(words, numbers)) for ok, words in parts)

    def number(self, number: Number) -> Number:
        """Return a number, and what it was in an earlier report, with the decimal comma; words in its place by term.

        Examples
        --------
        >>> load_catalogue("pl").number(Number("pfs.km.A.median", "15.6")).text
        '15,6'
        >>> load_catalogue("pl").number(Number("pfs.km.A.median", "not reached")).text
        'nieosiągnięta'
        """
        before = None if number.before is None else self._shown(number.before)
        return Number(number.id, self._shown(number.text), before)

    def _shown(self, text: str) -> str:
        return self._fixed.get(text) or decimal_comma(text)

    def _decoded(self, text: str, numbers: Sequence[Number]) -> Line:
        parts: list[str | Number] = []
        for i, piece in enumerate(_TOKEN.split(text)):
            if i % 2:
                parts.append(self.number(numbers[int(piece)]))
            elif piece:
                parts.append(decimal_comma(piece))
        return tuple(parts)

    def _said(self, text: str, numbers: Sequence[Number], depth: int = 0) -> str | None:
        """Return a text in the language, looked-up numbers as tokens; None if it has no term."""
        if _OPEN in text:  # its plural forms depend on the numbers
            return self._found(text, numbers, depth)
        if text not in self._known:
            self._known[text] = self._found(text, numbers, depth)
        return self._known[text]

    def _found(self, text: str, numbers: Sequence[Number], depth: int) -> str | None:
        inner = text.strip(" \u00a0")
        if inner != text:
            said = self._said(inner, numbers, depth) if inner else inner
            return None if said is None else text.replace(inner, said, 1) if inner else text
        if (spaced := " ".join(text.split())) != text.replace(
            "\u00a0", " "
        ):  # set apart by more than a space
            return self._said(spaced, numbers, depth)
        if (named := self._named(text)) is not None:
            return named
        if self.is_same(text):  # before sentences: their places would take it in, and its spaces with it
            return text
        return self._sentence(text, numbers, depth) or self._composed(text, numbers, depth)

    def _named(self, text: str) -> str | None:
        """Return what a fixed phrase is called, whether or not it begins a sentence."""
        named = self._fixed.get(text.replace("\u00a0", " "))
        if named is not None:
            return named
        turned = self._fixed.get(text[:1].swapcase() + text[1:])
        if turned is None:
            return None
        return upper_first(turned) if text[:1].isupper() else lower_first(turned)

    def _sentence(self, text: str, numbers: Sequence[Number], depth: int) -> str | None:
        """Return a phrase with places, by the first pattern whose places can be filled."""
        spaced = text.replace("\u00a0", " ")
        for pattern in self._patterns:
            # Most patterns are excluded by their words alone, before any of their places is tried.
            if not all(literal in spaced for literal in pattern.literals):
                continue
            if match := pattern.expression.fullmatch(text):
                said = self._filled(pattern, match, numbers, depth)
                if said is not None:
                    return said
        return None

    def is_same(self, text: str) -> bool:
        """Whether a text has no word that would be another one in the language: numbers, codes, units, names."""
        left = _CODE.sub("", self._same[0].sub("", _CITATION.sub("", _TOKEN.sub("", text))))
        return _WORD.search(left) is None

    def _filled(
        self, pattern: _Pattern, match: re.Match[str], numbers: Sequence[Number], depth: int
    ) -> str | None:
        given: dict[str, str] = {}
        for name, found in zip(pattern.names, match.groups(), strict=True):
            if name[0] == "t":
                said = self._said(found, numbers, depth + 1)
            else:
                said = found if name[0] == "n" or self.is_same(found) else None
            if said is None:
                return None
            given[name] = said

        def fill(place: re.Match[str]) -> str:
            name, form = place[1], place[2]
            if form is None:
                return given[name]
            if form == "lower":
                return lower_first(given[name])
            return plural(_value(given[name], numbers), form.split("|"))

        return _PLACE.sub(fill, pattern.term.other)

    def _composed(self, text: str, numbers: Sequence[Number], depth: int) -> str | None:
        """Put a text together from parts that each have a term."""
        if depth >= _DEPTH:
            return None
        if text.endswith("."):
            whole = self._said(text[:-1], numbers, depth + 1)
            return None if whole is None else f"{whole}."
        for separator in _SEPARATORS:
            if separator in text:
                said_parts: list[str] = []
                for part in text.split(separator):
                    if (said := self._said(part, numbers, depth + 1)) is None:
                        break
                    said_parts.append(said)
                else:
                    return (" i " if separator == " and " else separator).join(said_parts)
        if bracketed := _BRACKETS.fullmatch(text):
            before = self._said(bracketed["before"] or "", numbers, depth + 1)
            inside = self._said(bracketed["inside"], numbers, depth + 1)
            if before is not None and inside is not None:
                opening, closing = bracketed["open"], bracketed["close"]
                return f"{before}{bracketed['space']}{opening}{inside}{closing}{bracketed['after']}"
        return None


def plural(value: float | None, forms: Sequence[str]) -> str:
    """Choose the form of a Polish noun behind a number: one, few, many and, if given, that of a fraction.

    Source: Unicode CLDR, plural rules of ``pl``.

    Examples
    --------
    >>> forms = ("pacjent", "pacjenci", "pacjentów", "pacjenta")
    >>> [plural(n, forms) for n in (1, 2, 5, 12, 22, 112, 1.5)]
    ['pacjent', 'pacjenci', 'pacjentów', 'pacjentów', 'pacjenci', 'pacjentów', 'pacjenta']
    """
    if value is None or value != int(value):
        return forms[-1]
    number = abs(int(value))
    if number == 1:
        return forms[0]
    few = number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}
    return forms[1] if few else forms[2]


def _value(text: str, numbers: Sequence[Number]) -> float | None:
    token = _TOKEN.fullmatch(text)
    shown = numbers[int(token[1])].text if token else text
    if "." in shown or "," in shown:  # a number with decimals takes the form of a fraction, 2,0 as well
        return None
    try:
        return float(shown.strip("%").replace("−", "-"))
    except ValueError:
        return None


def _compiled(term: Term) -> _Pattern:
    parts = _PLACE.split(term.english)
    names = tuple(parts[1::3])
    expression = ""
    for literal, name in zip(parts[::3], (*names, ""), strict=True):
        expression += _SPACE.join(map(re.escape, literal.split(" ")))
        if name:
            expression += _A_NUMBER if name[0] == "n" else _WITHIN_A_SENTENCE
    literals = tuple(literal for literal in parts[::3] if literal.strip())
    return _Pattern(term=term, literals=literals, expression=re.compile(expression), names=names)


def _encoded(line: Line) -> str:
    place = iter(range(len(line)))
    return "".join(part if isinstance(part, str) else f"{_OPEN}{next(place)}{_CLOSE}" for part in line)


def require_language(name: str) -> Language:
    """Return a language that reports are made in; raise ``OptionError`` for any other name.

    Examples
    --------
    >>> require_language("pl")
    'pl'
    """
    for one in LANGUAGES:
        if one == name:
            return one
    raise OptionError("language", f"{name!r} is no language of a report; there are {', '.join(LANGUAGES)}.")


@cache
def load_catalogue(language: Language) -> Catalogue:
    """Read the catalogue of a language, a file of the package.

    Raises
    ------
    DuonenError
        There is no catalogue of that language: English, in which reports are written, needs none.
    """
    path = Path(__file__).with_name(f"{language}.yaml")
    if not path.is_file():
        raise DuonenError(f"There is no catalogue of the language {language!r}.")
    read: dict[str, Any] = read_yaml(path, shipped=True)
    terms = tuple(
        Term(str(english), str(other), str(group["subject"]), str(group["source"]), group["status"])
        for group in read["subjects"]
        for english, other in group["terms"].items()
    )
    return Catalogue(
        language=language,
        terms=terms,
        same=tuple(map(str, read["same"])),
        interface=read["interface"],
        script=read["script"],
    )


def fixed_words(language: Language, text: str) -> str:
    """Return a fixed word of the page around the content, such as ``Contents``; in English it is the text itself.

    Examples
    --------
    >>> fixed_words("en", "Contents"), fixed_words("pl", "Contents")
    ('Contents', 'Spis treści')
    """
    return text if language == LANGUAGES[0] else load_catalogue(language).interface[text]
