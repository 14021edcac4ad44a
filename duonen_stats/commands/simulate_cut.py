"""Write a simulated data cut: the raw tables, a data card of what was assumed, and a manifest."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from duonen_stats.displays.model.format import significant
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import MANIFEST, SIMULATED_CUT, listed, software_versions
from duonen_stats.folder.write import write_outputs
from duonen_stats.raw import Cut
from duonen_stats.raw.intake.convert import raw_csv
from duonen_stats.simulated.cut.noise import Noise
from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.simulated.model.assumption import stated
from duonen_stats.simulated.model.recruitment import Stage
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import Study, load_study

_CARD = """# Data card: SIMULATED trial

**No row of these files is a patient of the DUONEN trial.** They were simulated, so that the package can be tried,
tested and used in planning; `data_cut.csv` says `ORIGIN = SIMULATED`, and every output made from them says so too.
Nothing about the trial, its arms, safety or efficacy follows from them: what they show was put in.

| | |
|---|---|
{facts}

The protocol (arms, activities, limits of dose, cycles, visits, criteria, planned hazards) is that of the data
dictionary. The same seed, number, stage and assumptions give the same bytes with the same version of the package.

## What was assumed

| assumption | value | reason | source |
|---|---|---|---|
{assumptions}
"""


def write_simulation(
    out: Path | str,
    *,
    seed: int,
    patients: int | None = None,
    stage: Stage = "INTERIM",
    assumptions: Assumptions = USUAL,
    noise: Noise | None = None,
) -> str:
    """Simulate a data cut and write it as a folder that ``read_cut`` reads.

    Parameters
    ----------
    out
        Folder to write, built beside it and renamed at the end; one that holds something else stays.
    seed, patients, stage, assumptions, noise
        As in ``simulate_cut``.

    Returns
    -------
    str
        What was written, in two lines.

    Raises
    ------
    PlanError
        Seed, number or stage make no sense, or the assumptions contradict the study.
    OptionError
        ``out`` holds something other than an earlier simulation as it was written, or cannot be written.
    """
    require_folder(out, SIMULATED_CUT)
    study = load_study()
    cut = simulate_cut(seed, patients, stage, assumptions=assumptions, noise=noise, study=study)
    write_outputs(Path(out), simulation_files(cut, study, seed=seed, assumptions=assumptions, noise=noise))
    counts = ", ".join(f"{name} {len(frame)}" for name, frame in cut.tables.items())
    return f"{cut.label}; cut on {cut.cut_date:%Y-%m-%d}.\nRecords: {counts}.\nWritten to {out}."


def simulation_files(
    cut: Cut, study: Study, *, seed: int, assumptions: Assumptions, noise: Noise | None
) -> Mapping[str, bytes]:
    """Return the content of every file by name: a CSV file a table, README.md and the manifest."""
    files = {f"{table.name}.csv": raw_csv(cut.tables[table.name], table) for table in study.tables}
    files["README.md"] = _card(cut, seed, assumptions, noise).encode()
    content = {
        "made_by": "duonen_stats",
        "kind": SIMULATED_CUT,
        "simulated": True,
        "label": cut.label,
        "seeds": {"simulation": seed},
        "patients": len(cut.tables["subjects"]),
        "stage": cut.stage,
        "assumptions": _plain(assumptions),
        "noise": None if noise is None else asdict(noise),
        "outputs": listed(files),
        "software": dict(software_versions()),
    }
    files[MANIFEST] = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def _card(cut: Cut, seed: int, assumptions: Assumptions, noise: Noise | None) -> str:
    subjects = cut.tables["subjects"]
    arms = subjects["ARM"].value_counts().sort_index()
    slips = (
        "none" if noise is None else f"{noise.per_thousand:g} a thousand records, for the data check to find"
    )
    facts = {
        "Seed": seed,
        "Patients": f"{len(subjects)} ({', '.join(f'{arm} {count}' for arm, count in arms.items())})",
        "Stage": cut.stage,
        "Cut": f"{cut.cut_date:%Y-%m-%d}",
        "Slips of data entry": slips,
    }
    rows = [
        f"| `{one.name}` | {_cell(one.value)} | {one.reason} | {one.source} |" for one in stated(assumptions)
    ]
    return _CARD.format(
        facts="\n".join(f"| {name} | {value} |" for name, value in facts.items()), assumptions="\n".join(rows)
    )


def _cell(value: Any) -> str:
    """Write an assumption into a cell of a table."""
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{name} {_cell(part)}" for name, part in asdict(value).items())
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_cell(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        parts = [_cell(part) for part in value]
        return "<br>".join(parts) if any(is_dataclass(part) for part in value) else ", ".join(parts)
    return "–" if value is None else significant(value, 4) if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """Turn assumptions into what JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
