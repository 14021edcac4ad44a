"""Where a report comes from: the manifest, with hashes of everything that went in and came out."""

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from types import MappingProxyType
from typing import Any

from duonen_stats.plan import Plan, deviations, preset_of
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.source_file import SourceFile
from duonen_stats.study import Study

MANIFEST = "manifest.json"
WITHHELD = "withheld"
"""Instead of the SHA-256 of a file of which it could reveal the arms."""
_PACKAGE = "duonen_stats"
REPORT, DATASETS, AUDIT, COMPARISON, DESIGN = "report", "datasets", "audit", "comparison", "design report"
PLANNING_ANSWER, BLINDED_ANSWER, UNBLINDED_ANSWER = "planning answer", "blinded answer", "unblinded answer"
SIMULATED_CUT, CONVERTED_CUT, QUALIFICATION = "simulated cut", "converted cut", "qualification"
SIMULATED_TRIALS = "simulated trials"
PROFILES = "patient profiles"
EXPORT = "exported displays"
"""Kinds of output, as a manifest names them; one that names none is taken for a report."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a manifest says of its folder: the kind of output, and size (None if not stated) and SHA-256 by file."""

    kind: str
    files: Mapping[str, tuple[int | None, str]]


def data_fingerprint(inputs: Iterable[SourceFile]) -> str:
    """Return one SHA-256 for a whole data cut: over the names and hashes of its files, in order of name."""
    lines = sorted(f"{item.name} {item.sha256}\n" for item in inputs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def manifest(
    *,
    cut: Cut,
    plan: Plan,
    outputs: Mapping[str, bytes],
    versions: Mapping[str, str],
    started: datetime,
    seconds: Mapping[str, float],
    finished: datetime | None = None,
    seeds: Mapping[str, int] = MappingProxyType({}),
    session: str | None = None,
    aggregate: bool = False,
    blinded: bool = False,
    study: Study | None = None,
    kind: str = REPORT,
    own_displays: Sequence[Mapping[str, str | None]] = (),
) -> bytes:
    """Write the manifest of a report as JSON.

    Parameters
    ----------
    cut
        The data cut: its files, its date, whether it is simulated.
    plan
        The plan as used; deviations are from the preset of the same report.
    outputs
        Every other file of the report: its name, relative to the report's folder, and its bytes.
    versions
        Of Python and the packages used.
    started, finished, seconds
        When the run began and ended (now, if omitted) and what each step took. They are under ``times``;
        all else depends on the input, the plan and the software only.
    seeds
        Seed of every procedure that draws random numbers.
    session
        Of an interim report, ``"open"`` or ``"closed"``.
    aggregate
        Whether it holds nothing of single patients.
    blinded
        Whether its arms are not to be known: the hashes of single files are then withheld. All else in a file of a
        centre's few patients is in the datasets, so that trying every arm would find the one that gives its hash.
    study
        The study; each section of them is named with its SHA-256, so that a later report can say which of
        its definitions are others.
    kind
        What kind of output it is of: an output of another kind does not replace it.
    own_displays
        Where each display comes from that was added to the report.
    """
    content = {
        "made_by": _PACKAGE,
        "kind": kind,
        "simulated": cut.simulated,
        "data_cut": {
            "name": cut.name,
            "label": cut.label,
            "date": None if cut.cut_date is None else f"{cut.cut_date:%Y-%m-%d}",
            "stage": cut.stage,
            "snapshot_date": None if cut.snapshot_date is None else f"{cut.snapshot_date:%Y-%m-%d}",
            "fingerprint": data_fingerprint(cut.files),
        },
        "plan": asdict(plan),
        "deviations": [
            {name: value for name, value in asdict(item).items() if name != "idle" or value}
            for item in deviations(plan, preset_of(plan))
        ],
        "definitions": {} if study is None else definitions(study),
        "seeds": dict(seeds),
        **({} if session is None else {"session": session}),
        **({"aggregate_only": True} if aggregate else {}),
        **({"own_displays": [dict(one) for one in own_displays]} if own_displays else {}),
        "inputs": [asdict(item) | ({"sha256": WITHHELD} if blinded else {}) for item in cut.files],
        "outputs": listed(outputs),
        "software": dict(versions),
        "platform": platform.platform(),
        "times": {
            "started": started.isoformat(),
            "finished": (finished or datetime.now(UTC)).isoformat(),
            "seconds": {step: round(spent, 3) for step, spent in seconds.items()},
        },
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def definitions(study: Study) -> Mapping[str, str]:
    """Return the SHA-256 of each entity of the study: ``arms.A``, ``analytes.HGB``, ``tables.labs`` and so on."""
    named: dict[str, object] = {}
    for item in fields(study):
        value = getattr(study, item.name)
        if not isinstance(value, tuple):
            named[item.name] = value
            continue
        for number, entity in enumerate(value, 1):
            name = getattr(entity, "code", None) or getattr(entity, "name", None) or number
            named[f"{item.name}.{name}"] = entity
        named[f"{item.name}.order"] = [key for key in named if key.startswith(f"{item.name}.")]
    return {name: hashlib.sha256(repr(entity).encode()).hexdigest() for name, entity in named.items()}


def files_of(text: bytes) -> frozenset[str] | None:
    """Names of the files a manifest accounts for, itself included; None if it is not one of this package."""
    account = account_of(text)
    return None if account is None else frozenset({MANIFEST, *account.files})


def account_of(text: bytes) -> Account | None:
    """Read what a manifest accounts for, itself left out; None if it is not one of this package."""
    try:
        content = json.loads(text)
        if content["made_by"] != _PACKAGE:
            return None
        files = {item["name"]: (item.get("bytes"), str(item.get("sha256"))) for item in content["outputs"]}
        return Account(str(content.get("kind", REPORT)), files)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def outputs_manifest(cut: Cut, outputs: Mapping[str, bytes], kind: str) -> bytes:
    """Write the manifest of an output that is no report: its data cut, its inputs and its files, with hashes.

    It has no times, so that the same input gives the same bytes.
    """
    content = {
        "made_by": _PACKAGE,
        "kind": kind,
        "simulated": cut.simulated,
        "data_cut": {"label": cut.label, "fingerprint": data_fingerprint(cut.files)},
        "inputs": [asdict(item) for item in cut.files],
        "outputs": listed(outputs),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def derived_manifest(source: Mapping[str, Any], outputs: Mapping[str, bytes], kind: str) -> bytes:
    """Write the manifest of an output that was made of another output: what that was of, and the files with hashes.

    Parameters
    ----------
    source
        The manifest of the output that it was made of.
    outputs
        Its files, by name.
    kind
        What kind of output it is.
    """
    kept = ("session", "aggregate_only", "simulated", "data_cut", "software")
    content = {
        "made_by": _PACKAGE,
        "kind": kind,
        "made_of": str(source.get("kind", REPORT)),
        **{name: source[name] for name in kept if name in source},
        "inputs": [],
        "outputs": listed(outputs),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def listed(outputs: Mapping[str, bytes]) -> list[dict[str, object]]:
    """List files as a manifest does: name, SHA-256 and size of each, in order of name."""
    return [
        {"name": name, "sha256": hashlib.sha256(outputs[name]).hexdigest(), "bytes": len(outputs[name])}
        for name in sorted(outputs)
    ]


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def software_versions() -> Mapping[str, str]:
    """Return the versions of Python, of this package and of every library it needs, in alphabetical order."""
    found = {"python": platform.python_version(), "duonen-stats": version("duonen-stats")}
    for name in sorted(_needed()):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def _needed() -> set[str]:
    lines = requires("duonen-stats") or []
    return {name[0] for line in lines if "extra ==" not in line and (name := _NAME.match(line))}
