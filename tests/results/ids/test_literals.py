"""No result id is written outside the families: not as a text, not as an f-string, not joined from pieces.

A module or a template is read as the texts it writes, with a sign where a value stands: ``f"{block}.rate.{month}"`` is
``"….rate.…"``. A text is an id if the families know one, or the beginning of one, that it fits; where it begins with a
value or a dot, if it fits the end of one. Ids and ends are sorted once, so that each text is looked for among the few
that begin as it does.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import ids
from duonen_stats.results.ids.family import HOLE
from duonen_stats.results.ids.scope import Scope
from duonen_stats.study import load_study
from duonen_stats.study.shipped_files import templates_path

pytestmark = pytest.mark.law

FAMILIES = Path(ids.__file__).parent
PACKAGE = FAMILIES.parents[1]
SOURCES = sorted(PACKAGE.rglob("*.py")) + sorted(templates_path().rglob("*.j2"))

LEDGER = ("simulated", "design_facts.py", "verification")
"""Where entries of the publication are named, whose ids look like those of results; and the second engine, which shares
no code with the first and so knows the numbers of a finished report by their ids."""

TEXTS = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call)
VALUE = "…"
PLACE = re.compile(r"%[-+ 0#]*[\d.]*[a-z]|\{[^{}]*\}")
"""Where ``%`` and ``format`` put a value."""


def _joined(parts: Sequence[str | None], between: str = "") -> str | None:
    """Join pieces of which some are values; None if all are."""
    return None if set(parts) == {None} else between.join(part or VALUE for part in parts)


def _text(node: ast.AST) -> str | None:
    """Write the text that an expression of a module makes; None if it makes none."""
    if not isinstance(node, TEXTS):
        return None
    found: str | None = None
    match node:
        case ast.Constant(value=str(found)):
            pass
        case ast.JoinedStr(values=parts):
            found = _joined([_text(part) for part in parts])
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            found = _joined([_text(left), _text(right)])
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(form))):
            found = PLACE.sub(VALUE, form)
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str(form)))):
            found = PLACE.sub(VALUE, form)
        case ast.Call(
            func=ast.Attribute(attr="join", value=ast.Constant(value=str(between))),
            args=[ast.Tuple(elts=parts) | ast.List(elts=parts)],
        ):
            found = _joined([_text(part) for part in parts], between)
    return found


def _text_of_template(node: nodes.Node) -> str | None:
    """Write the text that an expression of a template makes likewise."""
    found: str | None = None
    match node:
        case nodes.Const(value=str(found)):
            pass
        case nodes.Concat(nodes=parts):
            found = _joined([_text_of_template(part) for part in parts])
        case nodes.Add(left=left, right=right):
            found = _joined([_text_of_template(left), _text_of_template(right)])
        case (
            nodes.Mod(left=nodes.Const(value=str(form)))
            | nodes.Filter(name="format", node=nodes.Const(value=str(form)))
            | nodes.Call(node=nodes.Getattr(attr="format", node=nodes.Const(value=str(form))))
        ):
            found = PLACE.sub(VALUE, form)
        case nodes.Filter(name="join", node=nodes.List(items=parts), args=[nodes.Const(value=str(between))]):
            found = _joined([_text_of_template(part) for part in parts], between)
    return found


def _names_a_path(node: ast.AST) -> bool:
    """Tell whether a call names a value by its path in an answer: ``share_at``; a family makes the id of it."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("_at")


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """Give what an expression is made of, but for the formats of values: ``.1f``."""
    return iter([node.value]) if isinstance(node, ast.FormattedValue) else ast.iter_child_nodes(node)


def _texts(source: str, *, template: bool) -> Iterator[str]:
    """Give every text a source makes, each as a whole: of ``a + ".b"`` not ``".b"`` again."""
    if template:
        tree, write, below = (
            Environment(autoescape=True).parse(source),
            _text_of_template,
            nodes.Node.iter_child_nodes,
        )
    else:
        tree, write, below = ast.parse(source), _text, _below
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        text = write(node)
        if text is not None:
            yield text
        if text is None and not _names_a_path(node):
            waiting += below(node)
        else:  # its pieces are read; what the values among them are made of is not
            waiting += [inner for inner in below(node) if write(inner) is None]


@cache
def _known() -> tuple[list[str], list[str]]:
    """Give, sorted: ids with their beginnings of two parts and more, and the ends of all these."""
    study = load_study()
    beginnings: set[str] = set()
    for plan, report in ((INTERIM, "interim"), (FINAL, "final"), (INTERIM, "audit"), (INTERIM, "design")):
        scope = Scope(study=study, plan=plan, report=report)
        for family in ids.families():
            for name, _ in family.ids(scope):
                parts = re.sub(f"{HOLE}.", "*", name).split(".")
                beginnings |= {".".join(parts[:end]) for end in range(2, len(parts) + 1)}
    ends = {
        ".".join(parts[start:])
        for parts in (name.split(".") for name in beginnings)
        for start in range(1, len(parts))
    }
    return sorted(beginnings), sorted(ends)


def _fits(text: str, names: list[str]) -> bool:
    pieces = text.split(VALUE)
    whole = re.compile(".+".join(map(re.escape, pieces)))
    for name in names[bisect_left(names, pieces[0]) :]:
        if not name.startswith(pieces[0]):
            return False
        if whole.fullmatch(name):
            return True
    return False


def _is_id(text: str) -> bool:
    if "." not in text or re.search(r"\s", text):
        return False
    beginnings, ends = _known()
    if text.startswith((VALUE, ".")):
        end = text.partition(".")[2]
        return re.search("[a-z]", end) is not None and _fits(end, ends)
    return _fits(text, beginnings)


def written_ids(source: str, *, template: bool = False) -> list[str]:
    """Give the ids that a module or a template writes."""
    return [text for text in _texts(source, template=template) if _is_id(text)]


@pytest.mark.parametrize(
    "source",
    [
        'look.p("labs.HGB.V1.between.kruskal_wallis.p")',
        'look.p("labs." "HGB.V1.between")',
        'look.p(f"labs.{code}.V1.between.{test}.p")',
        'look.p(f"{block}.hr.ci_low")',
        'look.p(f"{endpoint}.primary")',
        'look.count(f"{endpoint}.km.{group}.n")',
        'look.fixed(f"{block}.rate.{month:g}.survival", 1)',
        'look.p(f"{endpoint}.{arm}_vs_{control}.cox.p")',
        'block = f"{endpoint}.{arm}_vs_{control}"',
        'look.p("pfs." + comparison + ".p")',
        'look.p(block + ".p")',
        'stem = "pfs.primary"',
        'look.p(block + END)\nEND = ".log_rank.p"',
        'look.p("pfs.%s.p" % test)',
        'look.p("%s.log_rank.p" % block)',
        'look.p("{}.{}.p".format(block, "cox"))',
        'look.p(".".join((block, "log_rank", "p")))',
        'look.p(".".join(["pfs", "primary", name]))',
        "rows = {f'{name} {look.p(block + END)}': 1}\nEND = '.p'",
        'share_at(f"{at}.power", label=look.label(f"{block}.hr"))',
        'look.count("audit.result.differs.n")',
        'look.row(f"quality.site.{site}.patients")',
        'look.fixed("design.assumed.alpha", 2)',
    ],
)
def test_an_id_is_seen_however_a_module_writes_it(source):
    assert len(written_ids(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '{{ p_equals("pfs.primary.log_rank.p") }}',
        '{% if known("pfs.primary.ph.p") %}tested{% endif %}',
        '{{ fixed(endpoint ~ ".km." ~ group ~ ".median", 1) }}',
        '{{ interval(block ~ ".hr", "hr", 2) }}',
        '{{ count(block + ".n") }}',
        '{% set block = "pfs.primary" %}',
        '{{ p("pfs.%s.p" % test) }}',
        '{{ p("%s.log_rank.p" | format(block)) }}',
        '{{ p("{}.log_rank.p".format(block)) }}',
        '{{ p([block, "log_rank", "p"] | join(".")) }}',
        '{% macro at(block="os.primary") %}{{ p(ids.cox(block).stat("p")) }}{% endmacro %}',
    ],
)
def test_an_id_is_seen_however_a_template_writes_it(source):
    assert len(written_ids(source, template=True)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""The rows ``pfs.primary.log_rank.p``."""',
        'say = "No result. Another sentence."',
        'ids.lab_change("HGB", "V4", "A").stat("median")',
        'ids.log_rank(ids.primary("pfs")).stat("p")',
        'files[f"tables/{key}.csv"] = files[f"{name}.csv"]',
        'number_at(f"{at}.hazard_ratio", 3)',
        'version = f"{major}.{minor}"',
        'written = f"{stat:.{decimals}f}"',
    ],
)
def test_words_paths_files_and_families_are_no_ids(source):
    assert written_ids(source) == []


def test_no_id_is_written_outside_the_families():
    places = [path for path in SOURCES if FAMILIES not in path.parents and not {*path.parts} & {*LEDGER}]
    written = {
        path.name: found
        for path in places
        if (found := written_ids(path.read_text(encoding="utf-8"), template=path.suffix == ".j2"))
    }
    assert written == {}
    assert len([path for path in places if path.suffix == ".j2"]) >= 4
    assert len(places) > 200
