import pytest

from duonen_stats.displays.content import plain
from duonen_stats.displays.lookup import Lookup
from duonen_stats.report.key_figures import final_figures, interim_figures

pytestmark = pytest.mark.worked


def test_the_interim_report_starts_with_patients_and_doses(results, study):
    found = {label: plain(line) for label, line in interim_figures(Lookup(results), study).items}
    assert found["patients randomised"] == "56"
    assert found["adverse events"] == "38"
    assert len(found) == 6


def test_the_final_report_starts_with_the_primary_comparison(final_results, study):
    items = final_figures(Lookup(final_results), study).items
    assert len(items) == 6
    assert items[0][0].startswith("hazard ratio of progression or death")
    assert plain(items[0][1]).startswith(f"{final_results.value('pfs.primary.hr.hr'):.2f} (")
