from dataclasses import replace

import pytest

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.report.kinds import FINAL_REPORT, INTERIM_REPORT, final_figures, interim_figures, kind_of
from duonen_stats.results import Results, ids
from duonen_stats.study.shipped_files import templates_path


def test_the_plan_says_which_report_it_is_of_whatever_its_name():
    assert kind_of(INTERIM) is INTERIM_REPORT
    assert kind_of(replace(FINAL, alpha=0.01)) is FINAL_REPORT
    assert kind_of(replace(FINAL, name="INTERIM")) is FINAL_REPORT
    assert kind_of(replace(INTERIM, name="SAFETY")) is INTERIM_REPORT


@pytest.mark.parametrize("kind", [INTERIM_REPORT, FINAL_REPORT], ids=lambda kind: kind.title)
def test_a_kind_has_a_template_and_displays_of_its_own_analyses(kind):
    assert (templates_path() / kind.template).is_file()
    made = set(kind.analyses)
    for display in kind.displays.values():
        assert set(display.analyses) <= made, display.key


def test_the_interim_report_starts_with_patients_and_doses(results, study):
    found = {label: plain(line) for label, line in interim_figures(Lookup(results), study, INTERIM).items}
    assert found["patients randomised"] == "56"
    assert found["adverse events"] == "38"
    assert len(found) == 6
    # 12 of 48: Clopper & Pearson (1934), R's binom.test(12, 48)$conf.int 0.1363764 0.3959562
    assert found["kidney dose above 23 Gy, of those known [limits]"] == (
        "12 (25.0%) [13.6–39.6]; not known of 7 with incomplete dosimetry and 1 without any"
    )
    assert found["marrow dose above 2 Gy, of those known [limits]"].startswith("0 (0%) [0.0–")


def test_what_is_known_of_everybody_needs_no_words(results, study):
    block = ids.limit("kidney", "course", "all")
    rows = [
        replace(row, stat=0) if row.analysis_id in {block.stat("n_unknown"), block.stat("n_without")} else row
        for row in results
    ]
    found = dict(interim_figures(Lookup(Results(rows)), study, INTERIM).items)
    assert plain(found["kidney dose above 23 Gy, of those known [limits]"]) == "12 (25.0%) [13.6–39.6]"


def test_the_final_report_starts_with_the_primary_comparison(final_results, study):
    items = final_figures(Lookup(final_results), study, FINAL).items
    assert len(items) == 6
    assert items[-1][0] == "events of grade 3 or higher"
    assert items[0][0] == "hazard ratio of progression or death, arms B + C + D against arm A"
    assert plain(items[0][1]).startswith(f"{final_results.value('pfs.primary.hr.hr'):.2f} (")
