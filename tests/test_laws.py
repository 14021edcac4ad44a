"""The stated laws of the house, each read from the source: rounding, files, errors, displays that compute nothing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import duonen_stats
from duonen_stats import errors

pytestmark = pytest.mark.repository

PACKAGE = Path(duonen_stats.__file__).parent
SOURCES = {path.relative_to(PACKAGE): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}

# Modules are named by their last part, so that they can move to another folder. Each has the reason why it may.
MAY_ROUND = {
    "format": "the module that rounds what is shown",
    # before a comparison or a rank, never of a number that is shown
    "ranking": "values are rounded before they are ranked, as the plan says",
    "midranks": "as ranking",
    "comparison": "values are compared with limits as on paper",
    "limits_compared": "as comparison",
    "exact_tables": "paths of equal probability are recognised",
    "contingency": "as exact_tables",
    "hodges_lehmann": "the place of an order statistic",
    "blinded_data": "months are taken back to the days they were made of",
    "z_histogram": "counts in a part of a bin are whole numbers",
    "chunk": "as z_histogram",
    "rounding": "the rule for numbers of patients and events",
    "published_plan": "whether the whole per cent of the publication come out",
    # words of messages and labels made below the displays
    "blinded_reestimation": "words of a reason: patients a month",
    "projection": "labels of scenarios that are assumed, not estimated",
    "entry": "a number of the publication as it was printed",
    # lengths on a page and resolutions, never a number that is shown
    "word_document": "lengths in twentieths of a point, sizes of pictures in whole units",
    "word_styles": "as word_document",
    "rtf_document": "as word_document",
    "latex": "as word_document",
    "pictures": "dots per metre, and the size of a drawing on the page",
    "tabulation": "how many decimals the values of a variable have",
    # texts of other programs, exact or not shown
    "family": "an id holds the months of a time in days",
    "decision": "all digits of a stated number",
    "status": "as decision",
    "excel_files": "whether 16 digits hold a number exactly",
    "workbooks": "as excel_files",
    "provenance": "seconds of a step",
    "columns": "the place of a width among others",
    "column_widths": "as columns",
    "cells": "all digits of a decimal number of a workbook",
    "amounts": "as cells",
    "rules_dosimetry": "a dose that is reported as above a limit is written with digits that are above it",
    "dosimetry": "as rules_dosimetry",
    "rules_duplicates": "counts the digits of a dose",
    "duplicates": "as rules_duplicates",
}
# A simulated site records what it measures with the decimals of its instruments: its data are rounded, no result is.
ROOMS_THAT_MEASURE = {"simulated", "verification"}

WRITERS = {"report", "folder", "formats"}
MAY_WRITE = {
    "checkpoint": "kept parts of a simulation, in a folder the user names for them; no output",
    "grid": "as checkpoint",
    "freeze": "the calibration writes the shipped cohort, by hand",
    "cohort": "as freeze",
    "audit_page": "renews a page of docs/, by hand",
    "dictionary_page": "renews a page of docs/, by hand",
    "methods_page": "renews a page of docs/, by hand",
    "plan_page": "renews a page of docs/, by hand",
    "terms_page": "renews a page of docs/, by hand",
    "style": "saves a drawing into memory",
    "packed_folder": "unpacks a data cut into a folder that is removed once it is read",
    "second_numbers": "writes a table into memory",
    "second_process": "gives the second engine a folder that is removed once it has answered",
    "r_engine": "R leaves its answer in a folder that is removed once it is read",
}

_ROUNDS = {
    "round",
    "around",
    "round_",
    "rint",
    "quantize",
    "format_float_positional",
    "format_float_scientific",
}
_WRITES = {
    "write_text", "write_bytes", "mkdir", "makedirs", "savefig", "savez", "savez_compressed", "touch", "symlink_to",
    "unlink", "rmtree", "copyfile", "copytree", "move", "NamedTemporaryFile", "TemporaryDirectory", "mkdtemp",
    "mkstemp", "tofile", "ExcelWriter", "to_pickle", "to_feather",
}  # fmt: skip
_WRITES_TO_A_PATH = {
    "to_csv",
    "to_json",
    "to_html",
    "to_markdown",
    "to_latex",
    "to_excel",
    "to_parquet",
    "to_stata",
}
_SELECTS = {
    "query", "groupby", "flagged", "isin", "where", "mask", "dropna", "drop_duplicates", "nlargest", "nsmallest",
    "merge", "pivot", "pivot_table", "xs", "filter", "loc", "iloc", "compress", "nonzero", "flatnonzero", "eq",
    "ne", "lt", "le", "gt", "ge",
}  # fmt: skip
# A precision, as in .2f, .{places}g and .0%; e, f and % round without one too. Plain g writes a stated number.
_PRECISION = re.compile(r"\.(\d|\{|§)|[eEfFn%]$|^§")
_PERCENT = re.compile(r"%(\(\w+\))?[-+ #0]*[\d*]*(\.[\d*]+)?[eEfFgG]")
_FIELD = re.compile(r"\{[^{}:]*:([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")


def name_of(call: ast.Call) -> str:
    """Last part of the name that is called."""
    called = call.func
    return (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )


def text_of(node: ast.AST | None) -> str | None:
    """Return a text of the source, § for each part that is computed; None if it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "§" for part in node.values)
    return None


def rounds_by_spec(spec: str | None) -> bool:
    """Whether a format specification loses digits; dates do not."""
    if spec is None:
        return True  # not known before the program runs
    return bool(_PRECISION.search(spec)) and not re.search(r"%[YmdHMS]", spec)


def _in_messages(tree: ast.AST) -> set[int]:
    """Nodes inside of ``raise``: the words of an error are no numbers of a report."""
    return {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Raise) for inner in ast.walk(node)}


def _is_rounding_call(node: ast.Call) -> bool:
    """Whether a call is of ``format`` with a precision, or rounds by adding one half."""
    name = name_of(node)
    if name == "format" and isinstance(node.func, ast.Attribute):
        return any(rounds_by_spec(spec) for spec in _FIELD.findall(text_of(node.func.value) or ""))
    if name == "format":
        return len(node.args) > 1 and rounds_by_spec(text_of(node.args[1]))
    halves = (
        getattr(side, "value", None) == 0.5
        for argument in node.args
        if isinstance(argument, ast.BinOp)
        for side in (argument.left, argument.right)
    )
    return name in {"int", "floor"} and any(halves)


def _rounds(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
            return rounds_by_spec(text_of(spec))
        case ast.BinOp(op=ast.Mod(), left=left):
            return bool(_PERCENT.search(text_of(left) or ""))
        case ast.Attribute(attr=name) | ast.alias(name=name) if name in _ROUNDS:
            return True  # called or handed on
        case ast.Name(id="round") | ast.keyword(arg="float_format"):
            return True
        case ast.Call():
            return _is_rounding_call(node)
    return False


def roundings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what rounds a number or writes it with fewer digits."""
    messages = _in_messages(tree)
    yield from (node for node in ast.walk(tree) if id(node) not in messages and _rounds(node))


def writings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what writes, makes or removes a file or a folder."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            if (node.attr if isinstance(node, ast.Attribute) else node.id) in _WRITES:
                yield node
        elif isinstance(node, ast.alias) and node.name in _WRITES | {"shutil", "tempfile"}:
            yield node
        elif isinstance(node, ast.Call) and name_of(node) in _WRITES_TO_A_PATH:
            if node.args or any(
                word.arg in {"path_or_buf", "buf", "path", "excel_writer"} for word in node.keywords
            ):
                yield node
        elif isinstance(node, ast.Call) and name_of(node) in {"open", "fdopen"}:
            modes = [text_of(value) for value in [*node.args, *(word.value for word in node.keywords)]]
            if any(mode and re.fullmatch(r"[rwaxbt+]*[wax+][rwaxbt+]*", mode) for mode in modes):
                yield node


_OWN = {
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, BaseException)
}


def error_classes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield classes of errors or warnings: by their base, or by their name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
            names = (node.name, *bases)
            if _OWN.intersection(bases) or any(n.endswith(("Error", "Exception", "Warning")) for n in names):
                yield node


def selections(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what takes some rows of a frame: masks, look-ups by label, groups, flags."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            if (node.attr if isinstance(node, ast.Attribute) else node.id) in _SELECTS:
                yield node
        elif isinstance(node, ast.alias) and node.name in _SELECTS:
            yield node
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            chosen = node.slice
            inverted = isinstance(chosen, ast.UnaryOp) and isinstance(chosen.op, ast.Invert)
            both = isinstance(chosen, ast.BinOp) and isinstance(chosen.op, ast.BitAnd | ast.BitOr)
            known = isinstance(chosen, ast.Call) and name_of(chosen) in {"isna", "notna", "isnull", "notnull"}
            type_of = re.search(r"\b(None|str|float|int)\b", ast.unparse(chosen))  # an annotation, a | b
            if isinstance(chosen, ast.Compare) or inverted or known or (both and not type_of):
                yield node


_WORDS = {"note", "message"}
MAY_RECOGNISE = {
    "workbooks": "findings are put together by the value that they quote, and that is shown",
    "proposal": "the first sentence of a message is shown",
}
_LOOKS_INTO = {
    "split",
    "partition",
    "startswith",
    "endswith",
    "find",
    "index",
    "count",
    "match",
    "search",
    "fullmatch",
}


def recognitions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what knows a note or a message by its words: a comparison with a text, a look into it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            known = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn)
            # Whether there is one, and whether it was changed, is no question about its words.
            other = any(
                (isinstance(one, ast.Constant) and not one.value)
                or (isinstance(one, ast.Name) and one.id in _WORDS)
                for one in sides
            )
            if known and not other and any(isinstance(s, ast.Attribute) and s.attr in _WORDS for s in sides):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            into = [node.func.value, *node.args]
            looks = node.func.attr in _LOOKS_INTO
            if looks and any(isinstance(one, ast.Attribute) and one.attr in _WORDS for one in into):
                yield node


@cache
def tree_of(path: Path) -> ast.Module:
    """A module of the package, parsed once for all laws."""
    return ast.parse(SOURCES[path])


def breaches(finder, allowed=(), rooms=None, free=()) -> list[str]:
    """Name each breach as module:line, in the rooms given (all of them if None) but the free ones."""
    return [
        f"{path}:{node.lineno} {ast.unparse(node)[:60]}"
        for path in sorted(SOURCES)
        if path.stem not in allowed
        and (rooms is None or path.parts[0] in rooms)
        and path.parts[0] not in free
        for node in finder(tree_of(path))
    ]


def test_numbers_are_rounded_in_one_module():
    assert breaches(roundings, MAY_ROUND, free=ROOMS_THAT_MEASURE) == []


def test_files_are_written_by_those_who_write():
    assert breaches(writings, MAY_WRITE, free=WRITERS) == []


def test_every_class_of_errors_is_in_errors():
    assert breaches(error_classes, {"errors"}) == []


def test_errors_are_one_tree():
    own = [
        one for one in vars(errors).values() if isinstance(one, type) and one.__module__ == errors.__name__
    ]
    assert len(own) > 10
    assert all(issubclass(one, errors.DuonenError) for one in own)


def test_displays_select_no_patients():
    """Points of a figure are those of its statistics: both ask one function of the results or the datasets."""
    assert breaches(selections, rooms={"displays"}) == []


def test_nothing_is_recognised_by_its_words():
    """A finding has a rule and a row a kind of note: their words may change without changing what is done."""
    assert breaches(recognitions, MAY_RECOGNISE) == []


def test_a_law_reads_the_rooms_it_is_about():
    rooms = {path.parts[0] for path in SOURCES}
    assert {"displays", "simulated"} <= rooms
    assert rooms & WRITERS
    assert sum(path.parts[0] == "displays" for path in SOURCES) > 20


@pytest.mark.parametrize(
    ("finder", "planted"),
    [
        *((roundings, text) for text in (
            "np.round(x, 1)", "numpy.around(x)", "x.round(2)", "round(x)", "np.rint(x)", "map(round, x)",
            "x.apply(np.round)", "from numpy import round as near", "d.quantize(unit)", "f'{x:.2f}'",
            "f'{x:>8.3g}'", "f'{x:.{places}f}'", "f'{x:.0%}'", "f'{x:e}'", "f'{x:{spec}}'", "format(x, '.2f')",
            "format(x, spec)", "'{:.2f}'.format(x)", "'{x:8.1f} {y}'.format(x=x, y=y)", "'%.2f' % x",
            "'%(x)5.1f and %s' % values", "frame.to_string(float_format=show)", "int(x + 0.5)",
            "math.floor(10 * x + 0.5)", "np.format_float_positional(x, 3)",
        )),
        *((writings, text) for text in (
            "path.write_text(words)", "path.write_bytes(data)", "open(path, 'w')", "open(path, mode='ab')",
            "path.open('x')", "open(path, 'r+')", "os.makedirs(path)", "path.mkdir()", "frame.to_csv(path)",
            "frame.to_csv(path_or_buf=path)", "figure.savefig(path)", "np.savez(path, x)", "path.unlink()",
            "from tempfile import mkstemp", "import shutil", "frame.to_parquet(path)",
        )),
        *((error_classes, text) for text in (
            "class Gone(Exception): pass", "class _GoneError(ValueError): pass", "class Late(errors.DataError): pass",
            "class Odd(UserWarning): pass", "def f():\n class Inner(NotEstimable): pass",
            "class StrangeError(Base): pass",
        )),
        *((recognitions, text) for text in (
            "row.note == SUPPORT_UNKNOWN", "row.note.startswith('not reached')", "block in one.message",
            "one.message.split()[1]", "_QUOTED.search(one.message)", "row.note != NO_PRODUCT", "row.note in REASONS",
        )),
        *((selections, text) for text in (
            "frame[frame['AVAL'] > 3]", "frame[~known]", "frame[a & b]", "frame.query('AVAL > 3')",
            "frame.loc[frame['AVAL'] > 3]", "frame.loc[known, 'AVAL']", "frame.groupby('ARM')",
            "flagged(frame, 'SAFFL')", "frame[frame['ARM'].eq('A')]", "frame[frame['ARM'].isin(arms)]",
            "frame.dropna(subset=['AVAL'])", "from results.groups import flagged", "frame.where(known)",
            "values[np.nonzero(known)]",
            "frame[frame['AVAL'].notna()]",
        )),
    ],
)  # fmt: skip
def test_a_planted_breach_is_seen(finder, planted):
    assert list(finder(ast.parse(planted)))


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        *((roundings, text) for text in (
            "f'{limit:g} Gy'", "f'{day:%Y-%m-%d}'", "f'{n:>6}'", "f'{n:06d}'", "f'{n:,}'", "f'{x}'", "'%s' % x",
            "raise PlanError(f'{x:.2f} is too much')", "'{name}'.format(name=name)", "fixed(x, 2)",
        )),
        *((writings, text) for text in (
            "open(path)", "path.open('rb')", "frame.to_csv(index=False)", "open(path, encoding='utf-8')",
            "path.read_text()",
        )),
        *((error_classes, text) for text in ("class Finding: pass", "class Row(NamedTuple): pass")),
        *((recognitions, text) for text in (
            "row.note_kind == 'withheld'", "row.note.rstrip('.')", "row.note == ''", "message == finding.message",
            "finding.rule == BLOCK.id",
        )),
        *((selections, text) for text in (
            "frame['AVAL']", "by_arm(frame, 'AVAL', study)", "values[0]", "names[-1]", "rows: list[str | None]",
            "pd.notna(one)",
        )),
    ],
)  # fmt: skip
def test_what_keeps_the_law_is_left_alone(finder, text):
    assert not list(finder(ast.parse(text)))


@pytest.mark.parametrize(
    ("allowed", "finder"), [(MAY_ROUND, roundings), (MAY_WRITE, writings), (MAY_RECOGNISE, recognitions)]
)
def test_every_exception_has_a_reason_and_is_needed(allowed, finder):
    """An entry "as X" is the name that X has after a merge of modules; of such a pair one is enough."""
    assert all(reason.strip() for reason in allowed.values())
    needed = {path.stem for path in SOURCES if any(finder(tree_of(path)))}
    groups: dict[str, set[str]] = {}
    for name, reason in allowed.items():
        groups.setdefault(reason.removeprefix("as ") if reason.startswith("as ") else name, set()).add(name)
    assert [group for group in groups.values() if not group & needed] == []
