"""The files of a design report."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from small_design import small_findings

from duonen_stats.cli.design import design
from duonen_stats.design_report.planning_report import design_document, design_report_files
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import Bullets, Paragraph
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
    assert refused.exit_code == 2
    assert "mine.txt" in refused.stderr


def document_of(found):
    results = design_results(found)
    return design_document(found, results, design_displays(found, Lookup(results)), load_study(), "1.2.3")


def words(document):
    blocks = [block for section in document.sections for block in section.blocks]
    lines = [b.line for b in blocks if isinstance(b, Paragraph)]
    lines += [item for b in blocks if isinstance(b, Bullets) for item in b.items]
    return " ".join(plain(line) for line in lines)


def test_it_says_what_is_assumed_needed_and_found():
    document = document_of(small_findings())
    said = words(document)
    assert "a hazard of 0.0235 per month" in said
    assert "117 events and 167 patients give 90% power" in said
    assert "range from 88 to 127 events" in said
    assert "is not reproduced: no method gives all of its figures" in said
    assert not document.simulated
    assert [section.title for section in document.sections] == [
        "Summary",
        "Assumptions",
        "The planned size",
        "Methods compared",
        "Published numbers",
        "Events over time",
        "Size of the log-rank test",
        "Interim analyses",
        "Precision of toxicity rates",
    ]


def test_another_plan_does_not_speak_of_the_publication():
    document = document_of(replace(small_findings(), published_size=(), published_power=()))
    assert "published" not in words(document).lower()
    assert dict(document.meta)["Assumptions"] == "as given"
