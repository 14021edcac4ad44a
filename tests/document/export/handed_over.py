"""What the formats of a display hold, read back by parsers of the tests: the cells of each table, row by row."""

import re
from html.parser import HTMLParser
from io import BytesIO

import docx
from docx.oxml.ns import qn

from duonen_stats.document.export.pictures import with_resolution

Rows = list[list[str]]
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""A PNG of one dot."""


def small_picture() -> bytes:
    return with_resolution(DOT, 300)


class _Tables(HTMLParser):
    """Collects tables of a page: by the key of the section they are in, or in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, Rows] = {}
        self._key, self._cell, self._rows, self._behind = "", None, [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "section" and about.get("data-key"):
            self._key = about["data-key"] or ""
        if tag == "table":
            self._behind = about.get("class") == "behind"
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in {"td", "th"}:
            self._cell = ""
        if tag == "br" and self._cell is not None:
            self._cell += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self._rows[-1].append(self._cell.strip())
            self._cell = None
        if tag == "table" and not self._behind and self._key not in self.found:
            self.found[self._key] = self._rows

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell += data


def tables_of_html(page: str) -> dict[str, Rows]:
    """Cells of every display's table by the key of the display."""
    parser = _Tables()
    parser.feed(page)
    return parser.found


def tables_of_word(content: bytes) -> list[Rows]:
    """Cells of every table; of merged cells the first."""
    file = docx.Document(BytesIO(content))
    return [
        [
            [_word_text(cell) for cell in row.findall(qn("w:tc")) if not _covered(cell)]
            for row in table.findall(qn("w:tr"))
        ]
        for table in file.element.body.iter(qn("w:tbl"))
    ]


def _covered(cell) -> bool:
    merge = cell.tcPr.find(qn("w:vMerge"))
    return merge is not None and merge.get(qn("w:val")) is None


def _word_text(cell) -> str:
    marks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    parts = [marks.get(part.tag, part.text or "") for part in cell.iter() if part.tag in {qn("w:t"), *marks}]
    return "".join(parts).strip()


_RTF = re.compile(r"\\u(-?\d+)\?|\\([a-z*]+)(-?\d*) ?|\\([\\{}])|([{}])|([^\\{}\n]+)|\n")


class _RtfTables:
    """Collects rows: those without a paragraph between them are a table."""

    def __init__(self) -> None:
        self.tables: list[Rows] = []
        self._text, self._cells, self._covered = "", [], []
        self._within, self._between = False, True
        self._hidden = False
        self._units: list[int] = []

    def read(self, content: str) -> None:
        for found in _RTF.finditer(content):
            unit, word, _, literal, _, plain = found.groups()
            if unit is not None:
                self._units.append(int(unit) & 0xFFFF)
                continue
            self._add("".join(self._decoded()))
            if word:
                getattr(self, f"_{word}", lambda: None)()
            self._add(literal or plain or "")

    def _decoded(self) -> str:
        units, self._units = self._units, []
        return b"".join(one.to_bytes(2, "little") for one in units).decode("utf-16-le", "replace")

    def _add(self, text: str) -> None:
        self._text += text

    def _trowd(self) -> None:
        if self._between:
            self.tables.append([])
        self._within, self._between = True, False
        self._text, self._cells, self._covered, self._hidden = "", [], [], False

    def _clvmrg(self) -> None:
        self._hidden = True

    def _cellx(self) -> None:
        self._covered.append(self._hidden)
        self._hidden = False

    def _intbl(self) -> None:
        self._text = ""

    def _line(self) -> None:
        self._text += "\n"

    def _tab(self) -> None:
        self._text += "\t"

    def _cell(self) -> None:
        self._cells.append(self._text.strip())
        self._text = ""

    def _row(self) -> None:
        kept = zip(self._cells, self._covered, strict=True)
        self.tables[-1].append([cell for cell, hidden in kept if not hidden])
        self._within = False

    def _par(self) -> None:
        self._between = True


def tables_of_rtf(content: bytes) -> list[Rows]:
    """Cells of every table; of merged cells the first."""
    reader = _RtfTables()
    reader.read(content.decode("ascii"))
    return reader.tables


_COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"{\char34}": '"',
    r"\textbar{}": "|",
    r"\newline{}": "\n",
    r"\ldots{}": "…",
    r"\dag{}": "†",
    r"\ddag{}": "‡",
    r"\S{}": "§",
    r"\enspace{}": "\u2002",
    r"\quad{}": "\u2003",
    r"\hspace{0pt}": "\u200b",
    r"$^{\circ}$": "°",
    r"\,": "\u2009",
    "---": "—",
    "--": "–",
    "``": "“",
    "''": "”",
    **{f"{{{one}}}": one for one in "-'`[]*"},
    **{f"\\{one}": one for one in "{}$&#%_"},
    "~": "\u00a0",
}
_MATHS = {
    "-": "\u2212", r"\pm": "±", r"\times": "×", r"\cdot": "·", r"\leq": "≤", r"\geq": "≥", r"\approx": "≈",
    r"\neq": "≠", r"\infty": "∞", r"\rightarrow": "→", r"\surd": "√", r"\Delta": "Δ", r"\Sigma": "Σ",
    r"\Omega": "Ω", r"\Phi": "Φ", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\delta": "δ",
    r"\varepsilon": "ε", r"\theta": "θ", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "µ", r"\pi": "π",
    r"\rho": "ρ", r"\sigma": "σ", r"\tau": "τ", r"\varphi": "φ", r"\chi": "χ", r"\omega": "ω",
}  # fmt: skip
_RAISED = {str(digit): sign for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"+": "⁺", "-": "⁻"}
_LOWERED = {str(digit): sign for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_TOKEN = re.compile("|".join(re.escape(one) for one in sorted(_COMMANDS, key=len, reverse=True)))
_MATH = re.compile(r"\$([\^_])\{(.)\}\$|\$([^$]+)\$")


def text_of_latex(text: str) -> str:
    """Read what a text of LaTeX shows; a command that is not known stays as it is."""
    out, place = "", 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        maths = None if found and not text.startswith("$", place) else _MATH.match(text, place)
        if found is not None and maths is None:
            out, place = out + _COMMANDS[found[0]], found.end()
        elif maths is not None and text[place : place + 10] != r"$^{\circ}$":
            if maths[1]:
                out += (_RAISED if maths[1] == "^" else _LOWERED)[maths[2]]
            else:
                out += _MATHS[maths[3]]
            place = maths.end()
        elif found is not None:
            out, place = out + _COMMANDS[found[0]], found.end()
        else:
            out, place = out + text[place], place + 1
    return out


_LAYOUT = re.compile(
    r"\\(?:raggedright|centering|raggedleft)\\arraybackslash ?|\\hspace\*\{\d+em\}|"
    r"\\multicolumn\{\d+\}\{>\{\\\w+\\arraybackslash\}p\{[^}]*\}\}"
)


def table_of_latex(source: str) -> Rows:
    """Cells of the table; one that covers several columns is one cell."""
    body = re.split(r"\\end\{(?:longtable|tabular)\}", source.split(r"\toprule", 1)[1])[0]
    if r"\endhead" in body:  # the head of further pages is between the two
        body = body.split(r"\endfirsthead")[0] + body.split(r"\endhead")[1]
    rows = []
    for line in body.splitlines():
        if not line.endswith(r" \\"):
            continue
        cells = re.split(r"(?<!\\) & ", line.removesuffix(r" \\"))
        rows.append([_cell_of_latex(cell) for cell in cells])
    return rows


def _cell_of_latex(cell: str) -> str:
    spans = cell.startswith(r"\multicolumn")
    text = _LAYOUT.sub("", cell)
    if spans:
        text = text[1:-1]
        text = _LAYOUT.sub("", text)
    bold = re.match(r"\\textbf\{", text)
    if bold:
        end = _closing(text, bold.end())
        text = text[bold.end() : end] + text[end + 1 :]
    return text_of_latex(text).strip()


def _closing(text: str, start: int) -> int:
    depth, place = 1, start
    while depth:
        if text[place] == "\\":
            place += 2
            continue
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        place += 1
    return place - 1
