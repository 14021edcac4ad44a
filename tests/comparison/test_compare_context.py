from comparison.small_output import CUT, FINDINGS, output

from duonen_stats.comparison.compare_context import compare_context, compare_findings


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


def test_the_whole_manifest_is_compared():
    first = output({}, simulated=True, data_cut=CUT | {"snapshot_date": "2025-01-01"}, deviations=[])
    second = output(
        {}, simulated=False, data_cut=CUT | {"snapshot_date": "2025-02-01"}, deviations=[{"field": "alpha"}]
    )
    found = {(item.area, item.name) for item in compare_context(first, second)}
    assert found == {("data cut", "snapshot_date"), ("output", "simulated"), ("output", "deviations")}


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
