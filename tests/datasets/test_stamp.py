import pytest

from duonen_stats.datasets.stamp import Stamp

pytestmark = pytest.mark.worked


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
    ],
)
def test_what_stands_on_pages_figures_and_rows(stamp, banner, short, population):
    assert (stamp.banner, stamp.short, stamp.population("Safety")) == (banner, short, population)
    assert " · ".join(stamp.lines) == short
