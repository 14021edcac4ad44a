"""A seeded sample of mutants: slips made by machine, and the tests that catch them.

Run it at night, in an environment of its own that has cosmic-ray (it makes the mutants); the tests run in the
project's::

    python -m venv build/mutants && build/mutants/bin/pip install cosmic-ray==8.7.0
    build/mutants/bin/python benchmarks/mutants.py --python .venv/bin/python --number 300 --seed 11

Each mutant changes one operator, comparison, number, truth value or loop of one module, in a copy of the last commit.
It meets, in this order and only until one fails, the tests of its module, of its room, and of the rooms that use it.
Results are written one line per mutant, so that an interrupted run goes on where it stopped.
"""

import argparse
import ast
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]
ROOMS = ("datasets", "results", "raw", "design", "methods", "publication", "report")
DOWNSTREAM = {  # the rooms whose tests see what a room computes
    "datasets": ("results", "independent", "displays", "publication"),
    "results": ("independent", "displays", "publication", "report"),
    "raw": ("datasets", "report"),
    "design": ("report", "publication"),
    "methods": ("results", "independent", "publication"),
    "publication": ("report",),
    "report": (),
}
FAR_FETCHED = (
    "Shift",
    "BitXor",
    "BitAnd",
    "BitOr",
    "Mod",
    "FloorDiv",
    "ExceptionReplacer",
    "RemoveDecorator",
    "Variable",
    "Is",
    "Invert",
)
"""Operators whose mutants mostly raise TypeError at once, or change what no test is about."""
GUARDS = ("strict", "slots", "frozen", "kw_only", "copy", "observed", "repr")
"""Keywords whose value guards against a slip in the code itself; valid input gives the same result without."""
SECONDS = 900
"""Longest time of one stage of tests; a mutant that hangs is caught, and listed as such."""


@dataclass(frozen=True)
class Mutant:
    """One slip: ``occurrence`` counts the places of ``operator`` in the module."""

    module: str
    line: int
    operator: str
    occurrence: int

    @property
    def room(self) -> str:
        """The package below ``duonen_stats`` that the module lies in."""
        return Path(self.module).parts[1]


class _Places(Visitor):
    """Every place of a module where an operator can act, found in one walk: operator, occurrence, line and column."""

    def __init__(self) -> None:
        self.operators = {
            name: get_operator(name)()
            for name in sorted(operator_names())
            if not any(part in name for part in FAR_FETCHED)
        }
        self.seen: Counter[str] = Counter()
        self.places: list[tuple[str, int, tuple[int, int]]] = []

    def visit(self, node: object) -> object:
        for name, operator in self.operators.items():
            for start, _ in operator.mutation_positions(node):
                self.places.append((name, self.seen[name], start))
                self.seen[name] += 1
        return node


def _untested_ranges(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Find where a change has no behaviour: annotations, guards and what only type checkers read."""
    ranges = []
    for node in ast.walk(ast.parse(source)):
        named = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            named.append(node)
        if isinstance(node, ast.keyword) and node.arg in GUARDS:
            named.append(node.value)
        if isinstance(node, ast.Assign) and "Literal" in ast.unparse(node.value)[:20]:
            named.append(node)
        ranges += [
            ((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset))
            for part in named
            if part is not None
        ]
    return ranges


def mutants_of(module: Path) -> list[list[Mutant]]:
    """List the mutants of a module, grouped by the place they change."""
    source = module.read_text(encoding="utf-8")
    skipped = _untested_ranges(source)
    by_place: dict[tuple[int, int], list[Mutant]] = defaultdict(list)
    found = _Places()
    found.walk(get_ast(source))
    for name, occurrence, place in found.places:
        if not any(start <= place < end for start, end in skipped):
            by_place[place].append(Mutant(str(module.relative_to(ROOT)), place[0], name, occurrence))
    return [by_place[place] for place in sorted(by_place)]


def sample(number: int, seed: int, rooms: tuple[str, ...]) -> list[Mutant]:
    """Draw ``number`` mutants, as many from each room, each from another place, in mixed order."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    drawn = []
    for index, room in enumerate(rooms):
        places = [
            place
            for module in sorted((ROOT / "duonen_stats" / room).rglob("*.py"))
            if module.name != "__init__.py"
            for place in mutants_of(module)
        ]
        share = number // len(rooms) + (index < number % len(rooms))
        drawn += [draw.choice(place) for place in draw.sample(places, share)]
    draw.shuffle(drawn)  # a run that is stopped early has seen every room
    return drawn


def stages(mutant: Mutant) -> Iterator[list[str]]:
    """Yield the tests a mutant meets, the nearest first."""
    module = Path(mutant.module)
    own = Path("tests", *module.parts[1:-1], f"test_{module.name}")
    if (ROOT / own).is_file():
        yield [str(own)]
    yield [f"tests/{mutant.room}"]
    further = [f"tests/{room}" for room in DOWNSTREAM[mutant.room]]
    if further:
        yield further


def judge(mutant: Mutant, tree: Path, python: str) -> dict[str, object]:
    """Put the mutant into ``tree``, run its tests, take it out again."""
    module = tree / mutant.module
    source = module.read_text(encoding="utf-8")
    changed = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence)
    lines = zip(source.splitlines(), (changed or "").splitlines(), strict=False)
    slip = next(((old.strip(), new.strip()) for old, new in lines if old != new), ("", ""))
    if changed is None or slip == ("", ""):
        return {**asdict(mutant), "caught_by": "no change", "slip": slip}
    module.write_text(changed, encoding="utf-8")
    try:
        for tests in stages(mutant):
            command = [python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
            try:
                code = subprocess.run(  # noqa: S603
                    command, cwd=tree, capture_output=True, timeout=SECONDS, check=False,
                    env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
                ).returncode  # fmt: skip
            except subprocess.TimeoutExpired:
                return {**asdict(mutant), "caught_by": "hangs", "slip": slip}
            if code != 0:
                return {**asdict(mutant), "caught_by": tests[0], "slip": slip}
    finally:
        module.write_text(source, encoding="utf-8")
    return {**asdict(mutant), "caught_by": None, "slip": slip}


def summary(results: list[dict[str, object]]) -> str:
    """Write mutants and catches by room, then every survivor."""
    real = [one for one in results if one["caught_by"] != "no change"]
    made = Counter(Path(str(one["module"])).parts[1] for one in real)
    caught = Counter(Path(str(one["module"])).parts[1] for one in real if one["caught_by"])
    lines = [
        f"{room:<12} {caught[room]:>4} of {made[room]:>4} caught ({caught[room] / made[room]:.0%})"
        for room in made
    ]
    lines.append(f"{'all':<12} {caught.total():>4} of {made.total():>4} caught")
    lines += [
        f"survives: {one['module']}:{one['line']} {one['operator'].removeprefix('core/')}\n"
        f"    {one['slip'][0]}\n  → {one['slip'][1]}"
        for one in real
        if not one["caught_by"]
    ]
    return "\n".join(lines)


def main() -> None:
    """Draw the sample, judge what was not judged yet, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="Python of the project's environment.")
    parser.add_argument("--number", type=int, default=300, help="Mutants in total.")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rooms", nargs="+", default=ROOMS, choices=ROOMS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "mutants.jsonl")
    given = parser.parse_args()
    given.results.parent.mkdir(parents=True, exist_ok=True)
    known = given.results.read_text(encoding="utf-8").splitlines() if given.results.exists() else []
    results = [json.loads(line) for line in known]
    judged = {(one["module"], one["operator"], one["occurrence"]) for one in results}
    todo = [
        one
        for one in sample(given.number, given.seed, tuple(given.rooms))
        if (one.module, one.operator, one.occurrence) not in judged
    ]
    python = str(Path(given.python).absolute())
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for index in range(given.workers):
            tree = Path(folder) / f"tree{index}"
            subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)  # noqa: S603, S607
            trees.put(tree)

        def in_a_tree(mutant: Mutant) -> dict[str, object]:
            tree = trees.get()
            try:
                return judge(mutant, tree, python)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(given.workers) as pool, given.results.open("a", encoding="utf-8") as kept:
            for number, result in enumerate(pool.map(in_a_tree, todo), start=1):
                results.append(result)
                kept.write(json.dumps(result) + "\n")
                kept.flush()
                print(f"{number}/{len(todo)} {result['module']}:{result['line']} {result['caught_by']}")
    print(summary(results))


if __name__ == "__main__":
    main()
