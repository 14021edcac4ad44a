"""No result id is written outside the families, neither as a text nor as an f-string."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from duonen_stats.results import ids
from duonen_stats.sap import FINAL, INTERIM

pytestmark = pytest.mark.law

PACKAGE = Path(ids.__file__).parents[2]
MODULES = [
    path
    for folder in ("results", "publication")
    for path in sorted((PACKAGE / folder).rglob("*.py"))
    if "ids" not in path.parent.parts[-1:] and path.name not in {"audit_results.py", "table.py"}
]


def _docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def _texts(path: Path) -> Iterator[str]:
    """Texts of a module; an f-string as a regular expression, any text where it has a value."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            parts = [
                re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[^ ]*" for p in node.values
            ]
            yield "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield re.escape(node.value)


@pytest.fixture(scope="module")
def stems(study) -> str:
    """Beginnings of ids, of two parts and more, each on a line."""
    found = set()
    for plan, report in ((INTERIM, "interim"), (FINAL, "final")):
        for name in ids.known_ids(study, plan, report).exact:
            parts = name.split(".")
            found |= {".".join(parts[:length]) for length in range(2, len(parts) + 1)}
    return "\n".join(sorted(found))


def _is_id(text: str, stems: str) -> bool:
    plain = text.replace("\\", "")
    if (
        "." not in plain
        or " " in plain.replace("[^ ]*", "")
        or not re.match(r"[a-z0-9]+\.|\[\^ \]\*\.[a-z]", plain)
    ):
        return False
    if plain.startswith("[^ ]*"):  # a block and a statistic, as in f"{block}.median"
        return False
    return re.search(f"^{text}$", stems, re.MULTILINE) is not None


def test_the_search_sees_texts_and_f_strings(stems):
    assert _is_id(re.escape("labs.HGB.V1.between"), stems)
    assert _is_id(r"labs\.[^ ]*\.V1\.between\.[^ ]*", stems)
    assert not _is_id(re.escape("a sentence. Another."), stems)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_id_is_written_outside_the_families(module, stems):
    written = [text for text in _texts(module) if _is_id(text, stems)]
    ledger = {r"table1\.claim\.balance"}
    assert [text for text in written if text not in ledger] == []
