"""Two cuts that differ by known edits: those that an open session shows are found, and the displays they reach."""

import csv
import io
import re
from pathlib import Path

import pytest
from comparison.edited_cohort import EDITS, SHOWN
from comparison.small_output import CUT, FINDINGS, RESULTS, output

from duonen_stats.comparison.compare_outputs import (
    compare_context,
    compare_findings,
    compare_folders,
    compare_outputs,
)
from duonen_stats.errors import DuonenError

REACHED = {
    "subjects.KPS": {"table_1", "section:summary"},
    "administrations.Y90_MBQ": {"table_2"},
    "dosimetry.DOSE_GY": {"table_3", "figure_2", "section:organ_doses", "table_s2"},
    "dosimetry removed": {"records"},
    "labs.VALUE and labs removed": {"table_s10", "table_s11"},
    "labs added": {"table_s5", "findings_summary"},
    "adverse_events.GRADE": {"table_5", "table_s4", "section:events"},
}
"""Displays that each edit must reach, by what they show; found by thinking, not by running."""


def as_edit(table, change):
    """Write a change as the edits are written: table, kind, key, column, old, new."""
    cells = [(cell.column, cell.old, cell.new) for cell in change.cells] if change.kind == "changed" else []
    return (table, change.kind, dict(change.key), cells)


def number(text):
    return text if not re.fullmatch(r"\d+(\.\d+)?", text) else str(float(text))


def test_exactly_the_edits_are_found_in_the_raw_records(comparison):
    found = [
        as_edit(table.name, change)
        for table in comparison.tables
        if table.source == "raw"
        for change in table.records
    ]
    assert len(found) == len(SHOWN) == 11
    for edit in SHOWN:
        same = [
            one
            for one in found
            if one[:2] == (edit.table, edit.kind)
            and all(one[2].get(name, text) == text for name, text in edit.record.items())
            and [(c, number(old), number(new)) for c, old, new in one[3]]
            == ([(edit.column, number(edit.old), number(edit.new))] if edit.kind == "changed" else [])
        ]
        assert len(same) == 1, edit
        found.remove(same[0])
    assert found == []


def test_the_datasets_differ_only_where_the_edits_reach(comparison):
    sets = {table.name: table for table in comparison.tables if table.source == "dataset"}
    counts = {name: tuple(map(one.count, ("added", "removed", "changed"))) for name, one in sets.items()}
    assert counts["ADSL"] == (0, 0, 1)  # Karnofsky
    assert counts["ADAE"] == (1, 0, 1)
    assert counts["ADDOS"][:2] == (0, 2)  # the dose removed and its total over isotopes
    assert counts["ADLB"][:2] == (1, 1)
    assert counts["ADTTE"] == (0, 0, 0)  # an open session has no times to events
    assert counts["ADRS"][:2] == (0, 0)
    assert set(sets["ADSL"].columns()) == {"KARNOFBL", "KPS80FL"}
    assert set(sets["ADAE"].columns()) == {"AETOXGR"}
    patients = {dict(change.key)["USUBJID"] for one in sets.values() for change in one.records}
    assert patients == {f"DUONEN-{edit.record['SUBJID']}" for edit in SHOWN}


def test_the_displays_each_edit_reaches_are_named(comparison):
    touched = {item.key for item in comparison.displays}
    for edit, keys in REACHED.items():
        assert keys <= touched, edit
    assert not touched & {"table_s1", "table_s9", "figure_1", "figure_3", "figure_5", "section:hepatic"}


def test_the_displays_named_are_those_whose_files_differ(
    comparison, written_report: Path, edited_report: Path
):
    """A second way to the same list: the tables and drawings as they were written, compared as bytes."""

    def differ(name):
        return (written_report / name).read_bytes() != (edited_report / name).read_bytes()

    tables = {path.stem for path in (written_report / "tables").iterdir() if differ(f"tables/{path.name}")}
    figures = {
        path.stem for path in (written_report / "figures").glob("*.svg") if differ(f"figures/{path.name}")
    }
    visible = {
        item.key for item in comparison.displays if item.kind != "section" and (item.shown or item.other)
    }
    assert tables <= visible
    # A figure shows more than its drawing: a sentence and footnotes with numbers.
    assert figures == {item.key for item in comparison.displays if item.kind == "figure" and item.other}
    assert {item.key for item in comparison.displays if item.kind == "table" and item.other} <= tables


def test_every_statistic_that_differs_is_listed(comparison, written_report: Path, edited_report: Path):
    def stats(folder):
        text = (folder / "results.csv").read_text(encoding="utf-8")
        return {row["analysis_id"]: row["stat"] for row in csv.DictReader(io.StringIO(text))}

    old, new = stats(written_report), stats(edited_report)
    exact = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    listed = {item.analysis_id for item in comparison.statistics if item.kind != "described otherwise"}
    assert listed <= exact
    for key in exact - listed:  # the last bits of a computation
        assert abs(float(old[key]) - float(new[key])) <= 1e-9 * abs(float(old[key]))
    some = next(item for item in comparison.statistics if item.kind == "changed")
    assert some.difference == some.new - some.old


def test_findings_and_inputs_that_differ_are_listed(comparison):
    assert {(item.kind, item.rule) for item in comparison.findings} >= {("new", "DOS-LACKING")}
    files = {item.name for item in comparison.context if item.area == "input file"}
    assert {name.split(".")[0] for name in files} == {edit.table for edit in EDITS}
    assert not [item for item in comparison.context if item.area in {"plan", "definition", "version"}]


def test_a_report_does_not_differ_from_itself(written_report: Path):
    found = compare_folders(written_report, written_report)
    assert not found.different
    files = [path for part in ("datasets", "raw") for path in (written_report / part).glob("*.csv")]
    assert len(found.tables) == len(files) > 0


def test_parts_of_one_output_only_are_named():
    old = output({"results.csv": f"{RESULTS}a,,,,1.5,,,,\n", "adae.csv": "USUBJID,AESEQ\n"})
    new = output({"results.csv": f"{RESULTS}a,,,,1.5,,,,\n"})
    found = compare_outputs(old, new)
    assert found.left_out == ("dataset ADAE",)
    assert found.different


def test_nothing_in_common_is_an_error():
    with pytest.raises(DuonenError, match="nothing to compare"):
        compare_outputs(output({"results.csv": RESULTS}), output({"adae.csv": "USUBJID,AESEQ\n"}))


def test_what_two_outputs_were_made_from_and_by_is_compared():
    first = output(
        {}, plan={"alpha": 0.05, "visits": ["V1", "V2"]}, definitions={"arms.A": "aa" * 32}, software={"numpy": "2.3"},
        inputs=[{"name": "labs.csv", "rows": 5, "sha256": "ab" * 32}], seeds={"exact": 1}, platform="one",
    )  # fmt: skip
    second = output(
        {}, plan={"alpha": 0.01, "visits": ["V1"]}, definitions={"arms.A": "bb" * 32}, software={"numpy": "2.4"},
        inputs=[{"name": "labs.csv", "rows": 6, "sha256": "cd" * 32}, {"name": "all.xlsx", "table": "labs", "rows": 1}],
        seeds={"exact": 1}, data_cut=CUT | {"date": "2024-09-30"}, platform="other",
    )  # fmt: skip
    found = [(item.area, item.name, item.old, item.new) for item in compare_context(first, second)]
    assert found == [
        ("data cut", "date", "2024-03-31", "2024-09-30"),
        ("plan", "alpha", "0.05", "0.01"),
        ("plan", "visits", "V1, V2", "V1"),
        ("definition", "arms.A", "a" * 16, "b" * 16),
        ("version", "numpy", "2.3", "2.4"),
        ("input file", "labs.csv", f"5 rows, SHA-256 {'ab' * 8}", f"6 rows, SHA-256 {'cd' * 8}"),
        ("input file", "all.xlsx, labs", "", "1 rows, SHA-256 None"),
    ]
    assert compare_context(first, first) == ()


def test_findings_are_told_apart_without_their_lines():
    old = output(
        {
            "findings.csv": FINDINGS
            + "note,R1,labs,5,VALUE,1,a\nnote,R1,labs,6,VALUE,1,a\nerror,R2,labs,7,,,b\n"
        }
    )
    new = output({"findings.csv": FINDINGS + "note,R1,labs,9,VALUE,1,a\nwarning,R3,subjects,1,AGE,2,c\n"})
    found = [(item.kind, item.rule, item.row) for item in compare_findings(old, new)]
    assert found == [("new", "R3", "1"), ("resolved", "R1", "6"), ("resolved", "R2", "7")]
    assert compare_findings(old, output({})) == ()
    head, *rows = [*FINDINGS.splitlines(), "note,R1,labs,5,VALUE,1,a", "error,R2,labs,7,,,b"]
    named = "\n".join([f"{head},record", *(f'{row},"V2, 2023-05-04"' for row in rows)]) + "\n"
    plain = output({"findings.csv": "\n".join([head, *rows]) + "\n"})
    assert compare_findings(plain, output({"findings.csv": named})) == ()
    first, second = (
        output({"findings.csv": f"{head},lines\nnote,D,labs,5,VALUE,1,Those on lines {lines}.,{lines}\n"})
        for lines in ("86 and 91", "87 and 92")
    )
    assert compare_findings(first, second) == ()
    first, second = (
        output({"findings.csv": f"{head}\nwarning,D,labs,5,VALUE,1,Line of therapy {line}.\n"})
        for line in (2, 3)
    )
    assert [item.kind for item in compare_findings(first, second)] == ["new", "resolved"]


def test_the_whole_manifest_is_compared():
    first = output({}, simulated=True, data_cut=CUT | {"snapshot_date": "2025-01-01"}, deviations=[])
    second = output(
        {}, simulated=False, data_cut=CUT | {"snapshot_date": "2025-02-01"}, deviations=[{"field": "alpha"}]
    )
    changes = compare_context(first, second)
    found = {(item.area, item.name) for item in changes}
    assert found == {("data cut", "snapshot_date"), ("output", "simulated"), ("output", "deviations")}
    assert [item.new for item in changes if item.name == "deviations"] == ["alpha"]


def test_every_other_file_is_compared():
    first = output({"set_aside.csv": "a\n1\n", "audit.csv": "a\n1\n", "report.html": "x"})
    second = output({"set_aside.csv": "a\n2\n", "report.html": "y"})
    found = {(item.area, item.name): (item.old[:6], item.new[:6]) for item in compare_context(first, second)}
    assert found == {
        ("file", "set_aside.csv"): ("1 rows", "1 rows"),
        ("file", "audit.csv"): ("1 rows", ""),
        ("file", "report.html"): ("SHA-25", "SHA-25"),
    }
    # Pages are made from the rest: they are not named where the rest differs.
    more = {"results.csv": "analysis_id,stat\na,1\n"}
    assert ("file", "report.html") not in {
        (item.area, item.name)
        for item in compare_context(output({"report.html": "x"}), output({"report.html": "y", **more}))
    }
