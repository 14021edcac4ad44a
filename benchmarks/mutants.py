"""A seeded sample of mutants: slips made by machine, and the tests that catch them.

Run it at night, in an environment of its own that has cosmic-ray (it makes the mutants); the tests run in the
project's::

    python -m venv build/mutants && build/mutants/bin/pip install cosmic-ray==8.7.0
    build/mutants/bin/python benchmarks/mutants.py --python .venv/bin/python --number 300 --seed 11

Each mutant changes one operator, comparison, number, truth value or loop of one module, in a copy of the last commit.
All tests run once before, on a copy with probes, so that it is known which of them, or of the fixtures they share,
enter the changed function. A mutant meets those, and only until one fails: first those of its module's test file, then
the quickest, each counted with its fixtures. What takes longer than the last stage (``--longest``) is not run: judge
the survivors of a quick run again with a long one. Results are written one line per mutant, so that an interrupted run
goes on where it stopped.
"""

import argparse
import ast
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from queue import Queue

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]
ROOMS = ("datasets", "results", "raw", "design", "methods", "publication", "report")
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
GUARDS = ("strict", "slots", "frozen", "kw_only", "copy", "observed", "repr", "weight", "weights")
"""Keywords whose value guards against a slip in the code itself (valid input gives the same result without), and widths
of columns, which are looked at."""
SECONDS = 900
"""Longest time of one stage of tests; a mutant that hangs is caught, and listed as such."""
FILE = 0.2
"""Processor seconds that pytest needs to collect a file of tests."""
STAGES = (6, 40)
"""Processor seconds of the tests of the first stages, on the machine and the day of the first run."""


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


def function_at(source: str, line: int) -> tuple[str, ast.FunctionDef | ast.AsyncFunctionDef] | None:
    """Find the innermost function whose body holds ``line``: its name with its first line, and its node."""
    inside = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno < node.body[0].lineno <= line <= (node.end_lineno or 0)
    ]
    if not inside:
        return None
    node = max(inside, key=lambda one: one.lineno)
    return f"{node.name}:{node.lineno}", node


def probed(source: str, module: str, lines: list[int]) -> str:
    """Return ``source`` with a probe in each function that holds one of ``lines``."""
    found = [function_at(source, line) for line in lines]
    text = source.splitlines()
    for name, node in sorted(
        {one[0]: one[1] for one in found if one}.items(), key=lambda one: -one[1].lineno
    ):
        body = node.body
        documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        first = body[1] if documented and len(body) > 1 else body[0]
        start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
        indent = text[start - 1][: len(text[start - 1]) - len(text[start - 1].lstrip())]
        text.insert(start - 1, f"{indent}__import__('entered_functions').entered({f'{module}:{name}'!r})")
    return "\n".join(text) + "\n"


@dataclass(kw_only=True)
class Seen:
    """What a run with probes saw: tests and fixtures by function, processor seconds of both, fixtures by test."""

    entered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[str, float] = field(default_factory=dict)
    prepared: dict[str, float] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)


def read(folder: Path) -> Seen:
    """Read what all processes of a run left."""
    seen = Seen()
    for file in folder.glob("*.json"):
        kept = json.loads(file.read_text(encoding="utf-8"))
        seen.seconds |= kept["seconds"]
        seen.prepared |= kept["prepared"]
        seen.shared |= kept["shared"]
        for name, some in kept["entered"].items():
            seen.entered[name] |= set(some)
    return seen


@dataclass
class Tests:
    """The tests of the project, what each enters and needs, and how many seconds a mutant may cost."""

    seen: Seen
    longest: int

    def cost(self, names: Iterable[str]) -> float:
        """Sum the processor seconds of some tests, of the files they are in, and of the fixtures they share."""
        tests = list(names)
        fixtures = {one for name in tests for one in self.seen.shared.get(name, ())}
        calls = sum(self.seen.seconds.get(name, 1.0) + 0.02 for name in tests)
        calls += FILE * len({_file(name) for name in tests})
        return calls + sum(self.seen.prepared.get(one, 0.0) for one in fixtures)

    def stages(self, mutant: Mutant) -> Iterator[list[str]]:
        """Yield the tests a mutant meets: those of its module first, then the quickest, in growing groups."""
        module = Path(mutant.module)
        own = "/".join(["tests", *module.parts[1:-1], f"test_{module.name}"])
        found = function_at((ROOT / module).read_text(encoding="utf-8"), mutant.line)
        if found:
            entering = self.seen.entered.get(f"{mutant.module}:{found[0]}", set())
            tests = [
                name
                for name in self.seen.seconds
                if name in entering or not entering.isdisjoint(self.seen.shared.get(name, ()))
            ]
        else:
            tests = []
        if not tests:  # a constant, or what only an import enters: read where the module is imported
            tests = [name for name in self.seen.seconds if name.startswith((own, f"tests/{mutant.room}/"))]
        waiting = sorted(tests, key=lambda name: (not name.startswith(f"{own}::"), self.cost([name])))
        for limit in (*(one for one in STAGES if one < self.longest), self.longest):
            group: list[str] = []
            while waiting and self.cost([*group, waiting[0]]) <= (limit if group else self.longest):
                group.append(waiting.pop(0))
            if group:
                yield [name for _, same in groupby(sorted(group, key=_file), key=_file) for name in same]


def _file(name: str) -> str:
    return name.split("::", maxsplit=1)[0]


class Tree:
    """A copy of the last commit in which mutants are put, one at a time, and the process that runs its tests."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder, self.log, self.chosen = folder, folder.with_suffix(".log"), folder.with_suffix(".chosen")
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)  # noqa: S603, S607
        # Compiled once: a child writes no bytecode, and would compile the package and its tests each time.
        compiled = (
            ["compileall", "-q", "duonen_stats"],
            ["pytest", "-q", "--collect-only", "-p", "no:cacheprovider"],
        )
        for module in compiled:
            subprocess.run(  # noqa: S603
                [python, "-m", *module], cwd=folder, check=False, stdout=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
            )  # fmt: skip
        self.server = subprocess.Popen(  # noqa: S603
            [python, str(Path(__file__).with_name("fork_server.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    def fails(self, tests: list[str]) -> str | None:
        """Run some tests; tell the first failure, or that they hang."""
        assert self.server.stdin  # noqa: S101
        assert self.server.stdout  # noqa: S101
        self.chosen.write_text("\n".join(tests), encoding="utf-8")
        files = [name for name in dict.fromkeys(map(_file, tests)) if (self.folder / name).is_file()]
        benchmarks = str(self.folder / "benchmarks")
        settings = {
            "PYTHONPATH": f"{self.folder}:{benchmarks}",
            "PATH": "/usr/bin:/bin",
            "CHOSEN": str(self.chosen),
        }
        arguments = ["-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-p", "entered_functions", *files]
        job = {
            "folder": str(self.folder), "path": [str(self.folder), benchmarks], "log": str(self.log),
            "seconds": SECONDS, "settings": settings,
            "arguments": ["-W", "ignore::pytest.PytestAssertRewriteWarning", *arguments],
        }  # fmt: skip
        self.server.stdin.write(json.dumps(job) + "\n")
        self.server.stdin.flush()
        code = json.loads(self.server.stdout.readline())["code"]
        if code in (0, 5):  # all pass, or none is left of those that were listed
            return None
        if code == "hangs":
            return "hangs"
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = (line.replace(f"{self.folder}/", "") for line in lines)
        failed = (line[:200] for line in told if line.startswith(("FAILED", "ERROR", "tests/")))
        return next(failed, f"exit code {code}")

    def judge(self, mutant: Mutant, tests: Tests) -> dict[str, object]:
        """Put the mutant in, run its tests, take it out again."""
        module = self.folder / mutant.module
        source = module.read_text(encoding="utf-8")
        changed = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence)
        lines = zip(source.splitlines(), (changed or "").splitlines(), strict=False)
        slip = next(((old.strip(), new.strip()) for old, new in lines if old != new), ("", ""))
        kept = {**asdict(mutant), "slip": slip}
        if changed is None or slip == ("", ""):
            return {**kept, "caught_by": "no change"}
        module.write_text(changed, encoding="utf-8")
        try:
            for group in tests.stages(mutant):
                failure = self.fails(group)
                if failure:
                    return {**kept, "caught_by": failure}
        finally:
            module.write_text(source, encoding="utf-8")
        return {**kept, "caught_by": None}

    def end(self) -> None:
        """End the process of the tests."""
        assert self.server.stdin  # noqa: S101
        self.server.stdin.close()
        self.server.wait()


def look(drawn: list[Mutant], folder: Path, python: str, workers: int) -> None:
    """Run all tests once on a copy with probes, to see which of them enter the mutants' functions."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "probed"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)  # noqa: S603, S607
        for module in sorted({one.module for one in drawn}):
            source = (tree / module).read_text(encoding="utf-8")
            lines = [one.line for one in drawn if one.module == module]
            (tree / module).write_text(probed(source, module, lines), encoding="utf-8")
        spread = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
        settings = {
            "PYTHONPATH": f"{tree}:{tree / 'benchmarks'}",
            "PATH": "/usr/bin:/bin",
            "ENTERED": str(folder),
        }
        folder.mkdir(parents=True)
        subprocess.run(  # noqa: S603
            [python, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "entered_functions", *spread],
            cwd=tree, env=settings, check=False,
        )  # fmt: skip


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
    parser.add_argument(
        "--longest",
        type=int,
        default=600,
        help="Processor seconds of the last stage of tests a mutant meets.",
    )
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
    seen = given.results.with_suffix("")
    if todo and not seen.is_dir():
        look(todo, seen, python, given.workers)
    tests = Tests(read(seen), given.longest)
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Tree] = Queue()
        for index in range(given.workers if todo else 0):
            trees.put(Tree(Path(folder) / f"tree{index}", python))

        def in_a_tree(mutant: Mutant) -> dict[str, object]:
            tree = trees.get()
            try:
                return tree.judge(mutant, tests)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(given.workers) as pool, given.results.open("a", encoding="utf-8") as kept:
            for number, result in enumerate(pool.map(in_a_tree, todo), start=1):
                results.append(result)
                kept.write(json.dumps(result) + "\n")
                kept.flush()
                print(
                    f"{number}/{len(todo)} {result['module']}:{result['line']} {result['caught_by']}",
                    flush=True,
                )
        while not trees.empty():
            trees.get().end()
    print(summary(results))


if __name__ == "__main__":
    main()
