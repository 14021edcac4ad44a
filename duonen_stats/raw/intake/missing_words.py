"""Words and codes that say that there is no value: which are certain wherever they stand, and which must be stated."""

import re
import unicodedata

_ANYWHERE = frozenset({"na", "n/a", "#n/a", "#n/d", "nan", "<na>", "null", "n.a", "n.a."})
"""What programs write for a missing value, also in a column of codes: R, SAS, Excel, databases."""

_NO_VALUE = (
    "-|--|---|----|.|..|...|\u2013|\u2014|\u2014\u2014|ni|nav|nask|asku|np|not applicable|not available|not done|"
    "not asked|not assessed|not evaluated|not measured|not performed|not recorded|not reported|not collected|"
    "not given|no data|no result|missing|none|brak|brak danych|brak wyniku|brak badania|nie dotyczy|nie wykonano|"
    "nie wykonane|nie badano|nie oznaczono|nie oceniano|nie zlecono|nie podano|nie pobrano|niedostepne|niedostepny|"
    "niedostepna"
)
_UNKNOWN = (
    "unk|un|uk|nk|unknown|not known|?|??|???|nieznany|nieznana|nieznane|nie wiadomo|data nieznana|date unknown|"
    "unbekannt"
)
_PENDING = "w toku|w trakcie|w realizacji|w opracowaniu|pending|in progress|to follow"
_ONGOING = (
    "ongoing|on-going|on going|still ongoing|continuing|continues|continued|unresolved|not resolved|present|trwa|"
    "trwa nadal|nadal trwa|nadal|w trakcie|w toku|kontynuacja|kontynuowane|niezakonczone|niezakonczony|nie zakonczono|"
    "do dzis|do teraz"
)

MISSING_WORDS = _ANYWHERE | frozenset(_NO_VALUE.split("|"))
UNKNOWN_WORDS = frozenset(_UNKNOWN.split("|"))
ONGOING_WORDS = frozenset(_ONGOING.split("|"))
_NO_RESULT = MISSING_WORDS | UNKNOWN_WORDS | frozenset(_PENDING.split("|"))
_NOT_A_RESULT = frozenset({"none"})
"""A result may be "none" (of a substance looked for)."""

_SPOILT = re.compile(
    r"(zhemoliz|h(a)?emol[iy]|skrzep|clot|coagul|lip(a)?emi|lipem|ikter|icter|qns\b|"
    r"(za malo|niewystarczaj|insufficient|unsuitable|nieprawidlow\w* (probk|mater)|(probk|sample|specimen|material)))"
)
"""What begins like this says that a sample could not be measured."""

_CASTOR = re.compile(r"##user_missing_-?[0-9]{2}##")
_CASTOR_DATE = re.compile(r"(299[5-9][-./]0?1[-./]0?1|0?1[-./]0?1[-./]299[5-9])([t ].*)?")
"""The text, and the dates in a far future, by which Castor writes its codes of missing values, 95 to 99."""

_CODES = frozenset(
    {float(sign * int(digit * times)) for sign in (1, -1) for digit in "789" for times in (2, 3, 4, 5, 6)}
    | {float(-number) for number in (1, 8, 9, *range(90, 100), *range(990, 1000))}
    | {99.9, 999.9, 9999.9, 99.99, 999.99, -99.9, -999.9}
)
"""Numbers by which tables mark a missing value. None is certain: each may be a measurement."""


def folded(text: str) -> str:
    """Write a word without case, accents, outer punctuation and repeated spaces, as words are compared here.

    Examples
    --------
    >>> folded(" Nie  Dotyczy. "), folded("Próbka"), folded("---")
    ('nie dotyczy', 'probka', '---')
    """
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = " ".join(plain.casefold().split())
    bare = words.strip("()[]{}:;,!\"'").strip()
    return bare.rstrip(".") or bare if re.search(r"\w\w", bare) else bare or words


def is_missing(text: str, kind: str) -> bool:
    """Say whether a text says, beyond doubt, that a cell has no value.

    Parameters
    ----------
    text
        The cell.
    kind
        ``"number"`` and ``"date"`` for columns of these; ``"code"`` for a column of codes, of which the text is none:
        only what programs write by themselves is certain there, because a word may stand for a code.

    Examples
    --------
    >>> is_missing("brak", "number"), is_missing("brak", "code"), is_missing("NA", "code")
    (True, False, True)
    """
    word = folded(text)
    if _CASTOR.fullmatch(word) is not None or (kind == "date" and _CASTOR_DATE.fullmatch(word) is not None):
        return True
    if kind == "code":
        return word in _ANYWHERE
    return word in MISSING_WORDS or (kind == "number" and word in UNKNOWN_WORDS)


def is_unknown(text: str) -> bool:
    """Say whether a text in place of a date says that there is one, which nobody knows."""
    return folded(text) in UNKNOWN_WORDS


def is_ongoing(text: str) -> bool:
    """Say whether a text in place of the end of something says that it has not ended."""
    return folded(text) in ONGOING_WORDS


def is_no_result(text: str) -> bool:
    """Say whether a text in place of a result says that there is none: not done, pending, a spoilt sample.

    What may be a result itself, such as "negative", "trace" or "n. d." (not detected, or not done), is not certain.

    Examples
    --------
    >>> [is_no_result(word) for word in ("hemoliza", "w toku", "brak", "---", "negative", "n.d.")]
    [True, True, True, True, False, False]
    """
    word = folded(text)
    if _CASTOR.fullmatch(word) is not None:
        return True
    return (word in _NO_RESULT and word not in _NOT_A_RESULT) or (
        _SPOILT.match(word) is not None and not any(sign.isdigit() for sign in word)
    )


def is_code_like(number: float) -> bool:
    """Say whether a number is one by which tables mark a missing value, such as -99 or 999."""
    return number in _CODES
