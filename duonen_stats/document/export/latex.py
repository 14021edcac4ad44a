r"""A display as LaTeX, to be taken into a manuscript by ``\input``: booktabs, no lines but three."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from duonen_stats.displays.model.content import ProducedDisplay, TableContent
from duonen_stats.document.export.flow import (
    Caption,
    FlowCell,
    FlowRow,
    FlowTable,
    FlowWords,
    Frame,
    Picture,
    flow_of_display,
)
from duonen_stats.document.language.catalogue import Language
from duonen_stats.document.markup import figure_size

PACKAGES = ("array", "booktabs", "graphicx", "longtable", "pdflscape")
"""What a manuscript has to load."""

_LONGEST = 45
_MM = 25.4 / 72
_TEXT = 160.0
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"{\char34}",
    "|": r"\textbar{}",
    "-": "{-}",
    "'": "{'}",
    "`": "{`}",
    "\t": " ",
    "\n": r"\newline{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
}
_SIGNS = {
    "\u2212": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≈": r"$\approx$",
    "≠": r"$\neq$",
    "∞": r"$\infty$",
    "→": r"$\rightarrow$",
    "√": r"$\surd$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "§": r"\S{}",
    "°": r"$^{\circ}$",
    "\u00a0": "~",
    "\u2002": r"\enspace{}",
    "\u2003": r"\quad{}",
    "\u2009": r"\,",
    "\u202f": r"\,",
    "\u200b": r"\hspace{0pt}",
    "\ufffd": "?",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "Δ": r"$\Delta$",
    "Σ": r"$\Sigma$",
    "Ω": r"$\Omega$",
    "Φ": r"$\Phi$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "δ": r"$\delta$",
    "ε": r"$\varepsilon$",
    "θ": r"$\theta$",
    "κ": r"$\kappa$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "µ": r"$\mu$",
    "π": r"$\pi$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "φ": r"$\varphi$",
    "χ": r"$\chi$",
    "ω": r"$\omega$",
}
_RAISED = {sign: str(digit) for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁺": "+", "⁻": "-"}
_LOWERED = {sign: str(digit) for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_TRANSLATED = str.maketrans(
    _SPECIAL
    | _SIGNS
    | {sign: f"$^{{{digit}}}$" for sign, digit in _RAISED.items()}
    | {sign: f"$_{{{digit}}}$" for sign, digit in _LOWERED.items()}
)
_BABEL: Mapping[Language, str] = {"pl": "polish"}
"""What LaTeX calls the languages other than its own, in which it then writes "Table" and "Figure"."""
_ALIGNED = {"left": r"\raggedright", "center": r"\centering", "right": r"\raggedleft"}


def escaped(text: str) -> str:
    r"""Write a text so that LaTeX takes nothing in it for a command.

    Signs of mathematics and Greek letters become commands; other letters stay as they are, which every LaTeX of today
    reads as UTF-8.

    Examples
    --------
    >>> print(escaped(r"50 % of {a} & 10⁹/L, −1 \input"))
    50 \% of \{a\} \& 10$^{9}$/L, $-$1 \textbackslash{}input
    """
    return text.translate(_TRANSLATED)


def latex_display(
    produced: ProducedDisplay,
    frame: Frame,
    *,
    drawing: str = "",
    svg: str = "",
    width_mm: float | None = None,
) -> str:
    r"""Write a display as a float, or a table of many rows as ``longtable``.

    Parameters
    ----------
    produced
        The display.
    frame
        The report it is of: the mark of its data is printed above the display.
    drawing
        Of a figure, the name of the file with the drawing, without its ending.
    svg, width_mm
        Of a figure, its drawing, and its width if that is not as drawn. A wider figure is as wide as the text.

    Returns
    -------
    str
        Its first lines name what the preamble has to load. It is numbered by LaTeX; its number in the report is in
        a comment, ``\label`` is ``tab:`` or ``fig:`` and its key.
    """
    items = flow_of_display(produced, frame).items
    kind = "table" if isinstance(produced.content, TableContent) else "figure"
    head = [
        f"% {_comment(produced.label)} of {_comment(frame.title)}",
        rf"% The preamble needs \usepackage{{{','.join(PACKAGES)}}}",
        *(
            [rf"% and, for its language, \usepackage[{_BABEL[frame.language]}]{{babel}}"]
            if frame.language in _BABEL
            else []
        ),
    ]
    caption = next(item for item in items if isinstance(item, Caption))
    words = [item for item in items if isinstance(item, FlowWords)]
    label = rf"\label{{{kind[:3]}:{_key(produced.key)}}}"
    titled = rf"\caption{{{escaped(caption.title)}}}{label}"
    notes = [*_notes(words)]
    above = [rf"{{\small\bfseries {escaped(frame.banner)}\par}}"] if frame.banner else []
    body: list[str] = []
    landscape = False
    for item in items:
        if isinstance(item, FlowTable):
            landscape = item.landscape
            body = [*_table(item, titled, above, notes, frame.fixed("continued"))]
        elif isinstance(item, Picture):
            width = f"{width_mm or (figure_size(svg)[0] * _MM if svg else _TEXT):.1f}mm"
            size = rf"\ifdim {width}>\linewidth \linewidth\else {width}\fi"
            shown = rf"\includegraphics[width={size}]{{{_key(drawing)}}}"
            body = [r"\begin{figure}[tbp]", r"\centering", *above, shown, titled, *notes, r"\end{figure}"]
    if landscape:
        body = [r"\begin{landscape}", *body, r"\end{landscape}"]
    return "\n".join([*head, *body]) + "\n"


def _comment(text: str) -> str:
    """Write a text within a comment, which a line feed would end."""
    return " ".join(text.split())


def _key(text: str) -> str:
    """Name a label or a file by letters, digits and marks that mean nothing to LaTeX."""
    return "".join(one if one.isascii() and (one.isalnum() or one in "_-.") else "-" for one in text)


def _notes(words: list[FlowWords]) -> Iterator[str]:
    chosen = [item.text for item in words if item.text.strip()]
    if chosen:
        yield r"\par\smallskip"
        yield r"\begin{minipage}{\linewidth}\footnotesize"
        yield from (rf"{escaped(text)}\par" for text in chosen)
        yield r"\end{minipage}"


def _table(
    item: FlowTable, caption: str, above: list[str], notes: list[str], continued: str
) -> Iterator[str]:
    total = sum(item.widths)
    columns = " ".join(
        rf">{{\raggedright\arraybackslash}}p{{\dimexpr {width / total:.4f}\linewidth-2\tabcolsep\relax}}"
        for width in item.widths
    )
    head = [line for row in item.rows if row.head for line in _row(row, item)]
    body = []
    rows = [row for row in item.rows if not row.head]
    for i, row in enumerate(rows):
        if row.rule != "none" and i:
            body.append(r"\midrule" if row.rule == "thin" else r"\addlinespace")
        body += _row(row, item)
    if len(rows) > _LONGEST:
        yield from (
            *above,
            r"{\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"{caption}\\",
            r"\toprule",
            *head,
            r"\midrule",
            r"\endfirsthead",
            rf"\multicolumn{{{len(item.widths)}}}{{l}}{{\tablename\ \thetable\ ({escaped(continued)})}}\\",
            r"\toprule",
            *head,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *body,
            r"\end{longtable}}",
            *notes,
        )
        return
    yield from (
        r"\begin{table}[tbp]",
        r"\centering",
        *above,
        caption,
        r"{\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
        r"\toprule",
        *head,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}}",
        *notes,
        r"\end{table}",
    )


def _row(row: FlowRow, item: FlowTable) -> Iterator[str]:
    shown, place = [], 0
    for cell in row.cells:
        shown.append(_cell(cell, item, place))
        place += cell.columns
    yield " & ".join(shown) + r" \\"
    if row.head and any(cell.columns > 1 for cell in row.cells):
        edges = [0]
        for cell in row.cells:
            edges.append(edges[-1] + cell.columns)
        yield "".join(
            rf"\cmidrule(lr){{{start + 1}-{end}}}"
            for (start, end), cell in zip(pairwise(edges), row.cells, strict=True)
            if cell.columns > 1
        )


def _cell(cell: FlowCell, item: FlowTable, place: int) -> str:
    lines = [escaped(line) for line in cell.lines]
    if cell.bold:
        lines = [rf"\textbf{{{lines[0]}}}" if lines[0] else "", *lines[1:]]
    text = r"\newline{}".join(lines)
    if cell.indent:
        text = rf"\hspace*{{{cell.indent}em}}{text}"
    if cell.columns > 1:
        width = sum(item.widths[place : place + cell.columns]) / sum(item.widths)
        aligned = rf">{{{_ALIGNED[cell.align]}\arraybackslash}}p{{\dimexpr {width:.4f}\linewidth-2\tabcolsep\relax}}"
        return rf"\multicolumn{{{cell.columns}}}{{{aligned}}}{{{text}}}"
    return text if cell.align == "left" else rf"{_ALIGNED[cell.align]}\arraybackslash {text}"
