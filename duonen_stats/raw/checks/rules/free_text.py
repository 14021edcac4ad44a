"""Rules about text: signs that cannot be seen, letters that were damaged, formulas, identifiers in free text."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TypeVar

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import RETYPE_TEXT

_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff"
_UNSEEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDIRECTIONAL}{_INVISIBLE}]")
_LINE = re.compile(r"[\r\n\u2028\u2029]")
_DAMAGED = re.compile("\ufffd|[ÂÃÄÅ][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|[Ăă][\u0080-\u00bf]")
"""A sign for "not known", or UTF-8 that was read as if it were Latin-1 or Windows-1252 (Ã³ for ó)."""
_FORMULA = re.compile(r"[=+\-@＝＋－＠](?![\d.,]+%?$)(?=.*\w)", re.DOTALL)
_UNMISTAKABLE = frozenset("αβγδεζηθκλμξπσφψωΓΔΘΛΞΠΣΦΨΩ")
_SHORTEST_IDENTIFIER = 4
_T = TypeVar("_T")
_ANY = ("subjects",)


@cross_rule(
    "TXT-UNSEEN",
    "warning",
    "A text holds an invisible character, such as one that controls direction.",
    _ANY,
    question=RETYPE_TEXT,
)
def _unseen_sign(data: CutView) -> Iterator[Hit]:
    message = "Holds {0}, which cannot be seen; retype the cell."
    yield from _texts(data, _UNSEEN.search, lambda found: message.format(_named(found)))


@cross_rule("TXT-LINES", "note", "A text runs over several lines.", _ANY, question=RETYPE_TEXT)
def _several_lines(data: CutView) -> Iterator[Hit]:
    yield from _texts(data, _LINE.search, lambda _: "Runs over several lines; make it one.")


@cross_rule(
    "TXT-DAMAGED", "warning", "A text has letters that were damaged on the way.", _ANY, question=RETYPE_TEXT
)
def _damaged_letters(data: CutView) -> Iterator[Hit]:
    message = "Letters were damaged, as when a file is read in another encoding; correct the text."
    yield from _texts(data, _DAMAGED.search, lambda _: message)


@cross_rule(
    "TXT-SCRIPTS",
    "warning",
    "A word mixes letters of several alphabets that look alike.",
    _ANY,
    question=RETYPE_TEXT,
)
def _mixed_alphabets(data: CutView) -> Iterator[Hit]:
    message = "Mixes letters of {0} that look alike; retype the cell."
    yield from _texts(data, _alphabets, message.format)


@cross_rule(
    "TXT-FORMULA", "warning", "A text begins as a spreadsheet's formula does.", _ANY, question=RETYPE_TEXT
)
def _formula(data: CutView) -> Iterator[Hit]:
    message = "Begins with {0!r}, as a formula does; correct the text. Outputs put an apostrophe before it."
    yield from _texts(data, _FORMULA.match, lambda found: message.format(found[0][0]))


@cross_rule(
    "TXT-IDENTIFIER",
    "warning",
    "The identifier of a patient appears in a free-text field.",
    _ANY,
    question=RETYPE_TEXT,
)
def _identifier_in_text(data: CutView) -> Iterator[Hit]:
    known = {str(one) for one in data.subjects["SUBJID"] if len(str(one)) >= _SHORTEST_IDENTIFIER}
    if not known:
        return
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(known)))
    message = "Names a patient; take the identifier out of the text."
    yield from _texts(data, pattern.search, lambda _: message, free=True)


def _texts(
    data: CutView, look: Callable[[str], _T | None], say: Callable[[_T], str], *, free: bool = False
) -> Iterator[Hit]:
    """Look into every different text of every text column once; ``free`` leaves identifiers and codes out."""
    for table in data.study.tables:
        frame = data.tables[table.name]
        for column in table.columns:
            if column.type != "text" or (free and (column.codes or column.name == "SUBJID")):
                continue
            texts = data.texts[table.name, column.name]
            found = {text: seen for text in texts if (seen := look(str(text))) is not None}
            values = frame[column.name]
            for place in values.index[values.isin(list(found))] if found else ():
                yield _hit(frame, place, table.name, column.name, say(found[values[place]]))


def _hit(frame: pd.DataFrame, place: int, table: str, column: str, message: str) -> Hit:
    subject = frame["SUBJID"][place] if "SUBJID" in frame.columns else None
    named = None if subject is None or pd.isna(subject) else str(subject)
    return Hit(table, message, row=int(frame["_ROW"][place]), column=column, subject=named)


def _named(found: re.Match[str]) -> str:
    sign = found[0]
    return f"U+{ord(sign):04X} ({unicodedata.name(sign, 'control character').lower()})"


def _alphabets(text: str) -> str | None:
    """Name the alphabets of the first word that mixes them; Greek letters that look like no other may stand (TGFβ)."""
    for word in re.findall(r"\w+", text):
        letters = [letter for letter in word if letter.isalpha()]
        names = {unicodedata.name(one, "").split(" ")[0] for one in letters if one not in _UNMISTAKABLE}
        mixed = names & {"LATIN", "CYRILLIC", "GREEK"}
        if len(mixed) > 1:
            return " and ".join(sorted(name.capitalize() for name in mixed))
    return None
