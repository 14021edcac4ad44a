from small_ledger import entry, ledger

from duonen_stats.publication.checks.percentage_base import check_percentage_base


def table(patients: int):
    return ledger(
        entry("N", patients, arm="all", stat="N"),
        entry("total", 38, arm="all", stat="n_events", of=38),
        entry("share", "36.8", arm="all", stat="pct", of=38),
    )


def test_percentages_of_events_are_found():
    (finding,) = check_percentage_base(table(56))
    assert finding.proof.startswith("1 percentages of Table 9 are of 38 events, not of the 56 patients")


def test_as_many_events_as_patients_leave_nothing_to_say():
    assert check_percentage_base(table(38)) == []
