"""Fuzz the readers and the dictionary loader: any bytes must end in findings, rows or a clean error.

Inputs are mutated good files (bytes replaced, cut out, repeated), and for the dictionary also mutated trees. Readers of
formats that are parsed by compiled code run in a child process, so that a crash of it would be seen and counted.
Prints the number of inputs and of outcomes for each target; exits 1 if anything else than a clean outcome occurred.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import yaml

from duonen_stats.errors import DuonenError
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.readers import READERS
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.left_out import unread_records
from duonen_stats.study import load_study
from duonen_stats.study.shipped_files import cohort_path, dictionary_path

STUDY = load_study()
TABLE = STUDY.table("adverse_events")
STATED = FileDescription(expected=frozenset(column.name for column in TABLE.columns))
_PIECES = (
    b"",
    b"\x00",
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\xff",
    b"\xef\xbb\xbf",
    b"=1+1",
    b"1e999",
    b"\xc5\xbc",
    b"2024-02-30",
)
_SCALARS = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    float("nan"),
    "",
    "T1",
    "KIDNEY",
    "<",
    "ULN",
    [],
    {},
    [[]],
    {"code": 1},
)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Replace, cut out, repeat or exchange a few pieces of a file."""
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(content) + 1)
        length = rng.choice((0, 1, 1, 4, 40, 400))
        kind = rng.randrange(4)
        if kind == 0:
            content = content[:place] + rng.choice(_PIECES) + content[place + length :]
        elif kind == 1:
            content = content[:place] + rng.randbytes(length) + content[place + length :]
        elif kind == 2:  # noqa: PLR2004 - the third kind
            content = content[:place] + content[place : place + length] * 2 + content[place + length :]
        else:
            content = content[:place] if rng.random() < 0.2 else content[:place] + content[place + length :]  # noqa: PLR2004
    return content


def read_one(ending: str, content: bytes) -> str:
    """Read one file; return what came of it, and raise if a line got lost."""
    sheet = READERS[ending](content, TABLE.name, STATED)
    frame, findings = typed_table(sheet, TABLE)
    if sheet.lines != len(frame) + len(unread_records(sheet, TABLE.name)):
        raise AssertionError(f"{sheet.lines} lines, {len(frame)} rows")
    return "findings" if sheet.findings or findings else "rows"


def check_one(good: Path, content: bytes) -> str:
    """Check a whole cut in which one file is mutated."""
    with tempfile.TemporaryDirectory() as folder:
        for path in good.glob("*.csv"):
            (Path(folder) / path.name).write_bytes(path.read_bytes())
        (Path(folder) / "adverse_events.csv").write_bytes(content)
        return "findings" if check_cut(read_cut(STUDY, folder), STUDY) else "sound"


def spoilt_tree(node: Any, rng: random.Random) -> Any:
    """Copy nested lists and dictionaries with something else at one place."""
    if not isinstance(node, dict | list) or not node or rng.random() < 0.1:  # noqa: PLR2004
        return rng.choice(_SCALARS)
    if isinstance(node, dict):
        key = rng.choice(list(node))
        if rng.random() < 0.1:  # noqa: PLR2004
            return {name: value for name, value in node.items() if name != key}
        return {**node, key: spoilt_tree(node[key], rng)}
    place = rng.randrange(len(node))
    return [*node[:place], spoilt_tree(node[place], rng), *node[place + 1 :]]


def load_one(content: bytes) -> str:
    """Load a dictionary; anything but a study or a ``DuonenError`` is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dictionary.yaml"
        path.write_bytes(content)
        try:
            load_study(path)
        except DuonenError:
            return "refused"
        return "read"


def dictionaries(rng: random.Random) -> Iterator[bytes]:
    """Mutated dictionaries: half of them as bytes, half as trees written anew."""
    text = dictionary_path().read_bytes()
    tree = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader, in C
    while True:
        yield mutated(text, rng)
        changed = tree
        for _ in range(rng.randint(1, 3)):
            changed = spoilt_tree(changed, rng)
        yield yaml.dump(
            changed, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True
        ).encode()


def fuzz(name: str, number: int, run: Callable[[bytes], str], inputs: Iterator[bytes]) -> int:
    """Run a target; print outcomes; return the number of inputs that ended otherwise."""
    outcomes: Counter[str] = Counter()
    since = time.perf_counter()
    for _ in range(number):
        content = next(inputs)
        try:
            outcomes[run(content)] += 1
        except Exception as error:  # noqa: BLE001 - that is the question
            outcomes["FAILED"] += 1
            if outcomes["FAILED"] == 1:
                traceback.print_exc()
            print(f"FAILED {name}: {type(error).__name__}: {str(error)[:200]}", flush=True)
    shown = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"| {name} | {number} | {shown} | {time.perf_counter() - since:.0f} s |", flush=True)
    return outcomes["FAILED"]


def _child(ending: str, good: bytes, number: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret
    failed = fuzz(
        f"reader {ending}", number, lambda content: read_one(ending, content), _mutations(good, rng)
    )
    sys.exit(bool(failed))


def _mutations(good: bytes, rng: random.Random) -> Iterator[bytes]:
    while True:
        yield mutated(good, rng)


def main() -> int:
    """Fuzz every target with its number of inputs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="for each reader and for the dictionary")
    options.add_argument("--cuts", type=int, default=200, help="whole cuts with one mutated file")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print("| target | inputs | outcomes | time |\n|---|---|---|---|")
    failed = 0
    for place, (ending, good) in enumerate(good_files().items()):
        share = given.inputs if ending in {".csv", ".txt"} else given.inputs // 4
        child = multiprocessing.get_context("spawn").Process(
            target=_child, args=(ending, good, share, given.seed + place)
        )
        child.start()
        child.join()
        if child.exitcode:
            print(f"FAILED reader {ending}: the process ended with {child.exitcode}", flush=True)
            failed += 1
    rng = random.Random(given.seed)  # noqa: S311 - no secret
    failed += fuzz("dictionary", given.inputs // 4, load_one, dictionaries(rng))
    cohort = cohort_path()
    inputs = _mutations((cohort / "adverse_events.csv").read_bytes(), rng)
    failed += fuzz(
        "whole cut, read and checked", given.cuts, lambda content: check_one(cohort, content), inputs
    )
    return 1 if failed else 0


def _dataset_json(frame: pd.DataFrame) -> str:
    columns = [{"name": name, "dataType": "string"} for name in frame.columns]
    return json.dumps({"records": len(frame), "columns": columns, "rows": frame.to_numpy().tolist()})


def good_files() -> dict[str, bytes]:
    """Write a good file of each format that can be read, by ending; SAS7BDAT has no free writer."""
    good = (cohort_path() / "adverse_events.csv").read_bytes()
    files = {".csv": good, ".txt": good.replace(b",", b"\t")}
    frame = pd.read_csv(BytesIO(good), dtype=str, keep_default_na=False)
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in (
            (".xlsx", lambda path: frame.to_excel(path, index=False)),
            (".parquet", frame.to_parquet),
            (".sav", lambda path: pyreadstat.write_sav(frame, path)),
            (".zsav", lambda path: pyreadstat.write_sav(frame, path, compress=True)),
            (".xpt", lambda path: pyreadstat.write_xport(frame, path, file_format_version=5)),
            (".json", lambda path: path.write_text(_dataset_json(frame), encoding="utf-8")),
        ):
            path = Path(folder) / f"good{ending}"
            write(path)
            files[ending] = path.read_bytes()
    return files


if __name__ == "__main__":
    sys.exit(main())
