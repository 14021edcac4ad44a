from duonen_stats.errors import NotEstimable
from duonen_stats.results import ids
from duonen_stats.results.rows.about import About, reason_of

ABOUT = About(id="labs.HGB", display="Table 4", population="Safety", unit="g/dL")


def test_a_row_takes_the_identity_of_its_block():
    row = ABOUT.of(ids.lab_change("HGB", "V4", "all"), group2_level="V4").row("median", -0.9, n=48)
    assert (row.analysis_id, row.unit, row.group2_level, row.stat_label) == (
        "labs.HGB.V4.all.change.median",
        "g/dL",
        "V4",
        "Median",
    )


def test_a_refusal_gives_a_row_a_name_each_with_the_reason():
    verdict = NotEstimable("group_too_small", {"A": 1, "B": 4}, "arm A has one patient")
    rows = ABOUT.refused(verdict, "statistic", "p", method="Welch")
    assert [(row.stat_name, row.stat, row.n, row.note) for row in rows] == [
        ("statistic", None, 5, "arm A has one patient"),
        ("p", None, 5, "arm A has one patient"),
    ]


def test_a_verdict_without_detail_is_read_from_its_code():
    assert reason_of(NotEstimable("all_tied")) == "all tied"
