import pandas as pd

from duonen_stats.raw.checks.cross_rule import hits


def test_rows_become_hits():
    frame = pd.DataFrame({"SUBJID": ["P-1", None], "_ROW": [4, 5], "X": [1.5, 2.0]})
    assert [(hit.row, hit.subject, hit.message) for hit in hits(frame, "labs", "X", "is {X:g}")] == [
        (4, "P-1", "is 1.5"),
        (5, None, "is 2"),
    ]


def test_braces_in_the_data_are_only_text():
    frame = pd.DataFrame({"SUBJID": ["P-1"], "_ROW": [4], "X": ["{SUBJID}"]})
    assert [hit.message for hit in hits(frame, "labs", "X", "is {X}")] == ["is {SUBJID}"]
