"""CSV files, whatever their encoding and separator: both are detected and reported."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import BROKEN, DELIMITER, ENCODING, Converted, Record, Sheet, sheet_of

# From bytes to text: which encoding it is, if that can be determined.


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SINGLE_BYTE = (("cp1250", "Windows-1250"), ("iso8859_2", "ISO 8859-2"), ("cp1252", "Windows-1252"))
"""What Central European programs write when they do not write UTF-8."""

_LETTERS = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻäöüßÄÖÜé")
_SIGNS = frozenset("µ°±×÷§«»„”“’‘‚–—…·•€\u00a0®™")
_RAISED = frozenset("¹²³")
_KNOWN = _LETTERS | _SIGNS | _RAISED
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the name of its encoding; or, without text, the line it fails on and why."""

    text: str | None
    encoding: str = ""
    line: int = 1
    fault: str = ""


def decode(data: bytes, stated: str | None = None) -> Decoded:
    """Turn bytes into text.

    A mark at the beginning, else valid UTF-8, decides. Of the encodings with one byte a character only such a
    one is taken under which every character is a plausible one where it stands, and all such ones agree.

    Parameters
    ----------
    data
        A whole file.
    stated
        The encoding, if it is known.

    Returns
    -------
    Decoded
        Without text if the encoding cannot be determined, or is not the stated one.
    """
    if stated is not None:
        return _strictly(data, stated, stated)
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, codec, name)
    if b"\0" in data:
        return _without_mark(data)
    try:
        return _perhaps_utf8(data, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _single_byte(data, data.count(b"\n", 0, error.start) + 1)


def _strictly(data: bytes, codec: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Decoded(None, line=line, fault=f"Not {name} text from line {line} on")


def _perhaps_utf8(data: bytes, text: str) -> Decoded:
    """Take valid UTF-8 for it, unless it gives letters of far away and may be Polish in another encoding."""
    strange = next((place for place in _beyond_ascii(text) if not _is_near(text[place])), None)
    if strange is not None:
        line = text.count("\n", 0, strange) + 1
        if any(_has_known_signs_only(data, codec) for codec, _ in _SINGLE_BYTE):
            fault = f"It may be UTF-8 or another encoding, which read line {line} differently"
            return Decoded(None, line=line, fault=fault)
    return Decoded(text, "UTF-8")


def _has_known_signs_only(data: bytes, codec: str) -> bool:
    text = data.decode(codec, errors="replace")
    return all(text[place] in _KNOWN for place in _beyond_ascii(text))


def _is_near(sign: str) -> bool:
    """Whether a character is Latin, Greek or a common sign: not what two Polish letters look like as UTF-8."""
    return "\u00a0" <= sign <= "\u017f" or "\u0370" <= sign <= "\u03ff" or "\u2000" <= sign <= "\u22ff"


def _without_mark(data: bytes) -> Decoded:
    """Text with NUL bytes: UTF-16 without a mark if nearly every second byte is NUL, else what it is."""
    low, high = data[0::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    for count, other, codec in ((high, low, "utf-16-le"), (low, high, "utf-16-be")):
        if len(data) % 2 == 0 and count > half * 0.7 and other == 0:
            return _strictly(data, codec, "UTF-16")
    return _strictly(data, "utf-8", "UTF-8")


def _single_byte(data: bytes, line: int) -> Decoded:
    readings: dict[str, list[str]] = {}
    for codec, name in _SINGLE_BYTE:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if all(_plausible(text, place) for place in _beyond_ascii(text)):
            readings.setdefault(text, []).append(name)
    if len(readings) == 1:
        ((text, names),) = readings.items()
        return Decoded(text, " or ".join(names))
    if not readings:
        return Decoded(
            None, line=line, fault=f"Not UTF-8 text from line {line} on, nor of another known encoding"
        )
    names = [name for found in readings.values() for name in found]
    fault = f"Not UTF-8 text from line {line} on; it may be {' or '.join(names)}, which read it differently"
    return Decoded(None, line=line, fault=fault)


def _beyond_ascii(text: str) -> Iterator[int]:
    return (found.start() for found in _NOT_ASCII.finditer(text))


def _plausible(text: str, place: int) -> bool:
    """Whether a character can stand where it does: letters in words, raised digits after a digit or unit."""
    sign = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign in _RAISED:
        return before in {*"0123456789m)", *_RAISED} and not after.isalpha()
    if sign in _LETTERS:
        cased = not (sign.isupper() and before.islower())
        return cased and not before.isdigit() and not after.isdigit()
    if sign == "±":
        return not before.isalpha() and not after.isalpha()
    return sign in _SIGNS and unicodedata.category(sign) != "Cc"


SEPARATORS: Mapping[str, str] = MappingProxyType({",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"})
"""Characters that may separate columns, with the names they go by."""

_CURE = "save the file as UTF-8, or state its encoding in the mapping file"


def read_csv(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a CSV file. Whatever is wrong becomes a finding; nothing is raised.

    Parameters
    ----------
    data
        The whole file.
    table
        Name of the table, for findings.
    stated
        Encoding and separator if they are known, and the column names that are expected.

    Returns
    -------
    Sheet
        Its ``form`` names the encoding and the separator.
    """
    known = stated or FileDescription()
    decoded = decode(data, known.encoding)
    if decoded.text is None:
        message = f"{decoded.fault}; {_CURE}."
        found = (ENCODING.found(table, message, row=decoded.line),)
        return Sheet(findings=found, form={"format": "CSV"}, lines=_filled(data.splitlines()[1:]))
    text, named = _without_sep_line(decoded.text)
    separator = known.separator or named or _separator(text, known)
    form = {"format": "CSV", "encoding": decoded.encoding}
    if separator is None:
        message = "Several characters may separate the columns; use commas, or state the character in the mapping file."
        found = (DELIMITER.found(table, message, row=1),)
        return Sheet(findings=found, form=form, lines=_filled(data.splitlines()[1:]))
    broken: list[Finding] = []
    records = _records(text, table, separator, broken)
    form["separator"] = SEPARATORS.get(separator, separator)
    kept: list[int] = []
    if '="' in text:
        records = _without_formulas_of_texts(records, kept)
    sheet = sheet_of(records, table, broken, known, form=form)
    if kept:
        done = Converted("texts written as formulas", "all columns", len(kept))
        sheet = replace(sheet, converted=(*sheet.converted, done))
    last = broken[0].row if broken else None
    rest = 0 if last is None else _filled(decoded.text.splitlines()[last - 1 :])
    return replace(sheet, lines=sheet.lines + rest)


def _without_formulas_of_texts(records: Iterator[Record], kept: list[int]) -> Iterator[Record]:
    """Read ``="0012"``, by which programs make Excel keep a text as it is, as that text; note the line of each."""
    for line, cells in records:
        plain = [_TEXT_AS_FORMULA.fullmatch(cell) for cell in cells]
        kept += [line for one in plain if one is not None]
        yield line, [cell if one is None else one[1] for cell, one in zip(cells, plain, strict=True)]


_TEXT_AS_FORMULA = re.compile(r'\s*="([^"]*)"\s*')


def _without_sep_line(text: str) -> tuple[str, str | None]:
    """Empty a first line such as ``sep=;``, by which programs give Excel the separator, and give that."""
    first, end, rest = text.partition("\n")
    found = re.fullmatch(r"\s*\"?sep=([,;|\t])\"?\s*", first)
    return (text, None) if found is None else (end + rest, found[1])


def _filled(lines: Sequence[bytes] | Sequence[str]) -> int:
    """Count the lines that hold something: as near as can be to records where nobody could read them."""
    return sum(bool(line.strip()) for line in lines)


def _separator(text: str, known: FileDescription) -> str | None:
    """Give the separator: the only one in the header, or the only one under which all lines are as long.

    Of a file with several tables it is the only one under which they are found.
    """
    if known.block is not None:
        found = [sign for sign in SEPARATORS if sheet_of(_records(text, "", sign, []), "", (), known).header]
        # Where no separator shows it the finding is about the table that is not there, not about the separator.
        return found[0] if len(found) == 1 else None if found else max(SEPARATORS, key=text.count)
    first = next((line for line in text.splitlines() if line.strip()), "")
    present = [sign for sign in SEPARATORS if sign in first]
    if len(present) <= 1:
        # A title of one cell may stand above the header.
        return present[0] if present else _below_a_title(text)
    even = [sign for sign in present if _is_even(text, sign)]
    return even[0] if len(even) == 1 else None


def _below_a_title(text: str) -> str:
    counts = {sign: text.count(sign) for sign in SEPARATORS}
    even = [sign for sign, number in counts.items() if number and _is_even(text.partition("\n")[2], sign)]
    # Further titles may stand between the lines.
    even = even or [sign for sign, number in counts.items() if number and _is_even(text, sign, titles=True)]
    return even[0] if len(even) == 1 else ","


def _is_even(text: str, separator: str, *, titles: bool = False) -> bool:
    broken: list[Finding] = []
    widths = {len(cells) for _, cells in _records(text, "", separator, broken)} - ({1} if titles else set())
    return not broken and len(widths) == 1 and widths != {1}


def _records(text: str, table: str, separator: str, broken: list[Finding]) -> Iterator[Record]:
    """Split text into records, each with its first line; blank lines are passed over.

    Where it stops being CSV that is appended to ``broken``.
    """
    if '"' not in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if max(map(len, lines)) <= csv.field_size_limit():
            # Without quotes a line is a record, and splitting it is three times as fast as the csv module.
            for number, whole in enumerate(lines, 1):
                cells = whole.split(separator)
                if len(cells) > 1 or cells[0].strip():
                    yield number, cells
            return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"No longer CSV from line {line} on ({error}); nothing after it was read. Export it again."
        broken.append(BROKEN.found(table, message, row=line))
