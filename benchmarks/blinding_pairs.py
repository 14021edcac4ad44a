"""Non-interference over further drawn cuts: is what a blinded run reads, writes and prints the same for any treatment?

Cuts are drawn: seed, number of patients, stage, gaps in records of treatment, errors that make a run refuse, a day to
cut at. Of each, copies are made whose records of treatment are exchanged, shuffled or senseless, whose files are in
another order, written last to first and of other days, with withheld columns at other places, and in every format that
``duonen convert`` writes. ``--views`` cuts are compared as blinded reports and planning read them, ``--reports`` cuts
by whole dry runs with every format of ``--also``, what they print, and what later commands print of their folders.
Prints the counts for ``docs/blinding.md``; exits 1 if anything differs.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from exchanged_cuts import ERRORS, GAPS, exchanged, moved, ordered, tables_of, write_tables

from duonen_stats import load_study, simulate_cut
from duonen_stats.cli.app import main as duonen
from duonen_stats.commands.convert_cut import convert_cut
from duonen_stats.errors import DuonenError
from duonen_stats.raw import apply_cut
from duonen_stats.raw.blinded_view import check_blinded_cut, read_blinded_cut, with_drawn_arms
from duonen_stats.raw.planning_cut import check_planning_cut, read_planning_cut

STUDY = load_study()
Tables = Mapping[str, pd.DataFrame]
HOW = ("whole records", "cells", "garbage")
ORDERS = ("arm", "shuffled", "activity")
FORMATS = ("csv", "xlsx", "workbook", "parquet", "xpt", "xpt8", "sav")
ALSO = ("parquet", "xpt", "xpt8", "sav", "docx")
QUICK = ("--set", "permutations=99", "--set", "imputations=2")


def drawn_cut(seed: int, patients: tuple[int, int], *, readable: bool = False) -> Tables:
    """Draw a cut: sound, with gaps in treatment, or with an error; ``readable`` keeps what other formats can hold."""
    draw = np.random.default_rng(seed)
    stage = "FINAL" if draw.random() < 0.7 else "INTERIM"  # noqa: PLR2004
    tables = tables_of(simulate_cut(seed, patients=int(draw.integers(*patients)), stage=stage))
    kinds = GAPS[:3] if readable else [*GAPS, *ERRORS]
    mends = [None, *kinds]
    mend = mends[int(draw.integers(len(mends)))]
    return tables if mend is None else mend(tables)


def other(tables: Tables, seed: int, how: str, order: str) -> Tables:
    """Give the cut other records of treatment, another order, and withheld columns at other places of each table."""
    return moved(ordered(exchanged(tables, seed, how), seed, order), seed)


def written(tables: Tables, folder: Path, form: str, *, backwards: bool = False) -> Path:
    """Write a cut in a format; the files of one written backwards are of other days, the last table first."""
    names = [*tables][:: -1 if backwards else 1]
    place = folder / "cut"
    write_tables({name: tables[name] for name in names}, place)
    if form != "csv":
        source = place.rename(folder / "csv")
        place = folder / ("cut.xlsx" if form == "workbook" else "cut")
        convert_cut(source, out=place, kind=form)
    if backwards and place.is_dir():
        for number, path in enumerate(sorted(place.iterdir())):
            os.utime(path, (10**9 + 86_400 * number,) * 2)
    return place


def seen(place: Path, day: str | None) -> object:
    """Everything that a blinded report and blinded planning are made of, hashes aside, with what Python warned of."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        planning = read_planning_cut(STUDY, place)
        planned = check_planning_cut(planning, STUDY)
        cut = read_blinded_cut(STUDY, place)
        try:
            cut = cut if day is None else apply_cut(cut, STUDY, day)
        except DuonenError as refusal:
            return str(refusal)
        found = check_blinded_cut(cut, STUDY)
        made = with_drawn_arms(cut, STUDY, 7)
    files = [replace(file, sha256="") for file in cut.files]
    about = (cut.name, cut.label, cut.stage, cut.cut_date, cut.readout, cut.set_aside, cut.findings)
    tables = {name: frame.to_csv() for name, frame in made.tables.items()}
    return tables, found, files, about, planned, sorted(str(one.message) for one in warned)


def views(seeds: range, folder: Path) -> Iterator[tuple[str, bool]]:
    """Compare views: of CSV by every exchange, of the other formats by whole records exchanged."""
    for seed in seeds:
        draw = np.random.default_rng(seed)
        day = None if draw.random() < 0.6 else "2023-03-01"  # noqa: PLR2004
        for form in ("csv", *(FORMATS[1 + (2 * seed + turn) % 6] for turn in (0, 1))):
            tables = drawn_cut(seed, (4, 11), readable=form != "csv")
            place = folder / f"{seed}{form}"
            try:
                one = seen(written(tables, place / "one", form), day)
            except DuonenError as refusal:
                one = str(refusal)
            for how in HOW if form == "csv" else HOW[:2]:
                order = ORDERS[int(draw.integers(len(ORDERS)))]
                made = written(other(tables, seed, how, order), place / how, form, backwards=True)
                same = seen(made, day) == one
                print(f"  {seed} {form}, {how}: {'the same' if same else 'DIFFERS'}", flush=True)
                yield f"view, {form}, {how}", same
            shutil.rmtree(place)


def run(folder: Path, place: Path, options: tuple[str, ...]) -> Mapping[str, object]:
    """Make a dry run and a projection, ask later commands about the folder, and keep all that may not differ."""
    out = folder / "dry"

    def said(*words: str) -> tuple[int, str]:
        made = CliRunner().invoke(duonen, [str(word) for word in words])
        text = re.sub(r"Seconds: .*|[0-9a-f]{12,64}", "", made.output)
        return made.exit_code, text.replace(str(folder), "")

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        kept: dict[str, object] = {
            "report": said("report", "final", place, "--out", out, "--blinded", "7", *options)
        }
        kept |= {
            f"design {name}{form}": said("design", name, place, *form)
            for name in ("project", "reestimate")
            for form in ((), ("--json",))
        }
    kept["warnings"] = sorted(str(one.message) for one in warned)
    if out.is_dir():
        for words in (
            ("records", out, "pfs.primary.log_rank.p"), ("records", out, "exposure.A.n", "--json"), ("doctor", out),
            ("verify", out), ("export", out, "--out", folder / "word", "--format", "html"),
        ):  # fmt: skip
            kept[f"{words[0]} {words[-1]}".replace(str(folder), "")] = said(*words)
        for path in sorted(out.rglob("*")):
            if path.is_file():
                kept[path.relative_to(out).as_posix()] = path.read_bytes()
        about = json.loads((out / "manifest.json").read_text())
        del about["times"], about["data_cut"]["fingerprint"]
        kept["manifest.json"] = json.dumps(about)
    return kept


def reports(seeds: range, folder: Path) -> Iterator[tuple[str, bool]]:
    """Compare whole dry runs, in another input format for each cut, with every output format."""
    for seed in seeds:
        form = FORMATS[seed % len(FORMATS)]
        tables = drawn_cut(seed, (9, 16), readable=form != "csv")
        options = (*QUICK, *(word for one in ALSO for word in ("--also", one)), "--allow-stage")
        options += ("--cut", "2025-06-30") if seed % 3 == 0 else ()
        options += ("--language", "pl") if seed % 4 == 1 else ()
        one = run(folder / "one", written(tables, folder / "one", form), options)
        for how, order in (("whole records", "arm"), ("garbage" if form == "csv" else "cells", "shuffled")):
            again = run(
                folder / how, written(other(tables, seed, how, order), folder / how, form, backwards=True), options
            )  # fmt: skip
            unlike = sorted(name for name in {*one, *again} if one.get(name) != again.get(name))
            made = "written" if "report.html" in one else "refused"
            print(
                f"  {seed} {form}, {how}: {len(one)} files and answers, {made}; differ: {unlike}", flush=True
            )
            yield f"report, {form}, {how}, {made}", not unlike
            shutil.rmtree(folder / how)
        shutil.rmtree(folder / "one")


def main() -> int:
    """Compare, and print one row per kind of comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--views", type=int, default=40)
    parser.add_argument("--reports", type=int, default=7)
    parser.add_argument("--first", type=int, default=20_000, help="first seed")
    chosen = parser.parse_args()
    tried: Counter[str] = Counter()
    unlike: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for part, count in ((views, chosen.views), (reports, chosen.reports)):
            for kind, same in part(range(chosen.first, chosen.first + count), Path(name)):
                tried[kind] += 1
                unlike[kind] += not same
    for kind, number in tried.items():
        print(f"| {kind} | {number} | {unlike[kind]} |")
    print(f"{chosen.views} cuts as views, {chosen.reports} as reports: {sum(tried.values())} pairs, "
          f"{sum(unlike.values())} differ")  # fmt: skip
    return int(sum(unlike.values()) > 0)


if __name__ == "__main__":
    sys.exit(main())
