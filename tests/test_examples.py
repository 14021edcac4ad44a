"""The examples in docstrings: each public function has one, and each gives what it says."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import duonen_stats
from duonen_stats import design, methods, plan

pytestmark = pytest.mark.documentation

PACKAGE = Path(duonen_stats.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)
PUBLIC = [
    (getattr(home, name), name)
    for home in (duonen_stats, methods, design, plan)
    for name in home.__all__
    if inspect.isfunction(getattr(home, name))
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NEEDS_A_CLUSTER = {"cluster_executor"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name: str):
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    said: list[str] = []
    for example in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        runner.run(example, out=said.append)
    assert runner.failures == 0, "".join(said)
    assert runner.tries > 0


@pytest.mark.parametrize(("function", "name"), PUBLIC, ids=[name for _, name in PUBLIC])
def test_a_public_function_has_an_example_that_is_run(function, name: str):
    examples = doctest.DocTestParser().get_examples(function.__doc__ or "")
    run = [example for example in examples if doctest.SKIP not in example.options]
    assert any(name in example.source for example in examples)
    assert any(name in example.source and "import" not in example.source for example in run) or (
        name in NEEDS_A_CLUSTER
    )
