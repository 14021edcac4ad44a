import json

import pytest
from comparison.small_output import FINDINGS, RESULTS, output

from duonen_stats.comparison import comparison_document as compare_document
from duonen_stats.comparison.compare_outputs import compare_outputs
from duonen_stats.comparison.comparison_document import comparison_document, summary, write_comparison
from duonen_stats.document.content_model import Listing


def listings(document):
    return {
        block.key: block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Listing)
    }


def test_every_change_is_listed(comparison, study, monkeypatch):
    # A page has a thousand at most; that the rest stands in the file is tested below.
    monkeypatch.setattr(compare_document, "_LONGEST", len(comparison.statistics))
    document = comparison_document(comparison, study, "1.0")
    found = listings(document)
    assert document.simulated
    assert len(found["statistics"].rows) == len(comparison.statistics)
    assert len(found["displays_list"].rows) == len(comparison.displays)
    assert len(found["findings"].rows) == len(comparison.findings)
    assert len(found["context_list"].rows) == len(comparison.context)
    assert len(found["tables_changed"].rows) == len(comparison.tables)
    assert ("changed", "SUBJID 01-011", "KPS", "80 → 70") in found["records_raw_subjects"].rows
    added = next(row for row in found["records_dataset_adae"].rows if row[0] == "added")
    assert "AEDECOD Anemia" in added[3]
    assert "STUDYID" not in added[3]


def test_the_summary_counts(comparison):
    points = ["".join(point) for point in summary(comparison)]
    assert points[0] == "Raw records: 2 added, 2 removed, 7 changed, 0 corrected."
    assert any("Table 3" in point for point in points)


def test_folders_are_named_without_their_place(comparison, study):
    told = dict(comparison_document(comparison, study, "1.0").meta)
    assert "/" not in told["Old"]


def test_nothing_differs(study):
    same = output({"results.csv": RESULTS, "findings.csv": FINDINGS})
    document = comparison_document(compare_outputs(same, same), study, "1.0")
    assert ["".join(point) for point in summary(compare_outputs(same, same))] == ["Nothing differs."]
    assert all(not listing.rows for listing in listings(document).values())


def test_a_long_list_says_where_the_rest_stands(comparison, study, monkeypatch):
    monkeypatch.setattr(compare_document, "_LONGEST", 5)
    found = listings(comparison_document(comparison, study, "1.0"))["statistics"]
    assert len(found.rows) == 5
    assert f"{len(comparison.statistics) - 5} more stand in statistics.csv." in found.note


def test_the_records_of_a_table_are_cut_short_earlier(comparison, study, monkeypatch):
    whole = listings(comparison_document(comparison, study, "1.0"))
    key, longest = max(
        ((key, one) for key, one in whole.items() if key.startswith("records_")),
        key=lambda one: len(one[1].rows),
    )
    monkeypatch.setattr(compare_document, "_MOST_OF_A_TABLE", 2)
    found = listings(comparison_document(comparison, study, "1.0"))[key]
    assert found.rows == longest.rows[:2]
    assert f"{len(longest.rows) - 2} more stand in records.csv." in found.note


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
