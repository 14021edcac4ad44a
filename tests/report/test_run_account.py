from pathlib import Path

from duonen_stats.report.run_account import Clock, Written


def test_steps_are_told_with_their_number_and_timed():
    told = []
    clock = Clock(lambda *step: told.append(step))
    for step in ("reading and checking", "datasets", ""):
        clock.start(step)
    assert told == [("reading and checking", 1, 7), ("datasets", 2, 7)]
    assert [*clock.seconds] == ["reading and checking", "datasets"]
    assert all(seconds >= 0 for seconds in clock.seconds.values())


def test_the_summary_says_what_was_written_and_whether_it_was_verified():
    written = Written(
        out=Path("there"), simulated=True, results=3, findings={"error": 0}, seconds={"PDF": 1.5}
    )
    lines = written.summary().splitlines()
    assert lines[0] == "SIMULATED DATA. 3 results; findings: 0 errors."
    assert lines[1] == "Not verified: the report was made without verification."
    assert lines[2] == "Seconds: PDF 1.5; in all 1.5."
    assert lines[3].startswith("Written to there: report.html")
