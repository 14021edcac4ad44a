"""Random option sets of ``duonen design``, made from the commands themselves, and what has to hold of each."""

import csv
import io
import json
import math
import random
import re
import traceback
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import click
from click.testing import CliRunner

from duonen_stats.cli.design import design
from duonen_stats.cli.design_options import Address
from duonen_stats.cli.design_rules import LooksType, Numbers, Real

COMMANDS = tuple(name for name in design.commands if name != "report")
_SMALL = {
    "trials": ("0", "300"), "calibration_trials": ("400", "1000"), "simulations": ("20", "60"),
    "permutations": ("0", "39"), "workers": ("1",), "patients": ("20", "92", "150", "401"), "seed": ("0", "1", "77"),
}  # fmt: skip
_NEVER = {
    "json",
    "quiet",
    "version",
    "help",
    "out",
    "resume",
    "mapping",
    "data",
    "figure",
    "scheduler",
    "cut_date",
    "plan",
    "set_",
    "settings",
}
_SENSIBLE = {
    "hazard_ratio": ("0.5", "0.7", "1", "2", "0.9"), "hazard_ratios": ("0.5,0.667", "0.8", "1,2"),
    "control_hazard": ("0.0235", "0.05", "0.3"), "control_median": ("29.5", "12"), "experimental_median": ("40", "24"),
    "hazard_starts": ("0,6", "0", "0,3,12"), "accrual_starts": ("0,12", "0,6,24"), "accrual": ("60", "24", "0"),
    "accrual_intensities": ("1,2", "1,2,4", "0,1"), "total": ("120", "60", "30"), "followup": ("60", "12", "0"),
    "dropout": ("0.002", "0.05"), "max_followup": ("48", "12"), "allocation": ("3", "1", "2", "0.5", "1.7"),
    "weibull_shape": ("1.5", "0.7"), "alpha": ("0.05", "0.025", "0.1"), "power": ("0.9", "0.8"),
    "events": ("20", "40", "33"), "entered": ("60", "80"), "cut_month": ("36", "70"), "exposure": ("900", "1500"),
    "dropouts": ("2", "0"), "targets": ("30,60", "64"), "max_events": ("96", "64", "200"),
    "planned_events": ("64", "117"), "target_power": ("0.8",),
    "max_patients": ("120", "168"), "target_events": ("64",), "looks": ("0.5,1", "30,60", "0.4,0.7,1", "32,64"),
    "z": ("1.5", "0.4", "2.2", "3.4"), "final_z": ("2.1", "1.2"), "final_events": ("90", "70"),
    "efficacy_parameter": ("-4", "2", "0.1"), "futility_parameter": ("-2", "0.3"), "look": ("1", "2"),
    "rates": ("0.1,0.3", "0", "1"), "half_width": ("0.05",), "event_rate": ("0.01",), "confidence": ("0.9", "0.95"),
    "at": ("60,120", "0"), "target": ("50", "117"), "rho": ("0", "1"), "gamma": ("1", "0"), "assessments": ("3",),
    "null_hazard_ratio": ("1.3", "1"), "accrual_window": ("12",), "lag": ("6",), "opened": ("2022-01-01",),
    "entered_so_far": ("70",), "calibration_trials": ("1000",), "conditional_power": ("0.8", "0.95"),
    "bound": ("0.3", "0.2"), "threshold": ("0.9", "0.6"), "prior": ("0.5", "2"), "first": ("3", "10"),
    "every": ("1", "5"), "per_month": ("0.4", "2"), "window": ("6", "0"),
}  # fmt: skip
_WILD = (
    "0",
    "-1",
    "1e9",
    "1e-12",
    "nan",
    "inf",
    "-inf",
    "x",
    "",
    "1,,2",
    "1" + 30 * "0",
    "0.5;0.6",
    "1e400",
    "٣",
    "1_0",
)


@dataclass(frozen=True)
class Outcome:
    """What a run did, and what was wrong with it; nothing if ``faults`` is empty."""

    args: tuple[str, ...]
    code: int
    faults: tuple[str, ...]


def option_sets(number: int, seed: int):
    """Yield that many random option sets."""
    rng = random.Random(seed)  # noqa: S311 - option sets, no secrets
    for _ in range(number):
        yield option_set(rng)


def option_set(rng: random.Random) -> tuple[str, ...]:
    """Choose a command and some of its options, with sensible values mostly and wild ones now and then."""
    name = rng.choice(COMMANDS)
    command = design.commands[name]
    base = list(rng.choice(_BASES.get(name, ((),))))
    args = [name, *base]
    share = rng.choice((0.0, 0.04, 0.1, 0.3))
    for param in command.params:
        if not isinstance(param, click.Option) or param.name in _NEVER:
            continue
        flag = max(param.opts, key=len)
        if flag not in args and (param.required or rng.random() < share):
            args += [flag, *_values(rng, param)]
    for cheap in ("trials", "calibration_trials", "simulations"):
        flag = f"--{cheap.replace('_', '-')}"
        if cheap in {param.name for param in command.params} and flag not in args and name not in _BASES:
            args += [flag, rng.choice(_SMALL[cheap])]
    return tuple(args)


_COUNTED = ("--entered", "60", "--events", "15", "--cut-month", "36")
_BASES = {
    "characteristics": (
        ("--trials", "3000", "--calibration-trials", "3000"),
        ("--trials", "3000", "--calibration-trials", "5000", "--max-patients", "140", "--patients", "92"),
    ),
    "project": ((*_COUNTED, "--simulations", "40"), ("--simulations", "30")),
    "reestimate": (
        (*_COUNTED, "--trials", "300", "--calibration-trials", "1000"),
        (*_COUNTED, "--trials", "0", "--method", "schoenfeld"),
        (*_COUNTED, "--trials", "0", "--method", "wald", "--max-patients", "150"),
        (*_COUNTED, "--trials", "0", "--target-events", "64"),
        ("--trials", "0", "--method", "lakatos"),
        ("--trials", "0", "--z", "1.5"),
        ("--trials", "3000", "--z", "1.2", "--test", "unweighted"),
        ("--calibration-trials", "3000", "--z", "1.7", "--events", "33", "--final-z", "2.1", "--final-events", "90"),
        ("--trials", "0", "--z", "1.1", "--events", "33", "--final-z", "2", "--final-events", "90"),
        ("--trials", "0", "--z", "2.2", "--events", "30", "--entered", "80", "--cut-month", "66"),
    ),
}  # fmt: skip
"""What options are added to, for commands of which few sets of single options belong together."""


def _values(rng: random.Random, param: click.Option) -> list[str]:
    if param.is_flag:
        return []
    number = param.nargs
    return [_value(rng, param) for _ in range(number)]


def _value(rng: random.Random, param: click.Option) -> str:  # noqa: PLR0911 - a way out per kind
    if rng.random() < 0.06:
        return rng.choice(_WILD)
    kind = param.type
    if isinstance(kind, click.Choice):
        return str(rng.choice(list(kind.choices)))
    if param.name in _SMALL and rng.random() < 0.9:
        return rng.choice(_SMALL[param.name])
    if param.name in _SENSIBLE and rng.random() < 0.85:
        return rng.choice(_SENSIBLE[param.name])
    if isinstance(kind, Address):
        return "tcp://127.0.0.1:1"
    if isinstance(kind, LooksType | Numbers):
        return ",".join(f"{rng.uniform(0, 2):.3g}" for _ in range(rng.choice((1, 2, 3))))
    if isinstance(kind, Real):
        low, high = max(kind.low, -5), min(kind.high, 200)
        return f"{rng.uniform(low, high):.4g}"
    if isinstance(kind, click.IntRange):
        return str(rng.randint(kind.min or 0, min(kind.max or 500, 500)))
    return f"{rng.uniform(0, 1):.3g}"


def run(args: tuple[str, ...]):
    """Run a command in this process."""
    return CliRunner().invoke(design, list(args), prog_name="duonen design")


def outcome(args: tuple[str, ...]) -> Outcome:
    """Run an option set: it answers, says that there is no answer, or is refused as wrong usage; no traceback."""
    shown = run(args)
    faults = []
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        faults.append("".join(traceback.format_exception(*shown.exc_info))[-1500:])
    elif shown.exit_code == 0:
        if not shown.stdout.strip():
            faults.append("exit 0 without an answer")
    elif shown.exit_code == 1:
        told = [line for line in shown.stderr.splitlines() if not line.startswith("[")]
        if shown.stdout or not told or not told[0].startswith("duonen: ") or len(told) != 1:
            faults.append(
                f"exit 1 without one clear paragraph: {shown.stdout[:100]!r} {shown.stderr[-300:]!r}"
            )
    elif shown.exit_code == 2:
        if (
            "Error: " not in shown.stderr
            or shown.stdout
            or not re.search(r"--[a-z]|DATA", shown.stderr.split("Error: ")[1])
        ):
            faults.append(f"exit 2 without naming an option: {shown.stderr[-300:]!r}")
    else:
        faults.append(f"exit {shown.exit_code}")
    if "Traceback" in shown.output:
        faults.append("Traceback in the output")
    return Outcome(args, shown.exit_code, tuple(faults))


def contradictions(args: tuple[str, ...], folder: Path) -> list[str]:  # noqa: C901 - one look after another
    """Compare text, JSON and report of an option set that has an answer; what they say differently.

    Every number of the report's results is that of the JSON; every number shown stands in the JSON under its path;
    every number of the text is one of those shown, or was typed, assumed or said of the simulation; the page has the
    text.
    """
    text, found = run(args), run((*args, "--json", "--out", str(folder)))
    if (text.exit_code, found.exit_code) != (0, 0):
        return [f"exit codes {text.exit_code} and {found.exit_code}: {found.stderr[-300:]}"]
    data = json.loads(found.stdout)
    faults = []
    rows = list(csv.DictReader(io.StringIO((folder / "results.csv").read_bytes().decode("utf-8-sig"))))
    if [row["analysis_id"] for row in rows] != [one["id"] for one in data["shown"]]:
        faults.append("results.csv and JSON name different numbers")
    for row, one in zip(rows, data["shown"], strict=False):
        if (float(row["stat"]) if row["stat"] else None) != one["value"]:
            faults.append(f"{one['id']}: {row['stat']} in results.csv, {one['value']} in JSON")
        if one["value"] is None and not one["note"]:
            faults.append(f"{one['id']}: no number and no reason")
        nested = _at(data, one["id"].split(".", 2)[2])
        if nested is not _NOTHING and nested != one["value"]:
            faults.append(f"{one['id']}: {nested} nested, {one['value']} shown")
    values = [one["value"] for one in data["shown"] if one["value"] is not None]
    typed = " ".join(args)
    body = "\n".join(_facts_and_tables(text.stdout))
    for figure in re.findall(r"[<>]?−?\d+(?:\.\d+)?%?", body):
        if figure == "95%":  # level of Monte-Carlo intervals and of prior ranges: always that
            continue
        if (
            not _backed(figure, values)
            and figure.lstrip("<>").rstrip("%") not in typed
            and not _stated(figure, data)
        ):
            faults.append(f"{figure} of the text is nowhere in the JSON")
    page = _page_words(folder / "report.html")
    for line in body.splitlines():
        words = line.split("  ")
        value = words[-1].strip()
        if value and len(value) > 3 and _squeezed(value) not in page:
            faults.append(f"{value!r} of the text is not on the page")
    return faults


_NOTHING = object()


def _at(data, path):
    for name in path.split("."):
        if isinstance(data, dict):
            data = data.get(name, next((v for k, v in data.items() if k.replace(".", "_") == name), _NOTHING))
        elif isinstance(data, list) and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        else:
            return _NOTHING
        if data is _NOTHING:
            return _NOTHING
    return data


def _facts_and_tables(text: str) -> list[str]:
    """Drop the title and the notes: lines of facts and of tables have two blanks somewhere."""
    lines = text.splitlines()[2:]
    return [line for line in lines if "  " in line.strip() and not set(line.strip()) <= {"─", " "}]


def _backed(figure: str, values: list[float]) -> bool:
    """Tell whether a number of the text is one of those shown, rounded: half away from zero, as read."""
    percent = figure.endswith("%")
    if figure[0] in "<>":  # a share that would be rounded to 0 or 100 %
        bound = float(figure[1:].rstrip("%"))
        return any(
            0 < value * 100 < bound if figure[0] == "<" else bound < value * 100 < 100 for value in values
        )
    number = figure.rstrip("%").replace("−", "-")
    decimals = len(number.partition(".")[2])
    wanted, slack = float(number), 0.5 * 10.0**-decimals + 1e-9
    scales = (100.0,) if percent else (1.0, 100.0)
    return any(abs(abs(value) * scale - abs(wanted)) <= slack for value in values for scale in scales)


def _stated(figure: str, data) -> bool:
    """Tell whether a number stands in the answer's own words and values: headings, notes, assumptions."""
    told = json.dumps(data, ensure_ascii=False).replace("−", "-")
    wanted = float(figure.lstrip("<>").rstrip("%").replace("−", "-"))
    values = {float(found) for found in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", told)}
    return any(math.isclose(one, value, rel_tol=1e-9) for value in values for one in (wanted, wanted / 100))


def _page_words(path: Path) -> str:
    page = re.sub(r"<(script|style).*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return _squeezed(unescape(re.sub(r"<[^>]+>", "", page)))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", text)
