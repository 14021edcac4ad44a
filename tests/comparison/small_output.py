"""Outputs of a few lines: a manifest and files, in memory or as a folder."""

import hashlib
import json
from pathlib import Path

from duonen_stats.comparison.read_output import Output

RESULTS = "analysis_id,population,variable,stat_label,stat,unit,n,method,note\n"
DISPLAYS = "display,kind,label,title,analysis_id,shown\n"
FINDINGS = "severity,rule,table,row,column,subject,message\n"
CUT = {"name": "cut", "label": "first", "date": "2024-03-31", "stage": "INTERIM", "fingerprint": "ab" * 32}


def made_of(files, **more):
    listed = [
        {"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text.encode())}
        for name, text in files.items()
    ]
    return {"made_by": "duonen_stats", "simulated": True, "data_cut": CUT, "outputs": listed} | more


def output(files, name="old", **more) -> Output:
    encoded = {file: text.encode() for file, text in files.items()}
    return Output(name=name, manifest=made_of(files, **more), files=encoded)


def folder_of(place: Path, files, **more) -> Path:
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8", newline="")
    place.mkdir(exist_ok=True)
    (place / "manifest.json").write_text(json.dumps(made_of(files, **more)), encoding="utf-8")
    return place
