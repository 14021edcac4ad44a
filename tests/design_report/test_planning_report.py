"""The files of a design report."""

import csv
import json
import re
from pathlib import Path

from click.testing import CliRunner
from small_design import small_findings

from duonen_stats.cli.design import design
from duonen_stats.design_report.planning_report import design_report_files
from duonen_stats.study import load_study


def test_the_same_findings_give_the_same_bytes_and_every_number_has_its_row():
    files = design_report_files(small_findings(), load_study())
    assert files == design_report_files(small_findings(), load_study())
    assert files["report.pdf"].startswith(b"%PDF")
    html = files["report.html"].decode()
    shown = set(re.findall(r'data-ard="([^"]+)"', html))
    rows = {row["analysis_id"] for row in csv.DictReader(files["results.csv"].decode().splitlines())}
    assert shown
    assert shown <= rows
    assert "SIMULATED" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL)


def test_the_command_writes_and_replaces_its_own_report_only(tmp_path: Path):
    out = tmp_path / "design"
    args = [
        "report",
        "--out",
        str(out),
        "--trials",
        "300",
        "--calibration-trials",
        "500",
        "--hazard-ratio",
        "0.6",
    ]
    shown = CliRunner().invoke(design, args)
    assert shown.exit_code == 0, shown.output
    assert "report.html" in shown.stdout
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert {item["name"] for item in manifest["outputs"]} >= {
        "report.html",
        "report.pdf",
        "figures/power_curve.svg",
    }
    assert manifest["assumptions"]["hazard_ratio"] == 0.6
    assert CliRunner().invoke(design, [*args, "--quiet"]).stdout == ""
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    refused = CliRunner().invoke(design, args)
    assert refused.exit_code == 1
    assert "mine.txt" in refused.stderr
