import pytest

from duonen_stats.datasets.metadata.stamp import Stamp


@pytest.mark.parametrize(
    ("stamp", "banner", "short", "population"),
    [
        (Stamp(False), "", "", "Safety"),
        (Stamp(True), "SIMULATED DATA – not results of the trial", "SIMULATED DATA", "Safety (SIMULATED)"),
        (
            Stamp(False, True),
            "BLINDED DRY RUN – arms permuted",
            "BLINDED DRY RUN",
            "Safety (BLINDED DRY RUN)",
        ),
        (
            Stamp(True, True),
            "SIMULATED DATA – not results of the trial · BLINDED DRY RUN – arms permuted",
            "SIMULATED DATA · BLINDED DRY RUN",
            "Safety (SIMULATED, BLINDED DRY RUN)",
        ),
        (
            Stamp(True, closed=True),
            "CLOSED SESSION – for the monitoring committee only · SIMULATED DATA – not results of the trial",
            "CLOSED SESSION · SIMULATED DATA",
            "Safety (CLOSED SESSION, SIMULATED)",
        ),
        (
            Stamp(False, stage="INTERIM"),
            "INTERIM DATA CUT – not the stage of a final report",
            "INTERIM DATA CUT",
            "Safety (INTERIM DATA CUT)",
        ),
        (
            Stamp(True, stage="FINAL"),
            "SIMULATED DATA – not results of the trial · FINAL DATA CUT – not the stage of an interim report",
            "SIMULATED DATA · FINAL DATA CUT",
            "Safety (SIMULATED, FINAL DATA CUT)",
        ),
    ],
)
def test_what_stands_on_pages_figures_and_rows(stamp, banner, short, population):
    assert (stamp.banner, stamp.short, stamp.population("Safety")) == (banner, short, population)
    assert " · ".join(stamp.lines) == short
