import json

import pytest
from comparison.small_output import FINDINGS, RESULTS, output

from duonen_stats.comparison.compare_outputs import compare_outputs
from duonen_stats.comparison.compare_write import write_comparison

HOSTILE = '<script>alert(1)</script>;=cmd|x #set text(size: 40pt) \u202e\x1b "'


@pytest.fixture(scope="module")
def small():
    row = "a,Safety,HGB,Mean,{},g/dL,3,t,\n"
    finding = f'note,R1,labs,5,VALUE,1,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n'
    old = output({"results.csv": RESULTS + row.format("1.5"), "findings.csv": FINDINGS})
    new = output({"results.csv": RESULTS + row.format("1.6"), "findings.csv": FINDINGS + finding}, name="new")
    return compare_outputs(old, new)


def test_the_folder_is_whole_accounted_for_and_replaced(small, tmp_path):
    out = tmp_path / "changes"
    write_comparison(small, out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    write_comparison(small, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert set(first) == {
        "compare.html", "compare.pdf", "context.csv", "displays.csv", "findings.csv", "manifest.json",
        "records.csv", "statistics.csv",
    }  # fmt: skip
    manifest = json.loads(first["manifest.json"])
    assert {item["name"] for item in manifest["outputs"]} == set(first) - {"manifest.json"}
    assert manifest["kind"] == "comparison"


def test_what_stands_in_the_data_stays_text(small, tmp_path):
    write_comparison(small, tmp_path / "changes")
    page = (tmp_path / "changes" / "compare.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    table = (tmp_path / "changes" / "findings.csv").read_text(encoding="utf-8")
    assert ";'=cmd" in table
    assert (tmp_path / "changes" / "compare.pdf").read_bytes().startswith(b"%PDF")
